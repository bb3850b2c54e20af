"""The independent origins of an entry, from its document and those of the sources that it cites."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, TypedDict

from kb.record.documents import Document
from kb.record.origins import SourceLink, SupportingSource, origin_groups
from kb.record.past_records import documents_at
from kb.record.vocabulary import Bearing

ORIGINS = "origins"
# The name in the index of what decides how many origins an entry has, besides its own sources.
ANCESTOR = "ancestor"
# A number in the index has as many digits, so that numbers sort like texts.
_DIGITS = 4


class OriginCounts(TypedDict):
    """``read`` counts the supporting sources that were read, ``relayed`` the unread ones."""

    read: int
    relayed: int
    origins: int


def origins_value(count: int) -> str:
    """A number of origins as the index has it."""
    return f"{count:0{_DIGITS}d}"


def supporting_sources(
    document: Document, sources: Mapping[str, Document]
) -> list[SupportingSource]:
    """The supporting sources of an entry, each once; those that are not in ``sources`` left out.

    With those that are only relayed, whatever their bearing: they were not read. A source that one
    citation relays and another has read is read.
    """
    is_read: dict[str, bool] = {}
    for citation in document["citations"]:
        source, is_relayed = citation["source"], citation["via"] is not None
        if source in sources and (is_relayed or citation["bearing"] == Bearing.SUPPORTS):
            is_read[source] = is_read.get(source, False) or not is_relayed
    return [SupportingSource(source, read) for source, read in is_read.items()]


def read_supporting_ids(citations: Iterable[Mapping[str, Any]]) -> set[str]:
    """The sources that support an entry and were read.

    The citations may be those of a stored document of edition 1, which have no ``via``.
    """
    return {
        citation["source"]
        for citation in citations
        if citation["bearing"] == Bearing.SUPPORTS and not citation.get("via")
    }


def source_links(sources: Iterable[Document]) -> list[SourceLink]:
    """How these sources relate to earlier ones."""
    return [
        SourceLink(source["id"], parent["source"], parent["derivation"])
        for source in sources
        if source["kind"] == "source"
        for parent in source["parents"]
    ]


def origin_counts(document: Document, sources: Mapping[str, Document]) -> OriginCounts:
    """Count the origins of an entry. ``sources`` must include ``with_ancestors`` of its sources."""
    cited = supporting_sources(document, sources)
    return _counts(cited, _related(cited, sources), sources)


def _counts(
    cited: Collection[SupportingSource], related: Collection[str], sources: Mapping[str, Document]
) -> OriginCounts:
    links = source_links(sources[public_id] for public_id in related)
    families = {
        public_id: family for public_id in related if (family := _family(public_id, sources))
    }
    read = sum(source.is_read for source in cited)
    return {
        "read": read,
        "relayed": len(cited) - read,
        "origins": len(origin_groups(cited, links, families)),
    }


def origin_facets(document: Document, sources: Mapping[str, Document]) -> Iterator[tuple[str, str]]:
    """The number of origins, and the records other than cited sources that it depends on."""
    supporting = supporting_sources(document, sources)
    related = _related(supporting, sources)
    origins = sum(source.is_read for source in supporting)
    if origins > 1:  # a single one is its own origin
        origins = _counts(supporting, related, sources)["origins"]
    yield ORIGINS, origins_value(origins)
    cited = {citation["source"] for citation in document["citations"]}
    for public_id in related:
        if public_id not in cited:
            yield ANCESTOR, public_id


def with_ancestors(
    documents: Mapping[str, Document], at: datetime | None = None
) -> dict[str, Document]:
    """Add what the sources among these documents derive from, and the owners of publishers.

    ``at`` is the moment whose state of the record is asked for, None for today. Costs the queries
    of ``documents_at`` for each level that is not among them yet.
    """
    known = dict(documents)
    pending = wholes(known.values()) - known.keys()
    while pending:
        fetched = documents_at(pending, at)
        known |= fetched
        pending = wholes(fetched.values()) - known.keys()
    return known


def wholes(documents: Iterable[Document]) -> set[str]:
    """The earlier sources and the publishers of sources, and what actors are part of."""
    return {public_id for document in documents for public_id in _wholes_of(document)}


def _wholes_of(document: Document) -> list[str]:
    ids: list[str | None] = []
    if document["kind"] == "source":
        ids = [*(parent["source"] for parent in document["parents"]), document["publisher"]]
    elif document["kind"] == "actor":
        ids = [document["part_of"]]
    return [public_id for public_id in ids if public_id]


def _related(supporting: Iterable[SupportingSource], sources: Mapping[str, Document]) -> list[str]:
    """The supporting sources, all that they derive from, and the publishers and their owners."""
    pending = [source.id for source in supporting]
    related: dict[str, None] = {}
    while pending:
        public_id = pending.pop()
        if public_id in related or public_id not in sources:
            continue
        related[public_id] = None
        pending += _wholes_of(sources[public_id])
    return list(related)


def _family(public_id: str, sources: Mapping[str, Document]) -> str:
    """The topmost owner of a source's publisher; "" for an actor or without a publisher."""
    if sources[public_id]["kind"] != "source":
        return ""
    owner, visited = sources[public_id]["publisher"], set[str]()
    while owner and owner not in visited:
        visited.add(owner)
        whole = sources[owner]["part_of"] if owner in sources else None
        if whole is None or whole in visited:
            break
        owner = whole
    return owner or ""
