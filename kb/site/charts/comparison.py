"""Actors side by side on one axis: what each did and said, and who answers what.

The list below the drawing has the same numbers and says everything in words.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple, TypedDict

from django.utils.dates import MONTHS_3
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from kb.dates import FuzzyDate
from kb.record.documents import Date
from kb.record.vocabulary import RecordKind
from kb.site.charts.axis import YearAxis
from kb.site.charts.swimlanes import DID, SAID_DID, FacetGroup

# In units of the drawing, which are pixels at its usual width.
WIDTH = 1080
PLOT_START, PLOT_END = 176, 1044  # on the right there is room for a number
AXIS_HEIGHT = 32
ROW_HEIGHT = 34
LANE_GAP, ACTOR_GAP = 6, 18
MARK_GAP = 38  # between two marks of one row
FADE = 44
NUMBER_SHIFT = 9
MAX_ROWS = 4  # of one lane; further marks share the last, without their numbers
MAX_NAME_LENGTH = 14
MAX_YEARS_NAMED = 8
# With crowded days, the whole axis has this part of the width, and they have the rest.
WHOLE_PART, ENLARGED_START = 0.36, 0.44
MAX_CROWDED_DAYS = 8
MIN_CROWDED_MARKS = 3
# Days are enlarged only where the whole axis is so many times longer.
MIN_ENLARGEMENT = 12


@dataclass(frozen=True)
class NumberedMark:
    """An entry of the list. ``column`` is the place of its actor from 1; 0 is nobody's."""

    number: int
    kind: str
    column: int
    date: Date
    answers: Sequence[int] = ()


class LaneName(TypedDict):
    """The line of a lane; ``name`` is only at the first lane of an actor."""

    name: str
    part: str
    y: int


class TickMark(TypedDict):
    x: float
    label: str


class SpanShape(TypedDict):
    shape: str
    x: float
    y: float
    width: float
    height: int


class MarkShape(TypedDict):
    """``has_number``: other marks leave room for its number."""

    number: int
    has_number: bool
    kind: str
    x: float
    y: float


class EnlargedDays(TypedDict):
    x: float
    width: float
    words: str


class ComparisonChart(TypedDict):
    """What ``compare/_chart.html`` draws; ``undated`` are the numbers that it cannot show."""

    label: str
    width: int
    height: int
    lanes: list[LaneName]
    ticks: list[TickMark]
    enlarged: EnlargedDays | None
    spans: list[SpanShape]
    needles: list[MarkShape]
    marks: list[MarkShape]
    curves: list[str]
    undated: list[int]


class _Days(NamedTuple):
    first: date
    last: date

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.first <= day <= self.last


class _Axis:
    """Years from left to right; with crowded days, these enlarged at the right."""

    def __init__(self, first: int, last: int, crowded: _Days | None) -> None:
        self.crowded = crowded
        length = PLOT_END - PLOT_START
        part = WHOLE_PART if crowded else 1.0
        self.whole = YearAxis(first, last, start=PLOT_START, length=length * part)
        self.right = PLOT_START + length * ENLARGED_START
        self.right_width = PLOT_END - self.right

    def middle(self, day: date) -> float:
        return self._place(day, 0.5)

    def between(self, first: date, last: date) -> tuple[float, float]:
        """Where a span begins and ends; one that goes into the crowded days begins with them."""
        if self.crowded and last in self.crowded and first < self.crowded.first:
            return round(self.right, 1), self._place(last, 1)
        if self.crowded and first in self.crowded and last not in self.crowded:
            return self._place(first, 0), PLOT_END
        return self._place(first, 0), self._place(last, 1)

    def _place(self, day: date, part: float) -> float:
        if self.crowded is None or day not in self.crowded:
            places = {0: self.whole.start_of, 0.5: self.whole.middle_of, 1: self.whole.end_of}
            return places[part](day)
        days = (self.crowded.last - self.crowded.first).days + 1
        return round(
            self.right + self.right_width * ((day - self.crowded.first).days + part) / days, 1
        )


def comparison_chart(
    names: Sequence[str], groups: Sequence[Sequence[FacetGroup]], marks: Sequence[NumberedMark]
) -> ComparisonChart | None:
    """The drawing of two to four actors; None where no entry has a date.

    ``groups`` are the dates of all entries of each actor, drawn without numbers.
    """
    dates = {mark.number: FuzzyDate.from_json(dict(mark.date)) for mark in marks}
    days = [day for when in dates.values() for day in (when.earliest, when.latest) if day]
    days += [day for rows in groups for row in rows for day in (row.earliest, row.latest) if day]
    if not days:
        return None
    first, last = min(days).year, max(days).year
    anchors = [day for when in dates.values() if (day := _anchor(when))]
    axis = _Axis(first, last, crowded_days(anchors, (last - first + 1) * 365))
    drawing = _Drawing(axis, names, groups, marks, dates)
    return drawing.chart()


def crowded_days(anchors: Sequence[date], axis_days: int) -> _Days | None:
    """The few days that hold most of the marks, with a day around them; None if none do."""
    best: tuple[int, int, date, date] | None = None
    for first in sorted(set(anchors)):
        held = sorted(day for day in anchors if 0 <= (day - first).days < MAX_CROWDED_DAYS - 2)
        candidate = (len(held), -(held[-1] - first).days, first, held[-1])
        if best is None or candidate[:2] > best[:2]:
            best = candidate
    if best is None or best[0] < max(MIN_CROWDED_MARKS, len(anchors) / 2):
        return None
    days = _Days(best[2] - timedelta(days=1), best[3] + timedelta(days=1))
    is_larger = ((days.last - days.first).days + 1) * MIN_ENLARGEMENT <= axis_days
    return days if is_larger else None


def _anchor(when: FuzzyDate) -> date | None:
    """The one day at which a date is drawn; None for a date between two days."""
    if when.earliest and when.latest:
        return when.earliest if when.earliest == when.latest else None
    return when.latest or when.earliest


class _Drawing:
    """The lanes from top to bottom, and what is in each."""

    def __init__(
        self,
        axis: _Axis,
        names: Sequence[str],
        groups: Sequence[Sequence[FacetGroup]],
        marks: Sequence[NumberedMark],
        dates: dict[int, FuzzyDate],
    ) -> None:
        self.axis, self.names, self.groups, self.dates = axis, names, groups, dates
        self.marks = marks
        self.lanes: list[LaneName] = []
        self.spans: list[SpanShape] = []
        self.needles: list[MarkShape] = []
        self.shapes: dict[int, MarkShape] = {}
        self.y = AXIS_HEIGHT + LANE_GAP

    def chart(self) -> ComparisonChart:
        for place, name in enumerate(self.names, start=1):
            is_mirrored = place == 2 and len(self.names) == 2
            parts = [("did", (DID, SAID_DID)), ("said", ("by", "for"))]
            for number, (part, facets) in enumerate(reversed(parts) if is_mirrored else parts):
                label = _("did") if part == "did" else _("said")
                kinds = (RecordKind.EVENT,) if part == "did" else (RecordKind.STATEMENT,)
                numbered = [row for row in self.marks if row.column == place and row.kind in kinds]
                grouped = [row for row in self.groups[place - 1] if row.name in facets]
                self._add_lane("" if number else _shortened(name), label, numbered, grouped)
            self.y += ACTOR_GAP
            # Between two actors; below three or four.
            if place == (1 if len(self.names) == 2 else len(self.names)):
                self._add_others()
        bottom = self.y - ACTOR_GAP + LANE_GAP
        return {
            "label": self._label(),
            "width": WIDTH,
            "height": bottom,
            "lanes": self.lanes,
            "ticks": _ticks(self.axis),
            "enlarged": self._enlarged(),
            "spans": self.spans,
            "needles": self.needles,
            "marks": sorted(self.shapes.values(), key=lambda mark: mark["number"]),
            "curves": list(self._curves()),
            "undated": [row.number for row in self.marks if row.number not in self.shapes],
        }

    def _add_others(self) -> None:
        """The lane of requests, and of what none of the actors did or said."""
        others = [row for row in self.marks if row.column == 0 or row.kind == RecordKind.REQUEST]
        if others:
            only_requests = all(row.kind == RecordKind.REQUEST for row in others)
            self._add_lane(_("Others"), _("asked") if only_requests else "", others, [])
            self.y += ACTOR_GAP

    def _add_lane(
        self, name: str, part: str, marks: Sequence[NumberedMark], groups: Iterable[FacetGroup]
    ) -> None:
        top = self.y
        ends = [float("-inf")]
        placed = [(x, mark) for mark in marks if (x := self._x(mark)) is not None]
        for x, mark in sorted(placed, key=lambda pair: (pair[0], pair[1].number)):
            row = next((place for place, end in enumerate(ends) if x >= end + MARK_GAP), len(ends))
            has_number = row < MAX_ROWS
            if row == len(ends) and has_number:
                ends.append(x)
            row = min(row, len(ends) - 1)
            ends[row] = x
            y = top + row * ROW_HEIGHT + ROW_HEIGHT / 2
            self.shapes[mark.number] = {
                "number": mark.number,
                "has_number": has_number,
                "kind": mark.kind,
                "x": x,
                "y": y,
            }
            self._add_span(self.dates[mark.number], y)
        middle = top + ROW_HEIGHT / 2
        for group in groups:
            self._add_group(group, middle)
        self.lanes.append({"name": name, "part": part, "y": int(middle)})
        self.y = top + len(ends) * ROW_HEIGHT + LANE_GAP

    def _x(self, mark: NumberedMark) -> float | None:
        when = self.dates[mark.number]
        if day := _anchor(when):
            return self.axis.middle(day)
        if when.earliest and when.latest:
            start, end = self.axis.between(when.earliest, when.latest)
            return round((start + end) / 2, 1)
        return None

    def _add_span(self, when: FuzzyDate, y: float) -> None:
        """How wide a date is, behind its mark."""
        if when.earliest == when.latest:
            return
        if when.earliest and when.latest:
            start, end = self.axis.between(when.earliest, when.latest)
            shape = "soft"
        elif when.latest:
            end = self.axis.middle(when.latest)
            start, shape = end - FADE, "fade-left"
        elif when.earliest:
            start = self.axis.middle(when.earliest)
            end, shape = start + FADE, "fade-right"
        else:
            return
        self._add_rectangle(shape, start, end, y)

    def _add_group(self, group: FacetGroup, y: float) -> None:
        """A date without a number."""
        if group.earliest and group.earliest == group.latest:
            x = self.axis.middle(group.earliest)
            if not any(abs(mark["x"] - x) < 1 for mark in self.shapes.values()):
                self.needles.append(
                    {"number": 0, "has_number": False, "kind": group.kind, "x": x, "y": y}
                )
        elif group.earliest and group.latest:
            start, end = self.axis.between(group.earliest, group.latest)
            self._add_rectangle("soft" if group.qualifier else "block", start, end, y)

    def _add_rectangle(self, shape: str, start: float, end: float, y: float) -> None:
        span: SpanShape = {
            "shape": shape,
            "x": round(start, 1),
            "y": y - 4,
            "width": round(max(2.0, end - start), 1),
            "height": 8,
        }
        if span not in self.spans:
            self.spans.append(span)

    def _curves(self) -> Iterable[str]:
        """A curve from each entry to what answers it."""
        for row in self.marks:
            end = self.shapes.get(row.number)
            for number in row.answers:
                start = self.shapes.get(number)
                if start and end:
                    yield _curve(start, end)

    def _enlarged(self) -> EnlargedDays | None:
        days = self.axis.crowded
        if days is None:
            return None
        words = _("Grey: %(first)s to %(last)s, enlarged.") % {
            "first": FuzzyDate(days.first.isoformat()).words(),
            "last": FuzzyDate(days.last.isoformat()).words(),
        }
        return {
            "x": round(self.axis.right, 1),
            "width": round(self.axis.right_width, 1),
            "words": words,
        }

    def _label(self) -> str:
        count = len(self.marks)
        words = ngettext(
            "%(names)s on one line of time. The list below has the %(count)d numbered entry.",
            "%(names)s on one line of time. The list below has the %(count)d numbered entries.",
            count,
        )
        return words % {"names": ", ".join(self.names), "count": count}


def _curve(start: MarkShape, end: MarkShape) -> str:
    gap = 9 if end["y"] >= start["y"] else -9
    x1, y1, x2, y2 = start["x"], start["y"], end["x"], end["y"]
    if abs(x2 - x1) < 2 * NUMBER_SHIFT:
        return f"M{x1:.1f} {y1 + gap:.1f}L{x2:.1f} {y2 - gap:.1f}"
    side = 9 if x2 > x1 else -9
    return (
        f"M{x1 + side:.1f} {y1:.1f}C{(x1 + x2) / 2:.1f} {y1:.1f} "
        f"{x2:.1f} {(y1 + y2) / 2:.1f} {x2:.1f} {y2 - gap:.1f}"
    )


def _shortened(name: str) -> str:
    return name if len(name) <= MAX_NAME_LENGTH else f"{name[: MAX_NAME_LENGTH - 1].rstrip()}…"


def _ticks(axis: _Axis) -> list[TickMark]:
    """Months of one year or years, and each of the enlarged days."""
    whole = axis.whole
    ticks: list[TickMark]
    if whole.first == whole.last:
        narrow = axis.crowded is not None
        ticks = [
            {"x": whole.start_of(date(whole.first, month, 15)), "label": _month(month, narrow)}
            for month in range(1, 13)
        ]
    else:
        step = -(-(whole.last - whole.first + 1) // MAX_YEARS_NAMED)
        ticks = [
            {"x": whole.start_of(date(year, 7, 1)), "label": str(year)}
            for year in range(whole.first, whole.last + 1, step)
        ]
    if axis.crowded:
        day, day_format = axis.crowded.first, pgettext("format of a day on an axis", "j M")
        while day <= axis.crowded.last:
            ticks.append({"x": axis.middle(day), "label": date_format(day, day_format)})
            day += timedelta(days=1)
    return ticks


def _month(month: int, is_narrow: bool) -> str:
    name = str(MONTHS_3[month]).capitalize()
    if not is_narrow:
        return name
    return name[0] if name.isascii() else str(month)
