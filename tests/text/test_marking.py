"""Matches of a search are marked, and no other text becomes markup."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.text.markdown import render_markdown
from kb.text.marking import mark_matches, mark_matches_in_html
from kb.text.normalise import query_terms
from tests.make import make_event, make_statement, published


def test_words_are_marked_in_plain_text():
    assert mark_matches("Terms & terms", query_terms("terms")) == (
        "<mark>Terms</mark> &amp; <mark>terms</mark>"
    )


def test_words_are_marked_outside_tags_only():
    html = '<p>The <a href="/a?terms=1" title="terms > a">terms</a> &amp; so on</p>'
    assert mark_matches_in_html(html, query_terms("terms so")) == (
        '<p>The <a href="/a?terms=1" title="terms > a"><mark>terms</mark></a>'
        " &amp; <mark>so</mark> on</p>"
    )


@given(st.text(alphabet="ab<>&\"'*_[]() \n", max_size=60))
def test_marking_changes_nothing_else(text):
    html = render_markdown(text)
    marked = mark_matches_in_html(html, query_terms("a b"))
    bare = marked.replace("<mark>", "").replace("</mark>", "")
    assert bare.count("<") == html.count("<")
    assert bare.count("&lt;") == html.count("&lt;")


@pytest.mark.django_db
def test_words_of_a_filter_are_marked_in_titles_summaries_and_quotations(reader):
    published(make_event("The launch", summary="A *launch* in May."))
    published(make_statement("We had a launch.", form="verbatim"))
    text = reader.get("/timeline/?q=launch").text
    assert "The <mark>launch</mark></a>" in text
    assert "A <em><mark>launch</mark></em> in May." in text
    assert "We had a <mark>launch</mark>." in text
    assert "<mark>" not in reader.get("/timeline/").text
