"""Which records of a list a search finds.

The texts of a list are in memory, as a list has far fewer records than there are entries. They are
those of ``kb.record.name_texts``: after a publication, only the records that it changed are read
again. A few results are read by their keys; where there are many, the database walks along the
list, in its order, and applies the same definition row by row.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from functools import cached_property, lru_cache
from typing import NamedTuple
from weakref import WeakKeyDictionary

from django.db.models import Exists, OuterRef, Q, QuerySet

from kb.record.documents import PublicId
from kb.record.initials import initial_of
from kb.record.models import ListedRecord
from kb.record.name_texts import MAX_STATES, CurrentNames, NamesPart, NameTexts, live_names
from kb.record.search import has_term
from kb.record.vocabulary import RecordKind
from kb.text.normalise import Term, fold_name, search_query, search_text
from kb.text.text_collection import TextCollection

# Up to so many results are read by their keys.
MAX_KEYS = 1_000
# What these many searches find is remembered, for their other pages, orders and letters.
MAX_REMEMBERED = 64
# Kinds of lists: actors, sources and incidents.
_KINDS = 3


class _ListedTexts:
    """Those of these records that are of one kind, with the texts by which a list finds them."""

    def __init__(self, names: NameTexts, kind: str) -> None:
        records = [record for record in names.records if record.kind == kind]
        self.public_ids = [record.public_id for record in records]
        self.owners = [record.owner for record in records]
        self.keys = [(record.own_kind, initial_of(fold_name(record.title))) for record in records]
        is_actor = kind == RecordKind.ACTOR
        # A list does not look into the summaries of actors.
        self.texts = TextCollection(
            search_text(*record.names) if is_actor else record.search_text for record in records
        )


class _Outcome(NamedTuple):
    """What a search finds: the ids, if they are few, and the numbers by own kind and initial."""

    public_ids: Sequence[PublicId] | None
    counts: Counter[tuple[str, str]]


class ListSearch:
    """What ``q`` finds among the records of a kind (``kb.text.normalise.search_query``).

    A source is also found by the names of its publisher: they are those of the actor, so nothing
    has to be written again when it gets another name. Nothing to search for finds nothing. Costs
    one query, besides those of ``records``, if the texts were read before.
    """

    def __init__(self, kind: str, q: str) -> None:
        self.kind, self.q, self.query = kind, q, search_query(q)

    def records(self) -> QuerySet[ListedRecord]:
        """The rows of what is found."""
        records = ListedRecord.objects.filter(kind=self.kind)
        public_ids = self._outcome.public_ids
        if public_ids is not None:
            return records.filter(public_id__in=public_ids)
        for term in self.query.required:
            records = records.filter(_has_term(self.kind, term))
        for term in self.query.excluded:
            records = records.exclude(_has_term(self.kind, term))
        return records

    def counts_by_kind(self, initial: str = "") -> Counter[str]:
        """The number of records by their own kinds; only under a letter, if there is one."""
        counts: Counter[str] = Counter()
        for (own_kind, letter), records in self._outcome.counts.items():
            if initial in ("", letter):
                counts[own_kind] += records
        return counts

    @cached_property
    def _outcome(self) -> _Outcome:
        if self.query.is_empty:
            return _Outcome((), Counter())
        names = live_names()
        outcomes = _outcomes.setdefault(names, {})
        key = (self.kind, self.q, MAX_KEYS)
        if (outcome := outcomes.get(key)) is None:
            outcome = _outcome(names, self.kind, self.q, MAX_KEYS)
            if len(outcomes) >= MAX_REMEMBERED:
                outcomes.clear()
            outcomes[key] = outcome
        return outcome


# By what was searched. They go with the names, which are other ones after each publication.
_outcomes: WeakKeyDictionary[CurrentNames, dict[tuple[str, str, int], _Outcome]] = (
    WeakKeyDictionary()
)


def _outcome(names: CurrentNames, kind: str, q: str, max_keys: int) -> _Outcome:
    query = search_query(q)
    owners: dict[Term, AbstractSet[PublicId]] = {}
    if kind == RecordKind.SOURCE:
        owners = {term: _actors_with(names, term) for term in query.required + query.excluded}
    public_ids: list[PublicId] = []
    counts: Counter[tuple[str, str]] = Counter()
    for part in names.parts:
        listed = _listed_texts(part.names, kind)
        numbers: set[int] | None = None
        for term in query.required:
            matching = _with_term(listed, term, owners.get(term, frozenset()))
            numbers = matching if numbers is None else numbers & matching
        if numbers is None:
            numbers = set(range(len(listed.texts)))
        for term in query.excluded:
            numbers -= _with_term(listed, term, owners.get(term, frozenset()))
        live = list(_live(part, listed, numbers))
        counts.update(map(listed.keys.__getitem__, live))
        public_ids += map(listed.public_ids.__getitem__, live)
    return _Outcome(public_ids if len(public_ids) <= max_keys else None, counts)


def _live(part: NamesPart, listed: _ListedTexts, numbers: AbstractSet[int]) -> Iterator[int]:
    """These numbers of a part, without those of records that were replaced."""
    if not part.replaced:
        return iter(numbers)
    return (number for number in numbers if listed.public_ids[number] not in part.replaced)


def _actors_with(names: CurrentNames, term: Term) -> AbstractSet[PublicId]:
    """The actors with a term in a name."""
    public_ids: set[PublicId] = set()
    for part in names.parts:
        listed = _listed_texts(part.names, RecordKind.ACTOR.value)
        numbers = _live(part, listed, listed.texts.with_term(term))
        public_ids.update(map(listed.public_ids.__getitem__, numbers))
    return public_ids


def _with_term(listed: _ListedTexts, term: Term, owners: AbstractSet[PublicId]) -> set[int]:
    """The numbers of the records with a term in their texts, or that are of these owners."""
    numbers = listed.texts.with_term(term)
    if owners:
        numbers |= {number for number, owner in enumerate(listed.owners) if owner in owners}
    return numbers


# For the records that were read together and those that changed since, in each state.
@lru_cache(maxsize=2 * _KINDS * MAX_STATES)
def _listed_texts(names: NameTexts, kind: str) -> _ListedTexts:
    return _ListedTexts(names, kind)


def _has_term(kind: str, term: Term) -> Q:
    if kind != RecordKind.SOURCE:
        return has_term(term)
    # Only of the sources that the database walks along: not all actors with the term.
    publishers = ListedRecord.objects.filter(kind=RecordKind.ACTOR, public_id=OuterRef("owner"))
    return has_term(term) | Q(Exists(publishers.filter(has_term(term)).order_by()))
