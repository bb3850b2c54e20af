"""Rendered entries in memory: the HTML of a row, kept as long as the row does not change.

The key holds everything that the template depends on: the whole row, the level of its heading, the
language and the prefix of addresses. A name, a source or a badge that changes makes another row,
so nothing has to be removed when something is published. The numbers of sources count over a page;
they are left out of the key and put in afterwards, or no two lists would share an entry.
"""

from __future__ import annotations

import json
import re
import secrets
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from threading import Lock
from typing import cast

from django.conf import settings
from django.template.loader import get_template
from django.urls import get_script_prefix
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from kb.record.answers import NumberedFigure
from kb.record.citation_rows import numbered_citations
from kb.record.rendering import HtmlRow

TEMPLATE = "timeline/_row.html"
MAX_BYTES = 16 * 1024 * 1024  # of text that a process keeps
# Stands for a number in a kept fragment. No text of a record can contain it.
_MARK = f"number-{secrets.token_hex(8)}-"
_EMPTY_LINES = re.compile(r"\n\s*\n")
_MARKED = re.compile(_MARK + r"(\d{4})")


class FragmentCache:
    """Texts by key, the least recently used removed first. Safe for several threads."""

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self.max_bytes = max_bytes
        self.hits = self.misses = self.bytes = 0
        self._texts: OrderedDict[bytes, str] = OrderedDict()
        self._lock = Lock()

    def get(self, key: bytes) -> str | None:
        with self._lock:
            text = self._texts.get(key)
            if text is None:
                self.misses += 1
            else:
                self.hits += 1
                self._texts.move_to_end(key)
            return text

    def put(self, key: bytes, text: str) -> None:
        with self._lock:
            self.bytes += _size(text) - _size(self._texts.pop(key, ""))
            self._texts[key] = text
            while self.bytes > self.max_bytes:
                _key, oldest = self._texts.popitem(last=False)
                self.bytes -= _size(oldest)

    def clear(self) -> None:
        with self._lock:
            self._texts.clear()
            self.hits = self.misses = self.bytes = 0

    def __len__(self) -> int:
        return len(self._texts)


fragments = FragmentCache()


def entry_html(row: HtmlRow, level: int) -> SafeString:
    """The entry of a list, with a heading of this level."""
    numbers = _numbers(row)
    row = _with_marks(row, {number: f"{_MARK}{place:04}" for place, number in enumerate(numbers)})
    key = _key(row, level)
    text = fragments.get(key)
    if text is None:
        text = without_empty_lines(get_template(TEMPLATE).render({"row": row, "level": level}))
        fragments.put(key, text)
    # The template has escaped everything, and numbers are digits.
    return mark_safe(_MARKED.sub(lambda match: str(numbers[int(match[1])]), text))  # noqa: S308


def without_empty_lines(html: str) -> SafeString:
    """The HTML of a template without the lines that its tags leave empty."""
    return mark_safe(_EMPTY_LINES.sub("\n", html))  # noqa: S308 - only line breaks are removed


def _key(row: HtmlRow, level: int) -> bytes:
    # What is not JSON is text that gettext translates when it is written.
    parts = [get_language(), get_script_prefix(), settings.SECURITY_CONTACT, level, row]
    return blake2b(json.dumps(parts, default=str).encode(), digest_size=16).digest()


def _numbers(row: HtmlRow) -> list[int]:
    """The numbers of the row's sources on the page, sorted: the template shows them in order."""
    numbers = {citation["number"] for citation in numbered_citations(row)}
    return sorted(numbers | {figure["number"] for figure in _figures(row) if figure["number"]})


def _figures(row: HtmlRow) -> Sequence[NumberedFigure]:
    return cast("Sequence[NumberedFigure]", row["figures"])


def _with_marks(row: HtmlRow, marks: Mapping[int, str]) -> HtmlRow:
    """The row with marks in the place of numbers. They sort as the numbers do."""
    citations = [
        {**citation, "number": marks[citation["number"]]} for citation in numbered_citations(row)
    ]
    figures = [{**figure, "number": marks.get(figure["number"], 0)} for figure in _figures(row)]
    return cast("HtmlRow", {**row, "citations": citations, "figures": figures})


def _size(text: str) -> int:
    return len(text.encode())
