"""What the database knows about the sizes of tables, by which it plans its queries.

PostgreSQL counts what came in bulk a minute later, and SQLite never on its own. Until then they
plan for empty tables, and a list that takes milliseconds can take minutes.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection, models

# Rows of each index that SQLite reads for its statistics, so that it takes milliseconds.
ANALYSIS_LIMIT = 1000


def analyze_tables(tables: Sequence[type[models.Model]] | None = None) -> None:
    """Let the database count the rows of these tables; without any, of all that exist.

    Nobody has to wait for it on PostgreSQL; on SQLite it takes some milliseconds for each table.
    May run inside a transaction.
    """
    with connection.cursor() as cursor:
        if tables is None:
            names = connection.introspection.table_names(cursor)
        else:
            names = [model._meta.db_table for model in tables]
        if connection.vendor == "sqlite":
            cursor.execute(f"PRAGMA analysis_limit={ANALYSIS_LIMIT}")
        for name in names:
            cursor.execute(f"ANALYZE {connection.ops.quote_name(name)}")
