"""Convert HTML from other systems to Markdown. The text is kept, the layout is not."""

from __future__ import annotations

import re

from kb.text.html_parser import TolerantParser
from kb.text.links import LinkError, safe_url

_BLOCKS = {"p", "div", "section", "article", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol",
           "table", "tr", "blockquote", "figure", "figcaption"}  # fmt: skip
# Elements whose content is not shown as text.
_HIDDEN = {"script", "style", "iframe", "object", "noscript", "template", "svg", "math", "title"}
_MARKS = {"b": "**", "strong": "**", "i": "*", "em": "*"}
_SPACES = re.compile(r"[ \t\r\f\v\n\u00a0]+")
_LINES = re.compile(r"[ ]*\n[ ]*")
_GAPS = re.compile(r"\n{3,}")
# Characters that Markdown would read as markup.
_SPECIAL = re.compile(r"([\\*_\[\]`])")

_TAG = re.compile(
    r"</?(?:p|div|br|a|b|i|em|strong|span|ul|ol|li|blockquote|h[1-6]|table|tr|td|img|script|style"
    r"|iframe|font|u|sup|sub)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)


def is_html(text: str) -> bool:
    """Whether a text contains an HTML tag. A single "<" is not a tag."""
    return _TAG.search(text) is not None


def html_to_markdown(html: str) -> str:
    """Return the text of an HTML fragment as Markdown.

    Paragraphs, emphasis, lists, quotations and links are converted. A link with an address that
    ``safe_url`` rejects becomes plain text. Plain text is returned unchanged, except that
    characters with a meaning in Markdown are escaped. Never raises.
    """
    writer = _Writer()
    writer.read(html)
    return writer.text()


def html_to_line(html: str) -> str:
    """Return the text of an HTML fragment on one line, without markup."""
    writer = _Writer(plain=True)
    writer.read(html)
    return " ".join(writer.text().split())


class _Writer(TolerantParser):
    """Collects the parts of the Markdown, or of plain text, while it reads HTML."""

    def __init__(self, *, plain: bool = False) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.plain = plain
        self.hidden: list[str] = []
        self.links: list[str] = []
        self.quotes = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _HIDDEN:
            self.hidden.append(tag)
        elif tag == "br":
            self.parts.append("\n")
        elif tag == "li":
            self.parts.append("\n" if self.plain else "\n- ")
        elif tag in _BLOCKS:
            self.quotes += tag == "blockquote"
            self.parts.append("\n\n" + ("> " if tag == "blockquote" and not self.plain else ""))
        elif tag in _MARKS and not self.plain:
            self.parts.append(_MARKS[tag])
        elif tag == "a" and not self.plain:
            self.links.append(_link_target(dict(attrs).get("href") or ""))
            self.parts.append("[" if self.links[-1] else "")

    def handle_endtag(self, tag: str) -> None:
        if self.hidden and tag == self.hidden[-1]:
            self.hidden.pop()
        elif tag in _BLOCKS:
            self.parts.append("\n\n")
        elif tag in _MARKS and not self.plain:
            if self.parts and self.parts[-1] == _MARKS[tag]:
                self.parts.pop()  # the emphasis is empty
            else:
                self.parts.append(_MARKS[tag])
        elif tag == "a" and self.links:
            url = self.links.pop()
            self.parts.append(f"]({url})" if url else "")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            text = _SPACES.sub(" ", data)
            self.parts.append(text if self.plain else _SPECIAL.sub(r"\\\1", text))

    def text(self) -> str:
        while self.links:
            self.handle_endtag("a")
        text = "".join(self.parts)
        return _GAPS.sub("\n\n", _LINES.sub("\n", text)).strip()


def _link_target(url: str) -> str:
    try:
        return safe_url(url).replace("(", "%28").replace(")", "%29")
    except LinkError:
        return ""
