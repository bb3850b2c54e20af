"""The entries whose dates a format can show."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import DurationField, ExpressionWrapper, F, Q, QuerySet, Value
from django.db.models.lookups import LessThan

from kb.record.models import Entry

DAYS_OF_YEAR = 366
_WIDTH = ExpressionWrapper(F("latest") - F("earliest"), output_field=DurationField())
_YEAR = timedelta(days=DAYS_OF_YEAR)


def entries_with_dates(entries: QuerySet[Entry], shows: str) -> QuerySet[Entry]:
    """Those whose dates can be shown: "" all, "dated" with a known end, "days" within a year.

    "days" are dates with both ends known, from the first to the last possible day 366 at most.
    """
    if shows == "dated":
        return entries.filter(dated=True)
    if shows == "days":
        both = Q(earliest__isnull=False, latest__isnull=False)
        return entries.filter(both, LessThan(_WIDTH, Value(_YEAR, output_field=DurationField())))
    return entries
