"""The search of the whole record: which records have the words of a reader, and in which order.

The best match comes first: a record of which a name or the title is what was typed, then those
with all words in a name or the title, then all others; words in the spelling that was typed come
before other spellings. Equal ones are in the order of kinds, then of names or of time, newest
first. The rules are computed here from the normalised texts, so both databases give one order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from kb.record.documents import Document
from kb.record.entry_source import EntrySource
from kb.record.filter_fields import Choice
from kb.record.models import Entry
from kb.record.name_texts import NAMED_KINDS, CurrentNames, NamedRecord, live_names
from kb.record.query import TimelineQuery
from kb.record.reading.current import entry_source
from kb.record.vocabulary import ENTRY_KINDS
from kb.text.normalise import (
    SearchQuery,
    Term,
    matches,
    normalised_text,
    search_query,
    search_text,
)

# The order of kinds among equal matches.
SEARCHED_KINDS = (
    "actor",
    "incident",
    *(kind.value for kind in ENTRY_KINDS),
    "proposition",
    "source",
)
MAX_HITS = 20
# Entries, newest first, among which the best are chosen.
MAX_RANKED_ENTRIES = 200
# Statements that are read to find the words in the quotation itself.
MAX_QUOTATIONS = 500
VERBATIM_FORMS = ("verbatim", "document")
BEST, BY_DATE = "best", "date"


@dataclass(frozen=True)
class SearchRequest:
    """What a reader asks for: words, one kind of record or all, and the order."""

    q: str
    kind: str = ""
    order: str = BEST
    quotations_only: bool = False

    @cached_property
    def query(self) -> SearchQuery:
        return search_query(self.q)

    @property
    def terms(self) -> list[Term]:
        """What all results have."""
        return self.query.required

    @cached_property
    def typed(self) -> list[Term]:
        """The same in the spelling that was typed."""
        return [Term(term.words, term.prefix) for term in self.terms]


class EntryHit(NamedTuple):
    """An entry with the words of a search."""

    key: int
    kind: str
    title: str


@dataclass(frozen=True)
class SearchOutcome:
    """The first results in their order, and the number of all by kind; no zeros.

    ``is_capped``: there are more entries than were ranked, or more statements than were read.
    """

    request: SearchRequest
    hits: Sequence[NamedRecord | EntryHit] = ()
    counts: dict[str, int] = field(default_factory=dict)
    is_capped: bool = False

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def listed(self) -> int:
        """How many results there are of the kind that is shown."""
        kind = self.request.kind
        return self.counts.get(kind, 0) if kind else self.total


def search_record(request: SearchRequest) -> SearchOutcome:
    """Search the record for the words of a reader (see ``kb.text.normalise.search_query``).

    Costs a fixed number of queries. The names are in memory (``kb.record.name_texts``).
    """
    if request.query.is_empty:
        return SearchOutcome(request)
    if request.quotations_only:
        return _search_quotations(request)
    texts = live_names()
    named = _matching_names(texts, request.query)
    counts = {kind: len(numbers) for kind, numbers in named.items() if numbers}
    source = entry_source()
    counts |= _entry_counts(source, request.q)
    entries: list[tuple[Rank, NamedRecord | EntryHit]] = []
    if not request.kind or request.kind not in NAMED_KINDS:
        entries = list(_ranked_entries(source, request))
    shown = [request.kind] if request.kind else NAMED_KINDS
    names = _ranked_names(texts, request, [(kind, named.get(kind, ())) for kind in shown])
    if request.order == BEST:
        ranked = sorted([*names, *entries], key=lambda pair: pair[0])
    else:
        ranked = entries + sorted(names, key=lambda pair: pair[0])
    matching = sum(counts.get(kind, 0) for kind in ENTRY_KINDS)
    is_capped = request.order == BEST and bool(entries) and matching > MAX_RANKED_ENTRIES
    return SearchOutcome(request, [hit for _, hit in ranked[:MAX_HITS]], counts, is_capped)


def count_results(request: SearchRequest) -> int:
    """The number of records of all kinds with the words of a search, in three queries at most."""
    if request.quotations_only or request.query.is_empty:
        return search_record(request).total
    named = sum(map(len, _matching_names(live_names(), request.query).values()))
    return named + sum(_entry_counts(entry_source(), request.q).values())


def entries_by_key(keys: Sequence[int]) -> dict[int, Entry]:
    """These entries with their revisions, in one query."""
    return Entry.objects.select_related("revision").in_bulk(keys)


# --- Order -------------------------------------------------------------------------------------

Rank = tuple[int, int, int]


def _ranked_names(
    names: CurrentNames, request: SearchRequest, found: Iterable[tuple[str, Iterable[int]]]
) -> list[tuple[Rank, NamedRecord | EntryHit]]:
    """The records with these numbers, by kind, each with its rank; in the same order.

    All that have a tier are found at once: one after the other would take a time that grows with
    the number of names.
    """
    tiers = names.tiers(
        normalised_text(request.q).words,
        SearchQuery(request.typed, []),
        SearchQuery(request.terms, []),
    )
    return [
        ((_tier(number, tiers), SEARCHED_KINDS.index(kind), 0), names.record(number))
        for kind, numbers in found
        for number in numbers
    ]


def _tier(number: int, tiers: Sequence[AbstractSet[int]]) -> int:
    """The place of the first of these sets that has the number."""
    return next((tier for tier, numbers in enumerate(tiers) if number in numbers), len(tiers))


def _rank_of_entry(request: SearchRequest, title: str, text: str, place: int) -> Rank:
    """The place of an entry among all results; lower is better. ``place`` is that among entries."""
    words = normalised_text(title).words
    if words == normalised_text(request.q).words:
        tier = 0
    elif matches(words, request.typed):
        tier = 1
    elif matches(search_text(title), request.terms):
        tier = 2
    else:
        tier = 3 if matches(text, request.typed) else 4
    return tier, SEARCHED_KINDS.index(ENTRY_KINDS[0]), place


def _ranked_entries(
    source: EntrySource, request: SearchRequest
) -> Iterator[tuple[Rank, NamedRecord | EntryHit]]:
    """The newest entries with the words, each with its rank; in the order of time, newest first."""
    query = TimelineQuery(q=request.q, order="newest")
    if request.kind:
        query = query.with_values("kind", (Choice(request.kind, request.kind, ""),))
    limit = MAX_RANKED_ENTRIES if request.order == BEST else MAX_HITS
    revisions = source.revision_keys(query, limit=limit)
    columns = ("revision_id", "pk", "kind", "revision__title", "search_text")
    rows = Entry.objects.filter(revision__in=revisions).order_by().values_list(*columns)
    by_revision = {revision: values for revision, *values in rows}
    # An entry that was withdrawn or corrected in this moment is missing.
    present = (by_revision[revision] for revision in revisions if revision in by_revision)
    for place, (key, kind, title, text) in enumerate(present):
        yield _rank_of_entry(request, title, text, place), EntryHit(key, kind, title)


def _entry_counts(source: EntrySource, q: str) -> dict[str, int]:
    counts = source.value_counts(TimelineQuery(q=q), ["kind"])
    return {kind: count for (_, kind), count in counts.items()}


# --- Quotations --------------------------------------------------------------------------------


def _search_quotations(request: SearchRequest) -> SearchOutcome:
    """The statements with all words in the quotation itself."""
    forms = tuple(Choice(form, form, "") for form in VERBATIM_FORMS)
    query = TimelineQuery(q=request.q, size=MAX_QUOTATIONS, order="newest")
    statements, _has_before, is_capped = entry_source().page(query.with_values("form", forms))
    hits = [
        EntryHit(statement.pk, statement.kind, statement.revision.title)
        for statement in statements
        if request.query.finds(quotation_text(statement.revision.document))
    ]
    counts = {"statement": len(hits)} if hits else {}
    return SearchOutcome(request, hits[:MAX_HITS], counts, is_capped)


def quotation_text(document: Document) -> str:
    """The normalised words of a statement and of its original."""
    original = document["original"] or {"text": ""}
    return search_text(document["text"], original["text"])


# --- Names -------------------------------------------------------------------------------------


def _matching_names(names: CurrentNames, query: SearchQuery) -> dict[str, list[int]]:
    """By kind, the numbers of the records that the query finds."""
    numbers: dict[str, list[int]] = {kind: [] for kind in NAMED_KINDS}
    for number in names.found_by(query):
        numbers[names.record(number).kind].append(number)
    return numbers
