"""The context of the home page."""

from __future__ import annotations

from datetime import datetime
from typing import NotRequired, TypedDict

from django.db.models import Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from kb.record.addresses import record_path
from kb.record.filter_fields import Choice
from kb.record.history import latest_changes
from kb.record.listed_records import list_totals
from kb.record.models import ListedRecord
from kb.record.query import TimelineQuery
from kb.record.quotation import without_quotation_marks
from kb.record.reading.current import entry_source
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
    totals = list_totals()
    incidents = ListedRecord.objects.filter(kind="incident").select_related("revision")
    newest = incidents.order_by("-newest", "name_key")[:MAX_INCIDENTS]
    return {
        **incident_list(list(newest)),
        "has_more": totals["incident"] > MAX_INCIDENTS,
        "figures": _figures(totals["incident"], totals["source"]),
        "latest": _latest_changes(),
        "quotation": _latest_quotation(),
        "head": home_head(request),
        "nav": "home",
    }


def _figures(incidents: int, sources: int) -> list[Figure]:
    timeline = reverse("timeline")
    kinds = entry_source().value_counts(TimelineQuery(), ["kind"])
    events, statements = (kinds.get(("kind", kind), 0) for kind in ("event", "statement"))
    return [
        {"label": _("Incidents"), "value": incidents, "url": reverse("incidents")},
        {"label": _("Events"), "value": events, "url": f"{timeline}?kind=event"},
        {"label": _("Statements"), "value": statements, "url": f"{timeline}?kind=statement"},
        {"label": _("Sources"), "value": sources, "url": reverse("sources")},
    ]


def _latest_changes() -> list[LatestChange]:
    # As an expression, so that the order has an index and not the kind, which most rows have.
    changes = latest_changes().alias(any_kind=Coalesce("kind", Value("")))
    changes = changes.filter(any_kind__in=[*ENTRY_KINDS, "incident"])[:MAX_CHANGES]
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
    verbatim = Choice("verbatim", "verbatim", "")
    entry = entry_source().latest(TimelineQuery().with_values("form", (verbatim,)))
    if entry is None:
        return None
    row = rows_for_entries([entry])[0]
    words = without_quotation_marks(row["text"])
    text = shorten_quotation(words, MAX_QUOTATION_LENGTH, language=row["language"])
    return row_with_html(row | {"text": text})
