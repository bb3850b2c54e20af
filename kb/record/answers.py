"""What programs are answered: typed structures, from which the public JSON Schemas are made.

``kb.record.rows`` builds the entries, ``kb.formats.json`` the list around them. A field that is
not named here reaches nobody: tests hold every answer against these types.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal, NotRequired, TypedDict

from kb.record.documents import Date, Day, Name, Number, Original, Place, PublicId, Slug
from kb.record.schema import SchemaHint

Path = Annotated[
    str,
    SchemaHint("A path on this site, without the host name.", format="uri-reference"),
]
Address = Annotated[str, SchemaHint("An absolute URL.", format="uri")]
Moment = Annotated[str, SchemaHint("A date and time with time zone.", format="date-time")]
Text = Annotated[str, SchemaHint("Plain text.")]
Markdown = Annotated[str, SchemaHint("Markdown, without HTML.")]
Language = Annotated[
    str, SchemaHint("A language tag (BCP 47), or empty if not stated.", example="zh-Hans")
]
Link = Annotated[str, SchemaHint("URL of the source itself, or empty if it has none.")]


class RecordLink(TypedDict):
    """Another record that is named: its title and where it is read."""

    id: PublicId
    slug: Slug
    title: Text
    url: Path


class EntryLink(RecordLink):
    """Another entry that is named. ``headline`` is its title with whose account it is."""

    headline: Text


class ActorLink(TypedDict):
    """An actor that is named. ``kind`` is person, organisation, publication and so on."""

    id: PublicId
    slug: Slug
    name: Text
    kind: Text
    url: Path


class Part(ActorLink):
    """An actor with its part in the entry. For a statement: by, for, to or attributed_to.

    For a request for comment: asked_by or asked. ``role_words`` says it: "did this", or "is said
    by … to have done this" of an event that is an account.
    """

    role: Text
    role_words: Text


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


# In the functional form, because ``is`` is a reserved word of Python.
WordDifference = TypedDict("WordDifference", {"was": Text, "is": Text})


class CarrierComparison(TypedDict):
    """How the words of a citation relate to the words shown.

    ``verdict`` is shown, shown_with_cut, same, same_with_cuts, differs, other_language,
    paraphrase, no_words or relayed; ``count`` is the number of words that differ.
    """

    verdict: Text
    count: int
    words: list[WordDifference]


class RelayingSource(RecordLink):
    """The source that was read in place of a cited one."""

    publisher: ActorLink | None


class Citation(TypedDict):
    """Why the entry may be said: the words of one source, and where in it they stand.

    ``passage`` is the source's address, opened at these words; ``bearing`` is supports,
    disputes or mentions. ``wording``, ``language`` and ``translator`` describe ``exact``; the
    quotation of a statement is composed from the citation that is ``quoted``. ``via`` is the
    source that relays this one, which was not read itself. ``said`` and ``addressee`` are those
    of this source where sources differ.
    """

    source: CitedSource
    exact: Annotated[str, SchemaHint("The exact words of the source.")]
    passage: Link
    locator: Text
    bearing: Text
    note: Text
    via: RelayingSource | None
    wording: Text
    language: Language
    translator: Text
    quoted: bool
    position: Annotated[int | None, SchemaHint("Place of the passage in a list of the source.")]
    said: Date | None
    addressee: ActorLink | None
    comparison: Annotated[
        CarrierComparison | None, SchemaHint("Null for an entry that is not a statement.")
    ]


class QuotationAnswer(TypedDict):
    """The words of a statement and what kind of words they are.

    ``kind`` is original, translated, back_translated, reworded, paraphrase, reported or
    not_stated; ``label`` says it in words and is empty for original. ``note`` names turning words
    that are left out, and why. ``cited`` is the id of the source whose words are shown.
    """

    words: Text
    kind: Text
    label: Text
    note: Text
    cited: PublicId | None


class NumberedCitation(Citation):
    """As pages have it: ``number`` counts the sources of a page in the order of first mention."""

    number: int


class ContestedClaim(TypedDict):
    """A claim about the entry to which the accounts on the record give different answers.

    ``question`` is what it asks: whether, when, which, how_many or who. ``aspect`` is its earlier
    name: fact, date, reason, number or actor.
    """

    id: PublicId
    text: Text
    aspect: Text
    question: Text
    accounts: int
    url: Annotated[str, SchemaHint("Path of the page that compares the positions, or empty.")]


class AscribedTo(TypedDict):
    """To whom an outlet ascribes reported speech. None of them is on record with these words."""

    speakers: list[ActorLink]
    label: Text
    role: Text
    principals: list[ActorLink]
    identity: Text


class Voice(TypedDict):
    """Who speaks, as what, for whom and to whom. An unnamed speaker has a ``label`` only.

    ``speakers`` and ``principals`` have all of a joint statement. ``identity`` is certain or
    possible. Of reported speech the speaker is the outlet, and ``attributed_to`` says the rest.
    """

    speaker: ActorLink | None
    speakers: list[ActorLink]
    label: Text
    attribution: Text
    role: Annotated[str, SchemaHint("Role of the speaker on that date.")]
    on_behalf_of: ActorLink | None
    principals: list[ActorLink]
    to: list[ActorLink]
    channel: Text
    identity: Text
    same_speaker: Annotated[
        EntryLink | None, SchemaHint("Another statement by the same unnamed speaker.")
    ]
    same_speaker_certainty: Text
    attributed_to: AscribedTo | None


class AccountLink(TypedDict):
    """Whose account an event is, and the statement or the source that gives it."""

    name: Text
    statement: EntryLink | None
    source: RecordLink | None


class FigureRow(TypedDict):
    """A number that one source gives for an event; ``words`` says it with its limit."""

    words: Text
    label: Text
    unit: Text
    bound: Annotated[str, SchemaHint("How the source limits it.", example="at_least")]
    low: Annotated[str, SchemaHint("A decimal number.", example="40")]
    high: Annotated[str, SchemaHint("The end of a range, or empty.")]
    source: RecordLink
    exact: Text
    locator: Text


class NumberedFigure(FigureRow):
    """As pages have it: ``number`` is that of the source on the page, 0 if it is not cited."""

    number: int


class Claim(TypedDict):
    """A contested claim. ``question`` is whether, when, which, how_many or who."""

    id: PublicId
    text: Text
    question: Text
    url: Annotated[str, SchemaHint("Path of the page about the claim, or empty.")]


class NumberAnswer(Number):
    """A number that answers how many. ``bound`` is exact, about, at_least and so on."""

    unit: Annotated[str, SchemaHint("What is counted, or empty.")]
    words: Text


class Position(TypedDict):
    """What a statement says to a contested claim, and the words of it that carry this.

    Of the values, only that which the claim asks for is there: a date for when, an option for
    which, a number for how many, an actor for who.
    """

    proposition: Claim
    position: Text
    exact: Annotated[str, SchemaHint("The words that carry the position, or empty.")]
    date: Date | None
    option: Annotated[str, SchemaHint("The option in the words of the claim, or empty.")]
    number: NumberAnswer | None
    actor: ActorLink | None


class EntryOrigins(TypedDict):
    """How many supporting sources were read, and how many independent origins they have.

    Sources that translate, copy, rewrite or quote each other or one earlier source, and those of
    one publisher and its owners, have one origin. ``relayed`` counts sources that were cited
    through others and not read; they count for neither.
    """

    read: int
    origins: int
    relayed: int


class EntryRelation(TypedDict):
    """What the entry is to another entry. ``source`` reports it, unless the editor inferred it."""

    kind: Text
    entry: EntryLink
    entry_kind: Text
    source: RecordLink | None
    exact: Text
    inferred: bool


class EntryParts(TypedDict):
    """What every entry has: event, statement or request for comment."""

    id: PublicId
    slug: Slug
    url: Path
    title: Annotated[str, SchemaHint("The title alone; ``headline`` says whose account it is.")]
    headline: Annotated[str, SchemaHint("The title with whose account the entry is.")]
    according_to: list[AccountLink]
    date: Date
    known_since: Annotated[
        Day | None, SchemaHint("Publication date of the earliest supporting source.")
    ]
    standing: Annotated[str, SchemaHint("Reliability of an event; else empty.")]
    contested: list[ContestedClaim]
    certain: Annotated[
        bool | None,
        SchemaHint(
            "Whether the date certainly falls within the requested range; null without a range."
        ),
    ]
    summary: Markdown
    actors: list[Part]
    place: Place | None
    figures: Sequence[FigureRow]
    citations: Sequence[Citation]
    links: list[EntryRelation]
    origins: EntryOrigins
    incidents: list[RecordLink]
    topics: list[RecordLink]
    version: Annotated[int, SchemaHint("Number of this revision of the entry.")]
    published_at: Moment
    later: NotRequired[
        Annotated[
            bool, SchemaHint("With ``known``: whether no cited source was public by that day.")
        ]
    ]
    cited_later: NotRequired[
        Annotated[int, SchemaHint("With ``known``: number of later citations that are omitted.")]
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
    quotation: QuotationAnswer | None
    override_reason: Text
    outcome: Annotated[
        str, SchemaHint("Always “said”: silence is a request for comment.", example="said")
    ]
    about: list[EntryLink]
    in_reply_to: EntryLink | None
    stances: list[Position]


class AnswerLink(RecordLink):
    """The statement that answers a request, and when it was made."""

    date: Date


class RequestEntry(EntryParts, EntryMoments):
    """Somebody asked somebody for comment. Nothing is said in it: an answer is a statement.

    ``date`` is when they asked; ``asked_by`` is null if no source says who asked.
    """

    kind: Literal["request"]
    asked_by: ActorLink | None
    asked: list[ActorLink]
    outcome: Annotated[
        str, SchemaHint("answered, declined, no_reply or not_stated.", example="no_reply")
    ]
    no_reply_by: Annotated[
        Date | None, SchemaHint("The day by which there was no reply, if a source states it.")
    ]
    answer: AnswerLink | None
    text: Annotated[str, SchemaHint("How the party was asked or declined, as the source puts it.")]
    about: list[RecordLink]
    claims: list[Claim]


class EntryRow(EntryParts):
    """An entry of any kind as ``kb.record.rows`` builds it and formats read it.

    ``EventEntry``, ``StatementEntry`` and ``RequestEntry`` are what programs are promised of it.
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
    quotation: NotRequired[QuotationAnswer | None]
    override_reason: NotRequired[Text]
    outcome: NotRequired[Text]
    about: NotRequired[list[EntryLink]]
    in_reply_to: NotRequired[EntryLink | None]
    stances: NotRequired[list[Position]]
    asked_by: NotRequired[ActorLink | None]
    asked: NotRequired[list[ActorLink]]
    no_reply_by: NotRequired[Date | None]
    answer: NotRequired[AnswerLink | None]
    claims: NotRequired[list[Claim]]


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


class UndecidedOrder(TypedDict):
    """Neighbouring entries of this page with the same date, whose order no source states.

    ``listed_by`` is the source whose list decides how they are shown, ``outlet`` its name.
    """

    entries: list[PublicId]
    date: Date
    listed_by: RecordLink | None
    outlet: Text


class EntryList(TypedDict):
    """One page of a list of entries, with the addresses of those beside it.

    ``words`` says the query in words, ``epoch`` counts publications: two answers of one epoch
    come from the same record. ``facets`` holds the 100 most frequent values of each filter,
    ``unlisted`` how many more a filter has.
    """

    query: Annotated[str, SchemaHint("The query as a canonical query string.")]
    words: Text
    url: Annotated[str, SchemaHint("URL of the corresponding web page.", format="uri")]
    epoch: int
    changed_at: Moment | None
    licence: Licence | None
    count: Counts
    facets: dict[str, list[FacetValue]]
    unlisted: dict[str, int]
    entries: list[EventEntry | StatementEntry | RequestEntry]
    order_not_stated: list[UndecidedOrder]
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
    contested: Annotated[int, SchemaHint("Number of claims on which positions differ.")]
    version: int
    published_at: Moment


class Index(TypedDict):
    """One page of an index, with the addresses of those beside it. ``words`` says what is asked."""

    query: Annotated[str, SchemaHint("The request as a canonical query string.")]
    words: Text
    url: Annotated[str, SchemaHint("URL of the corresponding web page.", format="uri")]
    epoch: int
    changed_at: Moment | None
    licence: Licence | None
    count: Annotated[int, SchemaHint("Total number on all pages.")]
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
    instance: NotRequired[Annotated[str, SchemaHint("The requested path.", format="uri-reference")]]
    errors: NotRequired[dict[str, str]]
    withdrawn: NotRequired[Tombstone]
    nearest: NotRequired[list[Address]]
    request_id: NotRequired[Annotated[str, SchemaHint("Names the request in the server's log.")]]
