"""Actors, sources and incidents as an index lists them: typed rows with counts of entries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from typing import TypedDict

from kb.record.addresses import record_path
from kb.record.answers import ActorRow, IncidentRow, SourceRow
from kb.record.claim_values import actor_parts
from kb.record.contested import is_contested
from kb.record.date_words import date_with_words
from kb.record.documents import Document, PublicId, Slug
from kb.record.models import Revision
from kb.record.named_records import Names
from kb.record.reading.current import entry_source


def actor_rows(revisions: Sequence[Revision]) -> list[ActorRow]:
    """The actors in the same order. One query, however many there are."""
    entries = entry_source().totals("actor", _ids(revisions))
    return [
        {
            **_address(revision),
            "name": revision.title,
            "kind": revision.document["actor_kind"],
            "other_names": revision.document["other_names"],
            "summary": revision.document["summary"],
            "website": revision.document["website"],
            "wikidata": revision.document["wikidata"],
            "entries": entries.get(revision.public_id, 0),
            **_version(revision),
        }
        for revision in revisions
    ]


def source_rows(revisions: Sequence[Revision]) -> list[SourceRow]:
    """The sources in the same order. Two queries, however many there are."""
    entries = entry_source().totals("source", _ids(revisions))
    names = Names([revision.document for revision in revisions])
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
            "entries": entries.get(revision.public_id, 0),
            **_version(revision),
        }
        for revision in revisions
    ]


def incident_rows(revisions: Sequence[Revision]) -> list[IncidentRow]:
    """The incidents in the same order. Five queries, however many there are.

    Besides those of ``actor_parts`` for claims that ask who.
    """
    ids = _ids(revisions)
    source = entry_source()
    sources = source.source_totals("incident", ids)
    contested = _contested_claims(ids)
    entries = source.totals("incident", ids)
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
            "entries": entries.get(revision.public_id, 0),
            "sources": sources.get(revision.public_id, 0),
            "contested": contested[revision.public_id],
            **_version(revision),
        }
        for revision in revisions
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


def _ids(revisions: Sequence[Revision]) -> list[str]:
    return [revision.public_id for revision in revisions]


def _contested_claims(incident_ids: Collection[str]) -> Counter[str]:
    """By incident, the number of its claims on which positions differ."""
    revisions = Revision.objects.live().filter(kind="proposition")
    rows = revisions.filter(document__incident__in=incident_ids)
    claims: list[Document] = list(rows.values_list("document", flat=True))
    parts = actor_parts(claims)
    return Counter(claim["incident"] or "" for claim in claims if is_contested(claim, parts))
