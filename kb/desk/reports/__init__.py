"""The form “Report an error or reply”, and the private page of each report.

These pages are for readers, outside the path of the desk. They read and write the tables of
reports by ``reader_write()`` only.
"""
