"""Rows in the order of a list, from a cursor onwards: rank look-ups, whatever the size."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import chain, islice
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from kb.record.query import TimelineQuery
from kb.record.reading.bitmaps import bitmap_of, rows_in
from kb.record.reading.key_columns import key_numbers
from kb.record.reading.numbers import number_at, wide
from kb.record.reading.table import Table
from kb.record.sort_keys import is_undated_key

# How many rows are looked at first in the order of changes.
FIRST_STEP = 1024
# So few rows are sorted, instead of looked for in the order of all.
MAX_SORTED = 20_000
# So many rows are listed one by one, more all at once.
MAX_LISTED = 1_000


class Place(NamedTuple):
    """A row of a table."""

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
    ordered = [
        [Place(table, row) for row in _rows_of_table(table, rows, query, cursor, is_after, limit)]
        for table, rows in parts
        if rows
    ]
    if len(ordered) == 1:
        return ordered[0]
    candidates = [place for places in ordered for place in places]
    # Descending parts cannot be turned around in ranks, so each direction has its own sorting.
    is_reversed = is_after is (query.order != "oldest")
    if query.order == "newest":
        groups = [
            sorted(
                (place for place in candidates if _is_undated(place) is is_undated),
                key=partial(_rank, query),
                reverse=is_reversed,
            )
            for is_undated in ((False, True) if is_after else (True, False))
        ]
        return [*groups[0], *groups[1]][:limit]
    return sorted(candidates, key=partial(_rank, query), reverse=is_reversed)[:limit]


def _rank(query: TimelineQuery, place: Place) -> tuple[int, ...]:
    """What decides the place of a row in the order: smaller comes first."""
    return place.table.key(place.row) if query.is_by_time else (place.table.revision(place.row),)


def _is_undated(place: Place) -> bool:
    return place.row not in place.table.dated


def first_revisions(
    parts: Sequence[tuple[Table, BitMap]], query: TimelineQuery, limit: int
) -> list[int]:
    """The primary keys of the revisions of the first rows in the order of the query."""
    if limit <= MAX_LISTED:
        places = rows_beside(parts, query, cursor="", is_after=True, limit=limit)
        return [place.table.revision(place.row) for place in places]
    return _revisions_in_order(parts, query)[:limit]


def _revisions_in_order(parts: Sequence[tuple[Table, BitMap]], query: TimelineQuery) -> list[int]:
    """The primary keys of the revisions of all rows, in the order of the query."""
    parts = [(table, rows) for table, rows in parts if rows]
    if not parts:
        return []
    table, rows = parts[0]
    numbers = rows_in(rows)
    revisions, is_dated = _revisions(table, numbers), table.is_dated[numbers]
    # Besides the table of the file there is one of changed entries, at most.
    for other, other_rows in parts[1:]:
        others = rows_in(other_rows)
        # Within one table, rows are in the order of their keys already.
        starts = [table.keys.place_of(other.key(row)) for row in others.tolist()]
        places = np.searchsorted(numbers, np.array(starts, dtype=np.uint32))
        revisions = np.insert(revisions, places, _revisions(other, others))
        is_dated = np.insert(is_dated, places, other.is_dated[others])
    if not query.is_by_time:
        revisions = np.sort(revisions)[::-1]
    elif query.order == "newest":
        revisions = np.concatenate([revisions[is_dated][::-1], revisions[~is_dated][::-1]])
    return revisions.tolist()  # type: ignore[no-any-return]


def _revisions(table: Table, rows: NDArray[np.uint32]) -> NDArray[np.int64]:
    """The primary keys of the revisions of these rows."""
    return wide(table.arrays["revision"][rows]).astype(np.int64)


def _rows_of_table(
    table: Table, rows: BitMap, query: TimelineQuery, cursor: str, is_after: bool, limit: int
) -> list[int]:
    if not query.is_by_time:
        return _by_change(table, rows, cursor, is_after=is_after, limit=limit)
    if query.order == "oldest":
        return list(islice(_by_key(table, rows, cursor, is_ascending=is_after), limit))
    dated, undated = rows & table.dated, rows - table.dated
    if not cursor:
        parts = [(dated, ""), (undated, "")] if is_after else [(undated, ""), (dated, "")]
    elif is_undated_key(cursor):
        parts = [(undated, cursor)] if is_after else [(undated, cursor), (dated, "")]
    else:
        parts = [(dated, cursor), (undated, "")] if is_after else [(dated, cursor)]
    numbers = (_by_key(table, bitmap, start, is_ascending=not is_after) for bitmap, start in parts)
    return list(islice(chain.from_iterable(numbers), limit))


def _by_key(table: Table, rows: BitMap, cursor: str, *, is_ascending: bool) -> Iterator[int]:
    """The rows from a sort key upwards, without it, or downwards."""
    if is_ascending:
        start = table.keys.place_of(key_numbers(cursor), after=True) if cursor else 0
        return iter(rows.iter_equal_or_larger(start))
    end = table.keys.place_of(key_numbers(cursor)) if cursor else len(table)
    count = rows.rank(end - 1) if end else 0
    return (rows[rank] for rank in range(count - 1, -1, -1))


def _by_change(table: Table, rows: BitMap, cursor: str, *, is_after: bool, limit: int) -> list[int]:
    """The rows whose versions have lower numbers than the cursor, highest first, or higher ones."""
    order = table.by_revision
    if len(rows) <= MAX_SORTED:
        return _sorted_by_change(table, rows_in(rows), cursor, is_after=is_after, limit=limit)
    # Rows from ``start`` on, in the direction of the list, are beyond the cursor.
    ascending = order[_rank_of_revision(table, cursor, after=True) :] if cursor else order
    descending = order[: _rank_of_revision(table, cursor)][::-1] if cursor else order[::-1]
    beyond = descending if is_after else ascending
    numbers: list[int] = []
    start, size = 0, FIRST_STEP
    while len(numbers) < limit and start < len(beyond):
        step = wide(beyond[start : start + size])
        among = bitmap_of(step) & rows
        if among:
            is_row = np.isin(step, rows_in(among))
            numbers += step[is_row].tolist()
        # Rows that are rare in this order are found in few steps, the last ones long.
        start, size = start + size, size * 4
    return numbers[:limit]


def _sorted_by_change(
    table: Table, numbers: NDArray[np.uint32], cursor: str, *, is_after: bool, limit: int
) -> list[int]:
    revisions = _revisions(table, numbers)
    if cursor:
        is_beyond = revisions < int(cursor) if is_after else revisions > int(cursor)
        numbers, revisions = numbers[is_beyond], revisions[is_beyond]
    order = np.argsort(-revisions if is_after else revisions)[:limit]
    return numbers[order].tolist()  # type: ignore[no-any-return]


def _rank_of_revision(table: Table, cursor: str, *, after: bool = False) -> int:
    """How many rows have a version with a lower number than this; ``after``: or this one."""
    order = table.by_revision
    find = bisect_right if after else bisect_left
    return find(
        range(len(order)),
        int(cursor),
        key=lambda place: table.revision(number_at(order, place)),
    )
