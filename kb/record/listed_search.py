"""Which records of a list a search finds: the definition itself, read row by row.

The rows are narrow, and a list has far fewer of them than the record has entries.
"""

from __future__ import annotations

from django.db.models import Q, QuerySet

from kb.record.models import ListedRecord
from kb.record.search import has_term
from kb.record.vocabulary import RecordKind
from kb.text.normalise import query_terms


def records_matching(records: QuerySet[ListedRecord], q: str) -> QuerySet[ListedRecord]:
    """The records whose texts hold every term of ``q`` (``kb.text.normalise.query_terms``).

    A source is also found by the names of its publisher: they are those of the actor, so nothing
    has to be written again when it gets another name. Nothing to search for matches nothing.
    """
    terms = query_terms(q)
    if not terms:
        return records.none()
    actors = ListedRecord.objects.filter(kind=RecordKind.ACTOR).order_by()
    for term in terms:
        publishers = actors.filter(has_term(term)).values("public_id")
        records = records.filter(has_term(term) | Q(kind=RecordKind.SOURCE, owner__in=publishers))
    return records
