"""Store generated rows in SQLite: plain inserts, with indexes and triggers made afterwards."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import chain
from typing import Any, TypeAlias

from bench.generated.rows import COLUMNS, Rows

Batch: TypeAlias = dict[str, list[Any]]
ROWS_EACH = 100  # rows of a statement; SQLite takes 32,766 values by default
# A failure in between leaves a broken file, which nobody needs: the record was empty before.
_QUICK = (
    "PRAGMA synchronous=OFF", "PRAGMA foreign_keys=OFF",
    "PRAGMA cache_size=-1500000", "PRAGMA temp_store=MEMORY", "PRAGMA threads=2",
)  # fmt: skip
_SAFE = (
    "PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "PRAGMA foreign_keys=ON",
    "PRAGMA cache_size=-2000", "PRAGMA temp_store=DEFAULT", "PRAGMA threads=0",
)  # fmt: skip
# Of all constraints, this one costs most: its index is in another order than the rows come in.
_FACETS = "record_facet"
_FACETS_ONCE = 'CONSTRAINT "record_facet_once" UNIQUE ("name", "value", "entry_id")'
_FACETS_INDEX = f"CREATE UNIQUE INDEX facets_once ON {_FACETS} (name, value, entry_id)"
_PARTS = "SELECT type, name, sql FROM sqlite_master WHERE type IN ('index', 'trigger') AND sql > ''"


def prepare(rows: Rows) -> Batch:
    """The rows as ``store`` takes them: the values of all rows of a table in one list.

    Other processes make the rows, and a list of values is sent in half the time of one of rows.
    """
    return {table: [*chain.from_iterable(values)] for table, values in rows.by_table().items()}


def store(connection: sqlite3.Connection, batches: Iterable[Batch]) -> None:
    """Insert the rows, in the transaction that is open, or each batch in one of its own."""
    for batch in batches:
        for table, values in batch.items():
            width = len(COLUMNS[table])
            # A statement for many short rows takes a fifth of the time of one for each.
            end = len(values) - len(values) % (width * ROWS_EACH)
            for count, part in ((ROWS_EACH, values[:end]), (1, values[end:])):
                size = width * count
                connection.executemany(
                    _insert(table, count),
                    (part[start : start + size] for start in range(0, len(part), size)),
                )


def _insert(table: str, rows: int) -> str:
    columns = COLUMNS[table]
    places = ", ".join([f"({', '.join('?' * len(columns))})"] * rows)
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES {places}"  # noqa: S608 (own names)


@contextmanager
def without_indexes(connection: sqlite3.Connection) -> Iterator[None]:
    """Drop the indexes and triggers of the record for the time of the block.

    What the database itself needs for a constraint stays, but for that of facets. There must be no
    open transaction.
    """
    level, connection.isolation_level = connection.isolation_level, None
    # Refused while another connection has the file open, as in tests. The log only costs time.
    with suppress(sqlite3.OperationalError):
        connection.execute("PRAGMA journal_mode=OFF")
    for pragma in _QUICK:
        connection.execute(pragma)
    facets_sql = _drop_facets_constraint(connection)
    parts = _record_parts(connection)
    connection.execute("BEGIN")
    for kind, name, _sql in parts:
        connection.execute(f'DROP {kind} "{name}"')
    yield
    connection.execute("COMMIT")
    # First, because what follows tells other connections that the schema is another one.
    _add_facets_constraint(connection, facets_sql)
    connection.execute("BEGIN")
    for _kind, _name, sql in parts:
        connection.execute(sql)
    connection.execute("INSERT INTO record_search(record_search) VALUES ('rebuild')")
    connection.execute("COMMIT")
    connection.execute("ANALYZE")
    for pragma in _SAFE:
        connection.execute(pragma)
    connection.isolation_level = level


def _drop_facets_constraint(connection: sqlite3.Connection) -> str:
    """Drop the constraint and its index; return the statement of the table as it was.

    SQLite has no statement for this, but the index of a constraint is like any other index.
    """
    query = "SELECT sql FROM sqlite_master WHERE name = ?"
    ((facets_sql,),) = connection.execute(query, [_FACETS])
    if _FACETS_ONCE not in facets_sql:
        raise RuntimeError(f"The table of facets has another constraint: {facets_sql}")
    without = facets_sql.replace(f", {_FACETS_ONCE}", "")
    with _writable_schema(connection):
        connection.execute("UPDATE sqlite_master SET sql = ? WHERE name = ?", [without, _FACETS])
        connection.execute(
            "UPDATE sqlite_master SET name = 'facets_once', sql = ? WHERE name = ?",
            [_FACETS_INDEX, f"sqlite_autoindex_{_FACETS}_1"],
        )
    connection.execute("DROP INDEX facets_once")
    return str(facets_sql)


def _add_facets_constraint(connection: sqlite3.Connection, facets_sql: str) -> None:
    connection.execute(_FACETS_INDEX)
    with _writable_schema(connection):
        connection.execute(
            "UPDATE sqlite_master SET name = ?, sql = NULL WHERE name = 'facets_once'",
            [f"sqlite_autoindex_{_FACETS}_1"],
        )
        connection.execute("UPDATE sqlite_master SET sql = ? WHERE name = ?", [facets_sql, _FACETS])


@contextmanager
def _writable_schema(connection: sqlite3.Connection) -> Iterator[None]:
    """Let statements change the schema as a table; it is read again at the end."""
    connection.execute("PRAGMA writable_schema=ON")
    connection.execute("BEGIN")
    yield
    connection.execute("COMMIT")
    connection.execute("PRAGMA writable_schema=RESET")


def _record_parts(connection: sqlite3.Connection) -> list[tuple[str, str, str]]:
    tables = ", ".join(f"'{table}'" for table in COLUMNS)
    rows: list[Any] = connection.execute(f"{_PARTS} AND tbl_name IN ({tables})").fetchall()
    return rows
