"""Small charts of when each incident happened, on an axis that the whole list shares."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypedDict

from kb.record.main_range import main_range
from kb.record.months import MONTHS_OF_SCALE
from kb.record.reading.current import entry_source

MAX_MONTHS = 60  # of an axis in months; on a longer one, as many years
SPARKLINE_HEIGHT = 40  # pixels, of the highest bar
FADE = 2  # months, of a date with one end

MAX_SPARKLINE_SPANS = 8  # of one incident

Days = tuple[date | None, date | None]


class Bar(TypedDict):
    """``is_stub``: all entries before or after the axis."""

    x: float
    width: float
    y: int
    height: int
    is_stub: bool


class Span(TypedDict):
    x: float
    width: float
    shape: str


@dataclass(frozen=True)
class Sparkline:
    """``bars``: x and width in percent, y and height in pixels down from the top.

    ``spans``: dates wider than a column, x and width in percent, ``shape`` soft or a fade.
    ``before`` and ``after`` are the entries outside the axis, which is from ``first_year`` to
    ``last_year``.
    """

    bars: list[Bar] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    before: int = 0
    after: int = 0
    first_year: int = 0
    last_year: int = 0

    @property
    def path(self) -> str:
        """All bars but the stubs as one shape, which a page renders faster than one for each."""
        return "".join(
            f"M{bar['x']:g} {bar['y']}h{bar['width']:g}v{bar['height']}h-{bar['width']:g}z"
            for bar in self.bars
            if not bar["is_stub"]
        )

    @property
    def stubs(self) -> list[Bar]:
        return [bar for bar in self.bars if bar["is_stub"]]


@dataclass(frozen=True)
class _Axis:
    """From the month number ``first`` to ``last``, in columns of ``step`` months.

    A column before and one after it are for the stubs, if there are any.
    """

    first: int
    last: int
    step: int
    has_before: bool
    has_after: bool

    @property
    def columns(self) -> int:
        return (self.last - self.first) // self.step + 1 + self.has_before + self.has_after

    def column(self, month: float) -> float:
        """Where a month is, in columns from the left end; outside the axis, in a stub."""
        place = (min(max(month, self.first - 1), self.last + self.step) - self.first) / self.step
        return min(max(place, -1), self.columns) + self.has_before


def sparklines(incident_ids: Collection[str]) -> tuple[str, dict[str, Sparkline]]:
    """The axis in words, and the chart of each incident that has a bar.

    The axis is where most entries of all incidents lie (``main_range``). Bars count entries whose
    date lies in one month, or one year or decade on a longer axis. Three queries at most, however
    many incidents and entries there are.
    """
    source = entry_source()
    by_month, scale = source.month_counts("incident", incident_ids, "month"), "month"
    if not by_month:
        return "", {}
    first, last = main_range(_summed(by_month))
    if last - first >= MAX_MONTHS:
        scale = "year" if last - first < MAX_MONTHS * MONTHS_OF_SCALE["year"] else "decade"
        by_month = source.month_counts("incident", incident_ids, scale)
        first, last = main_range(_summed(by_month))
    step = MONTHS_OF_SCALE[scale]
    # Whole years, so that the axis can be named.
    first -= first % max(step, 12)
    last += (11 - last % 12) if scale == "month" else -(last % step)
    sums = _summed(by_month)
    axis = _Axis(first, last, step, min(sums) < first, max(sums) >= last + step)
    wide = source.wide_days("incident", incident_ids, scale, limit=MAX_SPARKLINE_SPANS)
    columns = {incident: _columns(counts, axis) for incident, counts in by_month.items()}
    most = max(max(counts.values()) for counts in columns.values())
    years = first // 12, (last + step - 1) // 12
    charts = {
        incident: Sparkline(
            [_bar(column, count, axis, most) for column, count in sorted(counts.items())],
            _spans(wide.get(incident, ()), axis),
            before=counts.get(0, 0) if axis.has_before else 0,
            after=counts.get(axis.columns - 1, 0) if axis.has_after else 0,
            first_year=years[0],
            last_year=years[1],
        )
        for incident, counts in columns.items()
    }
    return _axis_words(*years), charts


def _summed(by_month: Mapping[str, Mapping[int, int]]) -> Counter[int]:
    total: Counter[int] = Counter()
    for counts in by_month.values():
        total.update(counts)
    return total


def _columns(counts: Mapping[int, int], axis: _Axis) -> Counter[int]:
    """The entries of each column, with those of the stubs."""
    columns: Counter[int] = Counter()
    for month, count in counts.items():
        columns[math.floor(axis.column(month))] += count
    return columns


def _axis_words(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}–{last}"


def _bar(column: int, count: int, axis: _Axis, most: int) -> Bar:
    width = 100 / axis.columns
    height = max(2, round(SPARKLINE_HEIGHT * count / most))
    return {
        "x": round(column * width + width * 0.15, 2),
        "width": round(width * 0.7, 2),
        "y": SPARKLINE_HEIGHT - height,
        "height": height,
        "is_stub": (axis.has_before and column == 0)
        or (axis.has_after and column == axis.columns - 1),
    }


def _spans(days: Sequence[Days], axis: _Axis) -> list[Span]:
    """Dates that are wider than a column, clipped to the axis."""
    spans: list[Span] = []
    for earliest, latest in days:
        start, end = _ends(earliest, latest)
        start, end = max(start, axis.first), min(end, axis.last + axis.step)
        if end > start:
            shape = "fade-left" if earliest is None else "fade-right" if latest is None else "soft"
            left, right = axis.column(start), axis.column(end)
            x, width = 100 * left / axis.columns, 100 * (right - left) / axis.columns
            spans.append({"x": round(x, 2), "width": round(width, 2), "shape": shape})
    return spans


def _ends(earliest: date | None, latest: date | None) -> tuple[float, float]:
    """Where a date begins and ends, in months; a date with an open end gets a fade instead."""
    if earliest is not None:
        start = _place(earliest)
        return start, _place(latest, after=True) if latest else start + FADE
    if latest is not None:
        return _place(latest) - FADE, _place(latest, after=True)
    return 0.0, 0.0


def _place(day: date, *, after: bool = False) -> float:
    """Months since the year 0 to the beginning of a day, or with ``after`` to its end."""
    return day.year * 12 + day.month - 1 + (day.day - 1 + after) / 31
