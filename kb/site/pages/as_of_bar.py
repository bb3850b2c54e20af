"""The "as known on" bar: the day in question, a day to compare it with, and days beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import NotRequired, TypedDict

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kb.dates import FuzzyDate, parse_edtf
from kb.record.page import TimelineView
from kb.record.query import TimelineQuery
from kb.site.pages.sentences import as_sentence, joined_sentences

Address = Callable[[TimelineQuery], str]


class DayLink(TypedDict):
    day: date
    url: str


class StateLink(TypedDict):
    """The list as it was known on one of two days that are compared."""

    words: str
    url: str


class Comparison(TypedDict):
    """Two days compared. ``on`` is the earlier one, None if none is chosen yet."""

    on: FuzzyDate | None
    title: str
    states: list[StateLink]
    end_url: str


class AsOfBar(TypedDict):
    """What ``timeline/_known.html`` shows. ``on`` is None for the record of today.

    ``hidden`` are the parameters that the bar's form carries on besides its own. The keys after
    it are there only for a day in the past, or where two days are compared.
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
    comparison: NotRequired[Comparison]


def as_of_bar(view: TimelineView, url: Address, fixed: Sequence[str]) -> AsOfBar:
    """The bar of a timeline; ``fixed`` names the parameters that the page's address decides."""
    query = view.query
    excluded = {*fixed, "known", "known_after", "on", "later", "after", "before"}
    bar: AsOfBar = {
        "on": query.known,
        "latest_day": view.adjacent.previous,
        "hidden": [pair for pair in query.with_().pairs() if pair[0] not in excluded],
    }
    if query.known is None and query.known_after is None:
        return bar
    hides = query.later == "hide"
    today = query.without("known").without("known_after")
    bar |= {
        "words": str(query.known.words()) if query.known else _("today"),
        "summary": _news_summary(view) if query.known_after else _summary(view.later, hides=hides),
        "total": view.total,
        "marked": view.total if query.shows_later else 0,
        "hides": hides,
        "marks_url": (
            url(query.with_(later="mark" if hides else "hide"))
            if view.later and not query.known_after
            else ""
        ),
        "previous": _day_link(query, view.adjacent.previous, url) if query.known else None,
        "next": _day_link(query, view.adjacent.next, url) if query.known else None,
        "today_url": url(today),
        "comparison": {
            "on": query.known_after,
            "title": query.news_words(),
            "states": _states(query, url),
            "end_url": url(query.without("known_after")),
        },
    }
    return bar


def known_words(query: TimelineQuery) -> str:
    """What a list as it was known on a day says about itself; "" for the record of today."""
    if query.known_after:
        return as_sentence(capfirst(query.news_words()))
    if query.known is None:
        return ""
    title = _("As known on %(day)s") % {"day": query.known.words()}
    return joined_sentences(title, _summary(0, hides=False))


def _states(query: TimelineQuery, url: Address) -> list[StateLink]:
    """The list as it was known on each of the two days."""
    if query.known_after is None:
        return []
    alone = query.without("known_after")
    pattern = _("As known on %(day)s")
    return [
        {
            "words": pattern % {"day": day.words()},
            "url": url(alone.with_(known=day)),
        }
        for day in (query.known_after, query.known)
        if day
    ]


def _news_summary(view: TimelineView) -> str:
    """How many of the entries are new, and how many were known and have a further source."""
    if not view.is_counted:
        return ""
    new = ngettext("%(n)s entry is new.", "%(n)s entries are new.", view.new)
    earlier = view.count.shown - view.new
    further = ngettext(
        "%(n)s entry was known before and has a further source.",
        "%(n)s entries were known before and have a further source.",
        earlier,
    )
    words = {"sentence": new % {"n": view.new}, "rest": further % {"n": earlier}}
    return _("%(sentence)s %(rest)s") % words if earlier else words["sentence"]


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
    """The same list on another day; none on or before the day with which it is compared."""
    if day is None or (query.known_after_day and day <= query.known_after_day):
        return None
    return {"day": day, "url": url(query.with_(known=parse_edtf(day.isoformat())))}
