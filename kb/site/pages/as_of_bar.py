"""The "as known on" bar: which day is looked at, and the publication days beside it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kb.dates import FuzzyDate, parse_edtf
from kb.record.as_of import adjacent_dates
from kb.record.page import TimelinePage
from kb.record.query import TimelineQuery

Address = Callable[[TimelineQuery], str]


def as_of_bar(page: TimelinePage, url: Address, fixed: tuple[str, ...]) -> dict[str, Any]:
    """What the bar says and links to; ``on`` is None when the record of today is shown.

    ``hidden`` are the parameters that its form must carry on besides its own. Costs one query,
    and one more to count what came later.
    """
    query = page.query
    days = adjacent_dates(query)
    found: dict[str, Any] = {
        "on": query.known,
        "latest_day": days.previous,
        "hidden": [
            pair
            for pair in query.with_().pairs()
            if pair[0] not in (*fixed, "known", "later", "after", "before")
        ],
    }
    if query.known is None:
        return found
    total = query.entries(with_later=True).count()
    later, hides = total - page.count.shown, query.later == "hide"
    return found | {
        "words": str(query.known.words()),
        "summary": _said(later, hides=hides),
        "day": exact_day(query.known),
        "total": total,
        "marked": 0 if hides else total,
        "hides": hides,
        "marks_url": url(query.with_(later="mark" if hides else "hide")) if later else "",
        "previous": _step(query, days.previous, url),
        "next": _step(query, days.next, url),
        "today_url": url(query.without("known")),
    }


def exact_day(known: FuzzyDate) -> str:
    """The date as a field for days takes it; "" for a month or a year."""
    return known.edtf if known.earliest == known.latest else ""


def _said(later: int, *, hides: bool) -> str:
    words = _("This page shows what cited sources had published by that day.")
    marked = ngettext(
        "%(n)s later entry is shown and marked.",
        "%(n)s later entries are shown and marked.",
        later,
    )
    hidden = ngettext("%(n)s later entry is hidden.", "%(n)s later entries are hidden.", later)
    return f"{words} {(hidden if hides else marked) % {'n': later}}" if later else words


def _step(query: TimelineQuery, day: date | None, url: Address) -> dict[str, Any] | None:
    if day is None:
        return None
    on: FuzzyDate = parse_edtf(day.isoformat())
    return {"day": day, "url": url(query.with_(known=on))}
