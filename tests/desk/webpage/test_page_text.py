"""A passage is found on a page however the page is written, and only where it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.desk.webpage.page_text import PageWords


def page(body, title="A page"):
    return PageWords(f"<html><title>{title}</title><body>{body}</body></html>")


@pytest.mark.parametrize(
    ("body", "exact"),
    [
        ("<p>It <b>did</b> not\n  break the <i>rule</i>s.</p>", "It did not break the rules."),
        ("<p>“We don’t know,” he said.</p>", "We don't know"),
        ("<p>one &amp; two&nbsp;three</p>", "one & two three"),
        ("<p>字节跳动<b>表示</b>，将会调查。</p>", "表示，将会调查"),
        ("<p>first part, then more, last part</p>", "first part … last part"),
        ("<p>the firm said so</p>", "the firm [ByteDance] said so"),
        ("<p>Co-operate – or not</p>", "co-operate - or not"),
    ],
)
def test_passage_is_found(body, exact):
    assert page(body).has_passage(exact)


@pytest.mark.parametrize(
    ("body", "exact"),
    [
        ("<p>one two</p><script>three four</script>", "three four"),
        ("<p>last part, first part</p>", "first part … last part"),
        ("<style>a b</style><p>a</p>", "a b"),
        ("<p>bandwidth</p>", "and"),
        ("", "anything"),
    ],
)
def test_passage_that_is_not_there_is_not_found(body, exact):
    assert not page(body).has_passage(exact)


@pytest.mark.parametrize(
    ("title", "is_missing"),
    [
        ("Page not found | The Paper", True),
        ("404 – The Paper", True),
        ("404", True),
        ("页面不存在", True),
        ("抱歉，找不到该网页", True),
        ("Error 404: Not found", True),
        ("Room 404 and other stories", False),
        ("Evidence was not found, court says", False),
        ("Police found no page missing", False),
    ],
)
def test_title_that_says_there_is_no_page_is_recognised(title, is_missing):
    assert bool(page("<p>x</p>", title).missing_notice) is is_missing


@given(st.text(max_size=300), st.text(max_size=40))
def test_no_page_raises(html, exact):
    words = PageWords(html)
    assert words.has_passage(exact) in (True, False)
    assert isinstance(words.missing_notice, str)


def test_page_of_scripts_is_not_readable():
    assert not page("<script>" + "word " * 500 + "</script><p>Loading</p>").is_readable
    assert page("<p>" + "word " * 60 + "</p>").is_readable
