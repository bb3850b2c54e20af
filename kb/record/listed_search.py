"""Which records of a list a search finds.

The texts of a list are in memory, read once for each publication version, as a list has far fewer
records than there are entries. A few results are read by their keys; where there are many, the
database walks along the list, in its order, and applies the same definition row by row.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from functools import cached_property, lru_cache
from typing import NamedTuple

from django.db.models import Q, QuerySet

from kb.record import publication_version
from kb.record.documents import PublicId
from kb.record.models import ListedRecord
from kb.record.search import has_term
from kb.record.vocabulary import RecordKind
from kb.text.normalise import Term, search_query
from kb.text.text_collection import TextCollection

# Up to so many results are read by their keys.
MAX_KEYS = 1_000
# Kinds of lists: actors, sources and incidents.
_KINDS = 3


class _Listed(NamedTuple):
    """A row of a list without its texts."""

    pk: int
    public_id: PublicId
    own_kind: str
    initial: str
    owner: str


class _ListedTexts:
    """All records of one kind, with the texts by which they are found."""

    def __init__(self, kind: str) -> None:
        columns = (*_Listed._fields, "search_text")
        rows = ListedRecord.objects.filter(kind=kind).order_by().values_list(*columns)
        self.records: list[_Listed] = []
        texts = []
        for *values, text in rows:
            self.records.append(_Listed._make(values))
            texts.append(text)
        self.texts = TextCollection(texts)


class ListSearch:
    """What ``q`` finds among the records of a kind (``kb.text.normalise.search_query``).

    A source is also found by the names of its publisher: they are those of the actor, so nothing
    has to be written again when it gets another name. Nothing to search for finds nothing. Costs
    one query, besides those of ``records``, if the texts were read before.
    """

    def __init__(self, kind: str, q: str) -> None:
        self.kind, self.query = kind, search_query(q)

    def records(self) -> QuerySet[ListedRecord]:
        """The rows of what is found."""
        records = ListedRecord.objects.filter(kind=self.kind)
        if self.query.is_empty or len(self._found) <= MAX_KEYS:
            return records.filter(pk__in=[record.pk for record in self._found])
        for term in self.query.required:
            records = records.filter(_has_term(self.kind, term))
        for term in self.query.excluded:
            records = records.exclude(_has_term(self.kind, term))
        return records

    def counts_by_kind(self, initial: str = "") -> Counter[str]:
        """The number of records by their own kinds; only under a letter, if there is one."""
        return Counter(record.own_kind for record in self._found if initial in ("", record.initial))

    @cached_property
    def _found(self) -> Sequence[_Listed]:
        if self.query.is_empty:
            return []
        version = publication_version.current_version()
        listed = _listed_texts(self.kind, *version)
        actors = None
        if self.kind == RecordKind.SOURCE:
            actors = _listed_texts(RecordKind.ACTOR.value, *version)
        numbers = set(range(len(listed.records)))
        for term in self.query.required:
            numbers &= _with_term(listed, term, actors)
        for term in self.query.excluded:
            numbers -= _with_term(listed, term, actors)
        return [listed.records[number] for number in numbers]


def _with_term(listed: _ListedTexts, term: Term, actors: _ListedTexts | None) -> set[int]:
    """The numbers of the records with a term in their texts, or in those of these as owners."""
    numbers = listed.texts.with_term(term)
    owners = actors.texts.with_term(term) if actors else ()
    if actors and owners:
        ids = {actors.records[number].public_id for number in owners}
        numbers |= {number for number, record in enumerate(listed.records) if record.owner in ids}
    return numbers


# They change only with the publication version, which is the key of the cache.
@lru_cache(maxsize=_KINDS)
def _listed_texts(kind: str, number: int, changed_at: datetime | None) -> _ListedTexts:
    return _ListedTexts(kind)


def _has_term(kind: str, term: Term) -> Q:
    if kind != RecordKind.SOURCE:
        return has_term(term)
    actors = ListedRecord.objects.filter(kind=RecordKind.ACTOR).order_by()
    publishers = actors.filter(has_term(term)).values("public_id")
    return has_term(term) | Q(owner__in=publishers)
