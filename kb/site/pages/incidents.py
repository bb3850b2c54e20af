"""The list of incidents: counts, and a small chart of when each happened."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TypedDict

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kb.dates import FuzzyDate
from kb.record.answers import IncidentRow
from kb.record.list_rows import incident_rows
from kb.record.models import ListedRecord
from kb.record.rendering import summary_html
from kb.site.charts.sparklines import Sparkline, sparklines
from kb.site.pages.incident import span_words
from kb.site.pages.list_page import ListPage, list_page
from kb.site.pages.list_selection import Selection


class OutsideLink(TypedDict):
    words: str
    url: str


class IncidentListRow(IncidentRow):
    """``span`` is the time of its dated entries in words, "" if none is dated.

    ``outside`` are links to its entries before and after the axis of the charts.
    """

    summary_html: SafeString
    changed: datetime
    span: str
    chart: Sparkline | None
    outside: list[OutsideLink]


class IncidentList(TypedDict):
    """The context of ``incidents/_list.html``; ``axis`` is the time axis of all charts in words."""

    incidents: list[IncidentListRow]
    axis: str
    has_stubs: bool


class IncidentsContext(ListPage, IncidentList):
    rows: list[IncidentListRow]
    nav: str


def incidents_context(selection: Selection) -> IncidentsContext:
    orders = {
        "newest": _("All published incidents, most recently changed first."),
        "name": _("All published incidents, by title."),
        "entries": _("All published incidents, most entries first."),
    }
    description = orders[selection.order]
    listed = incident_list(selection.records)
    return {
        **list_page(selection, description),
        **listed,
        "rows": listed["incidents"],
        "nav": "incidents",
    }


def incident_list(records: Sequence[ListedRecord]) -> IncidentList:
    """The incidents in the same order, in seven queries however many there are."""
    axis, charts = sparklines([record.public_id for record in records])
    incidents: list[IncidentListRow] = [
        {
            **row,
            "summary_html": summary_html(row["summary"]),
            "changed": record.revision.published_at,
            "span": _span(row),
            "chart": (chart := charts.get(record.public_id)),
            "outside": _outside_links(row["url"], chart) if chart else [],
        }
        for row, record in zip(incident_rows(records), records, strict=True)
    ]
    return {
        "incidents": incidents,
        "axis": axis,
        "has_stubs": any(chart.before or chart.after for chart in charts.values()),
    }


def _outside_links(path: str, chart: Sparkline) -> list[OutsideLink]:
    links: list[OutsideLink] = []
    if chart.before:
        words = _("%(n)s before %(year)s") % {"n": chart.before, "year": chart.first_year}
        url = f"{path}?until={chart.first_year - 1:04}&match=certain"
        links.append({"words": words, "url": url})
    if chart.after:
        words = _("%(n)s after %(year)s") % {"n": chart.after, "year": chart.last_year}
        url = f"{path}?from={chart.last_year + 1:04}&match=certain"
        links.append({"words": words, "url": url})
    return links


def _span(row: IncidentRow) -> str:
    if row["first"] is None or row["last"] is None:
        return ""
    return span_words(
        FuzzyDate.from_json(dict(row["first"])), FuzzyDate.from_json(dict(row["last"]))
    )
