"""Which records of a list a search finds: the definition itself, read row by row.

The rows are narrow, and a list has far fewer of them than the record has entries.
"""

from __future__ import annotations

from django.db.models import F, Q, QuerySet, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Concat, StrIndex
from django.db.models.lookups import GreaterThan

from kb.record.models import ListedRecord
from kb.record.vocabulary import RecordKind
from kb.text.normalise import Term, padded_term, query_terms


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
        publishers = actors.filter(_holds(term)).values("public_id")
        records = records.filter(Q(_holds(term)) | Q(kind=RecordKind.SOURCE, owner__in=publishers))
    return records


def _holds(term: Term) -> GreaterThan:
    space = Value(" ", output_field=TextField())
    padded: Combinable = Concat(space, F("search_text"), space)
    return GreaterThan(StrIndex(padded, Value(padded_term(term))), 0)
