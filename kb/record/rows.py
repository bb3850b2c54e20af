"""Entries as readers get them: a document with every id it names turned into a name and a link.

A row is a plain dictionary, typed in ``kb.record.answers``. It is what the pages show and what the
JSON format writes, so it is an allow-list too: a field that is not named here reaches nobody.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from django.db.models import Value
from django.db.models.functions import Coalesce

from kb.dates import FuzzyDate
from kb.record.addresses import record_path
from kb.record.answers import AccountLink, ContestedClaim, EntryRelation, EntryRow, Part
from kb.record.as_of import contested_claims_on, source_is_public
from kb.record.citation_rows import citation_row, source_numbers
from kb.record.contested import position_count
from kb.record.date_words import date_with_words
from kb.record.documents import AccountSource, Document
from kb.record.entry_origins import ORIGINS, origin_counts, supporting_sources, with_ancestors
from kb.record.figures import figure_rows
from kb.record.headlines import account_name, entry_headline, event_account
from kb.record.known_changes import known_change
from kb.record.known_since import known_since
from kb.record.models import Entry, Facet, Revision
from kb.record.named_records import Names
from kb.record.request_rows import add_request, request_parts
from kb.record.role_words import role_words
from kb.record.statement_rows import add_statement
from kb.record.vocabulary import CONTESTED, RecordKind
from kb.record.voices import actors_of_statement

if TYPE_CHECKING:
    from kb.record.query import TimelineQuery

Row: TypeAlias = EntryRow


class Publication(NamedTuple):
    """What a row has besides its document: which version it is, and since when it is known."""

    version: int
    published_at: datetime
    known_since: date | None


class PastEntry(NamedTuple):
    """An earlier version of an entry, with what rows take of an ``Entry``."""

    pk: int
    revision: Revision
    known_since: date | None


def rows_for_entries(
    entries: Collection[Entry], query: TimelineQuery | None = None, names: Names | None = None
) -> list[Row]:
    """Rows for entries that were fetched with their revisions, in the same order.

    ``query`` (a TimelineQuery) decides whether each is certainly in the range, and on which day
    it is to be known: then only sources and accounts that were public by then are named, and
    ``later`` says that none was. ``names`` are those of an earlier batch of the same list. Costs
    six queries at most, however many entries there are.
    """
    contested, origins = _contested_and_origins(entries)
    return rows_with_facets(entries, contested, origins, query, names)


def rows_with_facets(
    entries: Collection[Entry | PastEntry],
    contested: Mapping[int, Sequence[str]],
    origins: Mapping[int, int],
    query: TimelineQuery | None,
    names: Names | None,
) -> list[Row]:
    """The rows of entries whose claims and number of origins the caller knows, by primary key.

    ``names`` may be those of a moment.
    """
    documents = [entry.revision.document for entry in entries]
    claim_ids = {public_id for public_ids in contested.values() for public_id in public_ids}
    names = names or Names([])
    names.add(documents, also=claim_ids)
    propositions = {
        public_id: names.documents[public_id]
        for public_id in claim_ids
        if public_id in names.documents
    }
    day = query.as_of_day if query else None
    after = query.known_after_day if query else None
    if day:
        documents = [
            document if _is_later(entry, day) else _cited_by(document, names, day)
            for document, entry in zip(documents, entries, strict=True)
        ]
        propositions = contested_claims_on(day, propositions, names.documents)
        # The index has the origins of today. This costs a query for each level of sources.
        past = with_ancestors(names.documents, names.moment)
        origins = {
            entry.pk: origin_counts(document, past)["origins"]
            for document, entry in zip(documents, entries, strict=True)
        }
    numbers = source_numbers(documents)
    rows = []
    for document, entry in zip(documents, entries, strict=True):
        disputes = [
            propositions[public_id]
            for public_id in contested.get(entry.pk, [])
            if public_id in propositions
        ]
        row = entry_row(
            document, _publication(entry), names, numbers, query, origins.get(entry.pk, 0)
        )
        row["contested"] = [contested_claim(claim, names) for claim in disputes]
        if day:
            row["later"] = _is_later(entry, day)
            row["cited_later"] = len(entry.revision.document["citations"]) - len(
                document["citations"]
            )
        if after:
            row["known_change"] = known_change(document, names, entry.known_since, after)
        rows.append(row)
    return rows


def _contested_and_origins(
    entries: Iterable[Entry],
) -> tuple[dict[int, list[str]], dict[int, int]]:
    """The contested claims about each entry and its number of origins, by its primary key."""
    contested: dict[int, list[str]] = {}
    origins: dict[int, int] = {}
    # The name as an expression, because with the bare one SQLite reads the origins of all entries.
    facets = Facet.objects.filter(entry__in=[entry.pk for entry in entries]).alias(
        any_name=Coalesce("name", Value(""))
    )
    facets = facets.filter(any_name__in=[CONTESTED, ORIGINS])
    for pk, name, value in facets.order_by("value").values_list("entry_id", "name", "value"):
        if name == ORIGINS:
            origins[pk] = int(value)
        else:
            contested.setdefault(pk, []).append(value)
    return contested, origins


def _is_later(entry: Entry | PastEntry, day: date) -> bool:
    return entry.known_since is None or entry.known_since > day


def _cited_by(document: Document, names: Names, day: date) -> Document:
    """The document with the citations of sources that were public by the end of that day."""
    sources = names.documents
    public = [
        citation
        for citation in document["citations"]
        if source_is_public(sources.get(citation["source"]), day)
    ]
    links = [
        link
        for link in document["links"]
        if link["inferred"] or source_is_public(sources.get(link["source"] or ""), day)
    ]
    known: Document = {**document, "citations": public, "links": links}
    if "according_to" in document:
        known["according_to"] = [
            account
            for account in document["according_to"]
            if _account_is_public(account, sources, day)
        ]
    return known


def _account_is_public(
    account: AccountSource, documents: Mapping[str, Document], day: date
) -> bool:
    statement = documents.get(account["statement"] or "")
    if statement is None:
        return source_is_public(documents.get(account["source"] or ""), day)
    since = known_since(statement, documents)
    return since is not None and since <= day


def _publication(entry: Entry | PastEntry) -> Publication:
    revision = entry.revision
    return Publication(revision.number, revision.published_at, entry.known_since)


def entry_row(
    document: Document,
    publication: Publication,
    names: Names,
    numbers: dict[str, int],
    query: TimelineQuery | None,
    origins: int,
) -> Row:
    """The row of an entry's document; its contested claims are for the caller to add."""
    supporting = supporting_sources(document, names.documents)
    read = sum(source.is_read for source in supporting)
    row: Row = {
        "id": document["id"],
        "kind": document["kind"],
        "slug": document["slug"],
        "url": record_path(document["kind"], document["slug"]),
        "title": document["title"],
        "headline": entry_headline(document, names.documents).words,
        "according_to": _accounts(document, names),
        "date": date_with_words(document["date"]),
        "known_since": publication.known_since.isoformat() if publication.known_since else None,
        "standing": document.get("standing", ""),
        "contested": [],
        "certain": query.certain(FuzzyDate.from_json(document["date"]))
        if query and query.has_range
        else None,
        "summary": document.get("summary", ""),
        "actors": _participants(document, names),
        "place": document.get("place"),
        "figures": figure_rows(document, names, numbers),
        "citations": [
            citation_row(document, citation, names, numbers)
            for citation in document["citations"]
            if citation["source"] in names.documents
        ],
        "links": entry_relations(document, names),
        "origins": {"read": read, "origins": origins, "relayed": len(supporting) - read},
        "incidents": names.links(document["incidents"]),
        "topics": names.links(document["topics"]),
        "version": publication.version,
        "published_at": publication.published_at.isoformat(),
    }
    if document["kind"] == RecordKind.STATEMENT:
        add_statement(row, document, names)
    elif document["kind"] == RecordKind.REQUEST:
        add_request(row, document, names)
    return row


def _accounts(document: Document, names: Names) -> list[AccountLink]:
    return [
        {
            "name": name,
            "statement": names.entry_link(account["statement"]),
            "source": names.link(account["source"]),
        }
        for account in document.get("according_to", ())
        if (name := account_name(account, names.documents))
    ]


def entry_relations(document: Document, names: Names) -> list[EntryRelation]:
    """What an entry is to others, with the source that reports it or as inferred."""
    return [
        {
            "kind": link["kind"],
            "entry": entry,
            "entry_kind": names.documents[entry["id"]]["kind"],
            "source": names.link(link["source"]),
            "exact": link["exact"],
            "inferred": link["inferred"],
        }
        for link in document["links"]
        if (entry := names.entry_link(link["to"])) is not None
    ]


def contested_claim(proposition: Document, names: Names) -> ContestedClaim:
    return {
        "id": proposition["id"],
        "text": proposition["title"],
        "aspect": proposition["aspect"],
        "question": proposition["question"],
        "accounts": position_count(proposition),
        "url": record_path(proposition["kind"], proposition["slug"]),
    }


def _participants(document: Document, names: Names) -> list[Part]:
    parts: Sequence[tuple[str | None, str]]
    if document["kind"] == RecordKind.EVENT:
        parts = [(participant["actor"], participant["role"]) for participant in document["actors"]]
        standing, account = document["standing"], event_account(document, names.documents)
    elif document["kind"] == RecordKind.REQUEST:
        parts, standing, account = request_parts(document), "", None
    else:
        parts, standing, account = actors_of_statement(document), "", None
    return [
        {**actor, "role": role, "role_words": role_words(role, standing, account, actor["id"])}
        for public_id, role in parts
        if (actor := names.actor(public_id)) is not None
    ]
