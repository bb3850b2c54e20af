"""What suppression reaches at the desk: rows, logs, texts, files, and the bytes of the database.

``surfaces`` is the registry of everything that can have words of the record in it; ``columns`` says
where the words of a part are in desk rows; ``sweeping`` removes copies; ``storage`` the bytes.
``kb.desk.suppression.removing`` decides and carries out.
"""
