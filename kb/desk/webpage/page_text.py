"""The words of a web page, and whether a passage is among them.

What scripts would add is not there, so a page with hardly any words says nothing about a passage.
"""

from __future__ import annotations

import re

from kb.text.html_parser import OpenElements, TolerantParser
from kb.text.quoting.matching import occurrences
from kb.text.quoting.tokens import tokens_of

MIN_WORDS_OF_A_PAGE = 40
# Share of characters that could not be decoded.
MAX_UNDECODED = 0.001
_WITHOUT_WORDS = {"script", "style", "noscript", "template", "svg"}
# Elements inside a word or sentence. All others separate words.
_INLINE = {"a", "abbr", "b", "bdi", "bdo", "cite", "code", "em", "font", "i", "ins", "mark", "q",
           "s", "small", "span", "strong", "sub", "sup", "u", "wbr"}  # fmt: skip
# What was left out or added by whoever cites: "… [sic] …".
_GAP = re.compile(r"\[[^\[\]]*+\]|…+|\.{3,}")
_MISSING = re.compile(
    r"\b(?:page|article|file|document|story|content) (?:was |is |could )?not (?:be )?found\b"
    r"|\b(?:page|article|story) (?:does not|doesn.t|no longer) exists?\b"
    r"|\bno longer available\b|^\W*(?:error )?404\b|\b404 (?:error|not found)\b|^not found$"
    r"|(?:页面|网页|文章|内容)(?:不存在|未找到|丢失|已删除)|(?:找不到|未找到).{0,6}(?:页面|网页|文章)",
    re.IGNORECASE,
)


class PageWords:
    """The words of a page at which passages are looked for, and its title."""

    def __init__(self, html: str) -> None:
        parser = _TextParser()
        parser.read(html)
        self.title = _line(parser.title)
        self._headings = [_line(heading) for heading in parser.headings]
        self._keys = _words("".join(parser.pieces))
        self._is_decoded = html.count("\ufffd") <= MAX_UNDECODED * len(html)

    @property
    def is_readable(self) -> bool:
        """Whether the page has enough words, in a known encoding, to say that one is not there."""
        return self._is_decoded and len(self._keys) >= MIN_WORDS_OF_A_PAGE

    @property
    def missing_notice(self) -> str:
        """The title or first heading that says that there is no such page; "" if none does."""
        headings = [self.title, *self._headings[:1]]
        return next((heading for heading in headings if _MISSING.search(heading)), "")

    def has_passage(self, exact: str) -> bool:
        """Whether the page has these words, in this order; "…" and [brackets] are gaps."""
        start = 0
        for part in _GAP.split(exact):
            pattern = _words(part)
            if not pattern:
                continue
            place = next(occurrences(pattern, self._keys, start), None)
            if place is None:
                return False
            start = place + len(pattern)
        return True


def _line(pieces: list[str]) -> str:
    return " ".join("".join(pieces).split())


def _words(text: str) -> list[str]:
    return [token.key.casefold() for token in tokens_of(text) if token.is_word]


class _TextParser(TolerantParser):
    """Collects the text of a page, its title and its headings of the first level."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self.title: list[str] = []
        self.headings: list[list[str]] = []
        self._skipped = OpenElements()
        self._is_title = self._is_heading = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _WITHOUT_WORDS:
            self._skipped.open(tag)
        elif tag == "title" and not self.title:
            self._is_title = True
        elif tag == "h1":
            self.headings.append([])
            self._is_heading = True
        if tag not in _INLINE:
            self.pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if self._skipped.close(tag):
            pass
        elif tag == "title":
            self._is_title = False
        elif tag == "h1":
            self._is_heading = False
        if tag not in _INLINE:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if self._is_title:
            self.title.append(data)
        elif not self._skipped:
            self.pieces.append(data)
            if self._is_heading:
                self.headings[-1].append(data)
