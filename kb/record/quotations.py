"""The quotations of the record: found by their own words, by speaker, party, addressee and kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from kb.record.documents import Document
from kb.record.filter_fields import Choice
from kb.record.models import Entry, Revision
from kb.record.query import TimelineQuery
from kb.record.quotation import quotation_of
from kb.record.reading.current import entry_source
from kb.record.record_search import VERBATIM_FORMS, quotation_text
from kb.record.voices import actors_of_statement
from kb.text.normalise import search_query

# Read for one page: their documents have what the filters compare.
MAX_STATEMENTS = 200
# The filters by actors, in the order of the page: who speaks, for whom, to whom.
ACTOR_FILTERS = ("by", "for", "to")
# The filter by kind of words: the values of ``Quotation.kind``.
KIND_FILTER = "words"


@dataclass(frozen=True)
class QuotationQuery:
    """What a reader asks for. ``chosen`` has ids of actors, ``kinds`` kinds of words."""

    q: str = ""
    chosen: Mapping[str, Sequence[Choice]] = field(default_factory=dict)
    kinds: Sequence[str] = ()


@dataclass(frozen=True)
class _Quotation:
    """The revision of a statement, by its primary key, with what the filters compare."""

    revision: int
    values: Mapping[str, frozenset[str]]


class Quotations:
    """The newest quotations with the words of a query, and how its filters divide them.

    The documents of MAX_STATEMENTS statements at most are read; ``is_capped`` says that there are
    more. All counts are of those that were read. Costs two queries, and one for the entries of each
    page.
    """

    def __init__(self, query: QuotationQuery) -> None:
        self.query = query
        forms = tuple(Choice(form, form, "") for form in VERBATIM_FORMS)
        statements = TimelineQuery(q=query.q, order="newest").with_values("form", forms)
        keys = entry_source().revision_keys(statements, limit=MAX_STATEMENTS + 1)
        self.is_capped = len(keys) > MAX_STATEMENTS
        read = Revision.objects.filter(pk__in=keys[:MAX_STATEMENTS]).order_by()
        documents = dict(read.values_list("pk", "document"))
        self._read = [_of(key, documents[key]) for key in keys if key in documents]
        if query.q:
            # Those whose own words the search finds, and not only their other texts.
            search = search_query(query.q)
            texts = {key: quotation_text(document) for key, document in documents.items()}
            self._read = [
                quotation for quotation in self._read if search.finds(texts[quotation.revision])
            ]

    @cached_property
    def total(self) -> int:
        """The number of statements that the whole query finds."""
        return len(self._found(without=""))

    def entries(self, start: int, size: int) -> list[Entry]:
        """Some of these, from a place on, newest first, with their revisions."""
        keys = [quotation.revision for quotation in self._found(without="")[start : start + size]]
        entries = Entry.objects.filter(revision__in=keys).select_related("revision").order_by()
        by_revision = {entry.revision_id: entry for entry in entries}
        # What was withdrawn or corrected in this moment is missing.
        return [by_revision[key] for key in keys if key in by_revision]

    def counts(self, name: str) -> Counter[str]:
        """By value of a filter, the quotations that the other filters leave."""
        counts: Counter[str] = Counter()
        for quotation in self._found(without=name):
            counts.update(quotation.values[name])
        return counts

    def _found(self, *, without: str) -> list[_Quotation]:
        wanted = {
            name: frozenset(choice.value for choice in choices)
            for name, choices in self.query.chosen.items()
            if choices and name != without
        }
        if self.query.kinds and without != KIND_FILTER:
            wanted[KIND_FILTER] = frozenset(self.query.kinds)
        return [
            quotation
            for quotation in self._read
            if all(values & quotation.values[name] for name, values in wanted.items())
        ]


def _of(key: int, document: Document) -> _Quotation:
    actors: dict[str, set[str]] = {name: set() for name in ACTOR_FILTERS}
    for actor, part in actors_of_statement(document):
        if part in actors:
            actors[part].add(actor)
    values = {name: frozenset(ids) for name, ids in actors.items()}
    kind = quotation_of(document).kind
    return _Quotation(key, {**values, KIND_FILTER: frozenset([kind])})
