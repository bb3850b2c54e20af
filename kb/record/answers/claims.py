"""A claim with its positions, and the changes of it, in answers."""

from __future__ import annotations

from typing import Annotated, TypedDict

from kb.record.answers.citations import QuotationAnswer
from kb.record.answers.entry_parts import Claim, NumberAnswer
from kb.record.answers.links import ActorLink, EntryLink, RecordLink
from kb.record.answers.lists import Index
from kb.record.answers.texts import Moment, Text
from kb.record.documents import Date, Day, Slug
from kb.record.schema import SchemaHint


class ClaimDetails(Claim):
    """A claim itself, with its incident and the events that it is about."""

    slug: Slug
    incident: RecordLink | None
    events: list[EntryLink]
    contested: Annotated[bool, SchemaHint("Whether two positions cannot both be true.")]
    version: int
    published_at: Moment


class PositionRow(TypedDict):
    """One position on a claim: by a statement, or by a report in a source that has no statement.

    ``answer`` is the value that it gives, in words. Of the values, only that which the claim asks
    for is there. ``stated`` is the date of the statement, or the day of the source.
    """

    position: Text
    answer: Text
    date: Date | None
    option: Text
    number: NumberAnswer | None
    actor: ActorLink | None
    exact: Annotated[str, SchemaHint("The words that carry the position, or empty.")]
    quotation: Annotated[
        QuotationAnswer | None,
        SchemaHint("These words, or else all of the statement, and what kind of words they are."),
    ]
    holder: Annotated[
        ActorLink | None, SchemaHint("Whose position it is. Null for an unnamed speaker.")
    ]
    speaker: Annotated[str, SchemaHint("Who spoke, in words.")]
    role: Text
    stated: Date | None
    known_since: Day | None
    statement: EntryLink | None
    sources: Annotated[list[RecordLink], SchemaHint("The cited sources, in their order.")]
    note: Text


class PositionIndex(Index):
    """One page of the positions on a claim."""

    claim: ClaimDetails
    positions: list[PositionRow]


class ClaimChangeRow(TypedDict):
    """One version of a claim, with the positions that came with it.

    ``added`` has the first of them that the claim still has, ``added_total`` counts all.
    ``removed`` counts the positions that this version no longer has.
    """

    number: int
    change: Text
    note: Text
    published_at: Moment
    url: Text
    claim: Claim
    added: list[PositionRow]
    added_total: int
    removed: int
