"""The order of a page with entries whose address names none.

The whole timeline begins with what is newest, a part of it with what happened first. A file has the
order of its format instead, whatever it lists.
"""

from __future__ import annotations

from django.http import QueryDict
from django.urls import reverse

from kb.record.query import TimelineQuery


def page_order(path: str) -> str:
    """The order of the page at this path if its address names none."""
    return "newest" if path == reverse("timeline") else TimelineQuery.order


def page_query(data: QueryDict, path: str) -> TimelineQuery:
    """The query of the page at this path with these parameters. Raises InvalidQuery."""
    if not data.get("order"):
        data = data.copy()
        data["order"] = page_order(path)
    return TimelineQuery.parse(data)
