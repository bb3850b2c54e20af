"""Markdown to HTML that is safe on any page."""

import re

import markdown
import nh3

LONGEST = 20_000
# The parser is quadratic in open brackets; an honest text of this length has a few dozen.
MOST_BRACKETS = 400
TAGS = {"p", "em", "strong", "a", "ul", "ol", "li", "blockquote", "code", "br"}


class MarkdownError(ValueError):
    """A text that is not rendered; the message says what to change."""


def render(text: str) -> str:
    """Safe HTML of a Markdown text. Raises MarkdownError when it is too long or too bracketed."""
    if len(text) > LONGEST:
        raise MarkdownError(f"it is longer than {LONGEST:,} characters.")
    if sum(text.count(one) for one in "[(<`*_") > MOST_BRACKETS:
        raise MarkdownError("it holds too many brackets, stars or backticks.")
    html = markdown.markdown(text, output_format="html")
    return nh3.clean(
        html,
        tags=TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )


def plain(text: str) -> str:
    """The text without markup, in one line, for descriptions."""
    bare = nh3.clean(render(text), tags=set())
    return re.sub(r"\s+", " ", bare).strip()
