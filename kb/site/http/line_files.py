"""Exports joined from finished lines, for lists that are long enough (``kb.record.kept_lines``)."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

from django.conf import settings
from django.utils import translation

from kb.formats import Format
from kb.formats.view import FormatContext
from kb.record.kept_lines import LineFile, current_line_state
from kb.record.line_export import all_lines
from kb.record.models import Suppression
from kb.record.past.serving import served_time
from kb.record.query import TimelineQuery
from kb.site.http.build_info import build_info

# Shorter lists are rendered in less than half a second, and their lines are not kept.
MIN_LINES = 500


def line_edition() -> str:
    """What lines must have in common to be in one file: the program, and the removals of words."""
    return f"{build_info().digest} {Suppression.objects.count()}"


def export_from_lines(
    form: Format, query: TimelineQuery, context: FormatContext
) -> Generator[bytes, None, None] | None:
    """The whole list in this format, joined from finished lines; None if rows have to be written.

    Use it in the ``snapshot`` in which the context was made.
    """
    lines = form.lines
    if lines is None or context.count < MIN_LINES or not settings.EXPORT_LINES_MB:
        return None
    # A line is one of the record of today.
    if served_time() or query.as_of_day or query.known_after_day:
        return None
    if lines.is_certain and query.has_range:
        return None
    state = current_line_state()
    if state is None:
        return None
    name = "-".join([form.name, *sorted(context.switches), translation.get_language() or ""])
    path = Path(settings.DATA_DIR) / settings.EXPORT_LINES / f"{name}.sqlite3"
    file = LineFile(path, line_edition(), state, settings.EXPORT_LINES_MB * 1_000_000)
    if not file.is_usable:
        return None

    def pieces() -> Generator[bytes, None, None]:
        yield lines.head(context)
        yield from all_lines(query, file, lambda rows: lines.parts(context, rows), lines.middle)

    return pieces()
