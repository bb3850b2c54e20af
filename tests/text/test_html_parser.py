"""Any HTML is read, in linear time, and by one parser."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given

from kb.desk.webpage.metadata import read_metadata
from kb.desk.webpage.page_article import page_article
from kb.desk.webpage.page_text import PageWords
from kb.text.html import html_to_line, html_to_markdown, is_html
from kb.text.html_parser import OpenElements, TolerantParser
from tests.text.growth import assert_grows_linearly
from tests.text.hostile import MARKUP, pages

ROOT = Path(__file__).parents[2] / "kb"
READERS = {
    "html_to_markdown": html_to_markdown,
    "html_to_line": html_to_line,
    "is_html": is_html,
    "read_metadata": read_metadata,
    "page_article": page_article,
    "PageWords": PageWords,
}
SHAPES = [
    *(markup for markup in MARKUP if len(markup) < 40),
    "<title>a<b>", "<p>a<b>b", "<svg></nav>", "<a =", "<a b='x' ", "<!-- -", "</ ",
    "<b>x", "<a/", "<p ", "<h1>a<b>", "<blockquote>", "<a href='x'>", "\n", "<br>\n ",
]  # fmt: skip


class Words(TolerantParser):
    """Collects the text of a page and the names of its elements."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.pieces = [], []
        self.read(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)

    def handle_data(self, data):
        self.pieces.append(data)


@pytest.mark.parametrize("read", READERS.values(), ids=READERS)
@pytest.mark.parametrize("form", ["{}", "a{}b", "{}>c", "{};>c", "{}]]>x", " {} <p>x</p>"])
def test_markup_that_is_cut_off_is_read(read, form):
    for markup in MARKUP:
        read(form.format(markup))
        assert "start" in html_to_line(f"<p>start</p>{form.format(markup)}")


@pytest.mark.parametrize("read", READERS.values(), ids=READERS)
@given(html=pages)
def test_any_html_is_read(read, html):
    read(html)
    assert "start" in html_to_line(f"<p>start</p>{html}")


@pytest.mark.parametrize("markup", ["<![x>", "<![;>", "<![ >", "<![CDATA>", "<!x>"])
def test_words_after_a_malformed_declaration_are_read(markup):
    assert "".join(Words(f"a{markup}<b>c</b>").pieces).endswith("c")
    assert Words(f"a{markup}<b>c</b>").tags == ["b"]


def test_elements_after_a_comment_without_end_are_read():
    assert Words("<!-- a ><b>c</b>").tags == ["b"]


def test_character_beyond_all_is_replaced():
    assert Words(f"a&#{'9' * 5_000};b").pieces == ["a\ufffdb"]
    assert Words(f"a&#{'0' * 5_000}65;b").pieces == ["aAb"]


def test_closing_an_element_closes_those_in_it():
    elements = OpenElements()
    for tag in ("svg", "script", "nav"):
        elements.open(tag)
    assert elements.close("script")
    assert not elements.close("nav")
    assert elements
    assert elements.close("svg")
    assert not elements


def test_all_html_from_outside_is_read_by_one_parser():
    """The parser of Python alone raises errors, so nothing else may use it.

    The mirror reads pages of the program with it, and refuses those that it does not read exactly.
    """
    files = {path.relative_to(ROOT).as_posix(): path for path in ROOT.rglob("*.py")}
    users = {name for name, path in files.items() if "html.parser import" in path.read_text()}
    assert users == {"text/html_parser.py", "mirror/links.py"}


@pytest.mark.slow
@pytest.mark.parametrize("shape", SHAPES, ids=repr)
@pytest.mark.parametrize("name", READERS)
def test_html_is_read_in_linear_time(name, shape):
    assert_grows_linearly(READERS[name], shape, f"{name} over {shape}")
