"""Template filters for the pages of records: languages, dates, excerpts and comparisons."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django import template
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kb.dates.zones import zone_words
from kb.record.diff_html import difference_html, marked_piece
from kb.record.document_diff import Piece
from kb.record.languages import language_words
from kb.record.quotation import without_quotation_marks
from kb.record.rows import Row
from kb.site.pages.carriers import CarrierStep
from kb.site.pages.date_words import (
    date_note,
    date_words,
    day_words,
    moment_words,
    short_day_words,
)
from kb.site.pages.sentences import as_sentence, labelled

register = template.Library()
register.filter("language_words", language_words)
register.filter("day_words", day_words)
register.filter("short_day_words", short_day_words)
register.filter("moment_words", moment_words)
register.filter("date_words", date_words)
register.filter("date_note", date_note)
register.filter("zone_words", zone_words)
register.filter("as_sentence", as_sentence)
register.filter("labelled", labelled)

_STRAIGHT_QUOTES = str.maketrans("‘’“”", "''\"\"")
_MIN_MARK_LENGTH = 4
# Marking nearly the whole excerpt would not help the reader.
_MAX_MARKED_SHARE = 0.9


@register.filter
def marked(exact: str, row: Row) -> SafeString:
    """An excerpt in which the phrases that the entry takes from it are marked.

    These are the wording of the date and, for a statement, its text and original text.
    """
    original = row.get("original")
    original_text = original["text"] if original else ""
    phrases = [row["date"]["phrase"], row.get("text", ""), original_text]
    plain = exact.translate(_STRAIGHT_QUOTES)
    spans = []
    for phrase in phrases:
        words = without_quotation_marks(phrase or "").strip(" .…").translate(_STRAIGHT_QUOTES)
        if _MIN_MARK_LENGTH <= len(words) < len(plain) * _MAX_MARKED_SHARE:
            pattern = r"\s+".join(re.escape(word) for word in words.split())
            match = re.search(pattern, plain, re.IGNORECASE)
            spans += [match.span()] if match else []
    parts, position = [], 0
    for start, end in sorted(spans):
        if start >= position:
            parts += [escape(exact[position:start]), "<mark>", escape(exact[start:end]), "</mark>"]
            position = end
    parts.append(escape(exact[position:]))
    return mark_safe("".join(map(str, parts)))  # noqa: S308 - every part is escaped above


register.filter("compared", difference_html)


@register.filter
def carrier_words(steps: Sequence[CarrierStep]) -> SafeString:
    """The words of a carrier, with those marked that differ from the words shown.

    A cut is a passage of the carrier that the quotation leaves out; its words are counted.
    """
    pieces = []
    for step in steps:
        text = step["text"]
        if step["kind"] == "cut":
            count = len(text.split())
            words = ngettext("[cut: %(count)d word]", "[cut: %(count)d words]", count)
            text = words % {"count": count}
        pieces.append((step["kind"], text))
    labels = {"old": _("words shown:"), "new": _("here:")}
    return format_html_join(
        " ", "{}", ((_carrier_piece(piece, labels.get(piece[0], "")),) for piece in pieces)
    )


def _carrier_piece(piece: Piece, label: str) -> SafeString:
    kind, text = piece
    if kind == "cut":
        return format_html('<span class="quiet">{}</span>', text)
    return marked_piece(piece, label)
