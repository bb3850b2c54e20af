"""Suppression: the one thing that removes published words, by order of a court or of the law.

What can be removed is in ``parts``, what stands in its place in ``marker``. ``rewriting`` has pure
functions on documents, ``revisions`` stores their results.
The desk decides and reaches its own tables (``kb.desk.suppression``).
"""
