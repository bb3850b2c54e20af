"""`/incidents/<slug>/speakers/`: who speaks for whom, to whom."""

from __future__ import annotations

import pytest

from tests.make import make_actor, make_event, make_incident, make_statement, published

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
PATH = "/incidents/story/speakers/"


@pytest.fixture
def story():
    return published(make_incident("Story", slug="story"))


def say(story, text, to=(), **fields):
    statement = make_statement(text, **fields)
    statement.incidents.add(story)
    statement.addressees.set(to)
    return published(statement)


def test_statements_of_one_speaker_in_one_role_are_one_row(reader, story):
    acme, daily = make_actor("Acme"), make_actor("The Daily")
    ann = make_actor("Ann Bell", actor_kind="person")
    spokesperson = {"speaker": ann, "role_as_of": "spokesperson", "on_behalf_of": acme}
    say(story, "One.", [daily], said="2023-12-15", **spokesperson)
    say(story, "Two.", [daily], said="2023-12-17", **spokesperson)
    say(story, "Three.", speaker=None, speaker_label="a person there", said="2023-12-16")
    context = reader.get(PATH).context
    first, second = context["lines"]
    assert [actor["name"] for actor in first["speakers"]] == ["Ann Bell"]
    assert (first["role"], first["count"]) == ("spokesperson", 2)
    assert first["when"] == "15 December 2023 to 17 December 2023"
    assert [actor["name"] for actor in first["principals"]] == ["Acme"]
    assert [actor["name"] for actor in first["to"]] == ["The Daily"]
    assert (second["label"], second["principals"], second["to"]) == ("a person there", [], [])
    for link in first["statements"]:
        assert reader.get(link["url"]).status_code == 200


def test_map_has_a_dashed_curve_for_what_is_not_stated(reader, story):
    say(story, "One.", on_behalf_of=make_actor("Acme"))
    drawing = reader.get(PATH).context["map"]
    assert [curve["is_stated"] for curve in drawing["curves"]] == [True, False]
    assert [node["name"] for node in drawing["addressees"]] == ["Outlet not stated"]


def test_tab_is_offered_only_with_statements(reader, story):
    labels = [
        view["label"] for view in reader.get("/incidents/story/").context["incident"]["views"]
    ]
    assert "Who speaks" not in labels
    response = reader.get(PATH)
    assert "No statement of this incident says who speaks." in response.text
    say(story, "One.")
    page = reader.get("/incidents/story/")
    labels = [view["label"] for view in page.context["incident"]["views"]]
    assert "Who speaks" in labels


def test_more_rows_than_the_map_has_room_for_are_in_the_table(reader, story):
    for number in range(16):
        say(story, f"Number {number}.", on_behalf_of=make_actor())
    context = reader.get(PATH).context
    assert len(context["lines"]) == 16
    assert context["map"]["omitted"] == 2
    assert len(context["map"]["speakers"]) == 14


def test_events_alone_have_no_speaker(reader, story):
    event = make_event()
    event.incidents.add(story)
    published(event)
    assert reader.get(PATH).context["lines"] == []


def test_parameters_are_refused(reader, story):
    assert reader.get(f"{PATH}?actor=acme").status_code == 400
    assert reader.get("/incidents/nowhere/speakers/").status_code == 404


def test_organisation_speaks_for_itself_and_a_person_does_not(reader, story):
    say(story, "One.", speaker=make_actor("Acme"))
    say(story, "Two.", speaker=make_actor("Ann Bell", actor_kind="person"))
    context = reader.get(PATH).context
    own = {line["speakers"][0]["name"]: line["is_own"] for line in context["lines"]}
    assert own == {"Acme": True, "Ann Bell": False}
    assert [node["name"] for node in context["map"]["principals"]] == ["Acme", "Not stated"]
