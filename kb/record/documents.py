"""The documents: the public contract of what is on the record.

A document names other records by public id only. ``without_unpublished`` removes
references to what is not public. Each kind is a TypedDict; ``json_schema`` is made from them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator
from typing import Annotated, Any, Literal, NotRequired, TypedDict, cast

from kb.record.schema import SchemaHint, json_schema_for

PublicId = Annotated[
    str,
    SchemaHint("A permanent id of a record.", pattern="^[a-z0-9]{6,12}$", example="k3v9x2mq"),
]
Day = Annotated[str, SchemaHint("A day.", format="date", example="2023-12-15")]
Slug = Annotated[str, SchemaHint("The slug of a record.", example="account-suspended")]


class Date(TypedDict):
    """A fuzzy date: EDTF, the phrase as the source words it, and its bounds as ISO days.

    ``time`` is the local time as stated, "18", "18:05" or "18:05:30"; older documents lack it.
    """

    edtf: str
    phrase: str
    earliest: str | None
    latest: str | None
    zone: str
    words: str
    note: str
    qualifier: str
    time: NotRequired[str]


class Name(TypedDict):
    name: str
    language: str
    kind: str


class AffiliationPart(TypedDict):
    organisation: PublicId
    title: str
    since: Date
    until: Date


class Actor(TypedDict):
    id: PublicId
    kind: Literal["actor"]
    slug: str
    title: str
    actor_kind: str
    summary: str
    other_names: list[Name]
    affiliations: list[AffiliationPart]
    part_of: PublicId | None
    wikidata: str
    website: str


class Source(TypedDict):
    id: PublicId
    kind: Literal["source"]
    slug: str
    title: str
    source_kind: str
    url: str
    publisher: PublicId | None
    byline: str
    published: Date
    language: str
    accessed_on: str | None
    archive_url: str
    archived_on: str | None
    derives_from: PublicId | None
    derivation: str
    note: str


class Incident(TypedDict):
    id: PublicId
    kind: Literal["incident"]
    slug: str
    title: str
    summary: str


class Topic(TypedDict):
    id: PublicId
    kind: Literal["topic"]
    slug: str
    title: str


class CitationPart(TypedDict):
    source: PublicId
    exact: str
    locator: str
    bearing: str
    note: str


class Participant(TypedDict):
    actor: PublicId
    role: str


class Event(TypedDict):
    id: PublicId
    kind: Literal["event"]
    slug: str
    title: str
    date: Date
    standing: str
    summary: str
    actors: list[Participant]
    citations: list[CitationPart]
    incidents: list[PublicId]
    topics: list[PublicId]


class Original(TypedDict):
    text: str
    language: str


class Voice(TypedDict):
    speaker: PublicId | None
    label: str
    attribution: str
    role: str
    on_behalf_of: PublicId | None
    to: list[PublicId]
    channel: str


class StancePart(TypedDict):
    proposition: PublicId
    position: str
    date: Date
    note: str


class Statement(TypedDict):
    id: PublicId
    kind: Literal["statement"]
    slug: str
    title: str
    date: Date
    voice: Voice
    form: str
    wording: str
    text: str
    language: str
    original: Original | None
    outcome: str
    about: list[PublicId]
    in_reply_to: PublicId | None
    citations: list[CitationPart]
    incidents: list[PublicId]
    topics: list[PublicId]
    stances: list[StancePart]


class Account(TypedDict):
    """One stance as its proposition lists it: by a statement, or by a report in a source."""

    statement: PublicId | None
    source: PublicId | None
    holder: PublicId | None
    position: str
    date: Date
    note: str


class Proposition(TypedDict):
    id: PublicId
    kind: Literal["proposition"]
    slug: str
    title: str
    aspect: str
    incident: PublicId
    events: list[PublicId]
    accounts: list[Account]


class Tombstone(TypedDict):
    """What is left of a record that was withdrawn or merged ``into`` another."""

    change: str
    note: str
    into: str


class DocumentHead(TypedDict):
    """The fields that every document has."""

    id: PublicId
    kind: str
    slug: str
    title: str


class Document(DocumentHead, total=False):
    """Any document: the fields of all kinds, each with its type.

    For code that reads documents of several kinds. ``kind`` decides which fields are there: those
    of the structure of that kind above, or ``tombstone`` alone.
    """

    actor_kind: str
    summary: str
    other_names: list[Name]
    affiliations: list[AffiliationPart]
    part_of: PublicId | None
    wikidata: str
    website: str
    source_kind: str
    url: str
    publisher: PublicId | None
    byline: str
    published: Date
    language: str
    accessed_on: str | None
    archive_url: str
    archived_on: str | None
    derives_from: PublicId | None
    derivation: str
    note: str
    date: Date
    standing: str
    actors: list[Participant]
    citations: list[CitationPart]
    incidents: list[PublicId]
    topics: list[PublicId]
    voice: Voice
    form: str
    wording: str
    text: str
    original: Original | None
    outcome: str
    about: list[PublicId]
    in_reply_to: PublicId | None
    stances: list[StancePart]
    aspect: str
    incident: PublicId
    events: list[PublicId]
    accounts: list[Account]
    tombstone: Tombstone


DOCUMENTS: dict[str, type] = {
    "actor": Actor,
    "source": Source,
    "incident": Incident,
    "topic": Topic,
    "event": Event,
    "statement": Statement,
    "proposition": Proposition,
}

# The parts of documents, by the names of their fields.
_PARTS = {
    frozenset(part.__annotations__): part
    for part in (Date, Name, AffiliationPart, CitationPart, Participant, Original, Voice,
                 StancePart, Account)
}  # fmt: skip


def in_declared_order(value: Any) -> Any:
    """A document or a part of one with its fields in the order in which they are declared here.

    PostgreSQL keeps them in an order of its own. What is not declared comes last.
    """
    if isinstance(value, list):
        return [in_declared_order(item) for item in value]
    if not isinstance(value, dict):
        return value
    shape = _PARTS.get(frozenset(value)) or DOCUMENTS.get(value.get("kind", ""))
    declared = list(shape.__annotations__) if shape else []
    names = [*(name for name in declared if name in value), *sorted(value.keys() - set(declared))]
    return {name: in_declared_order(value[name]) for name in names}


# Where documents name others. An item of a list goes when the id that carries it is not public;
# a stance or an account goes when any of its own ids is not.
_SINGLE = {"publisher", "derives_from", "part_of", "in_reply_to", "incident"}
_PLAIN_LISTS = {"incidents", "topics", "about", "events"}
_CARRIED_LISTS = {
    "citations": ("source",),
    "actors": ("actor",),
    "affiliations": ("organisation",),
    "stances": ("proposition",),
    "accounts": ("statement", "source"),
}


def referenced_ids(document: Document) -> set[PublicId]:
    """Every public id that a document names."""
    return set(_references(document))


def _references(document: Document) -> Iterator[PublicId]:
    fields = _fields(document)
    for name in _SINGLE & fields.keys():
        if fields[name]:
            yield fields[name]
    for name in _PLAIN_LISTS & fields.keys():
        yield from fields[name]
    for name, ids in _CARRIED_LISTS.items():
        for item in fields.get(name, ()):
            yield from (item[key] for key in (*ids, "holder") if item.get(key))
    if voice := document.get("voice"):
        yield from filter(None, (voice["speaker"], voice["on_behalf_of"]))
        yield from voice["to"]


def without_unpublished(document: Document, public: Collection[PublicId]) -> Document:
    """The document without references to anything that is not in ``public``, their ids too."""
    pruned = _fields(document)
    for name in _SINGLE & pruned.keys():
        if pruned[name] and pruned[name] not in public:
            pruned[name] = None
    for name in _PLAIN_LISTS & pruned.keys():
        pruned[name] = [public_id for public_id in pruned[name] if public_id in public]
    for name, ids in _CARRIED_LISTS.items():
        if name in pruned:
            pruned[name] = [
                {**item, "holder": item["holder"] if item["holder"] in public else None}
                if "holder" in item
                else item
                for item in pruned[name]
                if all(item[key] in public for key in ids if item.get(key))
            ]
    if voice := document.get("voice"):
        pruned["voice"] = {
            **voice,
            "speaker": voice["speaker"] if voice["speaker"] in public else None,
            "on_behalf_of": voice["on_behalf_of"] if voice["on_behalf_of"] in public else None,
            "to": [public_id for public_id in voice["to"] if public_id in public],
        }
    return cast(Document, pruned)


def _fields(document: Document) -> dict[str, Any]:
    """A copy of the document's fields, for code that takes their names from the tables above."""
    return {**document}


def digest(document: Document) -> str:
    """SHA-256 of the document's canonical JSON, as 64 hexadecimal digits."""
    text = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def documents_json_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of every document, made from the types above."""
    return json_schema_for("A document of the record", *DOCUMENTS.values(), closed=True)
