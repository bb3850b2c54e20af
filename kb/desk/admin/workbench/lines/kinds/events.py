"""Events, one a line: what happened, when, who took part, in which incident."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from kb.desk.admin.workbench.lines.cells import CellField, CellValues
from kb.desk.admin.workbench.lines.kinds.base import EntryFields, filled_keys, named
from kb.desk.admin.workbench.lines.kinds.passages import PassageLines
from kb.desk.admin.workbench.lines.words import PlacedWords
from kb.desk.admin.workbench.prefill import Prefill
from kb.desk.models import Actor, Event, Incident, Source
from kb.record.vocabulary import ParticipationRole, Reliability

# What a formset calls the participants of an event.
_ROWS = "participations"


class EventLines(PassageLines):
    """Title, date, reliability, participants with their roles, words, incidents."""

    name = "event"
    model = Event
    heading = gettext_lazy("Events from this source, one a line")
    help = gettext_lazy(
        "Copy words from the text, then say in the title what happened. Write a semicolon between "
        "participants, and the role of each in brackets: Acme (affected)."
    )
    none_yet = gettext_lazy("No event yet.")
    cells = {
        "title": CellField(gettext_lazy("Title"), "title"),
        "happened": CellField(gettext_lazy("Date"), "happened", is_date=True),
        "standing": CellField(gettext_lazy("Reliability"), "standing", choices=Reliability),
        "words": CellField(gettext_lazy("Words"), "exact"),
        "participants": CellField(
            gettext_lazy("Participants"), "actor", Actor, is_many=True, roles=ParticipationRole
        ),
        "incidents": CellField(gettext_lazy("Incidents"), "incidents", Incident, is_many=True),
    }
    cell_of_field = {
        "title": "title",
        "happened": "happened",
        "happened_phrase": "happened",
        "standing": "standing",
        "incidents": "incidents",
        _ROWS: "participants",
    }

    def rows(self, source: Source) -> QuerySet[Any]:
        return super().rows(source).prefetch_related("participations__actor", "incidents")

    def stored_cells(self, row: Event) -> CellValues:
        parts = list(row.participations.all())
        actors, roles = [part.actor for part in parts], [part.role for part in parts]
        return {
            **super().stored_cells(row),
            "title": row.title,
            "standing": row.standing,
            **named("participants", actors, roles),
            **named("incidents", list(row.incidents.all())),
        }

    def filled_cells(self, filled: Prefill, placed: PlacedWords) -> CellValues:
        incidents = Incident.objects.filter(pk__in=filled_keys(filled, "incidents"))
        return {
            **super().filled_cells(filled, placed),
            "title": str(filled.entry.get("title", "")),
            "standing": str(filled.entry["standing"]),
            **named("incidents", list(incidents)),
        }

    def put_cells(self, fields: EntryFields) -> None:
        fields.data["title"] = fields.typed["title"]
        fields.data["standing"] = fields.typed["standing"]
        fields.put_rows("incidents")
        _put_participants(fields)


def _put_participants(fields: EntryFields) -> None:
    """Keep the rows of participants that were typed, add new ones, delete the others."""
    data, names = fields.data, fields.names["participants"]
    typed = list(dict.fromkeys(zip(names.keys, names.roles, strict=True)))
    count = int(data.get(f"{_ROWS}-TOTAL_FORMS", "0"))
    for number in range(count):
        prefix = f"{_ROWS}-{number}"
        stored = (data.get(f"{prefix}-actor", ""), data.get(f"{prefix}-role", ""))
        if stored in typed:
            typed.remove(stored)
        else:
            data[f"{prefix}-DELETE"] = "on"
    for number, (actor, role) in enumerate(typed, start=count):
        data.update({f"{_ROWS}-{number}-actor": actor, f"{_ROWS}-{number}-role": role})
    data[f"{_ROWS}-TOTAL_FORMS"] = str(count + len(typed))
