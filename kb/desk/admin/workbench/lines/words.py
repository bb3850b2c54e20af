"""Where the words of a line stand in the text of its source, and what the text adds to them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from kb.desk.admin.workbench.passage import Passage
from kb.desk.admin.workbench.statement_proposals import QUOTATION_MARKS
from kb.desk.models import SourceText
from kb.text.cited_words import places_of_words

_PASSAGE = re.compile(r"(\d{1,9})-(\d{1,9})@(\d{1,9})")


class WordsError(ValueError):
    """The words cannot be those of the line. The message tells the editor why."""


@dataclass(frozen=True)
class PlacedWords:
    """The words of a line, where they stand, and a note for the editor ("" if there is none).

    ``is_marked`` if they were typed in quotation marks; ``words`` are without these.
    ``is_elsewhere`` if the text does not have them there, so that they are the editor's own.
    """

    words: str
    is_marked: bool
    passage: Passage | None = None
    is_elsewhere: bool = False
    note: str = ""


def place_words(text: SourceText | None, typed: str, passage: str = "") -> PlacedWords:
    """Find the words of a line in the text of its source.

    ``passage`` is where they were taken from (``passage_key``). They may have been changed since.
    """
    words, is_marked = _without_marks(typed)
    placed = PlacedWords(words, is_marked)
    if text is None or not words:
        return placed
    chosen = _chosen_passage(text, passage)
    places = places_of_words(text.body, words)
    if chosen is not None:
        inside = [place for place in places if chosen.start <= place[0] and place[1] <= chosen.end]
        if inside:
            return replace(placed, passage=chosen)
        if not places:
            note = _("Not the words of the marked passage: saved as a paraphrase of it.")
            return replace(placed, passage=chosen, is_elsewhere=True, note=note)
    if not places:
        note = _(
            "The text of the source does not have these words: saved as a paraphrase, without a "
            "passage."
        )
        return replace(placed, is_elsewhere=True, note=note)
    found = replace(placed, passage=_with_marks(text, *places[0]))
    if len(places) > 1:
        note = _("The text has these words more than once. The first place was taken.")
        return replace(found, note=note)
    return found


def words_missing() -> str:
    """Why words cannot be those of a passage."""
    return _("The text of the source does not have these words. Copy them from the text.")


def passage_key(passage: Passage | None) -> str:
    """A passage as the value of a hidden field: its start and end, and the version of the text."""
    return f"{passage.start}-{passage.end}@{passage.text.number}" if passage else ""


def _without_marks(typed: str) -> tuple[str, bool]:
    """The words without quotation marks around them, and whether there were any."""
    words = typed.strip()
    is_marked = len(words) > 2 and words[0] in QUOTATION_MARKS and words[-1] in QUOTATION_MARKS
    return (words[1:-1].strip() if is_marked else words), is_marked


def _with_marks(text: SourceText, start: int, end: int) -> Passage:
    """The passage, with the quotation marks that stand around it."""
    before, after = text.body[start - 1 : start], text.body[end : end + 1]
    if before and after and before in QUOTATION_MARKS and after in QUOTATION_MARKS:
        return Passage(text, start - 1, end + 1)
    return Passage(text, start, end)


def _chosen_passage(text: SourceText, passage: str) -> Passage | None:
    match = _PASSAGE.fullmatch(passage)
    if match is None:
        return None
    start, end, number = map(int, match.groups())
    is_inside = start < end <= len(text.body) and text.body[start:end].strip()
    if number != text.number:
        return None  # of another version of the text
    return Passage(text, start, end) if is_inside else None
