"""Search: every kind of record by all its names, marked matches, and help without results."""

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.desk.models import ActorName, Citation
from kb.text.marking import excerpt, mark_matches
from kb.text.normalise import query_terms
from tests.make import (
    make_actor,
    make_event,
    make_incident,
    make_source,
    make_statement,
    published,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def record(db):
    acme = make_actor("ByteDance", slug="bytedance")
    ActorName.objects.create(actor=acme, name="字节跳动", language="zh-Hans", name_kind="original")
    published(acme)
    published(make_incident("ByteDance and OpenAI", slug="story"))
    published(make_source("On ByteDance", slug="report"))
    published(make_event("ByteDance checks", summary="They were careful."))
    published(make_statement("We have broken no terms of use.", headline="A denial"))


def search_for(reader, **query):
    return reader.get("/search/", query)


def text_of(response):
    """The text of a page, with single spaces."""
    return " ".join(unescape(re.sub(r"<[^>]+>", "", response.text)).split())


def test_search_finds_every_kind_and_marks_matches(reader, record):
    page = search_for(reader, q="bytedance").text
    for path in ("/incidents/story/", "/actors/bytedance/", "/sources/report/"):
        assert f'<a href="{path}">' in page
    assert page.count("<mark>ByteDance</mark>") >= 4
    assert "4 results" in page


@pytest.mark.parametrize("q", ["字节跳动", "字节", "跳动", "字节·跳动"])
def test_an_actor_is_found_by_its_other_names(reader, record, q):
    assert 'href="/actors/bytedance/"' in search_for(reader, q=q).text


def test_name_matches_come_first_and_others_show_summary(reader, record):
    published(make_actor("Aardvark", slug="aardvark", summary="A maker of zebra and bytedance."))
    page = search_for(reader, q="bytedance").text
    assert page.index("/actors/bytedance/") < page.index("/actors/aardvark/")
    assert "A maker of zebra and <mark>bytedance</mark>." in page


def test_quoted_words_match_as_phrase(reader, record):
    assert "A denial" in search_for(reader, q='"terms of use"').text
    page = search_for(reader, q='"use of terms"').text
    assert "Nothing has “use of terms”" in page
    assert "A denial" not in page


def test_quotations_only_searches_quotations(reader, record):
    assert "A denial" in search_for(reader, q="terms", scope="quotations").text
    page = search_for(reader, q="denial", scope="quotations").text
    assert "Nothing has “denial”" in page
    assert "There is 1 result outside quotations." in page


def test_search_without_results_counts_without_each_word(reader, record):
    page = text_of(search_for(reader, q="ByteDance zebra"))
    assert "Nothing has both “ByteDance” and “zebra”" in page
    assert "ByteDance, without “zebra”: 4 results" in page
    assert "without “ByteDance”" not in page
    assert "4 results for “ByteDance”" in page
    page = text_of(search_for(reader, q="ByteDance zebra okapi"))
    assert "Nothing has all of “ByteDance”, “zebra” and “okapi”" in page
    assert "Did you mean" not in page


def test_misspelled_name_is_corrected_and_shown(reader, record):
    page = text_of(search_for(reader, q="bytedanse 2018"))
    assert "Nothing has both “bytedanse” and “2018”" in page
    assert "bytedance, without “2018”: 4 results" in page
    assert "Closest name: ByteDance, organisation, also 字节跳动" in page
    assert "4 results for “bytedance”" in page
    response = search_for(reader, q="bytedanse")
    assert "Search for bytedanse: 0 results" in text_of(response)
    assert 'href="/search/?q=bytedance"' in response.text


def test_nothing_that_is_close_is_not_suggested(reader, record):
    page = text_of(search_for(reader, q="zebra"))
    assert "Nothing has “zebra”" in page
    assert "Did you mean" not in page
    assert "Try another spelling" in page


def test_kinds_are_links_with_their_numbers(reader, record):
    page = text_of(search_for(reader, q="bytedance"))
    assert "All 4" in page
    for words in ("Actors 1", "Incidents 1", "Events 1", "Sources 1"):
        assert words in page
    assert "Statements" not in page.partition("results for")[2]
    response = search_for(reader, q="bytedance", kind="event")
    assert "ByteDance</mark> checks" in response.text
    assert 'href="/actors/bytedance/"' not in response.text
    assert 'href="/search/?q=bytedance&amp;kind=actor"' in response.text
    page = text_of(search_for(reader, q="bytedance", kind="statement"))
    assert "No results of this kind." in page


def test_order_is_a_link_that_keeps_the_kind(reader, record):
    published(make_event("ByteDance again", happened="2024"))
    page = search_for(reader, q="bytedance", kind="event").text
    assert 'href="/search/?q=bytedance&amp;kind=event&amp;order=date"' in page
    page = search_for(reader, q="bytedance", order="date").text
    assert page.index("again") < page.index("checks") < page.index("/actors/bytedance/")


def test_cited_passage_is_shown_with_its_source(reader, record):
    event = make_event("A quiet week")
    source = make_source("Minutes of May")
    Citation.objects.create(event=event, source=source, exact="A zebra was seen.", locator="p. 3")
    published(event)
    response = search_for(reader, q="zebra")
    assert "A quiet week" in response.text
    assert "Passage in a source: Minutes of May · p. 3" in text_of(response)
    assert "A <mark>zebra</mark> was seen." in response.text


def test_passage_says_who_prints_it_and_that_its_words_are_not_original(reader, record):
    source = make_source("Minutes", publisher=make_actor("The Gazette"))
    statement = make_statement("We saw an okapi.", source=source)
    Citation.objects.create(
        statement=statement, source=source, exact="They saw a zebra.", wording="back_translated"
    )
    published(statement)
    page = text_of(search_for(reader, q="zebra"))
    assert "Passage in a source: The Gazette · translated and translated back" in page


def test_many_results_lead_to_the_lists_that_have_all(reader):
    for number in range(28):
        published(make_event(f"Okapi {number}"))
    published(make_actor("Okapi"))
    response = search_for(reader, q="okapi")
    assert 'href="/timeline/?q=okapi"' in response.text
    assert "Show all 28 entries on the timeline" in response.text
    assert 'href="/actors/?q=okapi"' in response.text
    response = search_for(reader, q="okapi", kind="event")
    assert 'href="/timeline/?q=okapi&amp;kind=event"' in response.text
    assert 'href="/actors/?q=okapi"' not in response.text


def test_empty_search_explains_syntax(reader):
    response = search_for(reader)
    assert response.status_code == 200
    assert "quotation marks" in response.text


@pytest.mark.parametrize(
    "query",
    [
        {"colour": "red"},
        {"kind": "topic"},
        {"order": "name"},
        {"scope": "titles"},
        {"q": "x" * 201},
    ],
)
def test_invalid_search_parameter_is_named(reader, query):
    response = search_for(reader, **query)
    assert response.status_code == 400
    assert next(iter(query)) in response.text


def test_search_excludes_drafts_and_withdrawn_records(reader, record):
    make_actor("ByteDance Secret")
    make_event("ByteDance draft")
    page = search_for(reader, q="ByteDance").text
    assert "Secret" not in page
    assert "draft" not in page


def test_markup_in_results_is_escaped(reader):
    published(make_event("<script>alert(1)</script> zebra"))
    page = search_for(reader, q="zebra").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page
    assert "<mark>zebra</mark>" in page


@given(st.text(max_size=300), st.text(alphabet="ab字节 ", max_size=10))
@pytest.mark.slow
def test_excerpt_is_short_part_of_text(text, q):
    terms = query_terms(q)
    part = excerpt(text, terms, 60)
    assert len(part) <= 62
    assert part.strip("…") in text or part in text
    assert "<" not in mark_matches(text, terms).replace("<mark>", "").replace("</mark>", "")


def test_excerpt_of_a_statement_keeps_its_negation(reader):
    text = "The models " + "of the company " * 30 + "were not used for zebra."
    published(make_statement(text))
    page = search_for(reader, q="company").text
    assert "were not used" in page


def test_home_keeps_the_negation_of_a_long_quotation(reader):
    text = "The models " + "of the company " * 30 + "were not used for zebra."
    published(make_statement(text))
    assert "were not used" in reader.get("/").text
