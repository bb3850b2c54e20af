"""Search: every kind of record by all its names, marked matches, and help without results."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.desk.models import ActorName
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
    assert "No results for" in search_for(reader, q='"use of terms"').text


def test_quotations_only_searches_quotations(reader, record):
    assert "A denial" in search_for(reader, q="terms", scope="quotations").text
    page = search_for(reader, q="denial", scope="quotations").text
    assert "No results for" in page
    assert "There is 1 result outside quotations." in page


def test_search_without_results_counts_without_each_word(reader, record):
    page = search_for(reader, q="ByteDance zebra").text
    assert ">Without zebra</a>: 4 results" in " ".join(page.split())
    assert "Without ByteDance: no results" in page


def test_empty_search_explains_syntax(reader):
    response = search_for(reader)
    assert response.status_code == 200
    assert "quotation marks" in response.text


@pytest.mark.parametrize("query", [{"colour": "red"}, {"scope": "titles"}, {"q": "x" * 201}])
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
