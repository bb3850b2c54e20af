"""The highest key that each table has ever given, so that a restored table gives none twice.

A log names deleted accounts by their keys, which must not come to belong to new ones.
"""

from __future__ import annotations

from django.db import connection, models

from kb.desk.full_backup.tables import Table


def last_key(table: Table) -> int | None:
    """Return the highest key given by the database; None if it gives no keys of this table."""
    key = table.model._meta.pk
    if not isinstance(key, models.AutoField | models.BigAutoField):
        return None
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table.name])
        else:
            sequence = _sequence(table.name, str(key.column))
            cursor.execute(
                f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {sequence}"  # noqa: S608
            )
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def set_last_key(table: Table, number: int) -> None:
    """Let the next key be higher than this number and than every key of the table."""
    key = table.model._meta.pk
    highest = table.model._base_manager.aggregate(highest=models.Max(key.name))["highest"]
    number = max(number, highest or 0)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table.name])
            cursor.execute(
                "INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table.name, number]
            )
        else:
            cursor.execute(
                "SELECT setval(%s, %s, %s)",
                [_sequence(table.name, str(key.column)), max(number, 1), number > 0],
            )


def _sequence(table: str, column: str) -> str:
    """Return the quoted name of the PostgreSQL sequence of a column."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_serial_sequence(%s, %s)", [connection.ops.quote_name(table), column]
        )
        (name,) = cursor.fetchone()
    return str(name)
