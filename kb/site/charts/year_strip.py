"""The year strip: where a date lies on a line of months, drawn no sharper than it is known."""

from __future__ import annotations

from calendar import isleap
from collections.abc import Iterable
from datetime import date
from typing import NotRequired, TypedDict

from kb.record.documents import Date
from kb.site.charts.axis import YearAxis

STRIP_WIDTH = 128
# The fade beside an open end: about three months on a strip of one year.
FADE = 0.25
MAX_YEARS = 24  # of a strip with a tick for each year
MIN_WIDTH = 2.0  # pixels, so that a block of a few days can be seen
INSET = 0.5  # the line ends on half pixels, where it is sharp


class Mark(TypedDict):
    """The shape of a date: a span, a known day (``needle``), or both."""

    mark: str
    x: NotRequired[float]
    width: NotRequired[float]
    right: NotRequired[float]
    side: NotRequired[str]
    needle: NotRequired[float]


class YearStrip(Mark):
    """What ``timeline/_strip.html`` draws, in pixels.

    ``mark`` is "needle" (a day), "block" (a span with sharp ends), "soft" (somewhere in a span)
    or "fade" (one end known). ``path`` is the line with its ticks: quarters, or years on a longer
    line, are taller. ``axis`` is the id of the same shape in ``_icons.html``, "" if it has none.
    """

    total: int
    axis: str
    path: str


def common_years(dates: Iterable[Date]) -> tuple[int, int] | None:
    """The first and the last year of the known ends of these dates; None if there are none."""
    days = [_day(when, end) for when in dates for end in ("earliest", "latest")]
    years = [day.year for day in days if day]
    return (min(years), max(years)) if years else None


def year_strip(
    when: Date | None, width: int = STRIP_WIDTH, years: tuple[int, int] | None = None
) -> YearStrip | None:
    """The strip of a date as documents hold it; None where the date is not known.

    ``years`` are the first and the last of its line, if several dates share one.
    """
    first, last = _day(when, "earliest"), _day(when, "latest")
    start, end = first or last, last or first
    if when is None or start is None or end is None:
        return None
    first_year, last_year = years or (start.year, end.year)
    axis = YearAxis(first_year, last_year, start=INSET, length=width - 2 * INSET)
    if first is None or last is None:
        mark = _faded(axis, start, opens_left=first is None)
    else:
        mark = _closed(axis, first, last, is_soft=bool(when.get("qualifier")))
    return YearStrip(
        total=width, axis=_shared_axis(axis, width), path=_path(axis, width - INSET), **mark
    )


def shared_axes() -> dict[str, str]:
    """The paths that most strips share: of one year with 365 and with 366 days, by their ids."""
    axes = (YearAxis(year, year, start=INSET, length=STRIP_WIDTH - 2 * INSET) for year in (1, 4))
    return {_shared_axis(axis, STRIP_WIDTH): _path(axis, STRIP_WIDTH - INSET) for axis in axes}


def _shared_axis(axis: YearAxis, width: int) -> str:
    if axis.first != axis.last or width != STRIP_WIDTH:
        return ""
    return "s-leap" if isleap(axis.first) else "s-year"


def _path(axis: YearAxis, end: float) -> str:
    return f"M.5 17.5H{end}" + "".join(f"M{x:g} 17.5V{top}" for x, top in _ticks(axis))


def _closed(axis: YearAxis, first: date, last: date, *, is_soft: bool) -> Mark:
    if first == last:
        return {"mark": "needle", "needle": axis.middle_of(first)}
    x, right = axis.start_of(first), axis.end_of(last)
    return _span("soft" if is_soft else "block", x, max(right, x + MIN_WIDTH))


def _day(when: Date | None, end: str) -> date | None:
    text = when and (when.get("earliest") if end == "earliest" else when.get("latest"))
    return date.fromisoformat(text) if text else None


def _span(mark: str, x: float, right: float) -> Mark:
    return {"mark": mark, "x": round(x, 1), "width": round(right - x, 1), "right": round(right, 1)}


def _faded(axis: YearAxis, known: date, *, opens_left: bool) -> Mark:
    needle, reach = axis.middle_of(known), FADE * axis.length
    x, right = (
        (max(INSET, needle - reach), needle)
        if opens_left
        else (needle, min(INSET + axis.length, needle + reach))
    )
    return {**_span("fade", x, right), "side": "left" if opens_left else "right", "needle": needle}


def _ticks(axis: YearAxis) -> list[tuple[float, int]]:
    """Months of one year; quarters of two to four; else years, decades and so on.

    Of years, every tenth tick is taller, of longer steps every fifth.
    """
    years = range(axis.first, axis.last + 1)
    if len(years) <= 4:
        step = 1 if len(years) == 1 else 3
        tall = 3 if step == 1 else 12
        ticks = [
            (axis.start_of(date(year, month, 1)), 12 if (month - 1) % tall == 0 else 14)
            for year in years
            for month in range(1, 13, step)
        ]
    else:
        step = _years_between_ticks(len(years))
        tall = 10 if step == 1 else 5 * step
        ticks = [
            (axis.start_of(date(year, 1, 1)), 12 if year % tall == 0 else 14)
            for year in years
            if year % step == 0
        ]
    return [*ticks, (INSET + axis.length, 12)]


def _years_between_ticks(years: int) -> int:
    """One up to MAX_YEARS; else 5, 10, 50, 100 and so on, so that there are at most 12 ticks."""
    if years <= MAX_YEARS:
        return 1
    step = 5
    while years > 12 * step:
        step *= 2 if str(step).startswith("5") else 5
    return step
