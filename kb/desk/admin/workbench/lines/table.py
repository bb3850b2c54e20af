"""The tables of lines: what they show, and saving the lines that were sent."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from kb.desk.admin.review import PUBLISH_PERMISSION
from kb.desk.admin.workbench.lines.cells import LineForm, cells_digest
from kb.desk.admin.workbench.lines.kinds import LINE_KINDS
from kb.desk.admin.workbench.lines.kinds.base import Entry, LineKind, own_citations
from kb.desk.admin.workbench.lines.line import (
    LINE,
    Line,
    is_new_key,
    kind_of_key,
    line_key,
    new_line,
    sent_line,
    stored_key,
    stored_line,
)
from kb.desk.admin.workbench.lines.saving import LineSaver
from kb.desk.admin.workbench.taking import remember_taken
from kb.desk.models import Source, SourceText
from kb.desk.models.base import WorkflowState
from kb.text.article_text import article_paragraphs, paragraph_at

MAX_LINES = 200
MAX_KEYS = 300  # of new lines that a session remembers
# The button that publishes the line it was pressed in, or sends it for review.
PUBLISH_LINE = "_publish_line"


@dataclass
class SentLines:
    """What became of the lines of a form: those that were refused, and the last one saved."""

    refused: list[Line] = field(default_factory=list)
    last: Entry | None = None


@dataclass
class LineTable:
    """The lines of one kind.

    ``hidden`` is how many entries of the source it leaves out, because they are the oldest.
    """

    kind: LineKind
    lines: list[Line]
    hidden: int = 0


def line_tables(
    request: HttpRequest, source: Source, text: SourceText | None, sent: SentLines | None
) -> list[LineTable]:
    """A table for each kind of line, in the order of ``LINE_KINDS``."""
    refused = sent.refused if sent else []
    return [
        _table(request, source, text, kind, [line for line in refused if line.kind is kind])
        for kind in LINE_KINDS.values()
    ]


def _table(
    request: HttpRequest,
    source: Source,
    text: SourceText | None,
    kind: LineKind,
    sent: list[Line],
) -> LineTable:
    """The entries of a source in the order of its text, and an empty line for who can add them.

    They are the newest MAX_LINES. Lines that were refused stand as they were sent.
    """
    refused = {line.key: line for line in sent}
    may_change = request.user.has_perm(f"desk.change_{kind.name}")
    paragraphs = article_paragraphs(text.body) if text else []
    table = LineTable(kind, [])
    for row in _ordered(list(kind.rows(source).order_by("-pk")[:MAX_LINES]), text):
        line = stored_line(kind, row)
        if not may_change:
            line.form = None
        line = refused.pop(line.key, line)
        start = _start(row, text)
        number = None if start is None else paragraph_at(paragraphs, start).number
        line.notes = {**kind.stored_notes(row, text, number), **line.notes}
        table.lines.append(line)
    if len(table.lines) >= MAX_LINES:
        table.hidden = max(kind.rows(source).count() - MAX_LINES, 0)
    table.lines += refused.values()
    if request.user.has_perm(f"desk.add_{kind.name}"):
        table.lines.append(new_line(kind))
    return table


def save_lines(request: HttpRequest, source: Source, text: SourceText | None) -> SentLines:
    """Save the lines that a form changes, each by itself.

    Nothing is saved from a form that was kept while its editor signed in again: all its changed
    lines are shown as refused. Raises PermissionDenied.
    """
    result = SentLines()
    saved_keys = _saved_keys(request, source)
    most = (MAX_LINES + 1) * len(LINE_KINDS)
    sent_keys = list(dict.fromkeys(request.POST.getlist(LINE)))[:most]
    rows = _rows(source, [*sent_keys, *saved_keys.values()])
    saver = LineSaver(request, source, text, _button(request))
    for key in sent_keys:
        line = _sent(request, key, rows, saved_keys)
        if line is None:
            continue
        if request.method != "POST":
            line.is_refused = True
        if not line.is_refused and (row := saver.save(line)):
            result.last = row
            if is_new_key(key):
                saved_keys = {**saved_keys, key: line_key(row)}
                _remember(request, source, saved_keys)
        else:
            result.refused.append(line)
    if saver.added:
        remember_taken(request, source, saver.added)  # for Undo
    return result


def _button(request: HttpRequest) -> str:
    """The button of an entry's form that is pressed for each line."""
    if PUBLISH_LINE not in request.POST:
        return "_save"
    return "_publish" if request.user.has_perm(PUBLISH_PERMISSION) else "_review"


def _rows(source: Source, keys: list[str]) -> dict[str, Entry]:
    """The entries of a source by the keys of their lines. No query for a kind without lines."""
    by_kind: defaultdict[str, list[str]] = defaultdict(list)
    for key in keys:
        if (kind := kind_of_key(key)) and (primary_key := stored_key(key)):
            by_kind[kind.name].append(primary_key)
    return {
        line_key(row): row
        for name, primary_keys in by_kind.items()
        for row in LINE_KINDS[name].rows(source).filter(pk__in=primary_keys)
    }


def _sent(
    request: HttpRequest, key: str, rows: dict[str, Entry], saved_keys: dict[str, str]
) -> Line | None:
    """A line as it was sent; None if there is nothing to save."""
    kind = kind_of_key(key)
    if kind is None:
        return None
    if is_new_key(key):
        row = rows.get(saved_keys.get(key, ""))
        line = sent_line(kind, key, request.POST, row)
        if row is not None:  # sent again, because the first answer was lost
            stored = kind.stored_cells(row)
            if not line.typed("filled"):
                line.put({name: value for name, value in stored.items() if not line.typed(name)})
            line.put({"version": str(row.version), "shown": cells_digest(kind.cells, stored)})
        return line if line.is_changed() else None
    if not stored_key(key):
        return None
    row = rows.get(key)
    line = sent_line(kind, key, request.POST, row)
    is_pressed = PUBLISH_LINE in request.POST and row is not None
    typed = line.typed_values()
    if cells_digest(kind.cells, typed) == line.typed("shown") and not is_pressed:
        return None
    if row is None:
        return _as_new(line)
    if row.state != WorkflowState.DRAFT:
        line.refuse("", _("This is no longer a draft. Open it to change it with all fields."))
    return line


def _as_new(line: Line) -> Line:
    """What was typed for an entry that was deleted meanwhile, as a new line."""
    again = new_line(line.kind)
    if line.form is not None:
        cells, data = line.kind.cells, line.form.data
        again.form = LineForm(line.kind.name, cells, data, prefix=f"{LINE}-{again.key}")
        again.put({**line.typed_values(), "version": "", "shown": "", "filled": "1"})
    message = _(
        "Someone deleted this record while you had it open. Your text is still here. Save to "
        "create the record again."
    )
    again.refuse("", message)
    return again


def _start(row: Entry, text: SourceText | None) -> int | None:
    """Where the words of an entry begin in the text; None if they have no mark there."""
    marks = [citation.mark for citation in own_citations(row) if hasattr(citation, "mark")]
    return next((mark.start for mark in marks if text and mark.text_id == text.pk), None)


def _ordered(rows: list[Any], text: SourceText | None) -> list[Entry]:
    """The entries in the order of the text; those without a place in it last, the oldest first."""

    def place(row: Entry) -> tuple[bool, int, int]:
        start = _start(row, text)
        return (start is None, start or 0, row.pk)

    return sorted(rows, key=place)


def _saved_keys(request: HttpRequest, source: Source) -> dict[str, str]:
    """The keys of the lines that new lines became, by the keys of these."""
    keys: dict[str, str] = request.session.get(_session_key(source), {})
    return keys


def _remember(request: HttpRequest, source: Source, keys: dict[str, str]) -> None:
    newest = list(keys.items())[-MAX_KEYS:]
    request.session[_session_key(source)] = dict(newest)


def _session_key(source: Source) -> str:
    return f"line-keys:{source.public_id}"
