"""The key moments of the incidents that a file adds, stored when all its entries are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kb.desk.importers.link_rows import imported_entries
from kb.desk.models import KeyMoment
from kb.desk.models.moments import MAX_MOMENTS


def store_moments(moments: Mapping[int, Sequence[str]], origin: str) -> None:
    """Store key moments: ids of rows by the key of the incident. Others than rows are left out."""
    entries = imported_entries({name for names in moments.values() for name in names}, origin)
    rows = []
    for incident, names in moments.items():
        known = [entries[name] for name in dict.fromkeys(names) if name in entries]
        rows += [
            KeyMoment(incident_id=incident, place=place, **{entry.kind: entry})
            for place, entry in enumerate(known[:MAX_MOMENTS], start=1)
        ]
    KeyMoment.objects.bulk_create(rows)
