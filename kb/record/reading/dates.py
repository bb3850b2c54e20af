"""When the rows of a table happened and became known: the ends, and counts by column."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from kb.record.entry_source import DateCounts, WideEnds
from kb.record.months import MONTHS_OF_SCALE
from kb.record.reading.bitmaps import rows_in
from kb.record.reading.table import Table, ends_of_days

# An ordinal of a day has fewer bits.
_DAY_BITS = 32
Array = NDArray[Any]
Parts = Sequence[tuple[Table, BitMap]]


def ends_of_dates(parts: Parts) -> tuple[date, date] | None:
    """The first and the last of all first and last days of dated rows; None without any."""
    ends = [
        table.ends_of_dates
        if len(dated) == len(table.dated)
        else ends_of_days(table, rows_in(dated))
        for table, rows in parts
        if (dated := rows & table.dated)
    ]
    days = [day for pair in ends if pair for day in pair]
    return (date.fromordinal(min(days)), date.fromordinal(max(days))) if days else None


def count_within_days(parts: Parts, days: int) -> int:
    """The rows with both ends known, from the first to the last possible day ``days`` at most."""
    return sum(rows.intersection_cardinality(table.within_days(days)) for table, rows in parts)


def days_around(parts: Parts, first: int, last: int) -> tuple[date | None, date | None]:
    """The last day on which a row became known before the day ``first``, the first after ``last``.

    Days are ordinals.
    """
    before, after = 0, 0
    for table, rows in parts:
        known = table.days("known", rows_in(rows))
        earlier, later = known[(known > 0) & (known < first)], known[known > last]
        if earlier.size:
            before = max(before, int(earlier.max()))
        if later.size:
            after = min(after or int(later.min()), int(later.min()))
    return _day(before), _day(after)


def _day(ordinal: int) -> date | None:
    return date.fromordinal(ordinal) if ordinal else None


def count_columns(parts: Parts, scale: str) -> Counter[tuple[int, str]]:
    """By column and kind, the dated rows whose whole date lies in one column."""
    counts: Counter[tuple[int, str]] = Counter()
    for table, rows in parts:
        lowest, codes, _wide = table.columns(scale)
        totals = np.bincount(codes if len(rows) == len(table) else codes[rows_in(rows)])
        for at in np.flatnonzero(totals):
            place, kind = divmod(int(at), len(table.kinds))
            if place:
                counts[lowest + place - 1, str(table.kinds[kind])] += int(totals[at])
    return counts


def count_first_months(parts: Parts, scale: str) -> Counter[int]:
    """By the first month of a column, the dated rows whose whole date lies in it; no zeros."""
    counts: Counter[int] = Counter()
    months = MONTHS_OF_SCALE[scale]
    for table, rows in parts:
        lowest, codes, _wide = table.columns(scale)
        totals = np.bincount(codes[rows_in(rows)])
        kinds = len(table.kinds)
        by_column = np.pad(totals, (0, -len(totals) % kinds)).reshape(-1, kinds).sum(axis=1)
        by_column[:1] = 0  # rows that are in no column
        places = np.flatnonzero(by_column)
        for place, total in zip(places.tolist(), by_column[places].tolist(), strict=True):
            counts[(lowest + place - 1) * months] += total
    return counts


def first_days(parts: Parts, limit: int) -> list[tuple[date | None, date | None]]:
    """The first different dates of rows, by their first and last day, open ends first."""
    pairs: set[int] = set()
    for table, rows in parts:
        numbers = rows_in(rows)
        first, last = (
            table.days(name, numbers).astype(np.int64) for name in ("earliest", "latest")
        )
        # One number for both ends is sorted in a tenth of the time.
        pairs.update(np.unique(first << _DAY_BITS | last)[:limit].tolist())
    ends = (divmod(pair, 1 << _DAY_BITS) for pair in sorted(pairs)[:limit])
    return [(_day(first), _day(last)) for first, last in ends]


def wide_rows(parts: Parts, scale: str) -> list[tuple[Table, BitMap]]:
    """The dated rows whose date is not inside one column."""
    return [(table, rows & table.columns(scale).wide) for table, rows in parts]


def count_wide_ends(parts: Parts, scale: str) -> WideEnds:
    """The first and the last columns of the dated rows that are wider than a column."""
    ends: tuple[Counter[int | None], Counter[int | None]] = (Counter(), Counter())
    for table, rows in wide_rows(parts, scale):
        numbers = rows_in(rows)
        for name, counter in zip(("earliest", "latest"), ends, strict=True):
            if scale == "day":
                days = table.days(name, numbers)
            else:
                days = table.months(name, numbers) // MONTHS_OF_SCALE[scale] + 1
            # Open ends are 0 now; columns begin at 1, but days at their own number.
            lowest = int(days.min()) if days.size else 0
            for place, total in enumerate(np.bincount(days - lowest).tolist()):
                if total:
                    column = lowest + place
                    key = column if scale == "day" else column - 1
                    counter[key if column else None] += total
    return WideEnds(*ends)


def count_dates(parts: Parts, scale: str) -> dict[str, DateCounts]:
    """By kind, how many rows lie in each column, are wider than one, and are undated; no zeros."""
    columns: dict[str, Counter[int]] = {}
    for (column, kind), count in count_columns(parts, scale).items():
        columns.setdefault(kind, Counter())[column] += count
    wide = _count_kinds(wide_rows(parts, scale))
    undated = _count_kinds([(table, rows - table.dated) for table, rows in parts])
    return {
        kind: DateCounts(columns.get(kind, Counter()), wide[kind], undated[kind])
        for kind in {*columns, *wide, *undated}
    }


def _count_kinds(parts: Parts) -> Counter[str]:
    """By kind, the number of rows; no zeros."""
    counts: Counter[str] = Counter()
    for table, rows in parts:
        for kind in table.kinds:
            if total := rows.intersection_cardinality(table.rows_of_kind(kind)):
                counts[str(kind)] += total
    return counts
