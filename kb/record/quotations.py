"""The quotations of the record: found by their own words, by speaker, party, addressee and kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from kb.record.documents import Document
from kb.record.filter_fields import Choice
from kb.record.models import Entry
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
    """A statement with what the filters compare."""

    entry: Entry
    values: Mapping[str, frozenset[str]]


class Quotations:
    """The newest quotations with the words of a query, and how its filters divide them.

    At most MAX_STATEMENTS statements are read; ``is_capped`` says that there are more. All counts
    are of those that were read. Costs the source one page.
    """

    def __init__(self, query: QuotationQuery) -> None:
        self.query = query
        forms = tuple(Choice(form, form, "") for form in VERBATIM_FORMS)
        entries = TimelineQuery(q=query.q, size=MAX_STATEMENTS, order="newest")
        page = entry_source().page(entries.with_values("form", forms))
        self.is_capped = page.has_after
        self._read = [_of(entry) for entry in self._with_words(page.entries)]

    @cached_property
    def entries(self) -> list[Entry]:
        """The statements that the whole query finds, newest first."""
        return [quotation.entry for quotation in self._found(without="")]

    def counts(self, name: str) -> Counter[str]:
        """By value of a filter, the quotations that the other filters leave."""
        counts: Counter[str] = Counter()
        for quotation in self._found(without=name):
            counts.update(quotation.values[name])
        return counts

    def _with_words(self, entries: Iterable[Entry]) -> Iterable[Entry]:
        """Those whose own words the search finds, and not only their other texts."""
        if not self.query.q:
            return entries
        search = search_query(self.query.q)
        return [entry for entry in entries if search.finds(quotation_text(entry))]

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


def _of(entry: Entry) -> _Quotation:
    document = entry.revision.document
    values = {name: _actors(document, name) for name in ACTOR_FILTERS}
    kind = quotation_of(document).kind
    return _Quotation(entry, {**values, KIND_FILTER: frozenset([kind])})


def _actors(document: Document, name: str) -> frozenset[str]:
    return frozenset(actor for actor, part in actors_of_statement(document) if part == name)
