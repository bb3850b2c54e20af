"""JSON: one page of the timeline, with links to the next."""

from __future__ import annotations

import json

from kb.record.answers import EntryList
from kb.record.facets import MOST_OPTIONS, listed
from kb.record.page import TimelinePage
from kb.record.query import TimelineQuery


def render(page: TimelinePage, address: str) -> bytes:
    """The page as UTF-8 JSON; ``address`` is the absolute address of the list, without query."""
    return json.dumps(content(page, address), ensure_ascii=False, indent=1).encode()


def content(page: TimelinePage, address: str) -> EntryList:
    """What the JSON holds, as plain dictionaries."""
    query = page.query
    return {
        "query": query.canonical(),
        "words": query.describe(),
        "epoch": page.epoch,
        "count": {"certain": page.count.certain, "possible": page.count.possible},
        "facets": {
            name: [
                {"value": one.choice.slug, "label": one.choice.label, "count": one.count}
                for one in listed(options)
            ]
            for name, options in page.facets.items()
        },
        "unlisted": {
            name: len(options) - MOST_OPTIONS
            for name, options in page.facets.items()
            if len(options) > MOST_OPTIONS
        },
        "entries": page.rows,
        "next": _link(page.next, address),
        "previous": _link(page.previous, address),
    }


def _link(query: TimelineQuery | None, address: str) -> str | None:
    return f"{address}?{query.canonical()}" if query else None
