"""The lanes of an actor's page: how much each holds, and when it was, drawn on one line of time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import NotRequired, TypedDict

from django.db.models import Count
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.utils.dates import MONTHS_3
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kb.record.headlines import ACCOUNT_STANDINGS
from kb.record.models import Facet
from kb.record.vocabulary import RecordKind
from kb.site.charts.axis import YearAxis

# The parameter that finds each lane, its name in the address, and its label.
LANES = (
    ("actor", "all", gettext_lazy("Everything")),
    ("did", "did", gettext_lazy("Did")),
    ("said_did", "said-to-have-done", gettext_lazy("Is said to have done")),
    ("by", "said", gettext_lazy("Said")),
    ("for", "for", gettext_lazy("Said for them")),
    ("to", "to", gettext_lazy("Said to them")),
    ("attributed_to", "attributed", gettext_lazy("Attributed to them")),
    ("about", "about", gettext_lazy("Said about them")),
    ("asked", "asked", gettext_lazy("Asked for comment")),
)
# Not offered where they are empty.
LANES_IF_ANY = frozenset({"said_did", "attributed_to", "asked"})
# The parameters of the two lanes of events; all others are names of facets.
DID, SAID_DID = "did", "said_did"
# What is drawn: label, kind of entry, which facets belong to it, and whether also if it is empty.
DRAWN = (
    (gettext_lazy("Did"), "event", (DID,), True),
    (gettext_lazy("Is said to have done"), "event", (SAID_DID,), False),
    (gettext_lazy("Said"), "statement", ("by", "for"), True),
    (gettext_lazy("Said to it"), "statement", ("to",), False),
    (gettext_lazy("Attributed to it"), "statement", ("attributed_to",), False),
    (gettext_lazy("Said of it"), "statement", ("about",), True),
    (gettext_lazy("Asked for comment"), "request", ("asked",), False),
)

# The names of facets that say which lanes an entry is in.
FACETS = tuple(name for name, _key, _label in LANES if name not in (DID, SAID_DID))

_DATE = KeyTransform("date", "entry__revision__document")

LANE_HEIGHT = 32  # pixels of one lane; its line is in the middle
AXIS_HEIGHT = 26
MAX_STACKED = 4  # needles of one day that are drawn beside each other
STEP = 5  # pixels between them
_FADE = 0.25  # of a year: how far the fade beside an open end reaches
_MIN_WIDTH = 0.4  # percent
_MAX_LABELS = 12
_YEAR_STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)


class Shape(TypedDict):
    """A needle (one day) or a span of a lane; ``x``, ``width`` and ``end`` in percent."""

    shape: str
    x: str
    shift: NotRequired[int]
    width: NotRequired[str]
    y: NotRequired[int]
    height: NotRequired[int]
    tip: NotRequired[int]
    end: NotRequired[str]


class LaneDrawing(TypedDict):
    """A lane with its marks, or with ``columns``: one shape (``kb.site.charts.lane_columns``)."""

    label: str
    kind: str
    count: int
    top: int
    middle: int
    marks: list[Shape]
    columns: NotRequired[str]


class Tick(TypedDict):
    x: str
    middle: str
    label: str
    short: str


class SwimlanesChart(TypedDict):
    """What ``actors/_lanes.html`` draws."""

    label: str
    lanes: list[LaneDrawing]
    ticks: list[Tick]
    height: int
    bottom: int
    undated: int
    notes: NotRequired[list[str]]


@dataclass(frozen=True)
class FacetGroup:
    """How many entries of one facet have the same bounds.

    ``name`` of an actor's events is DID, or SAID_DID where it is somebody's account.
    """

    name: str
    kind: str
    earliest: date | None
    latest: date | None
    qualifier: str
    count: int


def facet_groups(public_id: str) -> list[FacetGroup]:
    """All entries of an actor by facet and date, in one query."""
    rows = (
        Facet.objects.filter(name__in=FACETS, value=public_id)
        .annotate(qualifier=KeyTextTransform("qualifier", _DATE))
        .order_by()
        .values_list(
            "name",
            "entry__kind",
            "entry__standing",
            "entry__earliest",
            "entry__latest",
            "qualifier",
        )
        .annotate(count=Count("pk"))
    )
    return [
        FacetGroup(lane_of(name, kind, standing), kind, earliest, latest, qualifier or "", count)
        for name, kind, standing, earliest, latest, qualifier, count in rows
    ]


def lane_of(name: str, kind: str, standing: str) -> str:
    """The parameter of the lane in which entries with a facet of this name are drawn."""
    if name != "actor" or kind != RecordKind.EVENT:
        return name
    return SAID_DID if standing in ACCOUNT_STANDINGS else DID


def lane_counts(groups: Iterable[FacetGroup]) -> dict[str, int]:
    """How many entries each lane holds, by its parameter."""
    counts: Counter[str] = Counter()
    for group in groups:
        counts[group.name] += group.count
        if group.name in (DID, SAID_DID):
            counts["actor"] += group.count
    return counts


def swimlanes_chart(groups: Iterable[FacetGroup], name: str) -> SwimlanesChart | None:
    """The chart of an actor called ``name``; None when no entry has a date.

    Positions are in percent of the width, so that the chart is as wide as its page.
    """
    all_groups = list(groups)
    lanes = [_members(all_groups, kind, names) for _label, kind, names, _always in DRAWN]
    days = [
        day for lane in lanes for group in lane for day in (group.earliest, group.latest) if day
    ]
    if not days:
        return None
    first, last = min(days).year, max(days).year
    axis = YearAxis(first, last)
    drawings: list[LaneDrawing] = []
    for place, (label, kind, _names, is_always_drawn) in enumerate(DRAWN):
        if not (lanes[place] or is_always_drawn):
            continue
        drawings.append(
            {
                "label": str(label),
                "kind": kind,
                "count": sum(group.count for group in lanes[place]),
                "top": len(drawings) * LANE_HEIGHT,
                "middle": len(drawings) * LANE_HEIGHT + LANE_HEIGHT // 2,
                "marks": list(_marks(lanes[place], axis)),
            }
        )
    undated = sum(
        group.count for lane in lanes for group in lane if not (group.earliest or group.latest)
    )
    return chart_of_lanes(drawings, first, last, name, undated)


def chart_of_lanes(
    drawings: list[LaneDrawing], first: int, last: int, name: str, undated: int
) -> SwimlanesChart:
    """The chart of these lanes, with the axis from the year ``first`` to ``last``."""
    counts = ", ".join(f"{lane['label']}: {lane['count']}" for lane in drawings)
    years = str(first) if first == last else f"{first}–{last}"
    words = _("Timeline of %(name)s, %(years)s. %(lanes)s. The list below gives the dates.")
    return {
        "label": words % {"name": name, "years": years, "lanes": counts},
        "lanes": drawings,
        "ticks": _ticks(YearAxis(first, last)),
        "height": len(drawings) * LANE_HEIGHT + AXIS_HEIGHT,
        "bottom": len(drawings) * LANE_HEIGHT,
        "undated": undated,
    }


def _members(groups: list[FacetGroup], kind: str, names: tuple[str, ...]) -> list[FacetGroup]:
    return [group for group in groups if group.kind == kind and group.name in names]


def _marks(groups: list[FacetGroup], axis: YearAxis) -> Iterator[Shape]:
    """The shapes of one lane: spans first, needles above them, equal positions drawn once."""
    needles: Counter[float] = Counter()
    spans: set[tuple[float, float, str]] = set()
    fade = round(100 * _FADE / (axis.last - axis.first + 1), 1)
    for group in groups:
        first, last = group.earliest, group.latest
        if first and last and first == last:
            needles[axis.middle_of(first)] += group.count
        elif first and last:
            shape = "soft" if group.qualifier else "block"
            start = axis.start_of(first)
            spans.add((start, max(_MIN_WIDTH, round(axis.end_of(last) - start, 1)), shape))
        elif last:
            end = axis.middle_of(last)
            spans.add((max(0.0, round(end - fade, 1)), min(end, fade), "fade-left"))
            needles[end] += group.count
        elif first:
            start = axis.middle_of(first)
            spans.add((start, min(round(100 - start, 1), fade), "fade-right"))
            needles[start] += group.count
    yield from _span_shapes(spans)
    for x, count in sorted(needles.items()):
        for place in range(min(count, MAX_STACKED)):
            yield {"shape": "needle", "x": _percent(x), "shift": place * STEP}


def _span_shapes(spans: set[tuple[float, float, str]]) -> Iterator[Shape]:
    """Spans above and below the line, where there is room, so that overlapping ones are apart."""
    ends = [0.0, 0.0]
    for x, width, shape in sorted(spans):
        mark: Shape = {
            "shape": shape,
            "x": _percent(x),
            "width": _percent(width),
            "y": 11,
            "height": 10,
        }
        if shape != "block":
            side = next((side for side in (0, 1) if ends[side] <= x), ends.index(min(ends)))
            ends[side] = max(ends[side], x + width)
            mark |= {
                "y": (5, 22)[side],
                "height": 5,
                "tip": (5, 27)[side],
                "end": _percent(x + width),
            }
        yield mark


def _percent(value: float) -> str:
    return f"{value:.1f}%"


def _ticks(axis: YearAxis) -> list[Tick]:
    """Months of one year, each named in its middle; else years, at most twelve of them."""
    if axis.first == axis.last:
        return [_month_tick(axis, month) for month in range(1, 13)]
    years = axis.last - axis.first + 1
    step = next(step for step in _YEAR_STEPS if years / step <= _MAX_LABELS)
    labelled = [year for year in range(axis.first, axis.last + 1) if year % step == 0]
    return [
        {
            "x": _percent(axis.start_of(date(year, 1, 1))),
            "middle": _percent(axis.start_of(date(year, 7 if step == 1 else 1, 1))),
            "label": str(year),
            "short": str(year) if len(labelled) <= 6 or place % 2 == 0 else "",
        }
        for place, year in enumerate(labelled)
    ]


def _month_tick(axis: YearAxis, month: int) -> Tick:
    name = str(MONTHS_3[month]).capitalize()
    return {
        "x": _percent(axis.start_of(date(axis.first, month, 1))),
        "middle": _percent(axis.start_of(date(axis.first, month, 15))),
        "label": name,
        # The first letter, where a month has letters.
        "short": name[0] if name.isascii() else str(month),
    }
