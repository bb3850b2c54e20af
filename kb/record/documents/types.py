"""The structures of documents, edition 2: each kind, and the parts that kinds share."""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired, TypedDict

from kb.record.schema import SchemaHint

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
    note: str


class AffiliationPart(TypedDict):
    organisation: PublicId
    title: str
    since: Date
    until: Date


class DocumentFields(TypedDict):
    """The fields that every document has, with ``kind``.

    With ``noindex`` search engines are asked not to list the page. It goes over to later versions.
    """

    id: PublicId
    slug: str
    title: str
    noindex: NotRequired[bool]


class EditionField(TypedDict):
    """The edition of the structure. Documents of edition 1 and tombstones lack it."""

    edition: int


class SummaryField(TypedDict):
    summary: str


class LanguageField(TypedDict):
    language: str


class DateField(TypedDict):
    date: Date


class PlaceField(TypedDict):
    place: Place | None


class ExchangeFields(TypedDict):
    """What was said or asked, what became of it, and which entries it is about."""

    text: str
    outcome: str
    about: list[PublicId]


class EntryFields(TypedDict):
    """The fields that every entry of a timeline has, with ``date``."""

    citations: list[CitationPart]
    links: list[Link]
    incidents: list[PublicId]
    topics: list[PublicId]


class ActorFields(TypedDict):
    actor_kind: str
    other_names: list[Name]
    affiliations: list[AffiliationPart]
    part_of: PublicId | None
    wikidata: str
    website: str


class Actor(DocumentFields, EditionField, ActorFields, SummaryField):
    kind: Literal["actor"]


class SourceParent(TypedDict):
    """An earlier source that a source derives from; the first one is ``derives_from`` too."""

    source: PublicId
    derivation: str
    note: str


class SourceFields(TypedDict):
    source_kind: str
    url: str
    publisher: PublicId | None
    byline: str
    published: Date
    accessed_on: str | None
    archive_url: str
    archived_on: str | None
    derives_from: PublicId | None
    derivation: str
    parents: list[SourceParent]
    note: str


class Source(DocumentFields, EditionField, SourceFields, LanguageField):
    kind: Literal["source"]


class Incident(DocumentFields, EditionField, SummaryField):
    """A group of entries; ``moments`` are the key ones, in order. Early documents have none."""

    kind: Literal["incident"]
    moments: NotRequired[list[PublicId]]


class Topic(DocumentFields, EditionField):
    kind: Literal["topic"]


class CitationPart(TypedDict):
    """One carrier's account of an entry.

    ``wording``, ``language`` and ``translator`` describe ``exact``; ``quoted`` says that the
    quotation of the statement is composed from it. ``via`` relays a source that was not read.
    ``said`` and ``addressee`` are those of this carrier, where carriers differ.
    """

    source: PublicId
    via: PublicId | None
    exact: str
    locator: str
    bearing: str
    wording: str
    language: str
    translator: str
    quoted: bool
    position: int | None
    said: Date | None
    addressee: PublicId | None
    note: str


class Participant(TypedDict):
    actor: PublicId
    role: str


class AccountSource(TypedDict):
    """Whose account an event is: that of a statement or of a source; one of them is None."""

    statement: PublicId | None
    source: PublicId | None


class Link(TypedDict):
    """What an entry is to the entry ``to``, with the source that says so unless inferred."""

    kind: str
    to: PublicId
    source: PublicId | None
    exact: str
    inferred: bool


class Place(TypedDict):
    """A place as the source names it. Coordinates are decimal degrees, as text."""

    name: str
    wikidata: str
    latitude: str
    longitude: str


class Number(TypedDict):
    """A number as a source limits it. ``low`` and ``high`` are decimal numbers, as text."""

    bound: str
    low: str
    high: str


class Figure(TypedDict):
    """One number that one source gives for an event."""

    label: str
    unit: str
    number: Number
    source: PublicId
    exact: str
    locator: str


class EventFields(TypedDict):
    standing: str
    actors: list[Participant]
    according_to: list[AccountSource]
    figures: list[Figure]


class Event(
    DocumentFields, EditionField, DateField, EventFields, SummaryField, PlaceField, EntryFields
):
    kind: Literal["event"]


class Original(TypedDict):
    text: str
    language: str


class Voice(TypedDict):
    """Who speaks and for whom. ``speakers`` and ``principals`` have all of a joint statement.

    ``identity`` says whether it is certain who spoke.
    """

    speaker: PublicId | None
    speakers: list[PublicId]
    label: str
    attribution: str
    role: str
    on_behalf_of: PublicId | None
    principals: list[PublicId]
    to: list[PublicId]
    channel: str
    identity: str
    same_speaker: PublicId | None
    same_speaker_certainty: str


class StanceValue(TypedDict):
    """What a position gives as answer, of the type that its claim asks for; else None or empty.

    ``option`` is the name of an option; ``exact`` the words that carry the position.
    """

    exact: str
    date: Date
    option: str
    number: Number | None
    actor: PublicId | None


class StancePart(StanceValue):
    proposition: PublicId
    position: str
    note: str


class StatementFields(TypedDict):
    voice: Voice
    form: str
    wording: str
    original: Original | None
    attributed_by: PublicId | None
    override_reason: str
    in_reply_to: PublicId | None
    stances: list[StancePart]


class Statement(
    DocumentFields,
    EditionField,
    DateField,
    StatementFields,
    ExchangeFields,
    LanguageField,
    PlaceField,
    EntryFields,
):
    kind: Literal["statement"]


class RequestFields(TypedDict):
    asked_by: PublicId | None
    asked: list[PublicId]
    no_reply_by: Date | None
    answer: PublicId | None
    claims: list[PublicId]


class Request(DocumentFields, EditionField, DateField, RequestFields, ExchangeFields, EntryFields):
    """Somebody asked somebody for comment. ``date`` is when; silence is not a statement."""

    kind: Literal["request"]


class Account(StanceValue):
    """One stance as its proposition lists it: by a statement, or by a report in a source."""

    statement: PublicId | None
    source: PublicId | None
    holder: PublicId | None
    position: str
    note: str


class PropositionFields(TypedDict):
    aspect: str
    question: str
    options: list[str]
    unit: str
    incident: PublicId
    events: list[PublicId]
    accounts: list[Account]


class Proposition(DocumentFields, EditionField, PropositionFields):
    kind: Literal["proposition"]


class Tombstone(TypedDict):
    """What is left of a record that was withdrawn or merged ``into`` another."""

    change: str
    note: str
    into: str


class TombstoneField(TypedDict):
    tombstone: Tombstone


class TombstoneDocument(DocumentFields, TombstoneField):
    """The document of a record that is no longer there; ``kind`` is what it was."""

    kind: str


class Document(
    DocumentFields,
    EditionField,
    ActorFields,
    SourceFields,
    EventFields,
    StatementFields,
    RequestFields,
    PropositionFields,
    SummaryField,
    LanguageField,
    DateField,
    PlaceField,
    ExchangeFields,
    EntryFields,
    TombstoneField,
):
    """Any document, for code that reads several kinds: it has the fields of all of them.

    ``kind`` decides which fields are there: those of the structure of that kind above, or
    ``tombstone`` alone. The type checker does not check it, so check the kind before you read.
    """

    kind: str


DOCUMENTS: dict[str, type] = {
    "actor": Actor,
    "source": Source,
    "incident": Incident,
    "topic": Topic,
    "event": Event,
    "statement": Statement,
    "request": Request,
    "proposition": Proposition,
}
