"""Words for the pages of records: languages, days, and what an excerpt holds."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from django import template
from django.utils.dates import MONTHS_3
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import get_language_info, pgettext
from django.utils.translation import gettext as _

from kb.dates import FuzzyDate
from kb.record.document_diff import Piece
from kb.record.rendering import without_quotation_marks

register = template.Library()

_SAME = str.maketrans("‘’“”", "''\"\"")
_SHORTEST_MARK = 4


@register.filter
def language_words(code: str) -> str:
    """The name of a language in the reader's words; the code itself where none is known."""
    code = (code or "").strip()
    if code.lower() == "zh":
        return _("Chinese")
    for one in (code.lower(), code.lower().split("-")[0]):
        try:
            return str(get_language_info(one)["name_translated"])
        except KeyError:
            continue
    return code


@register.filter
def day_words(value: Any) -> str:
    """A day, a moment or an ISO text as "24 November 2026"; "" for nothing."""
    if not value:
        return ""
    if isinstance(value, datetime):
        value = localtime(value).date()
    day = value.isoformat() if isinstance(value, date) else str(value)[:10]
    return str(FuzzyDate(day).words())


@register.filter
def short_day_words(day: date) -> str:
    """A day for a button: "15 Dec 2023"."""
    values = {"day": day.day, "month": capfirst(MONTHS_3[day.month]), "number": day.month}
    return pgettext("date", "%(day)d %(month)s %(year)d") % {**values, "year": day.year}


@register.filter
def moment_words(value: datetime) -> str:
    """A moment to the minute, in the site's time zone: "24 November 2026, 15:04"."""
    moment = localtime(value)
    return _("%(day)s, %(time)s") % {"day": day_words(moment), "time": f"{moment:%H:%M}"}


@register.filter
def date_words(when: dict[str, Any] | None) -> str:
    """A date of a document in the reader's words; "" where none is stated."""
    return str(FuzzyDate.from_json(when).words()) if when and when["edtf"] else ""


@register.filter
def date_note(when: dict[str, Any] | None) -> str:
    return str(FuzzyDate.from_json(when).note()) if when and when["edtf"] else ""


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
