"""Actors, sources and incidents as an index lists them: typed rows with counts of entries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from kb.record.addresses import record_path
from kb.record.answers import ActorRow, IncidentRow, SourceRow
from kb.record.date_words import date_with_words
from kb.record.documents import PublicId, Slug
from kb.record.listed_claims import contested_counts
from kb.record.models import ListedRecord, Revision
from kb.record.named_records import Names
from kb.record.reading.current import entry_source


def actor_rows(records: Sequence[ListedRecord]) -> list[ActorRow]:
    """The actors in the same order, without a query."""
    return [
        {
            **_address(revision),
            "name": revision.title,
            "kind": revision.document["actor_kind"],
            "other_names": revision.document["other_names"],
            "summary": revision.document["summary"],
            "website": revision.document["website"],
            "wikidata": revision.document["wikidata"],
            "entries": record.entries,
            **_version(revision),
        }
        for record in records
        for revision in [record.revision]
    ]


def source_rows(records: Sequence[ListedRecord]) -> list[SourceRow]:
    """The sources in the same order. Two queries, however many there are."""
    names = Names([record.revision.document for record in records])
    return [
        {
            **_address(revision),
            "title": revision.title,
            "link": revision.document["url"],
            "kind": revision.document["source_kind"],
            "publisher": names.actor(revision.document["publisher"]),
            "published": date_with_words(revision.document["published"]),
            "byline": revision.document["byline"],
            "language": revision.document["language"],
            "accessed_on": revision.document["accessed_on"],
            "archive_url": revision.document["archive_url"],
            "archived_on": revision.document["archived_on"],
            "entries": record.entries,
            **_version(revision),
        }
        for record in records
        for revision in [record.revision]
    ]


def incident_rows(records: Sequence[ListedRecord]) -> list[IncidentRow]:
    """The incidents in the same order. Four queries, however many there are."""
    ids = [record.public_id for record in records]
    source = entry_source()
    sources = source.source_totals("incident", ids)
    contested = contested_counts(ids)
    spans = {
        public_id: (date_with_words(first), date_with_words(last))
        for public_id, (first, last) in source.spans("incident", ids).items()
    }
    return [
        {
            **_address(revision),
            "title": revision.title,
            "summary": revision.document["summary"],
            "first": spans[revision.public_id][0] if revision.public_id in spans else None,
            "last": spans[revision.public_id][1] if revision.public_id in spans else None,
            "entries": record.entries,
            "sources": sources.get(revision.public_id, 0),
            "contested": contested.get(revision.public_id, 0),
            **_version(revision),
        }
        for record in records
        for revision in [record.revision]
    ]


class _Address(TypedDict):
    id: PublicId
    slug: Slug
    url: str


class _Version(TypedDict):
    version: int
    published_at: str


def _address(revision: Revision) -> _Address:
    return {
        "id": revision.public_id,
        "slug": revision.slug,
        "url": record_path(revision.kind, revision.slug),
    }


def _version(revision: Revision) -> _Version:
    return {"version": revision.number, "published_at": revision.published_at.isoformat()}
