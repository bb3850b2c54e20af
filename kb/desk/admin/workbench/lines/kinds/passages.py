"""Kinds of lines whose words are the passage that tells of them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from kb.dates import typed_edtf
from kb.desk.admin.workbench.lines.cells import WORDS, CellValues
from kb.desk.admin.workbench.lines.kinds.base import EntryFields, LineKind, own_citations
from kb.desk.admin.workbench.lines.words import (
    PlacedWords,
    WordsError,
    place_words,
    words_missing,
)
from kb.desk.admin.workbench.prefill import DATES, Prefill, prefill, prefill_source
from kb.desk.models import Source, SourceText
from kb.record.vocabulary import Label
from kb.text.cited_words import contains_words


class PassageLines(LineKind):
    """Events and requests: what the source tells, with the words in which it tells it.

    The words must be in the text of the source. Without a text they are taken as they are.
    """

    def stored_cells(self, row: Any) -> CellValues:
        date, when = DATES[self.name], getattr(row, DATES[self.name])
        return {
            WORDS: next((citation.exact for citation in own_citations(row)), ""),
            date: typed_edtf(when.edtf),
            f"{date}_phrase": when.phrase,
        }

    def stored_notes(
        self, row: Any, text: SourceText | None, paragraph: int | None
    ) -> dict[str, Label]:
        notes: dict[str, Label] = {}
        when, words = getattr(row, DATES[self.name]), self.stored_cells(row)[WORDS]
        if when.edtf:
            notes[DATES[self.name]] = when.words()
        if paragraph:
            notes[WORDS] = _paragraph_note(paragraph)
        elif words and text is not None and not contains_words(text.body, words):
            notes[WORDS] = _("The text of the source does not have these words.")
        return notes

    def prefilled(
        self, source: Source, text: SourceText | None, placed: PlacedWords, *, as_typed: bool
    ) -> Prefill:
        if placed.is_elsewhere:
            raise WordsError(words_missing())
        if placed.passage is None:
            return prefill_source(self.name, source, placed.words)
        return prefill(self.name, placed.passage)

    def filled_cells(self, filled: Prefill, placed: PlacedWords) -> CellValues:
        date = DATES[self.name]
        return {
            WORDS: str(filled.citation["exact"]),
            date: typed_edtf(str(filled.entry.get(date, ""))),
            f"{date}_phrase": str(filled.entry.get(f"{date}_phrase", "")),
        }

    def filled_notes(self, filled: Prefill, placed: PlacedWords) -> dict[str, Label]:
        notes = {name: filled.reasons[name] for name in self.cells if name in filled.reasons}
        if placed.passage is not None:
            notes[WORDS] = placed.note or _paragraph_note(placed.passage.paragraph)
        return notes

    def put_new(self, fields: EntryFields, filled: Prefill) -> None:
        fields.put_date(DATES[self.name])
        self.put_cells(fields)

    def put_changed(self, fields: EntryFields, row: Any) -> None:
        before, words = self.stored_cells(row), fields.typed[WORDS]
        if words.split() != before[WORDS].split():
            placed = place_words(fields.text, words)
            if placed.is_elsewhere:
                raise WordsError(words_missing())
            if placed.passage is not None:
                fields.cite(placed.passage)
            elif prefix := fields.citation:
                fields.data[f"{prefix}-exact"] = placed.words
                fields.is_unmarked = True
        if fields.typed[DATES[self.name]] != before[DATES[self.name]]:
            fields.put_date(DATES[self.name])
        self.put_cells(fields)

    def put_cells(self, fields: EntryFields) -> None:
        """Put in what new and stored lines have besides words and date."""


def _paragraph_note(number: int) -> str:
    return _("Paragraph %(number)d") % {"number": number}
