"""Statements, one a line: who said which words."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kb.dates import typed_edtf
from kb.desk.admin.workbench.lines.cells import CellField, CellValues
from kb.desk.admin.workbench.lines.kinds.base import EntryFields, LineKind, named, only
from kb.desk.admin.workbench.lines.words import (
    PlacedWords,
    WordsError,
    place_words,
    words_missing,
)
from kb.desk.admin.workbench.prefill import (
    Prefill,
    headline_words,
    prefill,
    prefill_words,
    proposed_headline,
)
from kb.desk.admin.workbench.speakers import NamedActor
from kb.desk.models import Actor, Event, Source, SourceText, Statement
from kb.desk.quoting import COMPOSED_FORMS
from kb.record.vocabulary import Label, StatementForm, Wording
from kb.text.cited_words import contains_words, split_at_cuts


class StatementLines(LineKind):
    """Speaker, role, for whom, words, date, about."""

    name = "statement"
    model = Statement
    heading = gettext_lazy("Statements from this source, one a line")
    help = gettext_lazy(
        "Copy words from the text: the other cells are filled in. Words in quotation marks must be "
        "in the text."
    )
    none_yet = gettext_lazy("No statement yet.")
    cells = {
        "speaker": CellField(gettext_lazy("Speaker"), "speaker", Actor, is_new_allowed=True),
        "role": CellField(gettext_lazy("Role"), "role_as_of"),
        "on_behalf_of": CellField(gettext_lazy("For"), "on_behalf_of", Actor, is_new_allowed=True),
        "words": CellField(gettext_lazy("Words"), "text"),
        "said": CellField(gettext_lazy("Date"), "said", is_date=True),
        "about": CellField(gettext_lazy("About"), "about", Event),
    }
    cell_of_field = {
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
    is_filled_without_words = False

    def rows(self, source: Source) -> QuerySet[Any]:
        rows = super().rows(source).select_related("speaker", "on_behalf_of")
        return rows.prefetch_related("about")

    def stored_cells(self, row: Statement) -> CellValues:
        return {
            **named("speaker", _present(row.speaker)),
            "role": row.role_as_of,
            **named("on_behalf_of", _present(row.on_behalf_of)),
            "words": row.text,
            "said": typed_edtf(row.said.edtf),
            "said_phrase": row.said.phrase,
            **named("about", only(list(row.about.all()))),
        }

    def stored_notes(
        self, row: Statement, text: SourceText | None, paragraph: int | None
    ) -> dict[str, Label]:
        notes: dict[str, Label] = {"words": kind_note(row.form, paragraph)}
        is_composed = row.form in COMPOSED_FORMS
        if is_composed and text is not None and not contains_words(text.body, row.text):
            notes["words"] = _("The text of the source does not have these words.")
        if row.said.edtf:
            notes["said"] = row.said.words()
        if row.speaker is None and row.speaker_label:
            notes["speaker"] = _("Label: %(label)s") % {"label": row.speaker_label}
        events = list(row.about.all())
        if len(events) > 1:
            notes["about"] = _("About: %(titles)s") % {"titles": "; ".join(map(str, events))}
        return notes

    def prefilled(
        self, source: Source, text: SourceText | None, placed: PlacedWords, *, as_typed: bool
    ) -> Prefill:
        if placed.is_elsewhere and placed.is_marked:
            raise WordsError(
                _(
                    "The text of the source does not have these words. Copy them from the text, or "
                    "leave out the quotation marks for a paraphrase."
                )
            )
        if placed.passage is None:
            is_quoted = text is None and placed.is_marked
            return prefill_words(source, placed.words, is_quoted=is_quoted)
        filled = prefill("statement", placed.passage)
        is_quoted = filled.entry["form"] == StatementForm.VERBATIM
        if placed.is_elsewhere:
            filled.entry |= {"text": placed.words, "form": StatementForm.PARAPHRASE}
            filled.citation |= {"quoted": False, "wording": Wording.PARAPHRASE}
            filled.headline_words = headline_words(placed.words, is_quoted=False)
        elif as_typed or (is_quoted and len(split_at_cuts(placed.words)) > 1):  # a cut stays cut
            filled.entry["text"] = placed.words
            filled.headline_words = headline_words(placed.words, is_quoted=is_quoted)
        return filled

    def filled_cells(self, filled: Prefill, placed: PlacedWords) -> CellValues:
        """The cells, with quotation marks around words that are in no text.

        They alone tell then that it is a quotation.
        """
        speaker, words = filled.speaker, str(filled.entry["text"])
        if placed.passage is None and filled.entry["form"] == StatementForm.VERBATIM:
            words = f"“{words}”"
        return {
            "role": speaker.role if speaker else "",
            "words": words,
            "said": typed_edtf(str(filled.entry.get("said", ""))),
            "said_phrase": str(filled.entry.get("said_phrase", "")),
            **_mentioned("speaker", speaker.person if speaker else None),
            **_mentioned("on_behalf_of", speaker.principal if speaker else None),
        }

    def filled_notes(self, filled: Prefill, placed: PlacedWords) -> dict[str, Label]:
        reasons = filled.reasons
        notes: dict[str, Label] = {
            name: reasons[name] for name in ("speaker", "on_behalf_of", "said") if name in reasons
        }
        for name in ("speaker", "on_behalf_of"):
            if f"new_{name}" in reasons:
                notes[name] = reasons[f"new_{name}"]
        form = str(filled.entry["form"])
        paragraph = placed.passage.paragraph if placed.passage else None
        notes["words"] = placed.note or kind_note(form, paragraph)
        return notes

    def put_new(self, fields: EntryFields, filled: Prefill) -> None:
        fields.data["headline"] = proposed_headline(_label(fields), filled.headline_words)
        fields.put_date("said")
        _put_names(fields)
        fields.put_rows("about")

    def put_changed(self, fields: EntryFields, row: Statement) -> None:
        """The words and the date of a stored line; changed words get their new passage."""
        before, data = self.stored_cells(row), fields.data
        words = fields.typed["words"]
        is_quoted = row.form == StatementForm.VERBATIM
        if words.split() != before["words"].split():
            placed = place_words(fields.text, words)
            data["text"] = words = placed.words
            is_composed = row.form in COMPOSED_FORMS and fields.text is not None
            if is_composed and not contains_words(fields.exact, words):
                if placed.passage is None:
                    raise WordsError(words_missing())
                fields.cite(placed.passage)
        own = proposed_headline(
            before["speaker"] or before["on_behalf_of"],
            headline_words(before["words"], is_quoted=is_quoted),
        )
        if row.headline == own:  # an editor's own headline stays
            shown = headline_words(words, is_quoted=is_quoted)
            data["headline"] = proposed_headline(_label(fields), shown)
        if fields.typed["said"] != before["said"]:
            fields.put_date("said")
        _put_names(fields)
        if fields.typed["about"] or before["about"]:  # several events stay
            fields.put_rows("about")


def kind_note(form: str, paragraph: int | None) -> str:
    """What kind of words they are, and the number of their paragraph if it is known."""
    label = capfirst(str(StatementForm(form).label))
    if not paragraph:
        return label
    return _("%(kind)s, paragraph %(number)d") % {"kind": label, "number": paragraph}


def _present(row: Any) -> list[Any]:
    return [row] if row is not None else []


def _mentioned(cell: str, mention: NamedActor | None) -> CellValues:
    if mention is None or mention.actor is not None:
        return named(cell, _present(mention and mention.actor))
    return {cell: mention.name, f"{cell}_key": ""}


def _label(fields: EntryFields) -> str:
    """Who speaks, or for whom, as the headline says it."""
    for cell in ("speaker", "on_behalf_of"):
        names = fields.names[cell]
        if label := str(names.row) if names.row else names.new_name:
            return label
    return ""


def _put_names(fields: EntryFields) -> None:
    fields.data["role_as_of"] = fields.typed["role"]
    for cell in ("speaker", "on_behalf_of"):
        names = fields.names[cell]
        fields.data[cell] = str(names.row.pk) if names.row else ""
        fields.data[f"new_{cell}"] = names.new_name
