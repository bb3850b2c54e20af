"""Words for the pages of records: languages, days, and what an excerpt holds."""

from __future__ import annotations

import re
from typing import Any

from django import template
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from kb.record.document_diff import Piece
from kb.record.rendering import without_quotation_marks
from kb.site.pages.date_words import (
    date_note,
    date_words,
    day_words,
    moment_words,
    short_day_words,
)
from kb.site.pages.labels import language_words

register = template.Library()
register.filter("language_words", language_words)
register.filter("day_words", day_words)
register.filter("short_day_words", short_day_words)
register.filter("moment_words", moment_words)
register.filter("date_words", date_words)
register.filter("date_note", date_note)

_SAME = str.maketrans("‘’“”", "''\"\"")
_SHORTEST_MARK = 4


@register.filter
def marked(exact: str, row: dict[str, Any]) -> SafeString:
    """An excerpt with the words marked that the entry takes from it: its date, what was said."""
    original = row.get("original") or {}
    wanted = [row["date"]["phrase"], row.get("text", ""), original.get("text", "")]
    plain = exact.translate(_SAME)
    spans = []
    for text in wanted:
        words = without_quotation_marks(text or "").strip(" .…").translate(_SAME)
        # A mark on nearly the whole would say nothing.
        if _SHORTEST_MARK <= len(words) < len(plain) * 0.9:
            pattern = r"\s+".join(re.escape(word) for word in words.split())
            spans += [one.span() for one in re.finditer(pattern, plain, re.IGNORECASE)][:1]
    parts, done = [], 0
    for start, end in sorted(spans):
        if start >= done:
            parts += [escape(exact[done:start]), "<mark>", escape(exact[start:end]), "</mark>"]
            done = end
    parts.append(escape(exact[done:]))
    return mark_safe("".join(map(str, parts)))  # noqa: S308 - every part is escaped above


@register.filter
def compared(pieces: list[Piece]) -> SafeString:
    """Two versions of a text in one, with what went and what came marked, and said aloud.

    Made here and not in a template, because the page shows every space between the pieces.
    """
    marks = {
        "old": ('<del><span class="vh">{} </span>{}</del>', _("Removed:")),
        "new": ('<ins><span class="vh">{} </span>{}</ins>', _("Added:")),
    }
    same = ("{}{}", "")
    found = ((*marks.get(kind, same), text) for kind, text in pieces)
    return format_html_join("", "{}", ((format_html(*one),) for one in found))
