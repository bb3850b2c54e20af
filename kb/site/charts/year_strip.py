"""The year strip: where a date lies on a line of months, drawn no sharper than it is known."""

from __future__ import annotations

from datetime import date
from typing import Any

STRIP_WIDTH = 128
# The fade beside an open end: about three months on a strip of one year.
FADE = 0.25
NARROWEST = 2.0  # pixels, so that a block of a few days can be seen
INSET = 0.5  # the line's ends stand on half pixels, where they are sharp


def year_strip(when: dict[str, Any] | None, width: int = STRIP_WIDTH) -> dict[str, Any] | None:
    """The shapes of the strip for a date as documents hold it; None where there is no date.

    ``mark`` is "needle" (a day), "block" (a span with sharp ends), "soft" (somewhere in a span)
    or "fade" (one end known). ``x`` and ``width`` are the span's; ``needle`` is the known day's
    place; ``ticks`` are (x, y of the top): quarters, or years on a longer line, stand taller.
    """
    first, last = _day(when, "earliest"), _day(when, "latest")
    start, end = first or last, last or first
    if when is None or start is None or end is None:
        return None
    axis = _Axis(start.year, end.year, width)
    strip: dict[str, Any] = {"total": width, "ticks": axis.ticks(), "end": width - INSET}
    if first is None or last is None:
        return strip | _faded(axis, start, opens_left=first is None)
    if first == last:
        return strip | {"mark": "needle", "needle": axis.middle_of(first)}
    x, right = axis.start_of(first), axis.end_of(last)
    mark = "soft" if when.get("qualifier") else "block"
    return strip | {"mark": mark, **_span(x, max(right, x + NARROWEST))}


def _day(when: dict[str, Any] | None, name: str) -> date | None:
    text = when and when.get(name)
    return date.fromisoformat(text) if text else None


def _span(x: float, right: float) -> dict[str, float]:
    return {"x": round(x, 1), "width": round(right - x, 1), "right": round(right, 1)}


def _faded(axis: _Axis, known: date, *, opens_left: bool) -> dict[str, Any]:
    needle, reach = axis.middle_of(known), FADE * axis.length
    x, right = (
        (max(INSET, needle - reach), needle)
        if opens_left
        else (needle, min(INSET + axis.length, needle + reach))
    )
    side = "left" if opens_left else "right"
    return {"mark": "fade", "side": side, "needle": needle, **_span(x, right)}


class _Axis:
    """From 1 January of one year to 31 December of another, across the strip."""

    def __init__(self, first: int, last: int, width: int) -> None:
        self.first, self.last = first, last
        self.length = width - 2 * INSET
        self.zero = date(first, 1, 1).toordinal()
        self.days = date(last, 12, 31).toordinal() - self.zero + 1

    def _at(self, days: float) -> float:
        return round(INSET + self.length * days / self.days, 1)

    def start_of(self, day: date) -> float:
        return self._at(day.toordinal() - self.zero)

    def middle_of(self, day: date) -> float:
        return self._at(day.toordinal() - self.zero + 0.5)

    def end_of(self, day: date) -> float:
        return self._at(day.toordinal() - self.zero + 1)

    def ticks(self) -> list[tuple[float, int]]:
        """Months of one year; quarters of two to four; else years, of which the tenth is taller."""
        years = range(self.first, self.last + 1)
        if len(years) <= 4:
            step = 1 if len(years) == 1 else 3
            tall = 3 if step == 1 else 12
            found = [
                (self.start_of(date(year, month, 1)), 12 if (month - 1) % tall == 0 else 14)
                for year in years
                for month in range(1, 13, step)
            ]
        else:
            every = max(1, len(years) // 24)
            found = [
                (self.start_of(date(year, 1, 1)), 12 if year % 10 == 0 else 14)
                for year in years[::every]
            ]
        return [*found, (INSET + self.length, 12)]
