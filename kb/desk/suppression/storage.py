"""Removing the bytes of removed words from the files of the database and from stored exports.

SQLite overwrites what is deleted (``secure_delete`` in kb/settings.py), but parts of earlier edits
may be in free pages of files from before, and in the write-ahead log. PostgreSQL keeps old rows
until they are vacuumed.
"""

from __future__ import annotations

import re
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
SNAPSHOT_SECONDS = 0.5
STATISTICS = "pg_statistic"
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
    """Write small tables anew and vacuum the others. Nobody waits long for a lock.

    The planner keeps examples of the values of each column: they are made anew, too.
    """
    left = []
    names = set(connection.introspection.table_names())
    ends_at = time.monotonic() + SNAPSHOT_SECONDS
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = %s", [LOCK_TIMEOUT])
        try:
            for table in [*sorted(set(tables) & names), STATISTICS]:
                cursor.execute("SELECT pg_total_relation_size(%s::regclass)", [table])
                is_small = cursor.fetchone()[0] <= MAX_REWRITTEN_BYTES
                if is_small and (rows := _rewrite(cursor, table, ends_at)) is not None:
                    if rows:
                        left.append(
                            f"Old rows of {table}, until it is written again: transactions that "
                            "were open could still read them"
                        )
                else:
                    _vacuum(cursor, table, "(ANALYZE) ")
                    left.append(f"Free space in pages of {table}, until they are written again")
        finally:
            cursor.execute("RESET lock_timeout")
    return left


def _rewrite(cursor: Any, table: str, ends_at: float) -> int | None:
    """Write a table anew; return how many old rows are in it still, or None if it was locked.

    PostgreSQL keeps what a transaction that is open can read, an automatic ANALYZE for example. So
    it is tried again until a moment of ``time.monotonic``.
    """
    while True:
        with _kept_rows() as kept:
            if not _vacuum(cursor, table, "(FULL, ANALYZE, VERBOSE) "):
                return None
        if not sum(kept) or time.monotonic() > ends_at:
            return sum(kept)
        time.sleep(0.05)


@contextmanager
def _kept_rows() -> Iterator[list[int]]:
    """The numbers of dead rows that VACUUM reports as kept: the first number of its details.

    A warning says that a table was not written anew, for lack of rights.
    """
    numbers: list[int] = []

    def note(notice: Any) -> None:
        if notice.severity_nonlocalized == "WARNING":
            numbers.append(1)
        elif number := re.match(r"\d+", notice.message_detail or ""):
            numbers.append(int(number[0]))

    session = connection.connection
    session.add_notice_handler(note)
    try:
        yield numbers
    finally:
        session.remove_notice_handler(note)


def _vacuum(cursor: Any, table: str, way: str) -> bool:
    """Whether it was done: a table that readers hold for long is left to a later run."""
    try:
        cursor.execute(f"VACUUM {way}{connection.ops.quote_name(table)}")
    except OperationalError:
        return False
    return True
