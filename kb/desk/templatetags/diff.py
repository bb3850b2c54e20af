"""Two texts in one, as ``kb.record.document_diff`` gives their pieces."""

from __future__ import annotations

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from kb.record.document_diff import Piece

register = template.Library()

MARKS = {
    "old": '<del><span class="visually-hidden">Removed: </span>{}</del>',
    "new": '<ins><span class="visually-hidden">Added: </span>{}</ins>',
}


@register.filter
def diff_with_draft(pieces: list[Piece], marks_new: bool = True) -> SafeString:
    """The pieces with what went and what came marked; where nothing is public, all of it is new.

    Made here and not in a template, because the page shows every space between the pieces.
    """
    marks = MARKS if marks_new else {"old": MARKS["old"]}
    return format_html_join(
        "", "{}", ((format_html(marks.get(kind, "{}"), text),) for kind, text in pieces)
    )
