"""Finished blocks: the joined lines of whole batches of a list, in the file of its lines.

A block is used where an export would join the same entries at the same place of its list. What its
key says is compared with the list itself: the entries and the order of the batch, the entry after
it, and the links. What it does not say is which words the entries have: a block is removed when the
line of any of its entries may have changed, or a date that links connect with one of them, or the
date of the entry that follows, by which a batch ends where it does.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator
from typing import NamedTuple, TypeVar

BATCH_SIZE = 500
Value = TypeVar("Value", int, str)
# An entry is in one block at most, so that the blocks take no more room than the lines.
BLOCK_TABLES = """
CREATE TABLE IF NOT EXISTS block (
    first INTEGER PRIMARY KEY, following INTEGER, size INTEGER, mark BLOB, lines BLOB);
CREATE INDEX IF NOT EXISTS block_following ON block (following);
CREATE TABLE IF NOT EXISTS member (entry INTEGER PRIMARY KEY, block INTEGER);
"""


class Block(NamedTuple):
    """The joined lines of ``size`` entries, and the mark of what they were made from."""

    size: int
    mark: bytes
    lines: bytes


def find_block(connection: sqlite3.Connection, first: int) -> Block | None:
    """The block that begins with this entry, by its primary key."""
    sql = "SELECT size, mark, lines FROM block WHERE first = ?"
    row = connection.execute(sql, (first,)).fetchone()
    return Block._make(row) if row else None


def store_block(
    connection: sqlite3.Connection, entries: Collection[int], following: int | None, block: Block
) -> None:
    """Store the block of these entries, instead of those that had any of them.

    Nothing is stored unless all lines are in the file: what changes is found by them.
    """
    keys = list(entries)
    stored = 0
    for chunk, marks in _chunks(keys):
        sql = f"SELECT count(*) FROM line WHERE entry IN ({marks})"  # noqa: S608
        stored += connection.execute(sql, chunk).fetchone()[0]
    if stored < len(keys):
        return
    _remove_blocks_of(connection, keys)
    connection.execute("INSERT INTO block VALUES (?, ?, ?, ?, ?)", (keys[0], following, *block))
    connection.executemany(
        "INSERT OR REPLACE INTO member VALUES (?, ?)", [(key, keys[0]) for key in keys]
    )


def has_blocks(connection: sqlite3.Connection) -> bool:
    return connection.execute("SELECT 1 FROM block LIMIT 1").fetchone() is not None


def remove_blocks_naming(connection: sqlite3.Connection, public_ids: Collection[str]) -> None:
    """Remove the blocks with a line that depends on one of these records, or before such a line."""
    for chunk, marks in _chunks(sorted(public_ids)):
        sql = f"SELECT DISTINCT entry FROM named WHERE record IN ({marks})"  # noqa: S608
        entries = [entry for (entry,) in connection.execute(sql, chunk)]
        _remove_blocks_of(connection, entries)
        for part, part_marks in _chunks(entries):
            sql = f"DELETE FROM block WHERE following IN ({part_marks})"  # noqa: S608
            connection.execute(sql, part)


def empty_blocks(connection: sqlite3.Connection) -> None:
    connection.execute("DELETE FROM block")
    connection.execute("DELETE FROM member")


def _remove_blocks_of(connection: sqlite3.Connection, entries: Collection[int]) -> None:
    for chunk, marks in _chunks(list(entries)):
        blocks = f"SELECT block FROM member WHERE entry IN ({marks})"  # noqa: S608
        connection.execute(f"DELETE FROM block WHERE first IN ({blocks})", chunk)  # noqa: S608


def _chunks(values: list[Value]) -> Iterator[tuple[list[Value], str]]:
    """The values, and a mark of SQL for each, some at a time."""
    for start in range(0, len(values), BATCH_SIZE):
        chunk = values[start : start + BATCH_SIZE]
        yield chunk, ", ".join("?" * len(chunk))
