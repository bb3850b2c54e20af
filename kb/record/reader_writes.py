"""What readers send: the only way by which a request for a public page writes to the database.

Readers have a connection that cannot write (``kb.record.wall``). A view that stores what a reader
sent opens ``reader_write()``. Its queries go to the desk's connection, which refuses every table
outside ``WRITABLE_TABLES``, every statement other than SELECT, INSERT and UPDATE, and long waits.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections, transaction

from kb.record.unavailable import unavailable_reason
from kb.record.wall import WallError, leaving_wall

# What readers may insert, change and read again in ``reader_write()``.
WRITABLE_TABLES: frozenset[str] = frozenset(
    {
        "desk_report",
        "desk_reportmessage",
        "desk_reportstep",
        "record_frozenview",
    }
)
# How long the write of a reader waits for the lock of the database or of a row.
WAIT_MS = 2000

_STATEMENTS = ("SELECT", "INSERT", "UPDATE")
_TRANSACTION = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")
_TABLE = re.compile(r"\b(?:FROM|INTO|UPDATE|JOIN)\s+(?:ONLY\s+)?\"?(\w+)", re.IGNORECASE)


class WriteUnavailable(Exception):
    """The database cannot store it now: another writer holds it for ``WAIT_MS``, or it is full,
    read-only or away. Nothing was stored: ask to try again.
    """


@contextmanager
def reader_write() -> Iterator[None]:
    """Run a block in one transaction of the desk's database, for tables of readers only.

    Raises:
        WallError: A query in the block names another table, or is not allowed there.
        WriteUnavailable: The database is busy, full, read-only or away.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    try:
        with leaving_wall(), _short_wait(connection), transaction.atomic(DEFAULT_DB_ALIAS):
            _limit_postgresql(connection)
            with connection.execute_wrapper(_refuse_other_tables):
                yield
    except DatabaseError as error:
        if unavailable_reason(error) is None:
            raise
        raise WriteUnavailable from error


def _refuse_other_tables(
    execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    statement = sql.lstrip(" (").split(None, 1)[0].upper()
    if statement not in _TRANSACTION:
        refused = set(_TABLE.findall(sql)) - WRITABLE_TABLES
        if statement not in _STATEMENTS or refused:
            raise WallError(
                f"What readers send is stored in {sorted(WRITABLE_TABLES)} only: {sql[:200]}"
            )
    return execute(sql, params, many, context)


@contextmanager
def _short_wait(connection: Any) -> Iterator[None]:
    """On SQLite, wait for the lock as long as a reader may, and afterwards as before."""
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        before = cursor.execute("PRAGMA busy_timeout").fetchone()[0]
        cursor.execute(f"PRAGMA busy_timeout = {WAIT_MS}")
    try:
        yield
    finally:
        # The connection may have been closed in the block; a new one has its own timeout.
        if connection.connection is not None:
            with connection.cursor() as cursor:
                cursor.execute(f"PRAGMA busy_timeout = {before}")


def _limit_postgresql(connection: Any) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = {WAIT_MS}")
            cursor.execute(f"SET LOCAL statement_timeout = {2 * WAIT_MS}")
