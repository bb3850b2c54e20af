"""Rows made ready beforehand, so that the write lock is held for the writing alone.

A row gets its key, and its values in the form that the database takes, before the transaction
begins; inside it, each table is one statement for many rows. On SQLite nobody else writes
meanwhile, so every millisecond of Python in there is one that an editor waits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from django.db import connection, models, transaction


class BulkStatement(NamedTuple):
    """One statement, and its values for each row."""

    sql: str
    rows: list[tuple[Any, ...]]

    def run(self) -> None:
        """Do it for all rows."""
        if self.rows:
            with connection.cursor() as cursor:
                cursor.executemany(self.sql, self.rows)


def assign_keys(rows: Sequence[models.Model]) -> None:
    """Give new rows of one table keys that nobody else is given, whether or not they are stored."""
    for row, key in zip(rows, _reserved(type(rows[0]), len(rows)) if rows else (), strict=True):
        row.pk = key


def _reserved(model: type[models.Model], number: int) -> Iterator[int]:
    table = model._meta.db_table
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
                [table, model._meta.pk.column, number],
            )
            return iter([key for (key,) in cursor.fetchall()])
        # The counter of AUTOINCREMENT, which SQLite keeps in an ordinary table: a key above it
        # was never given to a row (https://sqlite.org/autoinc.html).
        cursor.execute(
            "UPDATE sqlite_sequence SET seq = seq + %s WHERE name = %s RETURNING seq",
            [number, table],
        )
        found = cursor.fetchone()
        if found is None:  # no row was ever stored there
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)",
                           [table, number])  # fmt: skip
        last = found[0] if found else number
        return iter(range(last - number + 1, last + 1))


def insert_statement(rows: Sequence[models.Model]) -> BulkStatement:
    """The statement that stores new rows of one table; each has its key."""
    if not rows:
        return BulkStatement("", [])
    fields = type(rows[0])._meta.local_concrete_fields
    columns = ", ".join(connection.ops.quote_name(one.column) for one in fields)
    places = ", ".join(["%s"] * len(fields))
    table = connection.ops.quote_name(type(rows[0])._meta.db_table)
    sql = f"INSERT INTO {table} ({columns}) VALUES ({places})"  # noqa: S608 (names of ours)
    return BulkStatement(sql, [_values(one, fields, True) for one in rows])


def update_statement(rows: Sequence[models.Model]) -> BulkStatement:
    """The statement that saves rows of one table anew, all their columns."""
    if not rows:
        return BulkStatement("", [])
    quoted, meta = connection.ops.quote_name, type(rows[0])._meta
    fields = [one for one in meta.local_concrete_fields if not one.primary_key]
    setting = ", ".join(f"{quoted(one.column)} = %s" for one in fields)
    table, key = quoted(meta.db_table), quoted(meta.pk.column)
    sql = f"UPDATE {table} SET {setting} WHERE {key} = %s"  # noqa: S608 (names of ours)
    return BulkStatement(sql, [(*_values(row, fields, False), row.pk) for row in rows])


def _values(row: Any, fields: Any, is_new: bool) -> tuple[Any, ...]:
    """As saving the row would send them; the columns of a date are then its own."""
    return tuple(
        field.get_db_prep_save(field.pre_save(row, is_new), connection=connection)
        for field in fields
    )
