"""The full-text index over record_entry.search_text, kept in step by the database itself.

SQLite makes a table anew when a later migration alters it, and its triggers go with the old one.
A migration that alters record_entry must therefore drop this index first and create it again
after; a test fails when one forgets.
"""

from django.db import migrations

# The text is folded: words with one space between them (kb.text.normalise). The tokenizer "ascii"
# splits it there and nowhere else, for it takes every character beyond ASCII for a letter. The
# tokenizer "unicode61" goes by tables of 2012, and would split at letters that are newer.
SQLITE = [
    """CREATE VIRTUAL TABLE record_search USING fts5(
        search_text, content='record_entry', content_rowid='id',
        tokenize='ascii', prefix='2 3', columnsize=0)""",
    """CREATE TRIGGER record_search_insert AFTER INSERT ON record_entry BEGIN
        INSERT INTO record_search(rowid, search_text) VALUES (new.id, new.search_text);
    END""",
    """CREATE TRIGGER record_search_delete AFTER DELETE ON record_entry BEGIN
        INSERT INTO record_search(record_search, rowid, search_text)
        VALUES ('delete', old.id, old.search_text);
    END""",
    """CREATE TRIGGER record_search_update AFTER UPDATE OF id, search_text ON record_entry
    WHEN old.id <> new.id OR old.search_text <> new.search_text BEGIN
        INSERT INTO record_search(record_search, rowid, search_text)
        VALUES ('delete', old.id, old.search_text);
        INSERT INTO record_search(rowid, search_text) VALUES (new.id, new.search_text);
    END""",
    # Rows that are there already.
    "INSERT INTO record_search(record_search) VALUES ('rebuild')",
]
SQLITE_BACK = [
    "DROP TRIGGER IF EXISTS record_search_insert",
    "DROP TRIGGER IF EXISTS record_search_delete",
    "DROP TRIGGER IF EXISTS record_search_update",
    "DROP TABLE record_search",
]
# Not to_tsvector: its parser takes words apart by rules of its own (addresses, numbers, hyphens),
# and keeps neither the 257th position of a word nor any above 16,383, so long texts would lose
# phrases. An array of words is what it is; phrases are looked up in the text itself.
#
# As a function because it can say what it costs. Spelled out, the planner thinks it next to free,
# and takes all entries apart instead of asking the index: 480 ms for one word in 50,000 entries.
# The search path also keeps it from being spelled out in the query again.
POSTGRESQL = [
    """CREATE FUNCTION record_search_words(text) RETURNS tsvector
        LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 5000 SET search_path = pg_catalog
        AS $$ SELECT array_to_tsvector(array_remove(string_to_array($1, ' '), '')) $$""",
    "CREATE INDEX record_search ON record_entry USING gin (record_search_words(search_text))",
]
POSTGRESQL_BACK = ["DROP INDEX record_search", "DROP FUNCTION record_search_words(text)"]


def create_search_index(apps, schema_editor):
    sqlite = schema_editor.connection.vendor == "sqlite"
    for statement in SQLITE if sqlite else POSTGRESQL:
        schema_editor.execute(statement, params=None)


def drop_search_index(apps, schema_editor):
    sqlite = schema_editor.connection.vendor == "sqlite"
    for statement in SQLITE_BACK if sqlite else POSTGRESQL_BACK:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("record", "0001_initial")]

    operations = [migrations.RunPython(create_search_index, drop_search_index)]
