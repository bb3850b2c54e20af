"""The JSON answer with which a script fills in the empty cells of a line from its words."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse

from kb.desk.admin.forms import is_primary_key
from kb.desk.admin.workbench.lines.kinds import LINE_KINDS
from kb.desk.admin.workbench.lines.words import WordsError, passage_key, place_words
from kb.desk.admin.workbench.passage import Passage, PassageError, read_passage
from kb.desk.models import Source
from kb.desk.verbs.source_texts import current_text


def fill_line(request: HttpRequest, source: Source) -> JsonResponse:
    """Answer ``{"cells", "notes"}`` by name of the cell, or ``{"problem"}`` with words.

    ``kind`` is that of the line, and ``words`` are what was typed. ``start`` and ``end`` are a
    passage that was selected in the text, whose words are taken.
    """
    kind = LINE_KINDS.get(request.GET.get("kind", ""), LINE_KINDS["statement"])
    text = current_text(source)
    words, passage = request.GET.get("words", ""), ""
    if text is not None and is_primary_key(request.GET.get("start", "")):
        try:
            selected: Passage = read_passage(text, request.GET)
        except PassageError as problem:
            return JsonResponse({"problem": str(problem)})
        words, passage = selected.exact, passage_key(selected)
    placed = place_words(text, words, passage)
    try:
        filled = kind.prefilled(source, text, placed, as_typed=False)
    except WordsError as problem:
        return JsonResponse({"problem": str(problem)})
    cells = {**kind.filled_cells(filled, placed), "passage": passage_key(placed.passage)}
    notes = {name: str(note) for name, note in kind.filled_notes(filled, placed).items()}
    return JsonResponse({"cells": cells, "notes": notes})
