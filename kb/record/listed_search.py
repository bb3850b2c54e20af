"""Which records of a list a search finds: the definition itself, read row by row.

The rows are narrow, and a list has far fewer of them than the record has entries.
"""

from __future__ import annotations

from django.db.models import Q, QuerySet

from kb.record.models import ListedRecord
from kb.record.search import has_term
from kb.record.vocabulary import RecordKind
from kb.text.normalise import Term, search_query


def records_matching(records: QuerySet[ListedRecord], q: str) -> QuerySet[ListedRecord]:
    """The records whose texts ``q`` finds (``kb.text.normalise.search_query``).

    A source is also found by the names of its publisher: they are those of the actor, so nothing
    has to be written again when it gets another name. Nothing to search for matches nothing.
    """
    query = search_query(q)
    if query.is_empty:
        return records.none()
    for term in query.required:
        records = records.filter(_has_term_or_publisher(term))
    for term in query.excluded:
        records = records.exclude(_has_term_or_publisher(term))
    return records


def _has_term_or_publisher(term: Term) -> Q:
    actors = ListedRecord.objects.filter(kind=RecordKind.ACTOR).order_by()
    publishers = actors.filter(has_term(term)).values("public_id")
    return has_term(term) | Q(kind=RecordKind.SOURCE, owner__in=publishers)
