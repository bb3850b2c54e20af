"""The table of lines: what it shows, and saving the lines that were sent."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from kb.desk.admin.forms import is_primary_key
from kb.desk.admin.workbench.lines.cells import LineForm, cells_digest, stored_cells
from kb.desk.admin.workbench.lines.line import (
    LINE,
    Line,
    is_new_key,
    new_line,
    sent_line,
    stored_line,
)
from kb.desk.admin.workbench.lines.saving import LineSaver
from kb.desk.admin.workbench.lines.words import kind_note
from kb.desk.admin.workbench.taking import remember_taken
from kb.desk.models import Citation, Source, SourceText, Statement
from kb.desk.models.base import WorkflowState
from kb.desk.quoting import COMPOSED_FORMS
from kb.record.vocabulary import Label
from kb.text.article_text import article_paragraphs, paragraph_at
from kb.text.cited_words import contains_words

MAX_LINES = 200
MAX_KEYS = 300  # of new lines that a session remembers


@dataclass
class SentLines:
    """What became of the lines of a form: those that were refused, and the last one saved."""

    refused: list[Line] = field(default_factory=list)
    last: Statement | None = None


def table_lines(
    request: HttpRequest, source: Source, text: SourceText | None, sent: SentLines | None
) -> list[Line]:
    """The lines of a source in the order of its text, and an empty one for who can add statements.

    They are the newest MAX_LINES statements. Lines that were refused stand as they were sent.
    """
    refused = {line.key: line for line in sent.refused} if sent else {}
    may_change = request.user.has_perm("desk.change_statement")
    paragraphs = article_paragraphs(text.body) if text else []
    lines = []
    newest = _statements(source).order_by("-pk")[:MAX_LINES]
    for statement in _ordered(newest, text):
        line = stored_line(statement)
        if not may_change:
            line.form = None
        line = refused.pop(line.key, line)
        start = _start(statement, text)
        number = None if start is None else paragraph_at(paragraphs, start).number
        line.notes = {**_stored_notes(statement, text, number), **line.notes}
        lines.append(line)
    lines += refused.values()
    if request.user.has_perm("desk.add_statement"):
        lines.append(new_line())
    return lines


def save_lines(request: HttpRequest, source: Source, text: SourceText | None) -> SentLines:
    """Save the lines that a form changes, each by itself.

    Nothing is saved from a form that was kept while its editor signed in again: all its changed
    lines are shown as refused. Raises PermissionDenied.
    """
    result = SentLines()
    saved_keys = _saved_keys(request, source)
    sent_keys = list(dict.fromkeys(request.POST.getlist(LINE)))[: MAX_LINES + 1]
    keys = [key for key in sent_keys if is_primary_key(key)]
    rows = _statements(source).filter(pk__in=[*keys, *saved_keys.values()])
    statements = {str(statement.pk): statement for statement in rows}
    saver = LineSaver(request, source, text)
    for key in sent_keys:
        line = _sent(request, key, statements, saved_keys)
        if line is None:
            continue
        if request.method != "POST":
            line.is_refused = True
        if not line.is_refused and (statement := saver.save(line)):
            result.last = statement
            if is_new_key(key):
                _remember(request, source, {**saved_keys, key: statement.pk})
                saved_keys = _saved_keys(request, source)
        else:
            result.refused.append(line)
    if saver.added:
        remember_taken(request, source, saver.added)  # for Undo
    return result


def _sent(
    request: HttpRequest, key: str, statements: dict[str, Statement], saved_keys: dict[str, int]
) -> Line | None:
    """A line as it was sent; None if there is nothing to save."""
    if is_new_key(key):
        statement = statements.get(str(saved_keys.get(key, "")))
        line = sent_line(key, request.POST, statement)
        if statement is not None:  # sent again, because the first answer was lost
            stored = stored_cells(statement)
            if not line.typed("filled"):
                line.put({name: value for name, value in stored.items() if not line.typed(name)})
            line.put({"version": str(statement.version), "shown": cells_digest(stored)})
        return line if line.is_changed() else None
    if not is_primary_key(key):
        return None
    statement = statements.get(key)
    line = sent_line(key, request.POST, statement)
    typed = {name: line.typed(name) for name in LineForm.base_fields}
    if cells_digest(typed) == line.typed("shown"):
        return None
    if statement is None:
        return _as_new(line, typed)
    if statement.state != WorkflowState.DRAFT:
        line.refuse("", _("This is no longer a draft. Open it to change it with all fields."))
    return line


def _as_new(line: Line, typed: dict[str, str]) -> Line:
    """What was typed for a statement that was deleted meanwhile, as a new line."""
    again = new_line()
    if line.form is not None:
        again.form = LineForm(line.form.data, prefix=f"{LINE}-{again.key}")
        again.put({**typed, "version": "", "shown": "", "filled": "1"})
    message = _(
        "Someone deleted this record while you had it open. Your text is still here. Save to "
        "create the record again."
    )
    again.refuse("", message)
    return again


def _statements(source: Source) -> QuerySet[Statement]:
    """The statements that cite a source, oldest first. Three queries with what the lines show."""
    citations = Citation.objects.filter(source=source).select_related("mark").order_by("pk")
    return (
        Statement.objects.filter(citations__source=source)
        .exclude(state=WorkflowState.WITHDRAWN)
        .select_related("speaker", "on_behalf_of")
        .prefetch_related("about", Prefetch("citations", citations, to_attr="own_citations"))
        .distinct()
        .order_by("pk")
    )


def hidden_line_count(source: Source, lines: list[Line]) -> int:
    """How many statements of a source its table leaves out, because they are the oldest."""
    if len(lines) < MAX_LINES:
        return 0
    return max(_statements(source).count() - MAX_LINES, 0)


def _start(statement: Statement, text: SourceText | None) -> int | None:
    """Where the words of a statement begin in the text; None if they have no mark there."""
    own: list[Citation] = getattr(statement, "own_citations", [])
    marks = [citation.mark for citation in own if hasattr(citation, "mark")]
    return next((mark.start for mark in marks if text and mark.text_id == text.pk), None)


def _ordered(statements: QuerySet[Statement], text: SourceText | None) -> list[Statement]:
    def place(statement: Statement) -> tuple[bool, int]:
        start = _start(statement, text)
        return (start is None, start or 0)

    return sorted(statements, key=place)


def _stored_notes(
    statement: Statement, text: SourceText | None, paragraph: int | None
) -> dict[str, Label]:
    """What stands below the cells of a stored statement."""
    notes: dict[str, Label] = {"words": kind_note(statement.form, paragraph)}
    is_composed = statement.form in COMPOSED_FORMS
    if is_composed and text is not None and not contains_words(text.body, statement.text):
        notes["words"] = _("The text of the source does not have these words.")
    if statement.said.edtf:
        notes["said"] = statement.said.words()
    if statement.speaker is None and statement.speaker_label:
        notes["speaker"] = _("Label: %(label)s") % {"label": statement.speaker_label}
    events = list(statement.about.all())
    if len(events) > 1:
        notes["about"] = _("About: %(titles)s") % {"titles": "; ".join(map(str, events))}
    return notes


def _saved_keys(request: HttpRequest, source: Source) -> dict[str, int]:
    """The statements that new lines became, by the keys of these lines."""
    keys: dict[str, int] = request.session.get(f"lines:{source.public_id}", {})
    return keys


def _remember(request: HttpRequest, source: Source, keys: dict[str, int]) -> None:
    newest = list(keys.items())[-MAX_KEYS:]
    request.session[f"lines:{source.public_id}"] = dict(newest)
