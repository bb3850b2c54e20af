"""Small charts of when each incident happened, on an axis that the whole list shares."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypedDict

from kb.record.months import MONTHS_OF_SCALE
from kb.record.reading.current import entry_source

MAX_MONTHS = 60
SPARKLINE_HEIGHT = 40  # pixels, of the highest bar
FADE = 2  # months, of a date with one end

MAX_SPARKLINE_SPANS = 8  # of one incident

Days = tuple[date | None, date | None]


class Bar(TypedDict):
    x: float
    width: float
    y: int
    height: int


class Span(TypedDict):
    x: float
    width: float
    shape: str


@dataclass(frozen=True)
class Sparkline:
    """``bars``: x and width in percent, y and height in pixels down from the top.

    ``spans``: dates wider than a column, x and width in percent, ``shape`` soft or a fade.
    """

    bars: list[Bar] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)


def sparklines(incident_ids: Collection[str]) -> tuple[str, dict[str, Sparkline]]:
    """The axis in words, and the chart of each incident that has a bar.

    Bars count entries whose date lies in one month (one year, where the axis is longer than five
    years). Three queries at most, however many incidents and entries there are.
    """
    source = entry_source()
    by_month, scale = source.month_counts("incident", incident_ids, "month"), "month"
    if not by_month:
        return "", {}
    places = {month for counts in by_month.values() for month in counts}
    if max(places) - min(places) >= MAX_MONTHS:
        by_month, scale = source.month_counts("incident", incident_ids, "year"), "year"
        places = {month for counts in by_month.values() for month in counts}
    else:
        # Whole years, so that the axis can be named.
        places |= {min(places) // 12 * 12, max(places) // 12 * 12 + 11}
    step = MONTHS_OF_SCALE[scale]
    first, last = min(places), max(places)
    most = max(max(counts.values()) for counts in by_month.values())
    columns = (last - first) // step + 1
    wide = source.wide_days("incident", incident_ids, scale, limit=MAX_SPARKLINE_SPANS)
    spans = {incident: _spans(days, first, step * columns) for incident, days in wide.items()}
    charts = {
        incident: Sparkline(
            [
                _bar((place - first) // step, count, columns, most)
                for place, count in sorted(counts.items())
            ],
            spans.get(incident, []),
        )
        for incident, counts in by_month.items()
    }
    return _axis_words(first // 12, last // 12), charts


def _axis_words(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}–{last}"


def _bar(column: int, count: int, columns: int, most: int) -> Bar:
    width = 100 / columns
    height = max(2, round(SPARKLINE_HEIGHT * count / most))
    return {
        "x": round(column * width + width * 0.15, 2),
        "width": round(width * 0.7, 2),
        "y": SPARKLINE_HEIGHT - height,
        "height": height,
    }


def _spans(days: Sequence[Days], first: int, length: int) -> list[Span]:
    """Dates that are wider than a column, clipped to the axis."""
    spans: list[Span] = []
    for earliest, latest in days:
        start, end = _ends(earliest, latest)
        start, end = max(0.0, start - first), min(float(length), end - first)
        if end > start:
            shape = "fade-left" if earliest is None else "fade-right" if latest is None else "soft"
            x, width = round(100 * start / length, 2), round(100 * (end - start) / length, 2)
            spans.append({"x": x, "width": width, "shape": shape})
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
