"""Requests for comment, one a line: who asked whom, about what, and what became of it."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kb.desk.admin.workbench.lines.cells import CellField, CellValues
from kb.desk.admin.workbench.lines.kinds.base import EntryFields, filled_keys, named, only
from kb.desk.admin.workbench.lines.kinds.passages import PassageLines
from kb.desk.admin.workbench.lines.words import PlacedWords
from kb.desk.admin.workbench.prefill import Prefill
from kb.desk.models import Actor, Event, Request, Source, SourceText
from kb.record.vocabulary import Label, RequestOutcome


class RequestLines(PassageLines):
    """Who asked, whom, words, date, outcome, about which event."""

    name = "request"
    model = Request
    heading = gettext_lazy("Requests for comment from this source, one a line")
    help = gettext_lazy(
        "Copy words from the text. Write a semicolon between several who were asked. Leave out who "
        "asked if no source says it."
    )
    none_yet = gettext_lazy("No request for comment yet.")
    cells = {
        "asked_by": CellField(gettext_lazy("Who asked"), "asked_by", Actor),
        "asked": CellField(gettext_lazy("Whom"), "asked", Actor, is_many=True),
        "asked_on": CellField(gettext_lazy("Date"), "asked_on", is_date=True),
        "words": CellField(gettext_lazy("Words"), "text"),
        "outcome": CellField(gettext_lazy("Outcome"), "outcome", choices=RequestOutcome),
        "about": CellField(gettext_lazy("About"), "about", Event),
    }
    cell_of_field = {
        "asked_by": "asked_by",
        "asked": "asked",
        "asked_on": "asked_on",
        "asked_on_phrase": "asked_on",
        "text": "words",
        "outcome": "outcome",
        "no_reply_by": "outcome",
        "answer": "outcome",
        "about": "about",
    }

    def rows(self, source: Source) -> QuerySet[Any]:
        rows = super().rows(source).select_related("asked_by")
        return rows.prefetch_related("asked", "about")

    def stored_cells(self, row: Request) -> CellValues:
        return {
            **super().stored_cells(row),
            **named("asked_by", [row.asked_by] if row.asked_by else []),
            **named("asked", list(row.asked.all())),
            "outcome": row.outcome,
            **named("about", only(list(row.about.all()))),
        }

    def stored_notes(
        self, row: Request, text: SourceText | None, paragraph: int | None
    ) -> dict[str, Label]:
        notes = super().stored_notes(row, text, paragraph)
        if row.no_reply_by.edtf:
            notes["outcome"] = _("By %(day)s") % {"day": row.no_reply_by.words()}
        events = list(row.about.all())
        if len(events) > 1:
            notes["about"] = _("About: %(titles)s") % {"titles": "; ".join(map(str, events))}
        return notes

    def filled_cells(self, filled: Prefill, placed: PlacedWords) -> CellValues:
        asked_by = Actor.objects.filter(pk__in=filled_keys(filled, "asked_by"))
        asked = Actor.objects.filter(pk__in=filled_keys(filled, "asked"))
        return {
            **super().filled_cells(filled, placed),
            **named("asked_by", list(asked_by)),
            **named("asked", list(asked)),
            "outcome": str(filled.entry["outcome"]),
        }

    def put_changed(self, fields: EntryFields, row: Request) -> None:
        exact = fields.exact
        super().put_changed(fields, row)
        if row.text.split() == exact.split():  # an editor's own text stays
            fields.data["text"] = fields.exact
        if not fields.typed["about"] and row.about.count() > 1:
            fields.data.setlist("about", [str(event.pk) for event in row.about.all()])

    def put_cells(self, fields: EntryFields) -> None:
        data, outcome = fields.data, fields.typed["outcome"]
        fields.put_rows("asked_by")
        fields.put_rows("asked")
        fields.put_rows("about")
        if outcome != data.get("outcome"):
            data["no_reply_by"] = data["no_reply_by_phrase"] = ""
        if outcome == RequestOutcome.NO_REPLY and not data.get("no_reply_by"):
            data["no_reply_by"] = fields.source.published.edtf
        data["outcome"] = outcome
