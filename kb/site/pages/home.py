"""The context of the home page."""

from __future__ import annotations

from datetime import datetime
from typing import NotRequired, TypedDict

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from kb.record.addresses import record_path
from kb.record.history import latest_changes
from kb.record.models import Entry, Revision
from kb.record.quotation import without_quotation_marks
from kb.record.rendering import row_with_html
from kb.record.revision_headlines import revision_headlines
from kb.record.rows import Row, rows_for_entries
from kb.record.vocabulary import ENTRY_KINDS, Change
from kb.site.pages.incidents import IncidentList, incident_list
from kb.site.pages.page_meta import Head, home_head
from kb.text.quoting import shorten_quotation

MAX_INCIDENTS = 10
MAX_CHANGES = 6
MAX_QUOTATION_LENGTH = 240


class Figure(TypedDict):
    """A count with a link to what it counts."""

    label: str
    value: int
    url: NotRequired[str]


class LatestChange(TypedDict):
    words: str
    title: str
    headline: str
    url: str
    on: datetime


class HomeContext(IncidentList):
    """``has_more`` is whether there are more incidents than the page shows."""

    has_more: bool
    figures: list[Figure]
    latest: list[LatestChange]
    quotation: Row | None
    head: Head
    nav: str


def home_context(request: HttpRequest) -> HomeContext:
    incidents = Revision.objects.live().filter(kind="incident")
    total = incidents.count()
    newest = incidents.order_by("-published_at", "pk")[:MAX_INCIDENTS]
    return {
        **incident_list(list(newest)),
        "has_more": total > MAX_INCIDENTS,
        "figures": _figures(total),
        "latest": _latest_changes(),
        "quotation": _latest_quotation(),
        "head": home_head(request),
        "nav": "home",
    }


def _figures(incidents: int) -> list[Figure]:
    timeline = reverse("timeline")
    events = Entry.objects.filter(kind="event").count()
    statements = Entry.objects.filter(kind="statement").count()
    sources = Revision.objects.live().filter(kind="source").count()
    return [
        {"label": _("Incidents"), "value": incidents, "url": reverse("incidents")},
        {"label": _("Events"), "value": events, "url": f"{timeline}?kind=event"},
        {"label": _("Statements"), "value": statements, "url": f"{timeline}?kind=statement"},
        {"label": _("Sources"), "value": sources, "url": reverse("sources")},
    ]


def _latest_changes() -> list[LatestChange]:
    changes = latest_changes().filter(kind__in=[*ENTRY_KINDS, "incident"])[:MAX_CHANGES]
    headlines = revision_headlines(changes)
    return [
        {
            "words": str(Change(change.change).label),
            "title": headlines[change.pk].title,
            "headline": headlines[change.pk].words,
            "url": record_path(change.kind, change.slug),
            "on": change.published_at,
        }
        for change in changes
    ]


def _latest_quotation() -> Row | None:
    """The latest verbatim statement, shortened where that keeps its meaning."""
    entries = Entry.objects.filter(facets__name="form", facets__value="verbatim")
    entry = entries.select_related("revision").order_by("-sort_key").first()
    if entry is None:
        return None
    row = rows_for_entries([entry])[0]
    words = without_quotation_marks(row["text"])
    text = shorten_quotation(words, MAX_QUOTATION_LENGTH, language=row["language"])
    return row_with_html(row | {"text": text})
