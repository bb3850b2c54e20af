"""Reading the whole desk in one state, while editors go on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction


@contextmanager
def desk_snapshot() -> Iterator[None]:
    """All queries of the desk's connection in this block read one state; nobody waits for it.

    PostgreSQL: a read-only transaction at REPEATABLE READ. SQLite: a read transaction, which in WAL
    mode blocks no writer. Inside a transaction that is already open, nothing is done.
    """
    if connection.in_atomic_block:
        yield
        return
    connection.ensure_connection()
    database: Any = connection
    if connection.vendor == "sqlite":
        # The mode of the settings is IMMEDIATE, which takes the lock of writers.
        mode, database.transaction_mode = database.transaction_mode, "DEFERRED"
        try:
            with transaction.atomic():
                _execute("SELECT count(*) FROM sqlite_master")  # the first read takes the snapshot
                yield
        finally:
            database.transaction_mode = mode
        return
    with transaction.atomic():
        _execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _execute(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)
