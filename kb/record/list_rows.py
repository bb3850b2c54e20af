"""Actors, sources and incidents as an index lists them: typed rows with counts of entries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any

from django.db.models import Count, Max, Min

from kb.record.addresses import record_path
from kb.record.answers import ActorRow, IncidentRow, SourceRow
from kb.record.documents import Date
from kb.record.models import Entry, Facet, Revision
from kb.record.rows import Names, date_with_words


def actor_rows(revisions: Sequence[Revision]) -> list[ActorRow]:
    """The actors in the same order. One query, however many there are."""
    entries = _entries("actor", revisions)
    return [
        {
            **_beginning(one),
            "name": one.title,
            "kind": one.document["actor_kind"],
            **{key: one.document[key] for key in ("other_names", "summary", "website", "wikidata")},
            "entries": entries.get(one.public_id, 0),
            **_end(one),
        }
        for one in revisions
    ]


def source_rows(revisions: Sequence[Revision]) -> list[SourceRow]:
    """The sources in the same order. Two queries, however many there are."""
    entries = _entries("source", revisions)
    names = Names([one.document for one in revisions])
    kept = ("byline", "language", "accessed_on", "archive_url", "archived_on")
    return [
        {
            **_beginning(one),
            "title": one.title,
            "link": one.document["url"],
            "kind": one.document["source_kind"],
            "publisher": names.actor(one.document["publisher"]),
            "published": date_with_words(one.document["published"]),
            **{key: one.document[key] for key in kept},
            "entries": entries.get(one.public_id, 0),
            **_end(one),
        }
        for one in revisions
    ]


def incident_rows(revisions: Sequence[Revision]) -> list[IncidentRow]:
    """The incidents in the same order. Five queries, however many there are."""
    ids = [one.public_id for one in revisions]
    own = Facet.objects.filter(name="incident", value__in=ids).order_by().values_list("value")
    cited = own.filter(entry__facets__name="source")
    sources = dict(cited.annotate(found=Count("entry__facets__value", distinct=True)))
    claims = Counter(
        Revision.objects.standing()
        .filter(kind="proposition", document__incident__in=ids)
        .values_list("document__incident", flat=True)
    )
    entries = _entries("incident", revisions)
    spans = _spans(ids)
    return [
        {
            **_beginning(one),
            "title": one.title,
            "summary": one.document["summary"],
            "first": spans[one.public_id][0] if one.public_id in spans else None,
            "last": spans[one.public_id][1] if one.public_id in spans else None,
            "entries": entries.get(one.public_id, 0),
            "sources": sources.get(one.public_id, 0),
            "contested": claims[one.public_id],
            **_end(one),
        }
        for one in revisions
    ]


def _beginning(revision: Revision) -> dict[str, Any]:
    return {
        "id": revision.public_id,
        "slug": revision.slug,
        "url": record_path(revision.kind, revision.slug),
    }


def _end(revision: Revision) -> dict[str, Any]:
    return {"version": revision.number, "published_at": revision.published_at.isoformat()}


def _entries(kind: str, revisions: Sequence[Revision]) -> dict[str, int]:
    """How many entries name each."""
    own = Facet.objects.filter(name=kind, value__in=[one.public_id for one in revisions])
    return dict(own.order_by().values_list("value").annotate(found=Count("entry")))


def _spans(incident_ids: Collection[str]) -> dict[str, tuple[Date, Date]]:
    """By incident, the first and the last date of its dated entries. Two queries."""
    own = Facet.objects.filter(name="incident", value__in=incident_ids, entry__dated=True)
    ends = own.order_by().values_list("value").annotate(
        first=Min("entry__sort_key"), last=Max("entry__sort_key")
    )  # fmt: skip
    found = {incident: (first, last) for incident, first, last in ends}
    keys = {key for pair in found.values() for key in pair}
    at = Entry.objects.filter(sort_key__in=keys).values_list("sort_key", "revision__document__date")
    dates = dict(at)
    return {
        one: (date_with_words(dates[first]), date_with_words(dates[last]))
        for one, (first, last) in found.items()
    }
