"""The paragraphs of the article on a web page, without what stands around it.

A page marks its article with the element ``article`` or ``main``, or has neither. The text is a
proposal: an editor compares it with the page before it is saved.
"""

from __future__ import annotations

from kb.text.article_text import MAX_ARTICLE_LENGTH, stored_article
from kb.text.clean import TextError
from kb.text.html_parser import OpenElements, TolerantParser

# Elements whose words belong to no article.
_AROUND = frozenset(
    ("aside", "button", "figure", "footer", "form", "header", "nav")
    + ("noscript", "script", "select", "style", "svg", "template")
)
_PARAGRAPHS = frozenset(["blockquote", "dd", "dt", "h1", "h2", "h3", "h4", "li", "p", "pre"])
_INLINE_BREAK = "br"
# Less is a notice or a list of links rather than an article.
MIN_ARTICLE_LENGTH = 200

_Paragraph = list[str]  # its pieces; to join them one by one would take quadratic time


def page_article(html: str) -> str:
    """Return the text of the article, a paragraph on each line; "" if none is found.

    Any text is accepted. Of several articles the longest counts, and a page without the elements
    has all its paragraphs.
    """
    parser = _ArticleParser()
    parser.read(html)
    candidates = [_lines(paragraphs) for paragraphs in (*parser.articles, parser.main)]
    best = max(candidates, key=_length)
    if _length(best) < MIN_ARTICLE_LENGTH:
        best = _lines(parser.everything)
    if _length(best) < MIN_ARTICLE_LENGTH:
        return ""
    text = "\n".join(best)
    try:
        text = stored_article(text)
    except TextError:
        return ""
    return text if len(text) <= MAX_ARTICLE_LENGTH else ""


def _lines(paragraphs: list[_Paragraph]) -> list[str]:
    return [" ".join("".join(pieces).split()) for pieces in paragraphs]


def _length(lines: list[str]) -> int:
    return sum(map(len, lines))


class _ArticleParser(TolerantParser):
    """Collects paragraphs: of each outermost article, of main, and of the whole page."""

    def __init__(self) -> None:
        super().__init__()
        self.articles: list[list[_Paragraph]] = []
        self.main: list[_Paragraph] = []
        self.everything: list[_Paragraph] = []
        self._skipped = OpenElements()
        self._articles_open = self._mains_open = 0
        self._is_in_paragraph = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _AROUND:
            self._skipped.open(tag)
        elif tag == "article":
            self._articles_open += 1
            if self._articles_open == 1:
                self.articles.append([])
        elif tag == "main":
            self._mains_open += 1
        elif tag in _PARAGRAPHS and not self._skipped:
            self._is_in_paragraph = True
            for paragraphs in self._open_lists():
                paragraphs.append([])
        elif tag == _INLINE_BREAK:
            self.handle_data(" ")

    def handle_endtag(self, tag: str) -> None:
        if self._skipped.close(tag):
            return
        if tag == "article":
            self._articles_open = max(0, self._articles_open - 1)
        elif tag == "main":
            self._mains_open = max(0, self._mains_open - 1)
        elif tag in _PARAGRAPHS:
            self._is_in_paragraph = False

    def handle_data(self, data: str) -> None:
        if self._skipped or not self._is_in_paragraph:
            return
        for paragraphs in self._open_lists():
            if paragraphs:
                paragraphs[-1].append(data)

    def _open_lists(self) -> list[list[_Paragraph]]:
        lists = [self.everything]
        if self._articles_open:
            lists.append(self.articles[-1])
        if self._mains_open:
            lists.append(self.main)
        return lists
