"""Rows in the order of a list, from a cursor onwards: rank look-ups, whatever the size."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from kb.record.query import TimelineQuery
from kb.record.reading.bitmaps import bitmap_of, rows_in
from kb.record.reading.packed_keys import pack_key
from kb.record.reading.table import Table
from kb.record.sort_keys import is_undated_key

# How many rows are looked at first in the order of changes.
FIRST_STEP = 1024
# So few rows are sorted, instead of looked for in the order of all.
MAX_SORTED = 20_000


class Place(NamedTuple):
    """A row of a table, with what decides its place in the order: smaller comes first."""

    rank: tuple[int, bytes]
    table: Table
    row: int


def rows_beside(
    parts: Sequence[tuple[Table, BitMap]],
    query: TimelineQuery,
    *,
    cursor: str,
    is_after: bool,
    limit: int,
) -> list[Place]:
    """The first rows after the cursor in the order of the query, or before it, nearest first.

    ``parts`` are the rows of each table. Without a cursor: those at the beginning, or at the end.
    """
    candidates = [
        place
        for table, rows in parts
        for place in _rows_of_table(table, rows, query, cursor, is_after, limit)
    ]
    # Descending parts cannot be turned around in bytes, so each direction has its own sorting.
    is_reversed = is_after is (query.order != "oldest")
    if query.order == "newest":
        groups = [
            sorted(
                (place for place in candidates if bool(place.rank[0]) is is_undated),
                key=lambda place: place.rank,
                reverse=is_reversed,
            )
            for is_undated in ((False, True) if is_after else (True, False))
        ]
        return [*groups[0], *groups[1]][:limit]
    return sorted(candidates, key=lambda place: place.rank, reverse=is_reversed)[:limit]


def revisions_in_order(parts: Sequence[tuple[Table, BitMap]], query: TimelineQuery) -> list[int]:
    """The primary keys of the revisions of all rows, in the order of the query."""
    parts = [(table, rows) for table, rows in parts if rows]
    if not parts:
        return []
    numbers = [rows_in(rows) for _table, rows in parts]
    revisions = _joined(parts, numbers, "revision").astype(np.int64)
    if not query.is_by_time:
        return np.sort(revisions)[::-1].tolist()  # type: ignore[no-any-return]
    if len(parts) > 1:
        # Within one table, rows are in this order already.
        order = np.argsort(_joined(parts, numbers, "keys"), kind="stable")
    else:
        order = np.arange(len(revisions))
    if query.order == "newest":
        is_dated = _joined(parts, numbers, "dated")[order] != 0
        order = np.concatenate([order[is_dated][::-1], order[~is_dated][::-1]])
    return revisions[order].tolist()  # type: ignore[no-any-return]


def _joined(
    parts: Sequence[tuple[Table, BitMap]], numbers: Sequence[NDArray[np.uint32]], name: str
) -> NDArray[Any]:
    """An array of several tables, of these rows."""
    arrays = [
        table.arrays[name][rows] for (table, _bitmap), rows in zip(parts, numbers, strict=True)
    ]
    return np.concatenate(arrays)


def _rows_of_table(
    table: Table, rows: BitMap, query: TimelineQuery, cursor: str, is_after: bool, limit: int
) -> list[Place]:
    if not rows:
        return []
    if not query.is_by_time:
        return _by_change(table, rows, cursor, is_after=is_after, limit=limit)
    keys = table.arrays["keys"]
    if query.order == "oldest":
        numbers = _by_key(table, rows, cursor, is_ascending=is_after)
        return [Place((0, bytes(keys[row])), table, row) for row in islice(numbers, limit)]
    dated, undated = rows & table.dated, rows - table.dated
    if not cursor:
        parts = [(dated, ""), (undated, "")] if is_after else [(undated, ""), (dated, "")]
    elif is_undated_key(cursor):
        parts = [(undated, cursor)] if is_after else [(undated, cursor), (dated, "")]
    else:
        parts = [(dated, cursor), (undated, "")] if is_after else [(dated, cursor)]
    places: list[Place] = []
    for bitmap, start in parts:
        numbers = _by_key(table, bitmap, start, is_ascending=not is_after)
        places += [
            Place((int(bitmap is undated), bytes(keys[row])), table, row)
            for row in islice(numbers, limit - len(places))
        ]
    return places


def _by_key(table: Table, rows: BitMap, cursor: str, *, is_ascending: bool) -> Iterator[int]:
    """The rows from a sort key upwards, without it, or downwards."""
    if is_ascending:
        start = table.place_of(pack_key(cursor), after=True) if cursor else 0
        return iter(rows.iter_equal_or_larger(start))
    end = table.place_of(pack_key(cursor)) if cursor else len(table)
    count = rows.rank(end - 1) if end else 0
    return (rows[rank] for rank in range(count - 1, -1, -1))


def _by_change(
    table: Table, rows: BitMap, cursor: str, *, is_after: bool, limit: int
) -> list[Place]:
    """The rows whose versions have lower numbers than the cursor, highest first, or higher ones."""
    order, revisions = table.arrays["by_revision"], table.arrays["revision"]
    if len(rows) <= MAX_SORTED:
        return _sorted_by_change(table, rows_in(rows), cursor, is_after=is_after, limit=limit)
    # Rows from ``start`` on, in the direction of the list, are beyond the cursor.
    ascending = order[_rank_of_revision(table, cursor, after=True) :] if cursor else order
    descending = order[: _rank_of_revision(table, cursor)][::-1] if cursor else order[::-1]
    beyond = descending if is_after else ascending
    numbers: list[int] = []
    start, size = 0, FIRST_STEP
    while len(numbers) < limit and start < len(beyond):
        step = beyond[start : start + size]
        among = bitmap_of(step) & rows
        if among:
            is_row = np.isin(step, rows_in(among))
            numbers += step[is_row].tolist()
        # Rows that are rare in this order are found in few steps, the last ones long.
        start, size = start + size, size * 4
    return [Place((int(revisions[row]), b""), table, row) for row in numbers[:limit]]


def _sorted_by_change(
    table: Table, numbers: NDArray[np.uint32], cursor: str, *, is_after: bool, limit: int
) -> list[Place]:
    revisions = table.arrays["revision"][numbers].astype(np.int64)
    if cursor:
        is_beyond = revisions < int(cursor) if is_after else revisions > int(cursor)
        numbers, revisions = numbers[is_beyond], revisions[is_beyond]
    order = np.argsort(-revisions if is_after else revisions)[:limit]
    return [Place((int(revisions[at]), b""), table, int(numbers[at])) for at in order]


def _rank_of_revision(table: Table, cursor: str, *, after: bool = False) -> int:
    """How many rows have a version with a lower number than this; ``after``: or this one."""
    order, revisions = table.arrays["by_revision"], table.arrays["revision"]
    find = bisect_right if after else bisect_left
    return find(range(len(order)), int(cursor), key=lambda at: int(revisions[order[at]]))
