"""The "as known on" bar: which day is looked at, and the publication days beside it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from kb.dates import FuzzyDate, parse_edtf
from kb.record.known import beside
from kb.record.page import TimelinePage
from kb.record.query import TimelineQuery

Address = Callable[[TimelineQuery], str]


def bar(page: TimelinePage, url: Address, fixed: tuple[str, ...]) -> dict[str, Any]:
    """What the bar says and links to; ``on`` is None when the record of today is shown.

    ``hidden`` are the parameters that its form must carry on besides its own. Costs one query,
    and one more to count what came later.
    """
    query = page.query
    days = beside(query)
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
    return found | {
        "words": str(query.known.words()),
        "day": query.known.edtf if query.known.earliest == query.known.latest else "",
        "total": total,
        "later": total - page.count.shown,
        "marks": query.later == "mark",
        "marked": total if query.later == "mark" else 0,
        "marks_url": url(query.with_(later="hide" if query.later == "mark" else "mark")),
        "previous": _step(query, days.previous, url),
        "next": _step(query, days.next, url),
        "today_url": url(query.without("known")),
    }


def _step(query: TimelineQuery, day: date | None, url: Address) -> dict[str, Any] | None:
    if day is None:
        return None
    on: FuzzyDate = parse_edtf(day.isoformat())
    return {"day": day, "url": url(query.with_(known=on))}
