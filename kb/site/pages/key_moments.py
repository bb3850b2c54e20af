"""An incident in a minute: the entries that an editor chose, as rows."""

from __future__ import annotations

from typing import TypedDict

from kb.record.models import Entry, Revision
from kb.record.query import TimelineQuery
from kb.record.rows import Row, rows_for_entries


class KeyMoments(TypedDict):
    """The rows in the editor's order. ``later`` counts those not yet public on the chosen day."""

    rows: list[Row]
    later: int


def key_moments(incident: Revision, query: TimelineQuery) -> KeyMoments | None:
    """The key moments, as known on the day of the query; None if no editor chose any.

    An entry that is withdrawn, or was taken out of the incident, is none of them. Costs seven
    queries at most.
    """
    chosen: list[str] = incident.document.get("moments", [])
    if not chosen:
        return None
    entries = Entry.objects.filter(public_id__in=chosen).select_related("revision")
    ordered = sorted(entries, key=lambda entry: chosen.index(entry.public_id))
    own = [entry for entry in ordered if incident.public_id in entry.revision.document["incidents"]]
    rows = rows_for_entries(own, query)
    public = [row for row in rows if not row.get("later")]
    return {"rows": public, "later": len(rows) - len(public)}
