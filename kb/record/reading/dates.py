"""When the rows of a table happened and became known: the ends, and counts by column."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from kb.record.months import MONTHS_OF_SCALE
from kb.record.reading.bitmaps import bitmap_of, rows_in
from kb.record.reading.table import Table

Array = NDArray[Any]
Parts = Sequence[tuple[Table, BitMap]]


def ends_of_dates(parts: Parts) -> tuple[date, date] | None:
    """The first and the last of all first and last days of dated rows; None without any."""
    days = [
        days[days > 0]
        for table, rows in parts
        if (numbers := rows_in(rows & table.dated)).size
        for days in (table.arrays["earliest"][numbers], table.arrays["latest"][numbers])
    ]
    days = [part for part in days if part.size]
    if not days:
        return None
    first, last = min(int(part.min()) for part in days), max(int(part.max()) for part in days)
    return date.fromordinal(first), date.fromordinal(last)


def days_around(parts: Parts, first: int, last: int) -> tuple[date | None, date | None]:
    """The last day on which a row became known before the day ``first``, the first after ``last``.

    Days are ordinals.
    """
    before, after = 0, 0
    for table, rows in parts:
        known = table.arrays["known"][rows_in(rows)]
        earlier, later = known[(known > 0) & (known < first)], known[known > last]
        if earlier.size:
            before = max(before, int(earlier.max()))
        if later.size:
            after = min(after or int(later.min()), int(later.min()))
    return _day(before), _day(after)


def _day(ordinal: int) -> date | None:
    return date.fromordinal(ordinal) if ordinal else None


def column_places(table: Table, rows: BitMap, scale: str) -> tuple[Array, Array, Array]:
    """The dated rows, and the columns of their first and last days; -1 for an open end.

    Days are ordinals; months, quarters, years and decades count from the year 0.
    """
    numbers = rows_in(rows & table.dated)
    first, last = table.arrays["earliest"][numbers], table.arrays["latest"][numbers]
    if scale == "day":
        signed = [np.where(days > 0, days.astype(np.int64), -1) for days in (first, last)]
    else:
        months = MONTHS_OF_SCALE[scale]
        signed = [
            np.where(places >= 0, places // months, -1)
            for places in (table.months(first), table.months(last))
        ]
    return numbers, signed[0], signed[1]


def count_columns(parts: Parts, scale: str, day: date | None) -> Counter[tuple[int, str]]:
    """By column and kind, the dated rows whose whole date lies in one column.

    With ``day``, those that were not known by then are counted as of the kind "later".
    """
    counts: Counter[tuple[int, str]] = Counter()
    for table, rows in parts:
        numbers, first, last = column_places(table, rows, scale)
        is_inside = (first == last) & (first >= 0)
        numbers, places = numbers[is_inside], first[is_inside]
        if not numbers.size:
            continue
        kinds = (*table.kinds, "later")
        kind = table.arrays["kind"][numbers].astype(np.int64)
        if day:
            known = table.arrays["known"][numbers]
            kind[(known == 0) | (known > day.toordinal())] = len(table.kinds)
        lowest = int(places.min())
        totals = np.bincount((places - lowest) * len(kinds) + kind)
        for at in np.flatnonzero(totals):
            place, code = divmod(int(at), len(kinds))
            counts[lowest + place, str(kinds[code])] += int(totals[at])
    return counts


def wide_rows(parts: Parts, scale: str) -> list[tuple[Table, BitMap]]:
    """The dated rows whose date is not inside one column."""
    wide = []
    for table, rows in parts:
        numbers, first, last = column_places(table, rows, scale)
        wide.append((table, bitmap_of(numbers[(first != last) | (first < 0)])))
    return wide


def count_spans(parts: Parts, scale: str) -> Counter[tuple[int | None, int | None]]:
    """By first and last column, the dated rows that are wider than a column; None: open."""
    counts: Counter[tuple[int | None, int | None]] = Counter()
    for table, rows in parts:
        _numbers, first, last = column_places(table, rows, scale)
        is_wide = (first != last) | (first < 0)
        pairs, totals = np.unique(
            np.stack([first[is_wide], last[is_wide]]), axis=1, return_counts=True
        )
        for (start, end), total in zip(pairs.T.tolist(), totals.tolist(), strict=True):
            counts[None if start < 0 else start, None if end < 0 else end] += total
    return counts
