"""The words that a reader looks for, marked where they stand: in plain text and in our own HTML."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import unescape

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from kb.text.normalise import Term, split_at_matches

EXCERPT = 200  # characters
# A tag, whose attributes may hold any character between their quotation marks.
_TAG = re.compile(r"""(<(?:"[^"]*"|[^">])*>)""")


def mark_matches(text: str, terms: Sequence[Term]) -> SafeString:
    """The text, escaped, with what matches in ``<mark>``."""
    pieces = (
        f"<mark>{escape(piece)}</mark>" if hit else str(escape(piece))
        for piece, hit in split_at_matches(text, terms)
    )
    return mark_safe("".join(pieces))  # noqa: S308 - every piece was escaped


def mark_matches_in_html(html: str, terms: Sequence[Term]) -> SafeString:
    """Safe HTML, as ``kb.record.rendering.summary_html`` gives it, with what matches in ``<mark>``.

    Words that run over a tag are left as they are.
    """
    pieces = (
        piece if piece.startswith("<") else mark_matches(unescape(piece), terms)
        for piece in _TAG.split(html)
    )
    # Tags stay as they were, and every text between them is escaped again.
    return mark_safe("".join(pieces) if terms else html)  # noqa: S308


def excerpt(text: str, terms: Sequence[Term], length: int = EXCERPT) -> str:
    """About ``length`` characters around the first match; the beginning where nothing matches."""
    if len(text) <= length:
        return text
    place, start = 0, 0
    for piece, hit in split_at_matches(text, terms):
        if hit:
            start = max(0, place - length // 3)
            break
        place += len(piece)
    end = min(len(text), start + length)
    # Whole words, where there are spaces near.
    if start and (space := text.find(" ", start, start + 20)) != -1:
        start = space + 1
    if end < len(text) and (space := text.rfind(" ", end - 20, end)) != -1:
        end = space
    return ("…" if start else "") + text[start:end] + ("…" if end < len(text) else "")
