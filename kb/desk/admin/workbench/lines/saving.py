"""Saving a line: its cells are put into the form of the statement, which its own admin saves."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.utils.translation import gettext as _

from kb.desk.admin.date_proposals import proposals_from_sources
from kb.desk.admin.edit_conflicts import stored_and_typed
from kb.desk.admin.saving import request_state
from kb.desk.admin.workbench.fact_form import FactLayout
from kb.desk.admin.workbench.facts import Fact, StatementFactAdmin, workbench_url
from kb.desk.admin.workbench.lines.cells import stored_cells
from kb.desk.admin.workbench.lines.line import Line
from kb.desk.admin.workbench.lines.names import TypedName, typed_actor, typed_event
from kb.desk.admin.workbench.lines.words import (
    PlacedWords,
    WordsError,
    filled_cells,
    filled_notes,
    passage_key,
    place_words,
    prefilled,
)
from kb.desk.admin.workbench.passage import Passage, paragraph_locator
from kb.desk.admin.workbench.prefill import Prefill, headline_words, proposed_headline
from kb.desk.admin.workbench.taking import sent_as_filled
from kb.desk.models import Citation, Publishable, Source, SourceText, Statement
from kb.desk.quoting import COMPOSED_FORMS
from kb.desk.verbs.source_texts import remove_mark
from kb.record.vocabulary import StatementForm
from kb.text.cited_words import contains_words

# The cell that shows an error of a field of the statement.
CELL_OF_FIELD = {
    "speaker": "speaker",
    "new_speaker": "speaker",
    "speaker_label": "speaker",
    "role_as_of": "role",
    "on_behalf_of": "on_behalf_of",
    "new_on_behalf_of": "on_behalf_of",
    "text": "words",
    "said": "said",
    "said_phrase": "said",
    "about": "about",
}


class LineAdmin(StatementFactAdmin):
    """The admin of a statement whose form is filled in from a line; it shows no page itself."""

    is_taken = True

    def __init__(self, source: Source, passage: Passage | None, filled: Prefill | None) -> None:
        super().__init__(Statement, admin.site)
        self.source, self.passage, self.show = source, passage, self._keep_refusal
        self._prefill = filled
        self.refusal: dict[str, Any] | None = None

    def _keep_refusal(
        self, request: HttpRequest, fact: Fact, layout: FactLayout, context: dict[str, Any]
    ) -> HttpResponse:
        self.refusal = context
        return HttpResponse()

    def save_related(
        self,
        request: HttpRequest,
        form: forms.ModelForm[Publishable],
        formsets: list[forms.BaseInlineFormSet[Any, Publishable, Any]],
        change: bool,
    ) -> None:
        if change and self.passage is not None:
            for citation in Citation.objects.filter(
                statement=form.instance.pk, source=self.source
            ).order_by("pk")[:1]:
                remove_mark(citation)
        super().save_related(request, form, formsets, change)

    def response_change(self, request: HttpRequest, obj: Publishable) -> HttpResponse:
        self.saved_rows.append(obj)
        messages.success(request, _("“%(title)s” was saved.") % {"title": obj})
        return HttpResponseRedirect(workbench_url(self.source))


class LineSaver:
    """Saves the lines of one request, one after the other."""

    def __init__(self, request: HttpRequest, source: Source, text: SourceText | None) -> None:
        self.request, self.source, self.text = request, source, text
        self.added: list[Publishable] = []  # new statements, and actors created with them

    def save(self, line: Line) -> Statement | None:
        """Save a line, and return its statement; None if it was refused: the line says why."""
        names = self._typed_names(line)
        data, fact = self._form_data(line, names)
        if line.is_refused or fact is None:
            return None
        sent = self.request.POST
        request_state(self.request).POST = data
        try:
            if line.statement is None:
                fact.add_view(self.request)
            else:
                fact.change_view(self.request, str(line.statement.pk))
        finally:
            request_state(self.request).POST = sent
        if fact.refusal is not None:
            self._show_refusal(line, fact.refusal)
        if line.is_new:
            self.added += fact.saved_rows
        statements = [row for row in fact.saved_rows if isinstance(row, Statement)]
        return statements[0] if statements else None

    def fill(self, line: Line) -> None:
        """Fill in the empty cells of a new line from its words, once. Raises WordsError."""
        placed, filled = self._filled(line)
        cells = filled_cells(filled, placed)
        values = {name: value for name, value in cells.items() if not line.typed(name)}
        for name in ("speaker", "on_behalf_of"):
            if line.typed(name):  # the key belongs to another name
                values.pop(f"{name}_key", None)
        if line.typed("said"):
            values.pop("said_phrase", None)
        values |= {"words": cells["words"], "passage": passage_key(placed.passage), "filled": "1"}
        line.put(values)
        notes = filled_notes(filled, placed)
        line.notes |= {name: note for name, note in notes.items() if name in (*values, "words")}

    def _filled(self, line: Line) -> tuple[PlacedWords, Prefill]:
        placed = place_words(self.text, line.typed("words"), line.typed("passage"))
        is_filled = bool(line.typed("filled"))
        return placed, prefilled(self.source, self.text, placed, as_typed=is_filled)

    def _typed_names(self, line: Line) -> dict[str, TypedName]:
        """The rows that the names mean, after filling in a line that was not filled in yet."""
        if line.is_new and line.typed("words") and not line.typed("filled"):
            try:
                self.fill(line)
            except WordsError as problem:
                line.refuse("words", str(problem))
        readers = {"speaker": typed_actor, "on_behalf_of": typed_actor, "about": typed_event}
        names = {}
        for cell, read in readers.items():
            parts = (line.typed(cell), line.typed(f"{cell}_key"), line.typed(f"{cell}_choice"))
            names[cell] = name = read(*parts)
            if name.problem:
                line.refuse(cell, name.problem, name.choices)
            elif name.row is not None:
                line.put({cell: str(name.row), f"{cell}_key": str(name.row.pk)})
        if day := line.typed("said_choice"):
            line.put({"said": day, "said_phrase": line.typed("said")})
        return names

    def _form_data(
        self, line: Line, names: dict[str, TypedName]
    ) -> tuple[QueryDict, LineAdmin | None]:
        """The whole form of a line's statement, as a browser would send it, and its admin."""
        if line.is_new:
            try:
                placed, filled = self._filled(line)
            except WordsError as problem:
                if not line.is_refused:
                    line.refuse("words", str(problem))
                return QueryDict(), None
            fact = LineAdmin(self.source, placed.passage, filled)
            data = sent_as_filled(fact, self.request)
            data["headline"] = proposed_headline(_label(names), filled.headline_words)
            self._put_date(line, data, str(filled.citation["exact"]))
        else:
            fact = LineAdmin(self.source, None, None)
            data = sent_as_filled(fact, self.request, line.statement)
            self._put_changed_words(line, fact, data, names)
        data.update({"make": fact.kind, "_save": "1", "role_as_of": line.typed("role")})
        for cell in ("speaker", "on_behalf_of"):
            data[cell] = str(names[cell].row.pk) if names[cell].row else ""  # type: ignore[union-attr]
            data[f"new_{cell}"] = names[cell].new_name
        is_untouched = not line.typed("about") and not line.is_new and not _has_event(line)
        if not is_untouched:
            event = names["about"].row
            data.setlist("about", [str(event.pk)] if event else [])
        return data, fact

    def _put_date(self, line: Line, data: QueryDict, exact: str) -> None:
        """The date of a line, with its wording if the exact words have it."""
        phrase = line.typed("said_phrase")
        data["said"] = line.typed("said")
        data["said_phrase"] = phrase if contains_words(exact, phrase) else ""

    def _put_changed_words(
        self, line: Line, fact: LineAdmin, data: QueryDict, names: dict[str, TypedName]
    ) -> None:
        """The words and the date of a stored line; changed words get their new passage."""
        statement = line.statement
        if statement is None:
            return
        before = stored_cells(statement)
        data["version"] = line.typed("version")
        words, prefix = line.typed("words"), self._citation_prefix(data)
        exact = data.get(f"{prefix}-exact", "")
        is_composed = statement.form in COMPOSED_FORMS
        is_quoted = statement.form == StatementForm.VERBATIM
        if words.split() != before["words"].split():
            placed = place_words(self.text, words)
            data["text"] = words = placed.words
            if is_composed and self.text is not None and not contains_words(exact, words):
                if placed.passage is None:
                    message = _(
                        "The text of the source does not have these words. Copy them from the text."
                    )
                    line.refuse("words", message)
                elif prefix:
                    fact.passage = placed.passage
                    data[f"{prefix}-exact"] = placed.passage.exact
                    data[f"{prefix}-locator"] = paragraph_locator(placed.passage)
        own = proposed_headline(
            before["speaker"] or before["on_behalf_of"],
            headline_words(before["words"], is_quoted=is_quoted),
        )
        if statement.headline == own:  # an editor's own headline stays
            shown = headline_words(words, is_quoted=is_quoted)
            data["headline"] = proposed_headline(_label(names), shown)
        if line.typed("said") != before["said"]:
            self._put_date(line, data, data.get(f"{prefix}-exact", ""))

    def _citation_prefix(self, data: QueryDict) -> str:
        """Where the citation of this source is in a form; "" if it has none."""
        for number in range(int(data.get("citations-TOTAL_FORMS", "0"))):
            if data.get(f"citations-{number}-source") == str(self.source.pk):
                return f"citations-{number}"
        return ""

    def _show_refusal(self, line: Line, refusal: dict[str, Any]) -> None:
        """Put the errors of the form beside the cells that they are about."""
        form, citations = refusal["form"], refusal["citations"]
        if form.is_stale:
            line.stored = stored_and_typed(form)
            line.put({"version": str(form.instance.version)})
        for name, errors in form.errors.items():
            cell = CELL_OF_FIELD.get(name, "")
            label = "" if cell or name == "__all__" else f"{form.fields[name].label}: "
            if name == "said" and self._offer_days(line):
                continue
            for error in errors:
                line.refuse(cell, f"{label}{error}")
        for row in citations.forms:
            for name, errors in row.errors.items():
                cell = "words" if name == "exact" else ""
                label = "" if cell or name == "__all__" else f"{row.fields[name].label}: "
                for error in errors:
                    line.refuse(cell, f"{label}{error}")
        for error in citations.non_form_errors():
            line.refuse("", str(error))

    def _offer_days(self, line: Line) -> bool:
        """Offer what words that depend on the day of the source mean; False if they do not."""
        proposals = proposals_from_sources(line.typed("said"), [str(self.source.pk)])
        if not proposals:
            return False
        message = _("These words depend on the day of the source. Choose what they mean.")
        choices = [(proposal.edtf, proposal.sentence()) for proposal in proposals]
        line.refuse("said", message, choices)
        return True


def _label(names: dict[str, TypedName]) -> str:
    """Who speaks, or for whom, as the headline says it."""
    for cell in ("speaker", "on_behalf_of"):
        name = names[cell]
        if label := str(name.row) if name.row else name.new_name:
            return label
    return ""


def _has_event(line: Line) -> bool:
    return line.statement is not None and bool(stored_cells(line.statement)["about"])
