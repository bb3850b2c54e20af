"""A filter that shows two texts as one, with the pieces in which they differ marked."""

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
    """The pieces of a comparison (``kb.record.document_diff``) as HTML.

    Removed text is marked, and new text if ``marks_new`` is set: where nothing is public, all of
    the text is new. Not a template, because that would add visible spaces between the pieces.
    """
    marks = MARKS if marks_new else {"old": MARKS["old"]}
    return format_html_join(
        "", "{}", ((format_html(marks.get(kind, "{}"), text),) for kind, text in pieces)
    )
