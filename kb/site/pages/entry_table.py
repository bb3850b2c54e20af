"""The headings of the table of entries, and which of them order the list."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypedDict

from django.utils.translation import gettext as _

from kb.record.query import TimelineQuery


class TableColumn(TypedDict):
    """A heading: ``url`` orders the whole list by it, "" where the database keeps no such order.

    ``sort`` is the value of ``aria-sort``, "" for a column that does not order the list now.
    """

    label: str
    url: str
    sort: str
    is_number: bool


def table_columns(query: TimelineQuery, url: Callable[[TimelineQuery], str]) -> list[TableColumn]:
    """All columns, from left to right. A click on the date turns its order around."""
    by_date = {"oldest": "ascending", "newest": "descending"}.get(query.order, "")
    other_order = "newest" if query.order == "oldest" else "oldest"
    by_change = "descending" if query.order == "changed" else ""
    return [
        _column(_("Date"), url(query.with_(order=other_order)), by_date),
        _column(_("EDTF")),
        _column(_("Kind")),
        _column(_("What")),
        _column(_("According to")),
        _column(_("Reliability")),
        _column(_("Sources"), is_number=True),
        _column(_("Origins"), is_number=True),
        _column(_("Changed"), url(query.with_(order="changed")), by_change),
        _column(_("ID")),
    ]


def _column(label: str, url: str = "", sort: str = "", *, is_number: bool = False) -> TableColumn:
    return {"label": label, "url": url, "sort": sort, "is_number": is_number}
