"""Which records of a list a search finds.

The texts of a list are in memory, read once for each publication version, as a list has far fewer
records than there are entries. A few results are read by their keys; where there are many, the
database walks along the list, in its order, and applies the same definition row by row.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
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


def records_matching(kind: str, q: str) -> QuerySet[ListedRecord]:
    """The records of a kind whose texts ``q`` finds (``kb.text.normalise.search_query``).

    A source is also found by the names of its publisher: they are those of the actor, so nothing
    has to be written again when it gets another name. Nothing to search for matches nothing.
    """
    records = ListedRecord.objects.filter(kind=kind)
    found = _found(kind, q)
    if len(found) <= MAX_KEYS:
        return records.filter(pk__in=[record.pk for record in found])
    query = search_query(q)
    for term in query.required:
        records = records.filter(_has_term(kind, term))
    for term in query.excluded:
        records = records.exclude(_has_term(kind, term))
    return records


def counts_by_kind(kind: str, q: str, initial: str = "") -> Counter[str]:
    """How many records of a list ``q`` finds, by their own kinds; only under a letter, if any."""
    return Counter(record.own_kind for record in _found(kind, q) if initial in ("", record.initial))


def _found(kind: str, q: str) -> Sequence[_Listed]:
    """What ``q`` finds, in no order."""
    query = search_query(q)
    if query.is_empty:
        return []
    listed = _listed_texts(kind, *publication_version.current_version())
    numbers = set(range(len(listed.records)))
    for term in query.required:
        numbers &= _with_term(listed, kind, term)
    for term in query.excluded:
        numbers -= _with_term(listed, kind, term)
    return [listed.records[number] for number in numbers]


def _with_term(listed: _ListedTexts, kind: str, term: Term) -> set[int]:
    """The numbers of the records that have a term in their own texts or in their publisher's."""
    numbers = listed.texts.with_term(term)
    if kind == RecordKind.SOURCE:
        actors = _listed_texts(RecordKind.ACTOR.value, *publication_version.current_version())
        publishers = {actors.records[number].public_id for number in actors.texts.with_term(term)}
        if publishers:
            numbers |= {
                number for number, record in enumerate(listed.records) if record.owner in publishers
            }
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
