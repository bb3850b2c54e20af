"""The events that requests of a file are about, as rows name them."""

from __future__ import annotations

from collections.abc import Iterable

from kb.desk.importers.accounts import earlier_entries
from kb.desk.importers.rows import ImportRow
from kb.desk.models import Event
from kb.desk.models.base import WorkflowState


def events_titled(titles: Iterable[str]) -> dict[str, Event]:
    """The events of the desk with these titles; of several the oldest."""
    events = Event.objects.exclude(state=WorkflowState.WITHDRAWN)
    return {event.title: event for event in events.filter(title__in=set(titles)).order_by("-pk")}


class KnownEvents:
    """The names by which rows can name events: ids of rows, and titles of the desk."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.names: set[str] = set()

    def fetch(self, rows: Iterable[ImportRow]) -> None:
        """Add the events of these rows and those that they name; at most two queries."""
        chunk = list(rows)
        self.names |= {row.external_id for row in chunk if row.kind == Event.kind}
        missing = {name for row in chunk for name in row.about} - self.names
        if missing:
            self.names |= earlier_entries(self.origin, Event.kind, missing).keys()
            self.names |= events_titled(missing - self.names).keys()

    def problems(self, row: ImportRow) -> list[str]:
        """Why the row cannot be about these events. A published list may name others."""
        if row.is_part_of_list:
            return []
        return [
            f"about_events: “{name[:60]}” is neither the id of an event of this file, above this "
            "row, nor the title of an event here. Correct the name."
            for name in row.about
            if name not in self.names
        ]
