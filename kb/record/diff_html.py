"""Differences between two texts as HTML that also reads well aloud and as copied text."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kb.record.document_diff import Piece, word_count

# Up to this many words, two values are easier to compare whole: "was 4 March, is now 5 March".
MAX_WHOLE_WORDS = 12
_ELEMENTS = {"old": "del", "new": "ins"}


def difference_html(pieces: Sequence[Piece], hidden: str = "vh") -> SafeString:
    """The pieces of a comparison (``kb.record.document_diff``).

    Short values are written whole, one after the other. In sentences the pieces that differ are
    marked. ``hidden`` is the class of words for screen readers and copied text.
    """
    old, new = (
        "".join(text for kind, text in pieces if kind != other).strip() for other in ("new", "old")
    )
    if old != new and _is_value(old) and _is_value(new):
        return format_html(
            _("was {old}, is now {new}"),
            old=format_html("<del>{}</del>", old),
            new=format_html("<ins>{}</ins>", new),
        )
    labels = {"old": _("removed:"), "new": _("added:")}
    return format_html_join(
        "", "{}", ((marked_piece(piece, labels.get(piece[0], ""), hidden),) for piece in pieces)
    )


def _is_value(text: str) -> bool:
    """Whether a text is short and no sentence."""
    return 0 < word_count(text) <= MAX_WHOLE_WORDS and not text.endswith((".", "。", "!", "?"))


def marked_piece(piece: Piece, label: str, hidden: str = "vh") -> SafeString:
    """One piece; where it differs, with its label in hidden brackets. Space around it stays."""
    kind, text = piece
    words = text.strip()
    if kind not in _ELEMENTS or not words:
        return format_html("{}", text)
    before, after = text.split(words, 1)
    return format_html(
        '{0}<{1}><span class="{2}">[{3} </span>{4}<span class="{2}">]</span></{1}>{5}',
        before,
        _ELEMENTS[kind],
        hidden,
        label,
        words,
        after,
    )
