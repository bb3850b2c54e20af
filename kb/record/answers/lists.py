"""Lists and indexes in answers, and why a request was not answered."""

from __future__ import annotations

from typing import Annotated, NotRequired, TypedDict

from kb.record.answers.entries import EventEntry, RequestEntry, StatementEntry
from kb.record.answers.links import ActorLink, RecordLink
from kb.record.answers.texts import Address, Language, Link, Markdown, Moment, Path, Text
from kb.record.documents import Date, Day, Name, PublicId, Slug
from kb.record.schema import SchemaHint

Checkpoint = Annotated[
    str,
    SchemaHint(
        "Size and root of the public log of publications.",
        example="0 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
    ),
]


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
    """Neighbouring entries of this page whose order no source states.

    They have the same date, or times of day of which only one states its zone; ``date`` is that
    of the first.
    ``listed_by`` is the source whose list decides how they are shown, ``outlet`` its name. The page
    before or after may have more of them: ``continues_before`` and ``continues_after``.
    """

    entries: list[PublicId]
    date: Date
    continues_before: bool
    continues_after: bool
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
    checkpoint: Checkpoint
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
    checkpoint: Checkpoint
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
