"""Store generated rows in PostgreSQL: COPY, with indexes and constraints made afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from bench.generated.rows import COLUMNS, Rows

# Between rows, between values, and for NULL until all values are escaped: no text has them.
_ROW, _VALUE, _NULL = "\x1e", "\x1f", "\x1d"
_ESCAPES = (
    ("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r"),
    (_VALUE, "\t"), (_ROW, "\n"), (_NULL, "\\N"),
)  # fmt: skip
_QUICK = (
    "SET LOCAL maintenance_work_mem = '512MB'",
    "SET LOCAL max_parallel_maintenance_workers = 2",
)
_CONSTRAINTS = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE conrelid::regclass::text = ANY(%s) AND contype IN ('u', 'f') ORDER BY contype, conname"""
_INDEXES = """
    SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
    WHERE indrelid::regclass::text = ANY(%s) AND NOT indisprimary
    AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid AND contype = 'u')"""


def prepare(rows: Rows) -> dict[str, bytes]:
    """The rows as ``store`` takes them: what COPY reads, by table.

    Raises ValueError for a value with one of the separators in it.
    """
    return {
        table: _copy_text(values, len(COLUMNS[table])).encode()
        for table, values in rows.by_table().items()
    }


def _copy_text(rows: Sequence[tuple[str | int | None, ...]], width: int) -> str:
    """What COPY reads. All values are escaped at once, which takes less than half the time."""
    text = _ROW.join(
        [
            _VALUE.join([value if isinstance(value, str) else _plain(value) for value in row])
            for row in rows
        ]
    )
    expected = {
        _ROW: max(0, len(rows) - 1),
        _VALUE: len(rows) * (width - 1),
        _NULL: sum(row.count(None) for row in rows),
    }
    if any(text.count(separator) != count for separator, count in expected.items()):
        raise ValueError("A value has a character that separates values.")
    for character, escaped in _ESCAPES:
        text = text.replace(character, escaped)
    return f"{text}\n" if rows else ""


def _plain(value: int | None) -> str:
    return _NULL if value is None else str(value)


def store(cursor: Any, batches: Iterable[dict[str, bytes]]) -> None:
    """Copy the rows into the tables, in the transaction that is open."""
    for batch in batches:
        for table, text in batch.items():
            columns = ", ".join(COLUMNS[table])
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                copy.write(text)
    for table, names in COLUMNS.items():
        if names[0] == "id":  # the keys were given: the next row gets the one after them
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"  # noqa: S608
            )


@contextmanager
def without_indexes(cursor: Any) -> Iterator[None]:
    """Drop the indexes, unique and foreign keys of the record for the time of the block.

    In the transaction that is open; primary keys stay.
    """
    tables = list(COLUMNS)
    for setting in _QUICK:
        cursor.execute(setting)
    cursor.execute(_CONSTRAINTS, [tables])
    constraints = cursor.fetchall()
    for table, name, _definition in constraints:
        cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    cursor.execute(_INDEXES, [tables])
    indexes = cursor.fetchall()
    for name, _definition in indexes:
        cursor.execute(f"DROP INDEX {name}")
    yield
    for _name, definition in indexes:
        cursor.execute(definition)
    for table, name, definition in reversed(constraints):
        cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')
