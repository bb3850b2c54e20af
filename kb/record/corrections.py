"""The last correction of each entry, with its reason."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from kb.record.answers import EntryRow, LastCorrection
from kb.record.models import Revision
from kb.record.vocabulary import Change


def last_corrections(
    rows: Iterable[EntryRow], *, at: datetime | None = None
) -> dict[str, LastCorrection]:
    """The last correction by public id of the entry; without those that have none.

    ``at`` leaves out what was published later. One query, none if no row has a second version.
    """
    # Nothing is corrected in its first version.
    ids = [row["id"] for row in rows if row["version"] > 1]
    if not ids:
        return {}
    corrections = Revision.objects.filter(public_id__in=ids, change=Change.CORRECTION)
    if at:
        corrections = corrections.filter(published_at__lte=at)
    versions = corrections.order_by("number").values_list("public_id", "published_at", "note")
    return {
        public_id: {"corrected_at": published_at.isoformat(), "reason": note}
        for public_id, published_at, note in versions
    }
