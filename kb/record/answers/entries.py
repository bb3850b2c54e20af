"""The entries in answers: events, statements and requests for comment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal, NotRequired, TypedDict

from kb.record.answers.citations import Citation, QuotationAnswer
from kb.record.answers.details import NamedDetails
from kb.record.answers.entry_parts import (
    AccountLink,
    Claim,
    ContestedClaim,
    EntryOrigins,
    EntryRelation,
    FigureRow,
    Position,
    Voice,
)
from kb.record.answers.links import ActorLink, EntryLink, Part, RecordLink
from kb.record.answers.texts import Language, Markdown, Moment, Path, Text
from kb.record.documents import Date, Day, Original, Place, PublicId, Slug
from kb.record.schema import SchemaHint


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
    known_change: NotRequired[
        Annotated[
            Literal["new", "correction", "further", "disputed"],
            SchemaHint(
                "With ``known_after``: whether the entry became known after that day (``new``, or "
                "``correction`` if it corrects another), or was known and has a further source "
                "(``further``, or ``disputed`` if such a source disputes it)."
            ),
        ]
    ]
    cited_later: NotRequired[
        Annotated[int, SchemaHint("With ``known``: number of later citations that are omitted.")]
    ]


class LastCorrection(TypedDict):
    """The last time that an entry was corrected, and why."""

    corrected_at: Moment
    reason: Text


class EntryMoments(TypedDict):
    """When the entry came onto the record, when it last changed itself, and its place in a list.

    With the details of the records that it names.
    """

    first_published_at: Moment
    changed_at: Moment
    correction: Annotated[
        LastCorrection | None, SchemaHint("Null if the entry was never corrected.")
    ]
    named: NamedDetails
    order_not_stated_from: Annotated[
        PublicId | None,
        SchemaHint(
            "The first entry of the run of neighbours in this list whose order no source states; "
            "null where the order is stated."
        ),
    ]


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
    about: list[EntryLink]
    claims: list[Claim]


class EntryRow(EntryParts):
    """An entry of any kind as ``kb.record.rows`` builds it and formats read it.

    ``EventEntry``, ``StatementEntry`` and ``RequestEntry`` are what programs are promised of it.
    """

    kind: str
    first_published_at: NotRequired[Moment]
    changed_at: NotRequired[Moment]
    correction: NotRequired[LastCorrection | None]
    named: NotRequired[NamedDetails]
    order_not_stated_from: NotRequired[PublicId | None]
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
