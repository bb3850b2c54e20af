"""Saving a line: its cells are put into the form of its entry, which the entry's admin saves."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from kb.desk.admin.date_proposals import proposals_from_sources
from kb.desk.admin.edit_conflicts import stored_and_typed
from kb.desk.admin.saving import request_state
from kb.desk.admin.workbench.lines.admins import LineAdmin, line_admin
from kb.desk.admin.workbench.lines.cells import WORDS
from kb.desk.admin.workbench.lines.kinds.base import Entry, EntryFields
from kb.desk.admin.workbench.lines.line import Line
from kb.desk.admin.workbench.lines.names import TypedNames, typed_names, typed_new_name
from kb.desk.admin.workbench.lines.words import PlacedWords, WordsError, passage_key, place_words
from kb.desk.admin.workbench.prefill import Prefill
from kb.desk.admin.workbench.taking import sent_as_filled
from kb.desk.models import Publishable, Source, SourceText


class LineSaver:
    """Saves the lines of one request, one after the other.

    ``button`` is the name of the button of the entry's form that is pressed for each.
    """

    def __init__(
        self, request: HttpRequest, source: Source, text: SourceText | None, button: str
    ) -> None:
        self.request, self.source, self.text = request, source, text
        self.button = button
        self.added: list[Publishable] = []  # new entries, and actors created with them

    def save(self, line: Line) -> Entry | None:
        """Save a line, and return its entry; None if it was refused: the line says why."""
        names = self._typed_names(line)
        data, fact = self._form_data(line, names)
        if line.is_refused or fact is None:
            return None
        sent = self.request.POST
        request_state(self.request).POST = data
        try:
            if line.row is None:
                fact.add_view(self.request)
            else:
                fact.change_view(self.request, str(line.row.pk))
        finally:
            request_state(self.request).POST = sent
        if fact.refusal is not None:
            self._show_refusal(line, fact.refusal)
        if line.is_new:
            self.added += fact.saved_rows
        entries = [row for row in fact.saved_rows if isinstance(row, line.kind.model)]
        return entries[0] if entries else None

    def fill(self, line: Line) -> None:
        """Fill in the empty cells of a new line from its words, once. Raises WordsError."""
        placed, filled = self._filled(line)
        cells = line.kind.filled_cells(filled, placed)
        values = {name: value for name, value in cells.items() if not line.typed(name)}
        for name in line.kind.cells:
            if line.typed(name):  # the key or the wording belongs to what was typed
                values.pop(f"{name}_key", None)
                values.pop(f"{name}_phrase", None)
        values |= {WORDS: cells[WORDS], "passage": passage_key(placed.passage), "filled": "1"}
        line.put(values)
        notes = line.kind.filled_notes(filled, placed)
        line.notes |= {name: note for name, note in notes.items() if name in (*values, WORDS)}

    def _filled(self, line: Line) -> tuple[PlacedWords, Prefill]:
        placed = place_words(self.text, line.typed(WORDS), line.typed("passage"))
        is_filled = bool(line.typed("filled"))
        return placed, line.kind.prefilled(self.source, self.text, placed, as_typed=is_filled)

    def _typed_names(self, line: Line) -> dict[str, TypedNames]:
        """The rows that the names mean, after filling in a line that was not filled in yet."""
        can_fill = bool(line.typed(WORDS)) or line.kind.is_filled_without_words
        if line.is_new and can_fill and not line.typed("filled"):
            try:
                self.fill(line)
            except WordsError as problem:
                line.refuse(WORDS, str(problem))
        names = {}
        for name, cell in line.kind.cells.items():
            parts = (line.typed(name), line.typed(f"{name}_key"), line.typed(f"{name}_choice"))
            if cell.is_date and parts[2]:
                line.put({name: parts[2], f"{name}_phrase": parts[0]})
            if cell.rows is None:
                continue
            if cell.is_new_allowed:
                names[name] = typed = typed_new_name(cell, *parts)
            else:
                names[name] = typed = typed_names(self.request, cell, *parts)
            self.added += typed.created
            if typed.problem:
                line.refuse(name, typed.problem, typed.choices)
            elif typed.rows:
                line.put({name: typed.text(), f"{name}_key": ",".join(typed.keys)})
        return names

    def _form_data(
        self, line: Line, names: dict[str, TypedNames]
    ) -> tuple[QueryDict, LineAdmin | None]:
        """The whole form of a line's entry, as a browser would send it, and its admin."""
        try:
            if line.is_new:
                placed, filled = self._filled(line)
                fact = line_admin(line.kind.name, self.source, placed.passage, filled)
                fields = self._fields(line, names, sent_as_filled(fact, self.request))
                line.kind.put_new(fields, filled)
            else:
                fact = line_admin(line.kind.name, self.source, None, None)
                fields = self._fields(line, names, sent_as_filled(fact, self.request, line.row))
                fields.data["version"] = line.typed("version")
                line.kind.put_changed(fields, line.row)
                fact.passage, fact.is_unmarked = fields.passage, fields.is_unmarked
        except WordsError as problem:
            if not line.is_refused:
                line.refuse(WORDS, str(problem))
            return QueryDict(), None
        fields.data.pop("_save", None)
        fields.data.update({"make": line.kind.name, self.button: "1"})
        return fields.data, fact

    def _fields(self, line: Line, names: dict[str, TypedNames], data: QueryDict) -> EntryFields:
        return EntryFields(data, line.typed_values(), names, self.source, self.text)

    def _show_refusal(self, line: Line, refusal: dict[str, Any]) -> None:
        """Put the errors of the form beside the cells that they are about."""
        form = refusal["form"]
        if form.is_stale:
            line.stored = stored_and_typed(form)
            line.put({"version": str(form.instance.version)})
        for name, errors in form.errors.items():
            cell = line.kind.cell_of_field.get(name, "")
            label = "" if cell or name == "__all__" else f"{form.fields[name].label}: "
            if cell and self._offer_days(line, cell):
                continue
            for error in errors:
                line.refuse(cell, f"{label}{error}")
        for formset in refusal["formsets"]:
            cell = line.kind.cell_of_field.get(formset.prefix, "")
            for row in formset.forms:
                for name, errors in row.errors.items():
                    own_cell = WORDS if name == "exact" else cell
                    is_named = own_cell or name == "__all__"
                    label = "" if is_named else f"{row.fields[name].label}: "
                    for error in errors:
                        line.refuse(own_cell, f"{label}{error}")
            for error in formset.non_form_errors():
                line.refuse(cell, str(error))

    def _offer_days(self, line: Line, cell: str) -> bool:
        """Offer what words that depend on the day of the source mean; False if they do not."""
        if not line.kind.cells[cell].is_date:
            return False
        proposals = proposals_from_sources(line.typed(cell), [str(self.source.pk)])
        if not proposals:
            return False
        message = _("These words depend on the day of the source. Choose what they mean.")
        choices = [(proposal.edtf, proposal.sentence()) for proposal in proposals]
        line.refuse(cell, message, choices)
        return True
