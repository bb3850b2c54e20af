"""The text of the article is read from a page, without what stands around it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.desk.webpage.page_article import page_article

FIRST = "The valve of the ferry failed on Friday, " + "and the crew waited in the harbour " * 4
SECOND = "“We have a licence for this valve,” said Ann Bell. " + "She said it twice. " * 6
ARTICLE = f"<h1>A valve fails</h1><p>{FIRST}</p>\n<p>{SECOND}<br>It is <b>n</b>ew.</p>"
LINES = ["A valve fails", FIRST.strip(), f"{SECOND} It is new."]
AROUND = (
    "<header><p>The Paper</p></header><nav><ul><li>News</li></ul></nav>",
    "<aside><p>Read also: another story</p></aside><footer><p>Contact us</p></footer>",
)


def text_of(lines):
    return "\n".join(" ".join(line.split()) for line in lines)


@pytest.mark.parametrize(
    "page",
    [
        f"{AROUND[0]}<article>{ARTICLE}</article>{AROUND[1]}",
        f"{AROUND[0]}<main>{ARTICLE}</main>{AROUND[1]}",
        f"{AROUND[0]}<div>{ARTICLE}</div>{AROUND[1]}",
        f"<article><p>A teaser.</p></article><article>{ARTICLE}{AROUND[1]}</article>",
        f"<main><article>{ARTICLE}</article></main><p>Subscribe now</p>",
    ],
)
def test_paragraphs_of_the_article_are_lines_and_nothing_else_is_there(page):
    assert page_article(f"<html><body>{page}</body></html>") == text_of(LINES)


@pytest.mark.parametrize("page", ["", "<p>Enable JavaScript.</p>", "<article></article>", "text"])
def test_page_without_an_article_has_no_text(page):
    assert page_article(page) == ""


def test_scripts_and_forms_inside_the_article_are_left_out():
    page = f"<article>{ARTICLE}<script>var p = '<p>no</p>';</script><form><p>Mail?</p></form>"
    assert page_article(page) == text_of(LINES)


@given(st.text(alphabet="<>/paricle=\"' \n\x00", max_size=300))
def test_any_text_is_read_without_an_error(page):
    assert isinstance(page_article(page + f"<article>{ARTICLE}"), str)
