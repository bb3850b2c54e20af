"""`/changes/`: corrections, merges and withdrawals, by kind and in pages."""

import pytest

from kb.desk.verbs.publishing import publish, withdraw
from kb.desk.verbs.transfers.merge import merge
from kb.site.pages import corrections
from tests.make import make_event, make_incident, make_proposition, published

pytestmark = pytest.mark.django_db


def corrected(title, **fields):
    event = published(make_event(title, **fields))
    event.summary += " And more."
    event.save()
    publish(event, by=None, change="correction", note=f"{title} said too little.")
    return event


def text_of(reader, path="/changes/"):
    response = reader.get(path)
    assert response.status_code == 200
    return response.content.decode()


def test_changes_page_without_corrections(reader):
    published(make_event("Only published"))
    text = text_of(reader)
    assert "Nothing has been corrected or withdrawn." in text
    assert "Only published" not in text


@pytest.mark.slow
def test_each_kind_of_change_has_filter_and_reason(reader):
    event = corrected("The check", slug="check")
    merge(published(make_event("Its twin")), into=event, by=None, note="Two of one.")
    withdraw(published(make_event("A mistake")), by=None, note="It was entered twice.")
    text = text_of(reader)
    for part in ("The check said too little.", "Two of one.", "It was entered twice."):
        assert part in text
    assert 'href="/events/check/history/?new=2"' in text
    assert reader.get("/events/check/history/?old=1&new=2").status_code == 200

    only = text_of(reader, "/changes/?change=withdrawal")
    assert "It was entered twice." in only
    assert "The check said too little." not in only
    assert 'href="/changes/?change=withdrawal" aria-current="page"' in only


def test_kind_without_changes_shows_message(reader):
    corrected("The check")
    assert "There are no changes of this kind." in text_of(reader, "/changes/?change=merge")


def test_change_of_claim_links_to_its_page(reader):
    story = published(make_incident("Story", slug="story"))
    claim = published(make_proposition(incident=story, slug="was-it-so"))
    claim.text = "Was it so, in other words?"
    claim.save()
    publish(claim, by=None, change="correction", note="The question was not neutral.")
    text = text_of(reader)
    assert f'href="/claims/{claim.slug}/"' in text
    assert f'href="/claims/{claim.slug}/history/?new=2"' in text


@pytest.mark.slow
def test_pages_contain_every_change_once(reader, monkeypatch):
    monkeypatch.setattr(corrections, "PAGE_SIZE", 2)
    for number in range(5):
        corrected(f"Event {number}.")
    titles, path = [], "/changes/?change=correction"
    while path:
        response = reader.get(path)
        titles += [change["title"] for change in response.context["changes"]]
        path = response.context["pages"]["next"]
    assert titles == [f"Event {number}." for number in (4, 3, 2, 1, 0)]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("change=nothing", "is not a valid value. Choose one of:"),
        ("after=x", "page link"),
        ("by=me", "No parameter has this name"),
    ],
)
def test_invalid_changes_parameter_is_named(reader, query, words):
    response = reader.get(f"/changes/?{query}")
    assert response.status_code == 400
    assert words in response.content.decode()
