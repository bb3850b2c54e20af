"""What the read index holds of an entry: the columns of its row, and its facets.

Pure functions of its document and of the documents that it names.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from kb.dates import FuzzyDate
from kb.record.documents import Document, referenced_ids
from kb.record.entry_origins import origin_facets
from kb.record.known_since import known_since
from kb.record.months import month_number
from kb.record.order_values import date_place, links_of, list_of
from kb.record.ordering import OrderedEntry, encode_listing, encode_place, order_key_alone
from kb.record.vocabulary import RecordKind, VoiceRole
from kb.record.voices import actors_of_statement
from kb.text.normalise import fold_name, search_text

# Facets: the entry comes after the entry with this id; the entry has any link to that id.
AFTER = "after"
LINKED = "linked"
# The entry is found by the names of this record, which no other facet names.
NAMED = "named"
# What became of a request for comment.
OUTCOME = "outcome"
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


class _DateColumns(NamedTuple):
    earliest: date | None
    latest: date | None
    first_month: int | None
    last_month: int | None
    dated: bool


def index_values(
    document: Document, named: Mapping[str, Document], referenced: Collection[str] | None = None
) -> tuple[EntryColumns, set[FacetPair]]:
    """The columns of an entry, and its facets without those that claims give it.

    ``named`` are the documents that it names, and their origins; ``referenced`` are the ids that it
    names, from a caller who has them.
    """
    naming = _found_by(referenced_ids(document) if referenced is None else referenced, named)
    when = _date_columns(document["date"]["edtf"] or "")
    columns = EntryColumns(
        document["kind"],
        *when,
        sort_key=key_alone(document),
        known_since=known_since(document, named),
        standing=document.get("standing", ""),
        search_text=_search_text(document, [named[public_id] for public_id in naming]),
    )
    pairs = set(_facets(document, named))
    values = {value for _name, value in pairs}
    pairs.update((NAMED, public_id) for public_id in naming if public_id not in values)
    return columns, pairs


def _found_by(referenced: Iterable[str], named: Mapping[str, Document]) -> list[str]:
    """The ids of the actors and topics among these, by whose names an entry is found."""
    return sorted(
        public_id
        for public_id in referenced
        if public_id in named and named[public_id]["kind"] in NAMING_KINDS
    )


# Remembered, because entries share their dates.
@lru_cache(maxsize=16384)
def _date_columns(edtf: str) -> _DateColumns:
    when = FuzzyDate(edtf)
    return _DateColumns(
        when.earliest,
        when.latest,
        month_number(when.earliest),
        month_number(when.latest),
        not when.is_unknown,
    )


def key_alone(document: Document) -> str:
    """The sort key of an entry that no link connects with another."""
    when = document["date"]
    place = _place_alone(when["edtf"] or "", when["zone"] or "", when.get("time") or "")
    carrier, position = list_of(document["citations"])
    return f"{place}.{encode_listing(carrier, position or 0, document['id'])}"


@lru_cache(maxsize=16384)
def _place_alone(edtf: str, zone: str, time: str) -> str:
    """The first half of the key of an entry that no link connects with another."""
    place = date_place(edtf, zone, time)
    key = order_key_alone(OrderedEntry("", bounds=place.bounds, anchor=place.anchor))
    return encode_place(key.middle, key.width, key.rank)


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
    yield OUTCOME, document["outcome"]


def _search_text(document: Document, naming: Iterable[Document]) -> str:
    """What an entry is found by: its own words, names of actors and topics, cited passages."""
    original = document.get("original") or {"text": ""}
    parts = [document["title"], document.get("summary", ""), document.get("text", "")]
    parts += [original["text"], document.get("voice", {}).get("label", "")]
    for other in naming:
        parts.append(other["title"])
        parts += [name["name"] for name in other.get("other_names", [])]
    own = set(parts)
    passages = (citation["exact"] for citation in document["citations"])
    parts += dict.fromkeys(passage for passage in passages if passage not in own)
    return search_text(*parts)
