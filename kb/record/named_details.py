"""The details of the records that rows name, so that an import of a list loses none of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, cast

from kb.record.answers import (
    EarlierSource,
    EntryRow,
    NamedActor,
    NamedAffiliation,
    NamedDetails,
    NamedIncident,
    NamedSource,
)
from kb.record.as_of import source_is_public
from kb.record.date_words import date_with_words
from kb.record.documents import Document
from kb.record.named_records import Names
from kb.record.vocabulary import RecordKind


def fetch_details(rows: Iterable[EntryRow], names: Names) -> None:
    """Add to ``names`` all that ``named_details`` needs for these rows.

    Costs a query for each level of earlier sources and owners that is not among them yet.
    """
    pending = {public_id for row in rows for public_id in _ids_in(row)}
    visited = set[str]()
    while pending:
        names.fetch(pending)
        visited |= pending
        pending = {
            public_id
            for named in pending
            for public_id in _ids_named_by(names.documents.get(named))
        } - visited


def ids_of_details(row: EntryRow, names: Names, day: date | None = None) -> list[str]:
    """The ids of all records that the details of a row rest on, live or not, in a fixed order.

    With ``day``, sources that were not public by its end lead to no others.
    """
    ids = dict.fromkeys(_ids_in(row))
    pending = list(ids)
    while pending:
        named = [
            public_id
            for other in pending
            if (document := names.documents.get(other)) and _is_known(document, day)
            for public_id in _ids_named_by(document)
        ]
        pending = [public_id for public_id in dict.fromkeys(named) if public_id not in ids]
        ids |= dict.fromkeys(pending)
    return list(ids)


def named_details(row: EntryRow, names: Names, day: date | None = None) -> NamedDetails:
    """The details of what a row names. ``names`` must be those of ``fetch_details``.

    With ``day``, sources that were not public by its end are left out.
    """
    documents = [
        document
        for public_id in ids_of_details(row, names, day)
        if (document := names.documents.get(public_id)) and _is_known(document, day)
    ]
    cited = {citation["source"]["id"] for citation in row["citations"]}
    details: NamedDetails = {"actors": [], "sources": [], "incidents": []}
    for document in documents:
        if document["kind"] == RecordKind.ACTOR:
            actor = _actor(document, names)
            if any(value for name, value in actor.items() if name in _ACTOR_DETAILS):
                details["actors"].append(actor)
        elif document["kind"] == RecordKind.SOURCE:
            source = _source(document, names, day)
            has_details = any(value for name, value in source.items() if name in _SOURCE_DETAILS)
            if has_details or source["id"] not in cited:
                details["sources"].append(source)
        elif document["kind"] == RecordKind.INCIDENT:
            incident = _incident(document, names)
            if incident["summary"] or incident["moments"]:
                details["incidents"].append(incident)
    return details


_ACTOR_DETAILS = ("summary", "other_names", "part_of", "affiliations", "wikidata", "website")
_SOURCE_DETAILS = ("accessed_on", "archived_on", "note", "parents")


def _actor(document: Document, names: Names) -> NamedActor:
    link = names.actor(document["id"])
    affiliations: list[NamedAffiliation] = [
        {
            "organisation": organisation,
            "title": affiliation["title"],
            "since": date_with_words(affiliation["since"]),
            "until": date_with_words(affiliation["until"]),
        }
        for affiliation in document["affiliations"]
        if (organisation := names.actor(affiliation["organisation"]))
    ]
    actor = {
        **(link or {}),
        "summary": document["summary"],
        "other_names": document["other_names"],
        "part_of": names.actor(document["part_of"]),
        "affiliations": affiliations,
        "wikidata": document["wikidata"],
        "website": document["website"],
    }
    return cast("NamedActor", actor)


def _source(document: Document, names: Names, day: date | None) -> NamedSource:
    parents: list[EarlierSource] = [
        {"source": link, "kind": parent["derivation"], "note": parent["note"]}
        for parent in document["parents"]
        if (link := names.link(parent["source"])) and _is_known(names.documents[link["id"]], day)
    ]
    return {
        **names.source(document["id"]),
        "accessed_on": document["accessed_on"],
        "archived_on": document["archived_on"],
        "note": document["note"],
        "parents": parents,
    }


def _incident(document: Document, names: Names) -> NamedIncident:
    link = names.link(document["id"])
    incident = {
        **(link or {}),
        "summary": document["summary"],
        "moments": document.get("moments", []),
    }
    return cast("NamedIncident", incident)


def _is_known(document: Document, day: date | None) -> bool:
    """Whether a record may be named on that day: a source was public by its end."""
    return day is None or document["kind"] != RecordKind.SOURCE or source_is_public(document, day)


def _ids_in(row: EntryRow) -> list[str]:
    """The actors, sources and incidents that a row names, in the order of first mention."""
    linked: list[Mapping[str, Any] | None] = []
    for citation in row["citations"]:
        source = citation["source"]
        linked += [source, source["publisher"], citation["via"], citation["addressee"]]
    linked += [*row["actors"], *row["incidents"]]
    linked += [figure["source"] for figure in row["figures"]]
    linked += [relation["source"] for relation in row["links"]]
    linked += [account["source"] for account in row["according_to"]]
    linked += [position["actor"] for position in row.get("stances", ())]
    return [link["id"] for link in linked if link]


def _ids_named_by(document: Document | None) -> list[str]:
    ids: list[str | None] = []
    if document and document["kind"] == RecordKind.SOURCE:
        ids = [document["publisher"], *(parent["source"] for parent in document["parents"])]
    elif document and document["kind"] == RecordKind.ACTOR:
        ids = [document["part_of"], *(part["organisation"] for part in document["affiliations"])]
    return [public_id for public_id in ids if public_id]
