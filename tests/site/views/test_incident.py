"""`/incidents/<slug>/` and its lists: actors, sources, changes."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kb.desk.verbs.publishing import withdraw
from kb.record.vocabulary import Change
from tests.make import (
    make_actor,
    make_event,
    make_incident,
    make_proposition,
    make_source,
    make_stance,
    make_statement,
    published,
)
from tests.story import load_story

pytestmark = pytest.mark.django_db
VIEWS = ("", "claims/", "actors/", "sources/", "changes/")


@pytest.fixture
def story():
    return make_incident("Story", slug="story")


def part_of(story, thing):
    thing.incidents.add(story)
    return published(thing)


@pytest.mark.slow
def test_every_view_has_head_with_correct_counts(reader):
    load_story()
    path = "/incidents/bytedance-openai/"
    for view in VIEWS:
        card = reader.get(path + view).context["incident"]
        assert sum(tab["current"] for tab in card["views"]) == 1
    counts = {tab["label"]: tab["count"] for tab in card["views"]}
    assert counts["Actors"] == len(reader.get(f"{path}actors/").context["actors"])
    assert counts["Sources"] == len(reader.get(f"{path}sources/").context["sources"])
    assert counts["Statements"] == 17
    assert counts["Timeline"] == 36
    assert counts["Claims"] == 5


def test_actor_row_lists_each_role(reader, story):
    acme, other = make_actor("Acme"), make_actor("Other")
    event = part_of(story, make_event(actors=((acme, "acted"), (other, "affected"))))
    fact = make_event(actors=((acme, "acted"),), standing="undisputed")
    part_of(story, fact)
    part_of(story, make_statement(on_behalf_of=acme, about=(event,)))
    actors = {
        actor["name"]: actor for actor in reader.get("/incidents/story/actors/").context["actors"]
    }
    assert actors["Acme"]["entries"] == 3
    parts = {str(part["words"]): part["count"] for part in actors["Acme"]["parts"]}
    assert parts == {"acted": 1, "said to have acted": 1, "represented": 1}
    parts = {str(part["words"]): part["count"] for part in actors["Other"]["parts"]}
    assert parts == {"said to be affected": 1, "discussed": 1}


def test_source_row_counts_entries_without_other_source(reader, story):
    news, other = make_source("News"), make_source("Other")
    part_of(story, make_event(source=news))
    both = make_event(source=news)
    both.citations.create(source=other, exact="too")
    part_of(story, both)
    sources = reader.get("/incidents/story/sources/").context["sources"]
    assert [(source["title"], source["entries"], source["sole"]) for source in sources] == [
        ("News", 2, 1),
        ("Other", 1, 0),
    ]


def test_changes_list_corrections_and_withdrawals(reader, story):
    gone = part_of(story, make_event("Gone"))
    part_of(story, make_event("Kept"))
    part_of(make_incident("Elsewhere"), make_event("Not here"))
    withdraw(gone, by=None, note="It never happened.")
    response = reader.get("/incidents/story/changes/")
    assert "It never happened." in response.text
    titles = [change["title"] for change in response.context["changes"]]
    assert titles[0] == "Gone"
    assert {"Gone", "Kept", "Story"} == set(titles)
    words = {change["change_words"] for change in response.context["changes"]}
    assert Change.LINK.label not in words


def test_changes_are_paginated(reader, story, monkeypatch):
    monkeypatch.setattr("kb.site.pages.corrections.PAGE_SIZE", 2)
    for number in range(4):
        part_of(story, make_event(f"Event {number}"))
    titles, path = [], "/incidents/story/changes/"
    while path:
        response = reader.get(path)
        titles += [change["title"] for change in response.context["changes"]]
        path = response.context["pages"]["next"]
    assert len(titles) == len(set(titles)) == 5


@pytest.mark.parametrize("view", VIEWS[1:])
def test_unknown_parameter_is_named(reader, story, view):
    published(story)
    response = reader.get(f"/incidents/story/{view}?colour=red")
    assert response.status_code == 400
    assert "colour" in response.text


def test_invalid_cursor_returns_400(reader, story):
    published(story)
    assert reader.get("/incidents/story/changes/?after=x").status_code == 400
    assert reader.get("/incidents/story/changes/?after=" + "9" * 40).status_code == 400


@pytest.mark.slow
@pytest.mark.parametrize("view", VIEWS)
def test_incident_view_query_count_is_constant(reader, story, view):
    def cost():
        with CaptureQueriesContext(connection) as ran:
            assert reader.get(f"/incidents/story/{view}").status_code == 200
        return len(ran)

    def more(number):
        for _ in range(number):
            actor = make_actor()
            event = part_of(story, make_event(actors=((actor, "acted"),)))
            part_of(story, make_statement(on_behalf_of=actor, about=(event,)))

    more(2)
    few = cost()
    more(6)
    assert cost() == few


def test_incident_counts_only_claims_on_which_positions_differ(reader):
    incident = published(make_incident(slug="story"))
    disputed, agreed = (make_proposition(incident=incident) for _ in range(2))
    for claim, positions in ((disputed, ("asserts", "denies")), (agreed, ("asserts", "reports"))):
        for position in positions:
            stance = make_stance(claim, position)
            published(stance.statement)
        published(claim)
    (row,) = reader.get("/incidents.json").json()["incidents"]
    assert row["contested"] == 1
    assert "1 contested claim" in " ".join(reader.get("/incidents/").text.split())
    page = " ".join(reader.get("/incidents/story/claims/").text.split())
    assert "2 claims" in page and "positions differ on 1" in page
    assert "contested claims" not in page.lower()
