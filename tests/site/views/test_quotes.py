"""`/quotes/`: quotations by their own words, by speaker, for whom, to whom and kind of words."""

from __future__ import annotations

import pytest

from kb.site.pages import quotes
from tests.make import make_actor, make_event, make_statement, published

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def said():
    acme, daily = make_actor("Acme", slug="acme"), make_actor("The Daily", slug="daily")
    ann = make_actor("Ann Bell", slug="ann-bell", actor_kind="person")
    first = make_statement(
        "The account is closed.", speaker=ann, on_behalf_of=acme, wording="original"
    )
    first.addressees.add(daily)
    second = make_statement(
        "The bridge is open.", speaker=ann, wording="translated", said="2023-12-17"
    )
    third = make_statement("A word on the account.", form="paraphrase", speaker=ann)
    return [published(statement) for statement in (first, second, third)]


def texts(reader, query=""):
    return [row["text"] for row in reader.get(f"/quotes/{query}").context["rows"]]


def options(reader, query, name):
    filters = reader.get(f"/quotes/{query}").context["filters"]
    (group,) = (group for group in filters if group["name"] == name)
    return {option["label"]: option["count"] for option in group["options"]}


def test_quotations_are_listed_newest_first_without_paraphrases(reader, said):
    assert texts(reader) == ["The bridge is open.", "The account is closed."]


def test_search_is_in_the_quotation_itself(reader, said):
    assert texts(reader, "?q=account") == ["The account is closed."]
    # The title of each is “Statement n”, which is not said.
    assert texts(reader, "?q=statement") == []
    assert texts(reader, "?q=the+-account") == ["The bridge is open."]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?by=ann-bell", 2),
        ("?for=acme", 1),
        ("?to=daily", 1),
        ("?words=translated", 1),
        ("?words=translated&words=original", 2),
        ("?for=acme&words=translated", 0),
    ],
)
def test_filters_narrow_the_list(reader, said, query, expected):
    response = reader.get(f"/quotes/{query}")
    assert response.context["total"] == len(response.context["rows"]) == expected


def test_numbers_are_those_that_the_other_filters_leave(reader, said):
    assert options(reader, "?for=acme", "words") == {"Exact words": 1}
    assert options(reader, "?words=translated", "words") == {
        "Exact words": 1,
        "Translated by the carrier": 1,
    }
    # A chosen value without results stays in the form.
    assert options(reader, "?to=daily&words=translated", "to") == {"The Daily": 0}


def test_page_leads_to_the_next_one_and_keeps_the_filters(reader, said, monkeypatch):
    monkeypatch.setattr(quotes, "PAGE_SIZE", 1)
    first = reader.get("/quotes/?by=ann-bell")
    assert [row["text"] for row in first.context["rows"]] == ["The bridge is open."]
    following = first.context["pages"]["next"]
    assert following == "/quotes/?by=ann-bell&start=1"
    second = reader.get(following)
    assert [row["text"] for row in second.context["rows"]] == ["The account is closed."]
    assert second.context["pages"] == {"first": "/quotes/?by=ann-bell", "next": None}


def test_cap_is_said(reader, said, monkeypatch):
    monkeypatch.setattr("kb.record.quotations.MAX_STATEMENTS", 1)
    response = reader.get("/quotes/")
    assert response.context["is_capped"]
    assert "There are more." in response.text


@pytest.mark.parametrize(
    "query", ["?x=1", "?words=loud", "?start=-1", "?start=99999", "?by=nobody"]
)
def test_what_cannot_be_read_is_refused(reader, said, query):
    assert reader.get(f"/quotes/{query}").status_code == 400


def test_empty_record_and_empty_result_say_so(reader):
    assert "No quotation has been published yet." in reader.get("/quotes/").text
    published(make_event())
    assert "No quotation has these words and filters." in reader.get("/quotes/?q=zebra").text
