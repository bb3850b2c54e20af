"""Read HTML from outside in linear time, whatever is wrong with it.

The parser of Python raises errors for some texts, and some of its versions take quadratic time for
tags and comments without an end.
"""

from __future__ import annotations

import re
from collections import Counter
from html import unescape
from html.parser import HTMLParser

# Each tag or comment without an end costs one reading of the rest of the text.
MAX_WITHOUT_END = 8
# The greatest character has seven figures; Python refuses to read numbers of 4,300 and more.
_TOO_GREAT = re.compile("&#0*[1-9][0-9]{7,};?")
_ZEROS = re.compile("&#0{8,}")


class TolerantParser(HTMLParser):
    """A parser that reads any text. Subclasses handle tags and data; call ``read`` once."""

    def read(self, html: str) -> None:
        """Read a whole text. Never raises. Markup without an end is text up to the next tag."""
        self.feed(_TOO_GREAT.sub("\ufffd", _ZEROS.sub("&#0", html)))
        for _ in range(MAX_WITHOUT_END):
            rest = self.rawdata
            if not rest.startswith("<"):
                self.close()
                return
            end = rest.find(">") + 1 or rest.find("<", 1)
            if end < 0:
                end = len(rest)
            self.rawdata = ""
            self.handle_data(unescape(rest[:end]))
            self.feed(rest[end:])
        rest, self.rawdata = self.rawdata, ""
        self.handle_data(unescape(rest))
        self.close()

    def parse_html_declaration(self, i: int) -> int:
        """Read a declaration at position ``i``; return its end."""
        try:
            return super().parse_html_declaration(i)
        except AssertionError:
            # Some versions of Python raise it for text such as "<![a;". Browsers read a comment.
            return self.parse_bogus_comment(i)


class OpenElements:
    """The elements of some kinds that are open, the innermost last; true if there is one."""

    def __init__(self) -> None:
        self._tags: list[str] = []
        self._counts: Counter[str] = Counter()

    def __bool__(self) -> bool:
        return bool(self._tags)

    def open(self, tag: str) -> None:
        """Add an element inside the others."""
        self._tags.append(tag)
        self._counts[tag] += 1

    def close(self, tag: str) -> bool:
        """Remove the innermost element of this name and all in it; whether there is one."""
        if not self._counts[tag]:
            return False
        while True:
            innermost = self._tags.pop()
            self._counts[innermost] -= 1
            if innermost == tag:
                return True
