"""What an editor wrote about an incident after the day that a page shows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TypedDict

from django.utils.timezone import localtime

from kb.record.history import versions
from kb.record.models import Revision
from kb.record.query import TimelineQuery

FIELDS = ("summary", "moments")
# Versions that are compared. What none of them changed is as old as the oldest of them, or older.
MAX_VERSIONS = 50


class WrittenLater(TypedDict):
    """The days on which the summary and the key moments got the form they have today.

    None for what is no later than the day of the page. With ``is_hidden``, what is later is not
    shown.
    """

    summary: date | None
    moments: date | None
    is_hidden: bool


def written_later(incident: Revision, query: TimelineQuery) -> WrittenLater | None:
    """What was written after the day of the query; None for the record of today. One query."""
    day = query.as_of_day
    if day is None:
        return None
    names = [f"document__{field}" for field in FIELDS]
    rows = versions(incident.public_id).values_list("published_at", *names)[:MAX_VERSIONS]
    newest_first = list(rows)
    summary, moments = (_day_written(newest_first, place) for place in (1, 2))
    return {
        "summary": summary if summary > day and incident.document["summary"] else None,
        "moments": moments if moments > day else None,
        "is_hidden": query.later == "hide",
    }


def _day_written(newest_first: Sequence[tuple[datetime, object, object]], place: int) -> date:
    """The day of the first version from which a field has been as it is today."""
    written_at = newest_first[0][0]
    for row in newest_first:
        if (row[place] or None) != (newest_first[0][place] or None):
            break
        written_at = row[0]
    return localtime(written_at).date()
