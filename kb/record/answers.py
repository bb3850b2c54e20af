"""What programs are answered: typed structures, from which the public JSON Schemas are made.

``kb.record.rows`` builds the entries, ``kb.formats.json`` the list around them. A field that is
not named here reaches nobody: tests hold every answer against these types.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal, NotRequired, TypedDict

from kb.record.documents import Date, Day, Name, Original, PublicId, Slug
from kb.record.schema import SchemaHint

Path = Annotated[
    str,
    SchemaHint(
        "A path on this site, in front of which its address belongs.", format="uri-reference"
    ),
]
Address = Annotated[str, SchemaHint("An absolute address.", format="uri")]
Moment = Annotated[str, SchemaHint("A moment with its time zone.", format="date-time")]
Text = Annotated[str, SchemaHint("Plain words.")]
Markdown = Annotated[str, SchemaHint("Markdown, without HTML.")]
Language = Annotated[
    str, SchemaHint("A language tag (BCP 47); empty where not stated.", example="zh-Hans")
]
Link = Annotated[str, SchemaHint("The address of the source itself; empty where it has none.")]


class RecordLink(TypedDict):
    """Another record that is named: its title and where it is read."""

    id: PublicId
    slug: Slug
    title: Text
    url: Path


class ActorLink(TypedDict):
    """An actor that is named. ``kind`` is person, organisation, publication and so on."""

    id: PublicId
    slug: Slug
    name: Text
    kind: Text
    url: Path


class Part(ActorLink):
    """An actor with its part in the entry. For a statement: by, for or to."""

    role: Text


class CitedSource(TypedDict):
    """The source that a citation rests on. ``url`` is its page here, ``link`` its own address."""

    id: PublicId
    slug: Slug
    title: Text
    url: Path
    link: Link
    publisher: ActorLink | None
    published: Date
    archive_url: Link
    language: Language
    kind: Text


class Citation(TypedDict):
    """Why the entry may be said: the words of one source, and where in it they stand.

    ``passage`` is the source's address, opened at these words; ``bearing`` is supports,
    disputes or mentions.
    """

    source: CitedSource
    exact: Annotated[str, SchemaHint("The words as the source has them.")]
    passage: Link
    locator: Text
    bearing: Text
    note: Text


class NumberedCitation(Citation):
    """As pages have it: ``number`` counts the sources of a page in the order of first mention."""

    number: int


class ContestedClaim(TypedDict):
    """A claim about the entry to which the accounts on the record give different answers."""

    id: PublicId
    text: Text
    aspect: Text
    accounts: int
    url: Annotated[str, SchemaHint("Where the accounts stand side by side; empty where nowhere.")]


class Voice(TypedDict):
    """Who speaks, as what, for whom and to whom. An unnamed speaker has a ``label`` only."""

    speaker: ActorLink | None
    label: Text
    attribution: Text
    role: Annotated[str, SchemaHint("The role that the speaker held on that date.")]
    on_behalf_of: ActorLink | None
    to: list[ActorLink]
    channel: Text


class Claim(TypedDict):
    id: PublicId
    text: Text
    url: Annotated[str, SchemaHint("Where the claim is set out; empty where nowhere.")]


class Position(TypedDict):
    """What a statement says to a contested claim, with a date where the question is when."""

    proposition: Claim
    position: Text
    date: Date | None


class EntryParts(TypedDict):
    """What every entry has, event or statement."""

    id: PublicId
    slug: Slug
    url: Path
    title: Text
    date: Date
    known_since: Annotated[
        Day | None, SchemaHint("The day on which the earliest source that supports it was public.")
    ]
    standing: Annotated[str, SchemaHint("How far an event is vouched for; empty for a statement.")]
    contested: list[ContestedClaim]
    certain: Annotated[
        bool | None,
        SchemaHint("Whether it lies in the range asked for certain; null without a range."),
    ]
    summary: Markdown
    actors: list[Part]
    citations: Sequence[Citation]
    incidents: list[RecordLink]
    topics: list[RecordLink]
    version: Annotated[int, SchemaHint("The number of this revision of the entry.")]
    published_at: Moment
    later: NotRequired[
        Annotated[bool, SchemaHint("With ``known``: no cited source was public by then.")]
    ]
    cited_later: NotRequired[
        Annotated[int, SchemaHint("With ``known``: how many citations are left out as later.")]
    ]


class EntryMoments(TypedDict):
    """When the entry came onto the record, and when it last changed itself."""

    first_published_at: Moment
    changed_at: Moment


class EventEntry(EntryParts, EntryMoments):
    """Something that happened, was planned or is said to have happened."""

    kind: Literal["event"]


class StatementEntry(EntryParts, EntryMoments):
    """Something that somebody said. That it was said is vouched for, never that it is true."""

    kind: Literal["statement"]
    voice: Voice
    form: Text
    wording: Text
    text: Markdown
    language: Language
    original: Original | None
    outcome: Text
    about: list[RecordLink]
    in_reply_to: RecordLink | None
    stances: list[Position]


class EntryRow(EntryParts):
    """An entry of either kind as ``kb.record.rows`` builds it and formats read it.

    ``EventEntry`` and ``StatementEntry`` are what programs are promised of it.
    """

    kind: str
    first_published_at: NotRequired[Moment]
    changed_at: NotRequired[Moment]
    voice: NotRequired[Voice]
    form: NotRequired[Text]
    wording: NotRequired[Text]
    text: NotRequired[Markdown]
    language: NotRequired[Language]
    original: NotRequired[Original | None]
    outcome: NotRequired[Text]
    about: NotRequired[list[RecordLink]]
    in_reply_to: NotRequired[RecordLink | None]
    stances: NotRequired[list[Position]]


class Counts(TypedDict):
    """Entries that answer the query: for certain, and those that only may."""

    certain: int
    possible: int


class FacetValue(TypedDict):
    """One value of a filter, and how many entries it would give with the other filters kept."""

    value: Text
    label: Text
    count: int


class Licence(TypedDict):
    """Under what the data may be used; ``url`` may be empty."""

    name: Text
    url: Text


class EntryList(TypedDict):
    """One page of a list of entries, with the addresses of those beside it.

    ``words`` says the query in words, ``epoch`` counts publications: two answers of one epoch
    come from the same record. ``facets`` holds the 100 most frequent values of each filter,
    ``unlisted`` how many more a filter has.
    """

    query: Annotated[str, SchemaHint("The query as its one canonical query string.")]
    words: Text
    url: Annotated[str, SchemaHint("The page for people that shows the same.", format="uri")]
    epoch: int
    changed_at: Moment | None
    licence: Licence | None
    count: Counts
    facets: dict[str, list[FacetValue]]
    unlisted: dict[str, int]
    entries: list[EventEntry | StatementEntry]
    next: Address | None
    previous: Address | None


class ActorRow(ActorLink):
    """An actor as the index lists it, with the number of entries in which it has a part."""

    other_names: list[Name]
    summary: Markdown
    website: Link
    wikidata: Text
    entries: int
    version: int
    published_at: Moment


class SourceRow(TypedDict):
    """A source as the index lists it, with the number of entries that rest on it."""

    id: PublicId
    slug: Slug
    title: Text
    url: Path
    link: Link
    kind: Text
    publisher: ActorLink | None
    byline: Text
    published: Date
    language: Language
    accessed_on: Day | None
    archive_url: Link
    archived_on: Day | None
    entries: int
    version: int
    published_at: Moment


class IncidentRow(RecordLink):
    """An incident as the index lists it. ``first`` and ``last`` are the dates of its entries."""

    summary: Markdown
    first: Date | None
    last: Date | None
    entries: int
    sources: int
    contested: Annotated[int, SchemaHint("How many claims its accounts answer differently.")]
    version: int
    published_at: Moment


class Index(TypedDict):
    """One page of an index, with the addresses of those beside it. ``words`` says what is asked."""

    query: Annotated[str, SchemaHint("What is asked as its one canonical query string.")]
    words: Text
    url: Annotated[str, SchemaHint("The page for people that shows the same.", format="uri")]
    epoch: int
    changed_at: Moment | None
    licence: Licence | None
    count: Annotated[int, SchemaHint("How many there are on all pages.")]
    next: Address | None
    previous: Address | None


class ActorIndex(Index):
    actors: list[ActorRow]


class SourceIndex(Index):
    sources: list[SourceRow]


class IncidentIndex(Index):
    incidents: list[IncidentRow]


class Tombstone(TypedDict):
    """What is left of a record that was withdrawn."""

    id: PublicId
    kind: Text
    title: Text
    reason: Text
    withdrawn_at: Moment


class Problem(TypedDict):
    """Why a request was not answered (RFC 9457). ``errors`` is by parameter.

    ``nearest`` is no longer filled in: only pages list similar addresses.
    """

    type: Address
    title: Text
    status: int
    detail: Text
    instance: NotRequired[
        Annotated[str, SchemaHint("The path that was asked.", format="uri-reference")]
    ]
    errors: NotRequired[dict[str, str]]
    withdrawn: NotRequired[Tombstone]
    nearest: NotRequired[list[Address]]
