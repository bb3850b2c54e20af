"""The context of the home page."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import TypedDict

from django.http import HttpRequest
from django.utils.safestring import SafeString

from kb.record.addresses import record_path
from kb.record.answers import IncidentRow
from kb.record.date_words import date_with_words
from kb.record.filter_fields import Choice
from kb.record.headlines import Headline
from kb.record.list_rows import incident_rows
from kb.record.listed_claims import claim_counts
from kb.record.listed_records import list_totals
from kb.record.models import Entry, ListedRecord, Revision
from kb.record.query import TimelineQuery
from kb.record.quotation import without_quotation_marks
from kb.record.reading.current import entry_source
from kb.record.rendering import row_with_html, summary_html
from kb.record.revision_headlines import revision_headlines
from kb.record.rows import Row, rows_for_entries
from kb.site.pages.corrections import correction_paths, corrections
from kb.site.pages.page_meta import Head, home_head
from kb.text.quoting import shorten_quotation

MAX_INCIDENTS = 6
MAX_MOMENTS = 3  # of an incident
MAX_CHANGES = 4
MAX_QUOTATION_LENGTH = 240


class Moment(TypedDict):
    """An entry in one line: when, and its headline."""

    kind: str
    when: str
    title: str
    headline: str
    url: str


class HomeIncident(IncidentRow):
    """``claims`` counts its claims, ``moments`` are in the order of time."""

    summary_html: SafeString
    claims: int
    moments: list[Moment]


class ExplainedChange(TypedDict):
    """A correction, withdrawal or merge, with its reason."""

    change: str
    note: str
    title: str
    headline: str
    url: str
    on: datetime


class HomeContext(TypedDict):
    """``has_more`` is whether there are more incidents than the page shows.

    ``example`` is the entry that is explained, a quotation; None if there is none.
    """

    incidents: list[HomeIncident]
    has_more: bool
    example: Row | None
    changes: list[ExplainedChange]
    head: Head
    nav: str


def home_context(request: HttpRequest) -> HomeContext:
    newest = _newest_incidents()
    moments = _moments([record.revision for record in newest])
    changes = list(corrections()[:MAX_CHANGES])
    revisions = [entry.revision for entries in moments.values() for entry in entries]
    headlines = revision_headlines([*revisions, *changes])
    return {
        "incidents": _incidents(newest, moments, headlines),
        "has_more": list_totals()["incident"] > len(newest),
        "example": _latest_quotation(),
        "changes": _explained_changes(changes, headlines),
        "head": home_head(request),
        "nav": "home",
    }


def _newest_incidents() -> list[ListedRecord]:
    """The incidents that changed last; those without entries only where none has any."""
    records = ListedRecord.objects.filter(kind="incident").select_related("revision")
    newest = records.order_by("-newest", "name_key")
    return list(newest.filter(is_unused=0)[:MAX_INCIDENTS]) or list(newest[:MAX_INCIDENTS])


def _incidents(
    records: Sequence[ListedRecord],
    moments: Mapping[str, Sequence[Entry]],
    headlines: Mapping[int, Headline],
) -> list[HomeIncident]:
    claims = claim_counts([record.public_id for record in records])
    return [
        {
            **row,
            "summary_html": summary_html(row["summary"]),
            "claims": claims.get(row["id"], 0),
            "moments": [
                _moment(entry.revision, headlines[entry.revision.pk])
                for entry in moments.get(row["id"], ())
            ],
        }
        for row in incident_rows(records)
    ]


def _moments(incidents: Sequence[Revision]) -> dict[str, list[Entry]]:
    """By incident, its last key moments in the order of time; two queries.

    Where an editor chose none, or none is live, they are the last dated entries.
    """
    chosen = {incident.public_id: incident.document.get("moments", []) for incident in incidents}
    last = entry_source().last_entries("incident", list(chosen), limit=MAX_MOMENTS)
    entries = _entries(
        {key for keys in last.values() for key in keys},
        {public_id for public_ids in chosen.values() for public_id in public_ids},
    )
    moments: dict[str, list[Entry]] = {}
    for incident_id, public_ids in chosen.items():
        own = [
            entry
            for entry in entries
            if entry.public_id in public_ids and incident_id in entry.revision.document["incidents"]
        ]
        keys = set(last.get(incident_id, ()))
        newest = own[-MAX_MOMENTS:] or [entry for entry in entries if entry.pk in keys]
        moments[incident_id] = newest
    return moments


def _entries(keys: Collection[int], public_ids: Collection[str]) -> list[Entry]:
    """Entries by primary key or by public id, in the order of time."""
    entries = Entry.objects.select_related("revision")
    by_key, by_id = entries.filter(pk__in=keys), entries.filter(public_id__in=public_ids)
    return sorted({*by_key, *by_id}, key=lambda entry: entry.sort_key)


def _moment(revision: Revision, headline: Headline) -> Moment:
    return {
        "kind": revision.kind,
        "when": date_with_words(revision.document["date"])["words"],
        "title": headline.title,
        "headline": headline.words,
        "url": record_path(revision.kind, revision.slug),
    }


def _explained_changes(
    revisions: Sequence[Revision], headlines: Mapping[int, Headline]
) -> list[ExplainedChange]:
    paths = correction_paths(revisions, headlines)
    return [
        {
            "change": revision.change,
            "note": revision.note,
            "title": headlines[revision.pk].title,
            "headline": headlines[revision.pk].words,
            "url": paths[revision.pk],
            "on": revision.published_at,
        }
        for revision in revisions
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
