"""What the read index holds of an entry: the columns of its row, and its facets.

Pure functions of its document and of the documents that it names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple

from kb.dates import FuzzyDate
from kb.record.documents import Document, referenced_ids
from kb.record.entry_origins import origin_facets
from kb.record.known_since import known_since
from kb.record.months import month_number
from kb.record.order_values import links_of, ordered_entry
from kb.record.ordering import encode_key, order_key_alone
from kb.record.vocabulary import RecordKind, VoiceRole
from kb.record.voices import actors_of_statement
from kb.text.normalise import fold_name, search_text

# Facets: the entry comes after the entry with this id; the entry has any link to that id.
AFTER = "after"
LINKED = "linked"
# The entry is found by the names of this record, which no other facet names.
NAMED = "named"
# The kinds of records whose names an entry is found by.
NAMING_KINDS = ("actor", "topic")

FacetPair = tuple[str, str]


class EntryColumns(NamedTuple):
    """The columns of an entry that follow from documents, in the order of the table.

    ``sort_key`` is the key of an entry that no link connects with another.
    """

    kind: str
    earliest: date | None
    latest: date | None
    first_month: int | None
    last_month: int | None
    dated: bool
    sort_key: str
    known_since: date | None
    standing: str
    search_text: str


def entry_columns(document: Document, named: Mapping[str, Document]) -> EntryColumns:
    """The columns of an entry. ``named`` are the documents that it names, and their origins."""
    when = FuzzyDate.from_json(document["date"])
    return EntryColumns(
        kind=document["kind"],
        earliest=when.earliest,
        latest=when.latest,
        first_month=month_number(when.earliest),
        last_month=month_number(when.latest),
        dated=not when.is_unknown,
        sort_key=key_alone(document),
        known_since=known_since(document, named),
        standing=document.get("standing", ""),
        search_text=_search_text(document, named),
    )


def facet_pairs(document: Document, named: Mapping[str, Document]) -> set[FacetPair]:
    """The names and values of the facets of an entry, without those that claims give it."""
    pairs = set(_facets(document, named))
    values = {value for _name, value in pairs}
    for public_id in named_by(document, named):
        if public_id not in values:
            pairs.add((NAMED, public_id))
    return pairs


def named_by(document: Document, named: Mapping[str, Document]) -> list[str]:
    """The ids of the actors and topics that an entry names, and by whose names it is found."""
    return [
        public_id
        for public_id in sorted(referenced_ids(document))
        if public_id in named and named[public_id]["kind"] in NAMING_KINDS
    ]


def key_alone(document: Document) -> str:
    """The sort key of an entry that no link connects with another."""
    return encode_key(order_key_alone(ordered_entry(document)))


def _facets(document: Document, named: Mapping[str, Document]) -> Iterator[tuple[str, str]]:
    yield "kind", document["kind"]
    yield from ((LINKED, link["to"]) for link in document["links"])
    yield from ((AFTER, link.earlier) for link in links_of(document))
    yield from (("incident", incident) for incident in document["incidents"])
    yield from (("topic", topic) for topic in document["topics"])
    for citation in document["citations"]:
        yield "source", citation["source"]
        source = named.get(citation["source"])
        publisher = source.get("publisher") if source else None
        if publisher:
            yield "publisher", publisher
    if place := document.get("place"):
        yield "place", fold_name(place["name"])
    yield from origin_facets(document, named)
    if document["kind"] == "event":
        yield "standing", document["standing"]
        yield from (("actor", participant["actor"]) for participant in document["actors"])
    elif document["kind"] == RecordKind.REQUEST:
        yield from _request_facets(document, named)
    else:
        yield from _statement_facets(document, named)


def _statement_facets(
    document: Document, named: Mapping[str, Document]
) -> Iterator[tuple[str, str]]:
    roles = [(part, actor) for actor, part in actors_of_statement(document)]
    own = {actor for part, actor in roles if part in (VoiceRole.BY, VoiceRole.FOR)}
    for event in document["about"]:
        yield "event", event
        parts = named[event].get("actors", []) if event in named else []
        # Speaking of oneself is not being spoken of.
        roles += [
            ("about", participant["actor"])
            for participant in parts
            if participant["actor"] not in own
        ]
    for name, actor in roles:
        yield name, actor
        yield "actor", actor
    if document["in_reply_to"]:
        yield "reply_to", document["in_reply_to"]
    yield "form", document["form"]
    yield "language", document["language"]


def _request_facets(document: Document, named: Mapping[str, Document]) -> Iterator[tuple[str, str]]:
    """Never "by": who was asked has said nothing in the request."""
    roles = [("asked", actor) for actor in document["asked"]]
    if document["asked_by"]:
        roles.append(("asked_by", document["asked_by"]))
    for name, actor in roles:
        yield name, actor
        yield "actor", actor
    for event in document["about"]:
        yield "event", event
        parts = named[event].get("actors", []) if event in named else []
        yield from (("actor", participant["actor"]) for participant in parts)
    yield from (("claim", claim) for claim in document["claims"])
    if document["answer"]:
        yield "answer", document["answer"]


def _search_text(document: Document, named: Mapping[str, Document]) -> str:
    original = document.get("original") or {"text": ""}
    parts = [document["title"], document.get("summary", ""), document.get("text", "")]
    parts += [original["text"], document.get("voice", {}).get("label", "")]
    for public_id in named_by(document, named):
        other = named[public_id]
        parts.append(other["title"])
        parts += [name["name"] for name in other.get("other_names", [])]
    return search_text(*parts)
