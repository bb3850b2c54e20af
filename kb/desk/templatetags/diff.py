"""A filter that shows two texts as one, with the pieces in which they differ marked."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString

from kb.record.diff_html import difference_html
from kb.record.document_diff import Piece

register = template.Library()


@register.filter
def diff_with_draft(pieces: list[Piece], marks_new: bool = True) -> SafeString:
    """The pieces of a comparison (``kb.record.document_diff``) as HTML.

    Removed text is marked, and new text if ``marks_new`` is set: where nothing is public, all of
    the text is new.
    """
    if not marks_new:
        pieces = [("same" if kind == "new" else kind, text) for kind, text in pieces]
    return difference_html(pieces, hidden="visually-hidden")
