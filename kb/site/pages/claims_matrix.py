"""The matrix of claims: a row for each claim, a column for each actor with a position."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypedDict

from django.utils.translation import gettext as _

from kb.dates import FuzzyDate
from kb.record.addresses import record_path
from kb.record.answers import ActorLink, CitedSource, RecordLink, RelayingSource
from kb.record.as_of import claim_on, statements_in
from kb.record.citation_rows import numbered_citations
from kb.record.claim_values import actor_parts
from kb.record.date_words import date_with_words
from kb.record.documents import Account, Date, Document
from kb.record.filter_fields import Choice
from kb.record.known_since import public_since
from kb.record.listed_claims import claims_of_incident
from kb.record.models import Entry, Facet
from kb.record.named_records import Names
from kb.record.query import TimelineQuery
from kb.record.rows import Row, rows_for_entries
from kb.record.vocabulary import RecordKind, RequestOutcome
from kb.site.http.claims_parameters import MAX_COLUMNS, UNNAMED_SLUG
from kb.site.pages.claims_cells import (
    UNNAMED,
    ClaimCells,
    ClaimColumn,
    ClaimRow,
    holder_of,
    speaker_name,
)
from kb.site.pages.claims_overview import OverviewRow, overview_row
from kb.site.pages.claims_silences import without_silent_accounts

MANY_COLUMNS = 4  # with more columns the cells are narrow: shorter excerpts, landscape on paper
MAX_EXCERPT_LENGTH = 200
MAX_NARROW_EXCERPT_LENGTH = 140
MAX_NAMES_PER_COLUMN = 3


class ColumnChoice(ClaimColumn):
    shown: bool


class ReportSource(RecordLink):
    """A source that reports a position without a statement."""

    publisher: ActorLink | None
    published: Date


class NumberedSource(TypedDict):
    """A source with its number on the page; ``via`` relays it if it was read nowhere."""

    number: int
    source: CitedSource | ReportSource
    via: RelayingSource | None


@dataclass(frozen=True)
class ClaimsMatrix:
    """The cells of each claim follow ``columns``.

    ``overview`` has one word for each cell. ``choices`` are all possible columns; ``requests`` are
    all requests for comment on the claims, answered or not; ``later`` counts the positions that
    were not yet public on the chosen day, and ``days`` are those on which a position became public.
    """

    claims: list[ClaimRow] = field(default_factory=list)
    overview: list[OverviewRow] = field(default_factory=list)
    columns: list[ClaimColumn] = field(default_factory=list)
    choices: list[ColumnChoice] = field(default_factory=list)
    sources: list[NumberedSource] = field(default_factory=list)
    requests: list[Row] = field(default_factory=list)
    later: int = 0
    days: list[date] = field(default_factory=list)

    @property
    def is_wide(self) -> bool:
        return len(self.columns) > MANY_COLUMNS

    @property
    def differing(self) -> int:
        return sum(claim["contested"] for claim in self.claims)


def incident_claims(incident_id: str) -> list[Document]:
    """The documents of an incident's claims, in the order of their slugs."""
    documents = claims_of_incident(incident_id).values_list("document", flat=True)
    return sorted(documents, key=lambda document: str(document["slug"]))


def claims_matrix(
    documents: Sequence[Document],
    *,
    chosen: Sequence[Choice] = (),
    unnamed: bool = False,
    known: FuzzyDate | None = None,
    is_ordered: bool = False,
) -> ClaimsMatrix:
    """The matrix of these claims; those on which positions differ come first.

    ``chosen`` are the actors to show and ``unnamed`` adds the unnamed speakers; without either,
    the actors with the most positions are shown. ``is_ordered``: in the order of ``chosen``, else
    by the number of positions. With ``known`` the matrix has only positions
    that were public by the end of that date, and only claims that had one. Costs a fixed number
    of queries, however many claims and positions there are.
    """
    names = Names(documents)
    entries = _entries_on(documents)
    documents = without_silent_accounts(documents, entries)
    known_since = {entry.public_id: entry.known_since for entry in entries}
    days = _publication_days(documents, known_since, names)
    all_columns = _columns(documents, {}, names)
    if known and known.latest:
        documents, entries = _public_by(known.latest, documents, entries, names)
    rows = {row["id"]: row for row in rows_for_entries(entries, TimelineQuery(known=known))}
    columns = _columns(documents, rows, names)
    columns += _silent_columns(rows, columns)
    shown = _shown_columns(columns, chosen, unnamed) or [_column(UNNAMED, 0, names)]
    if is_ordered:
        places = [actor.value for actor in chosen]
        shown.sort(key=lambda column: places.index(column["id"]))
    numbers, sources = numbered_sources(documents, rows, names)
    is_narrow = len(shown) > MANY_COLUMNS
    max_length = MAX_NARROW_EXCERPT_LENGTH if is_narrow else MAX_EXCERPT_LENGTH
    parts = actor_parts(documents, names.documents)
    cells = ClaimCells(names, rows, numbers, parts, max_length)
    claims = [cells.claim_row(document, shown) for document in documents]
    claims.sort(key=lambda claim: not claim["contested"])
    total = sum(column["count"] for column in all_columns)
    return ClaimsMatrix(
        claims=claims,
        overview=[overview_row(claim) for claim in claims],
        columns=shown,
        choices=_choices(all_columns, columns, shown),
        sources=sources,
        requests=[row for row in rows.values() if row["kind"] == RecordKind.REQUEST],
        later=total - sum(column["count"] for column in columns),
        days=days,
    )


def _entries_on(documents: Sequence[Document]) -> list[Entry]:
    """The statements with a position on these claims, and the requests for comment on them."""
    claim_ids = [document["id"] for document in documents]
    requests = Facet.objects.filter(name="claim", value__in=claim_ids).order_by()
    statements = Entry.objects.filter(public_id__in=statements_in(documents)).order_by()
    # A union reads two indexes; PostgreSQL would read all entries for "or".
    keys = statements.values("pk").union(requests.values("entry"))
    return list(Entry.objects.filter(pk__in=keys).select_related("revision"))


def _silent_columns(rows: Mapping[str, Row], columns: Sequence[ClaimColumn]) -> list[ClaimColumn]:
    """A column for everyone who was asked and has no position, by name."""
    ids = {column["id"] for column in columns}
    asked = {
        actor["id"]: actor
        for row in rows.values()
        if row["kind"] == RecordKind.REQUEST and row["outcome"] != RequestOutcome.ANSWERED
        for actor in row["asked"]
        if actor["id"] not in ids
    }
    return [
        {
            "id": actor["id"],
            "name": actor["name"],
            "slug": actor["slug"],
            "url": actor["url"],
            "count": 0,
            "through": "",
        }
        for actor in sorted(asked.values(), key=lambda actor: actor["name"])
    ]


def _public_by(
    day: date, documents: Sequence[Document], entries: Sequence[Entry], names: Names
) -> tuple[list[Document], list[Entry]]:
    """The claims and statements of which a cited source was public by the end of the day."""
    public = [entry for entry in entries if entry.known_since and entry.known_since <= day]
    statement_ids = {entry.public_id for entry in public}
    claims = [claim_on(day, document, statement_ids, names.documents) for document in documents]
    return [claim for claim in claims if claim["accounts"]], public


def _accounts(documents: Sequence[Document]) -> Iterator[Account]:
    for document in documents:
        yield from document["accounts"]


def _publication_days(
    documents: Sequence[Document], known_since: Mapping[str, date | None], names: Names
) -> list[date]:
    """The days on which a position became public, in order."""
    days = set()
    for account in _accounts(documents):
        day = known_since.get(account["statement"] or "")
        source = names.documents.get(account["source"] or "")
        if day is None and source:
            day = public_since(source)
        if day is not None:
            days.add(day)
    return sorted(days)


def _columns(
    documents: Sequence[Document], rows: Mapping[str, Row], names: Names
) -> list[ClaimColumn]:
    """A column for everyone with a position, the one with the most positions first."""
    counts: Counter[str] = Counter()
    speakers: dict[str, dict[str, None]] = {}
    for account in _accounts(documents):
        holder = holder_of(account, names)
        counts[holder] += 1
        if name := speaker_name(rows.get(account["statement"] or "")):
            speakers.setdefault(holder, {})[name] = None
    columns = [
        _column(holder, count, names, list(speakers.get(holder, {})))
        for holder, count in counts.items()
    ]
    return sorted(columns, key=lambda column: (-column["count"], column["name"]))


def _column(holder: str, count: int, names: Names, speakers: Sequence[str] = ()) -> ClaimColumn:
    actor = names.actor(holder)
    if actor is None:
        return {
            "id": holder,
            "name": _("Not named"),
            "slug": UNNAMED_SLUG,
            "url": "",
            "count": count,
            "through": "",
        }
    others = [speaker for speaker in speakers if speaker != actor["name"]]
    return {
        "id": holder,
        "name": actor["name"],
        "slug": actor["slug"],
        "url": actor["url"],
        "count": count,
        "through": "; ".join(others[:MAX_NAMES_PER_COLUMN]),
    }


def _shown_columns(
    columns: Sequence[ClaimColumn], chosen: Sequence[Choice], unnamed: bool
) -> list[ClaimColumn]:
    """The chosen columns, with or without positions; else the first. Unnamed speakers are last."""
    ids = {actor.value for actor in chosen} | ({UNNAMED} if unnamed else set())
    shown = [column for column in columns if column["id"] in ids] if ids else columns[:MAX_COLUMNS]
    shown_ids = {column["id"] for column in shown}
    empty: list[ClaimColumn] = [
        {
            "id": actor.value,
            "name": actor.label,
            "slug": actor.slug,
            "url": record_path("actor", actor.slug),
            "count": 0,
            "through": "",
        }
        for actor in chosen
        if actor.value not in shown_ids
    ]
    return sorted([*shown, *empty], key=lambda column: column["id"] == UNNAMED)


def _choices(
    all_columns: Sequence[ClaimColumn], columns: Sequence[ClaimColumn], shown: Sequence[ClaimColumn]
) -> list[ColumnChoice]:
    """All columns that can be chosen, with the counts of the chosen day.

    They include actors whose positions became public later, so a choice is valid for every day.
    """
    counts = {column["id"]: column["count"] for column in columns}
    all_ids = {column["id"] for column in all_columns}
    shown_ids = {column["id"] for column in shown}
    choices: list[ColumnChoice] = [
        {
            **column,
            "count": counts.get(column["id"], 0),
            "shown": column["id"] in shown_ids,
        }
        for column in all_columns
    ]
    extra: list[ColumnChoice] = [
        {**column, "shown": True} for column in shown if column["id"] not in all_ids
    ]
    return choices + extra


def numbered_sources(
    documents: Sequence[Document], rows: Mapping[str, Row], names: Names
) -> tuple[dict[str, int], list[NumberedSource]]:
    """The number of every source on the page by public id, and the sources by number."""
    sources: dict[str, NumberedSource] = {}
    for row in rows.values():
        for citation in numbered_citations(row):
            source_id = citation["source"]["id"]
            if source_id in sources and citation["via"]:
                continue
            sources[source_id] = {
                "number": citation["number"],
                "source": citation["source"],
                "via": citation["via"],
            }
    for account in _accounts(documents):
        source = names.documents.get(account["source"] or "")
        link = names.link(source["id"]) if source else None
        if source and link and source["id"] not in sources:
            report: ReportSource = {
                **link,
                "publisher": names.actor(source["publisher"]),
                "published": date_with_words(source["published"]),
            }
            sources[source["id"]] = {"number": len(sources) + 1, "source": report, "via": None}
    numbers = {source_id: numbered["number"] for source_id, numbered in sources.items()}
    return numbers, sorted(sources.values(), key=lambda numbered: numbered["number"])
