"""HTML from other systems becomes Markdown, and never active content."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.text.html import html_to_line, html_to_markdown
from kb.text.markdown import MarkdownError, render_markdown


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("plain", "plain"),
        ("<p>One</p><p>Two<br>lines</p>", "One\n\nTwo\nlines"),
        ("<b>Bold</b> and <em>said</em>", "**Bold** and *said*"),
        ('<a href="https://example.org/a(b)">here</a>', "[here](https://example.org/a%28b%29)"),
        ('<a href="javascript:alert(1)">here</a>', "here"),
        ("<ul><li>a</li><li>b</li></ul>", "- a\n- b"),
        ("<blockquote>Said</blockquote>", "> Said"),
        ("<script>alert(1)</script>Text<style>p{}</style>", "Text"),
        ("a &amp; b &lt;c&gt;", "a & b <c>"),
        ("2 * 3 [sic]", "2 \\* 3 \\[sic\\]"),
        ("<b></b>x", "x"),
        ('<a href="https://example.org">open', "[open](https://example.org)"),
    ],
)
def test_html_becomes_markdown(html, markdown):
    assert html_to_markdown(html) == markdown


def test_line_has_no_line_ends():
    assert (
        html_to_line("Whitney <b>Houston</b><br/> 1963 &ndash; 2012")
        == "Whitney Houston 1963 – 2012"
    )


@pytest.mark.parametrize(
    ("html", "line"), [("a<![b;>c", "ac"), ("a<![;>c", "ac"), ("<![a;", "<![a;")]
)
def test_broken_declaration_is_a_comment_or_text(html, line):
    assert html_to_line(html) == line


@given(st.text(alphabet="<>/abpi &;=\"'*[]()\n!-", max_size=200))
def test_any_html_converts_to_safe_text(html):
    try:
        shown = render_markdown(html_to_markdown(html))
    except MarkdownError:
        return
    assert "<script" not in shown
    assert html_to_line(html) == " ".join(html_to_line(html).split())
