"""The "as known on" bar: the day in question, and links to the publication days beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import NotRequired, TypedDict

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kb.dates import FuzzyDate, parse_edtf
from kb.record.page import TimelineView
from kb.record.query import TimelineQuery

Address = Callable[[TimelineQuery], str]


class DayLink(TypedDict):
    day: date
    url: str


class AsOfBar(TypedDict):
    """What ``timeline/_known.html`` shows. ``on`` is None for the record of today.

    ``hidden`` are the parameters that the bar's form carries on besides its own. The keys after
    it are there only for a day in the past.
    """

    on: FuzzyDate | None
    latest_day: date | None
    hidden: list[tuple[str, str]]
    words: NotRequired[str]
    summary: NotRequired[str]
    total: NotRequired[int]
    marked: NotRequired[int]
    hides: NotRequired[bool]
    marks_url: NotRequired[str]
    previous: NotRequired[DayLink | None]
    next: NotRequired[DayLink | None]
    today_url: NotRequired[str]


def as_of_bar(view: TimelineView, url: Address, fixed: Sequence[str]) -> AsOfBar:
    """The bar of a timeline; ``fixed`` names the parameters that the page's address decides."""
    query = view.query
    excluded = {*fixed, "known", "later", "after", "before"}
    bar: AsOfBar = {
        "on": query.known,
        "latest_day": view.adjacent.previous,
        "hidden": [pair for pair in query.with_().pairs() if pair[0] not in excluded],
    }
    if query.known is None:
        return bar
    hides = query.later == "hide"
    bar |= {
        "words": str(query.known.words()),
        "summary": _summary(view.later, hides=hides),
        "total": view.total,
        "marked": 0 if hides else view.total,
        "hides": hides,
        "marks_url": url(query.with_(later="mark" if hides else "hide")) if view.later else "",
        "previous": _day_link(query, view.adjacent.previous, url),
        "next": _day_link(query, view.adjacent.next, url),
        "today_url": url(query.without("known")),
    }
    return bar


def _summary(later: int, *, hides: bool) -> str:
    words = _("This page shows what cited sources had published by that day.")
    marked = ngettext(
        "%(n)s later entry is shown and marked.",
        "%(n)s later entries are shown and marked.",
        later,
    )
    hidden = ngettext("%(n)s later entry is hidden.", "%(n)s later entries are hidden.", later)
    return f"{words} {(hidden if hides else marked) % {'n': later}}" if later else words


def _day_link(query: TimelineQuery, day: date | None, url: Address) -> DayLink | None:
    if day is None:
        return None
    return {"day": day, "url": url(query.with_(known=parse_edtf(day.isoformat())))}
