"""Mark the words of a search in plain text and in safe HTML."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import unescape

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from kb.text.normalise import Term, split_at_matches

EXCERPT_LENGTH = 200  # characters
# A tag. Its attributes may contain any character between quotation marks.
_TAG = re.compile(r"""(<(?:"[^"]*"|[^">])*>)""")


def mark_matches(text: str, terms: Sequence[Term]) -> SafeString:
    """Return the text, escaped, with each match in ``<mark>``."""
    pieces = (
        f"<mark>{escape(piece)}</mark>" if hit else str(escape(piece))
        for piece, hit in split_at_matches(text, terms)
    )
    return mark_safe("".join(pieces))  # noqa: S308 - every piece was escaped


def mark_matches_in_html(html: str, terms: Sequence[Term]) -> SafeString:
    """Return safe HTML with each match in ``<mark>``.

    ``html`` must be safe, such as the result of ``kb.record.rendering.summary_html``. A match that
    spans a tag is not marked.
    """
    pieces = (
        piece if piece.startswith("<") else mark_matches(unescape(piece), terms)
        for piece in _TAG.split(html)
    )
    # Tags are unchanged, and the text between them is escaped again.
    return mark_safe("".join(pieces) if terms else html)  # noqa: S308


def first_match(text: str, terms: Sequence[Term]) -> int:
    """Return the position of the first match in a text; 0 without one."""
    place = 0
    for piece, is_match in split_at_matches(text, terms):
        if is_match:
            return place
        place += len(piece)
    return 0


def has_match(text: str, terms: Sequence[Term]) -> bool:
    """Return whether any of the terms is in a text."""
    return any(is_match for _piece, is_match in split_at_matches(text, terms))


def excerpt(text: str, terms: Sequence[Term], length: int = EXCERPT_LENGTH) -> str:
    """Return about ``length`` characters around the first match, or the beginning without one."""
    if len(text) <= length:
        return text
    start = max(0, first_match(text, terms) - length // 3)
    end = min(len(text), start + length)
    # Cut at a space if there is one nearby.
    if start and (space := text.find(" ", start, start + 20)) != -1:
        start = space + 1
    if end < len(text) and (space := text.rfind(" ", end - 20, end)) != -1:
        end = space
    return ("…" if start else "") + text[start:end] + ("…" if end < len(text) else "")
