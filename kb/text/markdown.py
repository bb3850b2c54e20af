"""Markdown to HTML that is safe on any page.

Three things in a row, each of which would be enough for most texts: limits before the parser,
which takes quadratic time over brackets that stay open (measured: 10,000 of ``[`` take eight
seconds); a parser that does not know raw HTML, so a tag in the text is shown as typed; and an
allow-list over the HTML that comes out.
"""

from __future__ import annotations

import html
import re
from xml.etree.ElementTree import Element

import markdown
import nh3
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

MAX_MARKDOWN_LENGTH = 20_000
# The parser reads from each bracket on to the one that closes it, or to the end. This many
# characters of such reading cost some 0.1 seconds; an honest text of 20,000 needs 5,000.
MAX_BRACKET_WORK = 500_000
TAGS = {"p", "em", "strong", "a", "ul", "ol", "li", "blockquote", "code", "br"}
SCHEMES = {"http", "https", "mailto"}

_BRACKET = re.compile(r"[\[\]()]")
_OPENS = {"]": "[", ")": "("}
_ABSOLUTE = re.compile(r"(?:https?://|mailto:)", re.IGNORECASE)
_END_OF_BLOCK = re.compile(r"</(?:p|li|blockquote)>|<br\s*/?>")
_SPACES = re.compile(r"\s+")


class MarkdownError(ValueError):
    """A text that is not rendered. The message ends a sentence: "It cannot be shown: it …"."""


def render_markdown(text: str) -> str:
    """Safe HTML of a Markdown text.

    Paragraphs, emphasis, links to other sites, lists, quotations, code in a line and line breaks;
    headings become bold paragraphs, and all else stays as typed. Raises MarkdownError when the
    text is too long, holds too many open brackets or is nested too deeply.
    """
    if len(text) > MAX_MARKDOWN_LENGTH:
        raise MarkdownError(f"it is longer than {MAX_MARKDOWN_LENGTH:,} characters.")
    if _bracket_work(text) > MAX_BRACKET_WORK:
        raise MarkdownError("it holds too many brackets that are not closed again soon.")
    try:
        parsed = markdown.markdown(text, output_format="html", extensions=[_Plainness()])
    except RecursionError:
        raise MarkdownError("its lists and quotations lie too deep inside each other.") from None
    return nh3.clean(
        parsed,
        tags=TAGS,
        attributes={"a": {"href"}},
        attribute_filter=_absolute_only,
        url_schemes=SCHEMES,
        link_rel="noopener noreferrer nofollow",
    )


def markdown_to_text(text: str) -> str:
    """The text without markup, in one line, for descriptions: not HTML, so escape it.

    Raises MarkdownError as ``render`` does.
    """
    bare = nh3.clean(_END_OF_BLOCK.sub(" ", render_markdown(text)), tags=set())
    return _SPACES.sub(" ", html.unescape(bare)).strip()


def _bracket_work(text: str) -> int:
    """How many characters the parser would read in search of closing brackets."""
    work = 0
    open_at: dict[str, list[int]] = {"[": [], "(": []}
    for match in _BRACKET.finditer(text):
        bracket = match[0]
        if bracket in open_at:
            open_at[bracket].append(match.start())
        elif open_at[_OPENS[bracket]]:
            work += match.start() - open_at[_OPENS[bracket]].pop()
    return work + sum(len(text) - start for places in open_at.values() for start in places)


def _absolute_only(tag: str, attribute: str, value: str) -> str | None:
    # A relative link would lead somewhere else on each page that shows the text, /admin/ included.
    return None if attribute == "href" and not _ABSOLUTE.match(value) else value


class _Plainness(Extension):
    """Takes out of the parser what a summary has no use for."""

    def extendMarkdown(self, md: markdown.Markdown) -> None:
        md.preprocessors.deregister("html_block")
        # Indented text is a habit of typing, underlined titles are quadratic to find, and rules
        # and code blocks have no place in the allow-list: all four stay text.
        for name in ("code", "setextheader", "hr"):
            md.parser.blockprocessors.deregister(name)
        for name in ("html", "image_link", "image_reference", "short_image_ref"):
            md.inlinePatterns.deregister(name)
        md.treeprocessors.register(_HeadingsAsBold(md), "headings_as_bold", 5)


class _HeadingsAsBold(Treeprocessor):
    """A heading would disturb the outline of whatever page shows the text."""

    def run(self, root: Element) -> None:
        for heading in [one for one in root.iter() if one.tag in _HEADINGS]:
            bold = Element("strong")
            bold.text, heading.text = heading.text, None
            for child in list(heading):
                heading.remove(child)
                bold.append(child)
            heading.tag = "p"
            heading.append(bold)


_HEADINGS = {f"h{level}" for level in range(1, 7)}
