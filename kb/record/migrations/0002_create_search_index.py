"""The full-text index over record_entry.search_text, kept in step by the database itself."""

from django.db import migrations

SQLITE = [
    """CREATE VIRTUAL TABLE record_search USING fts5(
        search_text, content='record_entry', content_rowid='id',
        tokenize='unicode61 remove_diacritics 0')""",
    """CREATE TRIGGER record_search_insert AFTER INSERT ON record_entry BEGIN
        INSERT INTO record_search(rowid, search_text) VALUES (new.id, new.search_text);
    END""",
    """CREATE TRIGGER record_search_delete AFTER DELETE ON record_entry BEGIN
        INSERT INTO record_search(record_search, rowid, search_text)
        VALUES ('delete', old.id, old.search_text);
    END""",
    """CREATE TRIGGER record_search_update AFTER UPDATE OF search_text ON record_entry BEGIN
        INSERT INTO record_search(record_search, rowid, search_text)
        VALUES ('delete', old.id, old.search_text);
        INSERT INTO record_search(rowid, search_text) VALUES (new.id, new.search_text);
    END""",
]
SQLITE_BACK = [
    "DROP TRIGGER record_search_insert",
    "DROP TRIGGER record_search_delete",
    "DROP TRIGGER record_search_update",
    "DROP TABLE record_search",
]
POSTGRESQL = [
    """CREATE INDEX record_search ON record_entry
        USING gin (to_tsvector('simple', search_text))"""
]
POSTGRESQL_BACK = ["DROP INDEX record_search"]


def create(apps, schema_editor):
    sqlite = schema_editor.connection.vendor == "sqlite"
    for statement in SQLITE if sqlite else POSTGRESQL:
        schema_editor.execute(statement, params=None)


def drop(apps, schema_editor):
    sqlite = schema_editor.connection.vendor == "sqlite"
    for statement in SQLITE_BACK if sqlite else POSTGRESQL_BACK:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("record", "0001_initial")]

    operations = [migrations.RunPython(create, drop)]
