"""The lanes of a busy actor: columns that count its entries, instead of one mark for each date."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext as _

from kb.record.entry_source import DateCounts
from kb.record.histogram import place_of_day, scale_between, start_of_place
from kb.record.months import MONTHS_OF_SCALE
from kb.site.charts.axis import YearAxis
from kb.site.charts.swimlanes import (
    DRAWN,
    LANE_HEIGHT,
    LaneDrawing,
    SwimlanesChart,
    chart_of_lanes,
)

MAX_COLUMNS = 60  # of one lane
PLOT_WIDTH = 1000  # units that are stretched to the width of the chart
BASE = 28  # pixels from the top of a lane down to the foot of its columns
HIGHEST, LOWEST = 24, 3  # pixels
_GAP = 0.15  # of a column, on each side of its bar


def column_scale(first: date, last: date) -> str:
    """The unit of the columns between two days: month, quarter, year or decade."""
    scale = scale_between(first, last)
    if scale == "day":
        return "month"
    return "decade" if last.year - first.year >= MAX_COLUMNS else scale


def columns_chart(
    lanes: Mapping[str, DateCounts], scale: str, first: date, last: date, name: str
) -> SwimlanesChart:
    """The chart of an actor called ``name``, by lane; all dates are from ``first`` to ``last``."""
    axis = YearAxis(first.year, last.year, length=PLOT_WIDTH)
    step = _step(scale, first, last)
    drawings: list[LaneDrawing] = []
    counted: list[Counter[int]] = []
    wide: list[str] = []
    undated = highest = 0
    for label, kind, names, is_always_drawn in DRAWN:
        members = [lanes[lane] for lane in names if lane in lanes]
        if not (members or is_always_drawn):
            continue
        columns = _joined(members, place_of_day(scale, first), step)
        highest = max(highest, *columns.values(), 0)
        undated += sum(member.undated for member in members)
        if wide_count := sum(member.wide for member in members):
            wide.append(f"{label}: {wide_count}")
        top = len(drawings) * LANE_HEIGHT
        drawings.append(
            {
                "label": str(label),
                "kind": kind,
                "count": sum(member.total for member in members),
                "top": top,
                "middle": top + LANE_HEIGHT // 2,
                "marks": [],
            }
        )
        counted.append(columns)
    for drawing, columns in zip(drawings, counted, strict=True):
        drawing["columns"] = _path(columns, highest, scale, step, axis)
    chart = chart_of_lanes(drawings, first.year, last.year, name, undated)
    chart["notes"] = _notes(scale, step, highest, ", ".join(wide))
    return chart


def _step(scale: str, first: date, last: date) -> int:
    """How many columns of the scale are drawn as one: 1, except over many centuries."""
    columns = place_of_day(scale, last) - place_of_day(scale, first) + 1
    return -(-columns // MAX_COLUMNS)


def _joined(members: list[DateCounts], first: int, step: int) -> Counter[int]:
    """The entries of a lane by the first place of each column that is drawn."""
    columns: Counter[int] = Counter()
    for member in members:
        for place, count in member.columns.items():
            columns[place - (place - first) % step] += count
    return columns


def _path(columns: Counter[int], highest: int, scale: str, step: int, axis: YearAxis) -> str:
    """All bars of a lane as one shape."""
    bars = []
    for place, count in sorted(columns.items()):
        left = max(axis.start, axis.start_of(start_of_place(scale, place)))
        right = _left_end(scale, place + step, axis)
        gap = _GAP * (right - left)
        height = max(LOWEST, round(HIGHEST * count / highest))
        bars.append(f"M{left + gap:.1f} {BASE}v-{height}h{right - left - 2 * gap:.1f}v{height}z")
    return "".join(bars)


def _left_end(scale: str, place: int, axis: YearAxis) -> float:
    """Where a column begins, at most at the end of the axis."""
    if place * MONTHS_OF_SCALE[scale] // 12 > axis.last:
        return axis.start + axis.length
    return axis.start_of(start_of_place(scale, place))


def _notes(scale: str, step: int, highest: int, wide: str) -> list[str]:
    """What the height of a column means, and what is in no column."""
    by = {
        "month": _("by month"),
        "quarter": _("by quarter"),
        "year": _("by year"),
        "decade": _("by decade"),
    }[scale]
    if step > 1:
        by = _("by %(years)d years") % {"years": step * MONTHS_OF_SCALE[scale] // 12}
    notes = []
    if highest:
        words = _("Number of entries %(by)s. The highest column is %(count)d.")
        notes.append(words % {"by": by, "count": highest})
    if wide:
        notes.append(_("Not drawn, with dates wider than a column: %(lanes)s.") % {"lanes": wide})
    return notes
