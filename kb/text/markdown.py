"""Convert Markdown to HTML that is safe on every page.

Three measures, each sufficient for most texts: limits before the parser, which takes quadratic time
for unclosed brackets (measured: 10,000 times ``[`` take eight seconds); a parser without raw HTML,
so that a tag in the text is shown as typed; and an allow-list for the resulting HTML.
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
# The parser reads from each bracket to the one that closes it, or to the end. This many characters
# take about 0.1 seconds; an ordinary text of 20,000 characters needs 5,000.
MAX_BRACKET_WORK = 500_000
TAGS = {"p", "em", "strong", "a", "ul", "ol", "li", "blockquote", "code", "br"}
SCHEMES = {"http", "https", "mailto"}

_BRACKET = re.compile(r"[\[\]()]")
_OPENS = {"]": "[", ")": "("}
_ABSOLUTE = re.compile(r"(?:https?://|mailto:)", re.IGNORECASE)
_END_OF_BLOCK = re.compile(r"</(?:p|li|blockquote)>|<br\s*/?>")
_SPACES = re.compile(r"\s+")


class MarkdownError(ValueError):
    """A text that cannot be rendered. The message ends the sentence "It cannot be shown: …"."""


def render_markdown(text: str) -> str:
    """Return safe HTML for a Markdown text.

    Supports paragraphs, emphasis, links to other sites, lists, quotations, inline code and line
    breaks. Headings become bold paragraphs; everything else is shown as typed. Raises
    MarkdownError if the text is too long, has too many open brackets or is nested too deeply.
    """
    if len(text) > MAX_MARKDOWN_LENGTH:
        raise MarkdownError(f"the text is longer than {MAX_MARKDOWN_LENGTH:,} characters.")
    if _bracket_work(text) > MAX_BRACKET_WORK:
        raise MarkdownError("the text has too many unclosed brackets.")
    try:
        parsed = markdown.markdown(text, output_format="html", extensions=[_ReducedMarkdown()])
    except RecursionError:
        raise MarkdownError("lists and quotations are nested too deeply.") from None
    return nh3.clean(
        parsed,
        tags=TAGS,
        attributes={"a": {"href"}},
        attribute_filter=_absolute_only,
        url_schemes=SCHEMES,
        link_rel="noopener noreferrer nofollow",
    )


def markdown_to_text(text: str) -> str:
    """Return the text without markup, on one line, for descriptions. It is not escaped.

    Raises MarkdownError as ``render_markdown`` does.
    """
    plain = nh3.clean(_END_OF_BLOCK.sub(" ", render_markdown(text)), tags=set())
    return _SPACES.sub(" ", html.unescape(plain)).strip()


def _bracket_work(text: str) -> int:
    """Return how many characters the parser would read to find closing brackets."""
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
    # A relative link has another target on each page that shows the text, /admin/ included.
    return None if attribute == "href" and not _ABSOLUTE.match(value) else value


class _ReducedMarkdown(Extension):
    """Removes syntax that summaries do not use from the parser."""

    def extendMarkdown(self, md: markdown.Markdown) -> None:
        md.preprocessors.deregister("html_block")
        # Many people indent text without meaning code, underlined titles take quadratic time, and
        # rules and code blocks are not in the allow-list. All of these stay text.
        for name in ("code", "setextheader", "hr"):
            md.parser.blockprocessors.deregister(name)
        for name in ("html", "image_link", "image_reference", "short_image_ref"):
            md.inlinePatterns.deregister(name)
        md.treeprocessors.register(_HeadingsAsBold(md), "headings_as_bold", 5)


class _HeadingsAsBold(Treeprocessor):
    """Replaces headings by bold text, because they would change the outline of the page."""

    def run(self, root: Element) -> None:
        for heading in [element for element in root.iter() if element.tag in _HEADINGS]:
            bold = Element("strong")
            bold.text, heading.text = heading.text, None
            for child in list(heading):
                heading.remove(child)
                bold.append(child)
            heading.tag = "p"
            heading.append(bold)


_HEADINGS = {f"h{level}" for level in range(1, 7)}
