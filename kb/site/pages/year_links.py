"""Jump to a year: page marks made from a date alone, so that no row has to be looked up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db.models import Max, Min

from kb.record.page import TimelinePage
from kb.record.query import TimelineQuery

MAX_YEAR_LINKS = 60


def year_links(page: TimelinePage, url: Callable[[TimelineQuery], str]) -> list[dict[str, Any]]:
    """A link to the page that begins with each year; empty when all stands on one page
    or the order is another.

    Over long times every tenth year, or every hundredth. Costs one query, where it is needed.
    """
    if not (page.query.is_by_time and (page.previous or page.next)):
        return []
    entries = page.query.entries(with_later=page.with_later).filter(dated=True).order_by()
    ends = entries.aggregate(first=Min("sort_key"), last=Max("sort_key"))
    if not ends["first"]:
        return []
    first, last = (date.fromordinal(int(key[:7])).year for key in (ends["first"], ends["last"]))
    if first == last:
        return []
    step = next(one for one in (1, 10, 100, 1000) if (last - first) // one <= MAX_YEAR_LINKS)
    years = [first, *(year for year in range(first + 1, last + 1) if year % step == 0)]
    newest_first = page.query.order == "newest"
    links = [
        {"year": year, "url": url(page.query.with_(after=_mark(year, newest_first=newest_first)))}
        for year in years
    ]
    return links[::-1] if newest_first else links


def _mark(year: int, *, newest_first: bool) -> str:
    """The mark just before the first entry of a year, in the order of the list."""
    if newest_first:
        day = date(year, 12, 31).toordinal() + 1
        return f"{day:07d}.0000000.000000"
    return f"{date(year, 1, 1).toordinal() - 1:07d}.9999999.zzzzzzzzzzzz"
