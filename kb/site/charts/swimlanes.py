"""The lanes of an actor's page: how much each holds, and when it was, drawn on one line of time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.utils.dates import MONTHS_3
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kb.record.models import Facet

# The parameter that finds each lane, its name in the address, and its label.
LANES = (
    ("actor", "all", gettext_lazy("Everything")),
    ("did", "did", gettext_lazy("Actions")),
    ("by", "said", gettext_lazy("Statements")),
    ("for", "for", gettext_lazy("Statements on their behalf")),
    ("to", "to", gettext_lazy("Statements to them")),
    ("about", "about", gettext_lazy("Statements about them")),
)
# What is drawn: label, kind of entry, and which facets belong to it. The third only if not empty.
_DRAWN = (
    (gettext_lazy("Actions"), "event", ("actor",)),
    (gettext_lazy("Statements"), "statement", ("by", "for")),
    (gettext_lazy("Statements to it"), "statement", ("to",)),
    (gettext_lazy("Statements about it"), "statement", ("about",)),
)
_ONLY_IF_ANY = 2

_DATE = KeyTransform("date", "entry__revision__document")

LANE_HEIGHT = 32  # pixels of one lane; its line is in the middle
AXIS = 26
MAX_STACKED = 4  # needles of one day that are drawn beside each other
STEP = 5  # pixels between them
_FADE = 0.25  # of a year: how far the fade beside an open end reaches
_NARROWEST = 0.4  # percent
_MOST_LABELS = 12


@dataclass(frozen=True)
class FacetGroup:
    """How many entries of one facet have the same bounds."""

    name: str
    kind: str
    earliest: date | None
    latest: date | None
    qualifier: str
    count: int


def facet_groups(public_id: str) -> list[FacetGroup]:
    """All entries of an actor by facet and date, in one query."""
    names = [name for name, _key, _label in LANES if name != "did"]
    rows = (
        Facet.objects.filter(name__in=names, value=public_id)
        .annotate(qualifier=KeyTextTransform("qualifier", _DATE))
        .order_by()
        .values_list("name", "entry__kind", "entry__earliest", "entry__latest", "qualifier")
        .annotate(count=Count("pk"))
    )
    return [
        FacetGroup(name, kind, earliest, latest, qualifier or "", count)
        for name, kind, earliest, latest, qualifier, count in rows
    ]


def lane_counts(groups: Iterable[FacetGroup]) -> dict[str, int]:
    """How many entries each lane holds, by its parameter."""
    found: Counter[str] = Counter()
    for one in groups:
        found[one.name] += one.count
        if one.name == "actor" and one.kind == "event":
            found["did"] += one.count
    return found


def swimlanes_chart(groups: Iterable[FacetGroup], name: str) -> dict[str, Any] | None:
    """What ``actors/_lanes.html`` draws; None when no entry has a date.

    Places are in percent of the width, so that the drawing is as wide as its page.
    """
    found = list(groups)
    lanes = [_members(found, kind, names) for _label, kind, names in _DRAWN]
    days = [day for lane in lanes for one in lane for day in (one.earliest, one.latest) if day]
    if not days:
        return None
    first, last = min(days).year, max(days).year
    axis = _Axis(first, last)
    drawn: list[dict[str, Any]] = []
    for place, (label, kind, _names) in enumerate(_DRAWN):
        if place == _ONLY_IF_ANY and not lanes[place]:
            continue
        total = sum(one.count for one in lanes[place])
        drawn.append(
            {
                "label": str(label),
                "kind": kind,
                "count": total,
                "top": len(drawn) * LANE_HEIGHT,
                "middle": len(drawn) * LANE_HEIGHT + LANE_HEIGHT // 2,
                "marks": list(_marks(lanes[place], axis)),
            }
        )
    undated = sum(one.count for lane in lanes for one in lane if not (one.earliest or one.latest))
    said = ", ".join(f"{lane['label']}: {lane['count']}" for lane in drawn)
    years = str(first) if first == last else f"{first}–{last}"
    words = _("Timeline of %(name)s, %(years)s. %(lanes)s. The list below gives the dates.")
    return {
        "label": words % {"name": name, "years": years, "lanes": said},
        "lanes": drawn,
        "ticks": axis.ticks(),
        "height": len(drawn) * LANE_HEIGHT + AXIS,
        "bottom": len(drawn) * LANE_HEIGHT,
        "undated": undated,
    }


def _members(groups: list[FacetGroup], kind: str, names: tuple[str, ...]) -> list[FacetGroup]:
    return [one for one in groups if one.kind == kind and one.name in names]


def _marks(groups: list[FacetGroup], axis: _Axis) -> Iterable[dict[str, Any]]:
    """The shapes of one lane: spans first, needles above them, equal places drawn once."""
    needles: Counter[float] = Counter()
    spans = set()
    for one in groups:
        first, last = one.earliest, one.latest
        if first and last and first == last:
            needles[axis.middle_of(first)] += one.count
        elif first and last:
            shape = "soft" if one.qualifier else "block"
            start = axis.start_of(first)
            spans.add((start, max(_NARROWEST, round(axis.end_of(last) - start, 1)), shape))
        elif last:
            end = axis.middle_of(last)
            spans.add((max(0.0, round(end - axis.fade, 1)), min(end, axis.fade), "fade-left"))
            needles[end] += one.count
        elif first:
            start = axis.middle_of(first)
            spans.add((start, min(round(100 - start, 1), axis.fade), "fade-right"))
            needles[start] += one.count
    # Above and below the line, where there is room, so that spans which overlap stay apart.
    ends = [0.0, 0.0]
    for x, width, shape in sorted(spans):
        mark = {"shape": shape, "x": _percent(x), "width": _percent(width), "y": 11, "height": 10}
        if shape != "block":
            side = next((one for one in (0, 1) if ends[one] <= x), ends.index(min(ends)))
            ends[side] = max(ends[side], x + width)
            mark |= {"y": (5, 22)[side], "height": 5, "tip": (5, 27)[side]}
            mark["end"] = _percent(x + width)
        yield mark
    for x, count in sorted(needles.items()):
        for beside in range(min(count, MAX_STACKED)):
            yield {"shape": "needle", "x": _percent(x), "shift": beside * STEP}


def _percent(value: float) -> str:
    return f"{value:.1f}%"


class _Axis:
    """From 1 January of one year to 31 December of another, in percent."""

    def __init__(self, first: int, last: int) -> None:
        self.first, self.last = first, last
        self.zero = date(first, 1, 1).toordinal()
        self.days = date(last, 12, 31).toordinal() - self.zero + 1
        self.fade = round(100 * _FADE / (last - first + 1), 1)

    def _at(self, days: float) -> float:
        return round(100 * days / self.days, 1)

    def start_of(self, day: date) -> float:
        return self._at(day.toordinal() - self.zero)

    def middle_of(self, day: date) -> float:
        return self._at(day.toordinal() - self.zero + 0.5)

    def end_of(self, day: date) -> float:
        return self._at(day.toordinal() - self.zero + 1)

    def ticks(self) -> list[dict[str, str]]:
        """Months of one year, each named in its middle; else years, at most twelve of them."""
        if self.first == self.last:
            return [self._month(month) for month in range(1, 13)]
        years = self.last - self.first + 1
        step = next(
            one for one in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000) if years / one <= _MOST_LABELS
        )
        shown = [year for year in range(self.first, self.last + 1) if year % step == 0]
        return [
            {
                "x": _percent(self.start_of(date(year, 1, 1))),
                "middle": _percent(
                    self.start_of(date(year, 7, 1) if step == 1 else date(year, 1, 1))
                ),
                "label": str(year),
                "short": str(year) if len(shown) <= 6 or place % 2 == 0 else "",
            }
            for place, year in enumerate(shown)
        ]

    def _month(self, month: int) -> dict[str, str]:
        name = str(MONTHS_3[month]).capitalize()
        return {
            "x": _percent(self.start_of(date(self.first, month, 1))),
            "middle": _percent(self.start_of(date(self.first, month, 15))),
            "label": name,
            # The first letter, where a month has letters.
            "short": name[0] if name.isascii() else str(month),
        }
