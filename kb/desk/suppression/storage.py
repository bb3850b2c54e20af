"""Removing the bytes of removed words from the files of the database and from stored exports.

SQLite overwrites what is deleted (``secure_delete`` in kb/settings.py), but parts of earlier edits
may be in free pages of files from before, and in the write-ahead log. PostgreSQL keeps old rows
until they are vacuumed.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, OperationalError, connection

from kb.record.kept_lines import empty_line_files

# A larger file is not written anew: readers and editors would wait.
MAX_REWRITTEN_BYTES = 64 * 1024 * 1024
CHECKPOINT_SECONDS = 0.5
LOCK_TIMEOUT = "500ms"  # readers who come later wait for this lock too
_HAS_SECURE_INDEX = sqlite3.sqlite_version_info >= (3, 42)


@contextmanager
def overwriting_deleted_words() -> Iterator[None]:
    """Let the search index of SQLite remove words when they are deleted, and not later."""
    if connection.vendor != "sqlite" or not _HAS_SECURE_INDEX:
        yield
        return
    _secure_index(1)
    try:
        yield
    finally:
        _secure_index(0)


def clean_database(tables: Collection[str]) -> list[str]:
    """Remove old bytes of these tables; return what is left, in English.

    Call it after the commit.
    """
    if connection.in_atomic_block:
        return ["The database: not cleaned up inside a transaction"]
    try:
        return _clean_sqlite() if connection.vendor == "sqlite" else _clean_postgresql(tables)
    except DatabaseError as error:
        reason = " ".join(str(error).split())
        return [f"Old bytes in the files of the database: {reason}"]


def delete_export_files() -> int:
    """Delete stored exports on this machine, and the lines kept for them; return their number."""
    empty_line_files(Path(settings.DATA_DIR, settings.EXPORT_LINES))
    folder, count = Path(settings.DATA_DIR) / settings.EXPORT_FILES, 0
    for path in folder.glob("*"):
        with suppress(OSError):
            path.unlink()
            count += 1
    return count


def _secure_index(value: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO record_search(record_search, rank) VALUES ('secure-delete', %s)", [value]
        )


def _clean_sqlite() -> list[str]:
    left = []
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA page_count")
        pages = cursor.fetchone()[0]
        cursor.execute("PRAGMA page_size")
        size = pages * cursor.fetchone()[0]
        if not _HAS_SECURE_INDEX:
            cursor.execute("INSERT INTO record_search(record_search) VALUES ('optimize')")
        if size <= MAX_REWRITTEN_BYTES:
            cursor.execute("VACUUM")
        else:
            left.append("Free pages of the database file from earlier edits: run VACUUM at night")
        ends_at = time.monotonic() + CHECKPOINT_SECONDS
        while True:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            is_busy = cursor.fetchone()[0]
            if not is_busy or time.monotonic() > ends_at:
                break
            time.sleep(0.02)
        if is_busy:
            left.append("The write-ahead log, until readers that are open now have finished")
    return left


def _clean_postgresql(tables: Collection[str]) -> list[str]:
    """Write small tables anew and vacuum the others. Nobody waits long for a lock."""
    left = []
    names = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = %s", [LOCK_TIMEOUT])
        try:
            for table in sorted(set(tables) & names):
                cursor.execute("SELECT pg_total_relation_size(%s::regclass)", [table])
                is_small = cursor.fetchone()[0] <= MAX_REWRITTEN_BYTES
                if not (is_small and _vacuum(cursor, table, "FULL ")):
                    _vacuum(cursor, table, "")
                    left.append(f"Free space in pages of {table}, until they are written again")
        finally:
            cursor.execute("RESET lock_timeout")
    return left


def _vacuum(cursor: Any, table: str, way: str) -> bool:
    """Whether it was done: a table that readers hold for long is left to a later run."""
    try:
        cursor.execute(f"VACUUM {way}{connection.ops.quote_name(table)}")
    except OperationalError:
        return False
    return True
