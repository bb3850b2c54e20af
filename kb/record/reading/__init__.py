"""The reading index: entries and their facets as compressed bitmaps in one file for all workers.

It answers what ``kb.record.entry_source`` asks, exactly as SQL does, in milliseconds at any size.
It is made from the tables ``Entry`` and ``Facet`` and can be deleted at any time.
"""
