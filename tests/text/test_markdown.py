"""Markdown becomes HTML that is safe on any page, or is refused with the reason."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.text.markdown import (
    MAX_MARKDOWN_LENGTH,
    TAGS,
    MarkdownError,
    markdown_to_text,
    render_markdown,
)


class Reader(HTMLParser):
    """Collects the tags and attributes as a browser would find them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += attrs


def assert_safe(html: str) -> None:
    read = Reader(html)
    assert read.tags <= TAGS
    for name, value in read.attributes:
        assert name in ("href", "rel")
        if name == "href":
            assert re.match(r"(?i)(https?://|mailto:)", value or "")
        else:
            assert value == "noopener noreferrer nofollow"


def test_markdown_becomes_html():
    html = render_markdown(
        "It **did**, _they_ said:\n\n- one\n- two\n\n> [so](https://example.org/?a=1&b)"
    )
    assert html == (
        "<p>It <strong>did</strong>, <em>they</em> said:</p>\n<ul>\n<li>one</li>\n<li>two</li>\n"
        '</ul>\n<blockquote>\n<p><a href="https://example.org/?a=1&amp;b" '
        'rel="noopener noreferrer nofollow">so</a></p>\n</blockquote>'
    )


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("# A *title*", "<p><strong>A <em>title</em></strong></p>"),
        ("a  \nb", "<p>a<br>\nb</p>"),
        ("`<b>`", "<p><code>&lt;b&gt;</code></p>"),
        ("<b>bold</b>", "<p>&lt;b&gt;bold&lt;/b&gt;</p>"),
        ("    indented", "<p>indented</p>"),
        ("Title\n=====", "<p>Title\n=====</p>"),
        ("1. one", "<ol>\n<li>one</li>\n</ol>"),
        ("字节*跳动*", "<p>字节<em>跳动</em></p>"),
        ("&lt;script&gt;", "<p>&lt;script&gt;</p>"),
        ("", ""),
    ],
)
def test_supported_markup_is_rendered(text, html):
    assert render_markdown(text) == html


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<div>\n\n<img src=x onerror=alert(1)>\n\n</div>",
        "[a](javascript:alert(1))",
        "[a](JaVaScRiPt:alert(1))",
        "[a](<java&#115;cript:alert(1)>)",
        "[a](&#106;avascript:alert(1))",
        "[a](data:text/html,x)",
        "[a](vbscript:x)",
        "[a](//evil.example)",
        "[a](/admin/)",
        "[a](?q)",
        "<javascript:alert(1)>",
        '[a](https://x.example "t" onclick=alert(1))',
        '[a](https://x.example" onclick="alert(1))',
        "![a](https://x.example/y.png)",
        "![a][b]\n\n[b]: https://x.example/y.png",
        "[a]: javascript:alert(1)\n\n[a]",
        "<svg/onload=alert(1)>",
        "<!-- --><script>",
        "&#60;script&#62;alert(1)&#60;/script&#62;",
        "`<script>`",
        "\x02script\x03",
        "STX0klzzwxh:0000ETX",
        "\u0002klzzwxh:0000\u0003 **a**",
    ],
)
def test_dangerous_markup_is_removed(text):
    assert_safe(render_markdown(text))


MARKS = [
    "<",
    ">",
    "[",
    "]",
    "(",
    ")",
    "*",
    "_",
    "`",
    "\\",
    "!",
    "#",
    "- ",
    "\n",
    "&",
    ";",
    '"',
    ":",
]
pieces = st.sampled_from(
    [*MARKS, "a", "javascript:", "https://x.example", "<script>", "href=", " "]
)


@given(st.lists(pieces, max_size=30).map("".join) | st.text(max_size=80))
@settings(max_examples=300)
@pytest.mark.slow
def test_any_text_renders_safely_or_raises_markdown_error(text):
    try:
        assert_safe(render_markdown(text))
        markdown_to_text(text)
    except MarkdownError as problem:
        assert str(problem).startswith("it")


def test_relative_links_have_no_target():
    html = render_markdown("[a](/admin/) [b](//x.example) [c](#d)")
    assert "href" not in html
    assert markdown_to_text("[a](/admin/)") == "a"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a" * (MAX_MARKDOWN_LENGTH + 1), "longer than 20,000"),
        ("[" * 2_000, "brackets"),
        ("[a][" * 5_000, "brackets"),
        ("[a](" * 5_000, "brackets"),
        ("- " * 5_000, "too deep"),
        ("1. - " * 4_000, "too deep"),
    ],
)
def test_text_that_takes_too_long_is_refused_with_the_reason(text, why):
    with pytest.raises(MarkdownError, match=why):
        render_markdown(text)


def test_ordinary_long_text_is_rendered():
    link = "He said so ([report](https://example.org/a_(b)), page 3) [see note]. "
    assert (
        render_markdown((link * (MAX_MARKDOWN_LENGTH // len(link)))[:MAX_MARKDOWN_LENGTH]).count(
            "<a "
        )
        > 200
    )


def test_plain_text_has_no_markup_and_no_line_ends():
    text = "# Title\n\nIt **did** [so](https://x.example) & <b>\n\n- one\n- two  \nthree\n\n> four"
    assert markdown_to_text(text) == "Title It did so & <b> one two three four"
    assert markdown_to_text("a &amp; &copy; `x<y`") == "a & © x<y"
