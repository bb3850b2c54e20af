"""The parts of an entry in answers: its voice, its claims and positions, its links."""

from __future__ import annotations

from typing import Annotated, TypedDict

from kb.record.answers.links import ActorLink, EntryLink, RecordLink
from kb.record.answers.texts import Text
from kb.record.documents import Date, Number, PublicId
from kb.record.schema import SchemaHint


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
    url: Annotated[str, SchemaHint("Path of the page of the claim.")]


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
    """A claim. ``question`` is whether, when, which, how_many or who.

    ``options`` are the answers to which, ``unit`` is what how many counts.
    """

    id: PublicId
    text: Text
    question: Text
    options: list[Text]
    unit: Text
    url: Annotated[str, SchemaHint("Path of the page of the claim.")]


class ClaimOfPosition(Claim):
    """A claim with what an import of the position needs: also the events that it is about."""

    about: Annotated[list[PublicId], SchemaHint("Ids of events.")]


class NumberAnswer(Number):
    """A number that answers how many. ``bound`` is exact, about, at_least and so on."""

    unit: Annotated[str, SchemaHint("What is counted, or empty.")]
    words: Text


class Position(TypedDict):
    """What a statement says to a claim, and the words of it that carry this.

    Of the values, only that which the claim asks for is there: a date for when, an option for
    which, a number for how many, an actor for who.
    """

    proposition: ClaimOfPosition
    position: Text
    exact: Annotated[str, SchemaHint("The words that carry the position, or empty.")]
    date: Date | None
    option: Annotated[str, SchemaHint("The option in the words of the claim, or empty.")]
    number: NumberAnswer | None
    actor: ActorLink | None
    note: Annotated[str, SchemaHint("What the editors say about the position, or empty.")]


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
