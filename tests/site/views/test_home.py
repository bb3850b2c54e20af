"""The home page: incidents with their latest moments, one entry explained, corrections."""

from __future__ import annotations

import re

import pytest

from kb.desk.suppression.removing import ask_for_suppression, confirm_suppression
from kb.desk.verbs.publishing import publish, withdraw
from tests.make import (
    make_actor,
    make_event,
    make_incident,
    make_proposition,
    make_stance,
    make_statement,
    published,
)

pytestmark = pytest.mark.django_db


def page_text(reader, path="/"):
    response = reader.get(path)
    assert response.status_code == 200
    return response.text


def titles_of_moments(reader):
    (incident,) = reader.get("/").context["incidents"]
    return [moment["title"] for moment in incident["moments"]]


def incident_with(*days):
    incident = make_incident("It", slug="it")
    events = [make_event(f"On {day}", happened=day) for day in days]
    for event in events:
        event.incidents.add(incident)
        published(event)
    return incident, events


def test_home_of_an_empty_record(reader):
    page = page_text(reader)
    assert "No incident has been published yet." in page
    assert "Nothing has been corrected or withdrawn." in page
    assert "One entry, explained" not in page


def test_incident_without_entries_is_shown_only_if_there_is_no_other(reader):
    published(make_incident("Announced", slug="announced"))
    assert [row["title"] for row in reader.get("/").context["incidents"]] == ["Announced"]
    incident_with("2023-04-02")
    published(make_incident("Announced later", slug="announced-later"))
    context = reader.get("/").context
    assert [row["title"] for row in context["incidents"]] == ["It"]
    assert context["has_more"]


def test_moments_are_the_last_dated_entries_in_order_of_time(reader):
    incident_with("2023-04-02", "2023-04-04", "2023-04-01", "2023-04-03", "")
    assert titles_of_moments(reader) == ["On 2023-04-02", "On 2023-04-03", "On 2023-04-04"]


def test_moments_are_the_last_that_an_editor_chose(reader):
    incident, events = incident_with("2023-04-01", "2023-04-02", "2023-04-03", "2023-04-04")
    for place, event in enumerate(events[:2], start=1):
        incident.moments.create(event=event, place=place)
    incident.save()
    publish(incident, by=None)
    assert titles_of_moments(reader) == ["On 2023-04-01", "On 2023-04-02"]
    for event in events[:2]:
        withdraw(event, by=None, note="Entered twice.")
    assert titles_of_moments(reader) == ["On 2023-04-03", "On 2023-04-04"]


def test_claims_on_which_accounts_differ_are_counted(reader):
    incident, (event, *_rest) = incident_with("2023-04-01")
    claim = make_proposition(events=(event,), incident=incident)
    for position in ("asserts", "denies"):
        statement = make_statement(about=(event,), on_behalf_of=make_actor())
        make_stance(claim, position, statement=statement)
        published(statement)
    published(claim)
    published(make_proposition(events=(event,), incident=incident))
    page = re.sub(r"\s+", " ", page_text(reader))
    assert "Positions differ on 1 of 2 claims" in page


def test_entry_is_explained_with_five_numbered_notes(reader):
    incident_with("2023-04-01")
    published(make_statement("We checked it.", slug="checked"))
    page = page_text(reader)
    part = page[page.index("One entry, explained") : page.index("What has changed, and why")]
    numbers = re.findall(r'<span class="number" aria-hidden="true">(\d)</span>', part)
    assert sorted(numbers[:5]) == ["1", "2", "3", "4", "5"]
    assert numbers[5:] == ["1", "2", "3", "4", "5"]
    assert "We checked it." in part


def test_changes_are_sentences_with_their_reasons(reader):
    incident, (first, second) = incident_with("2023-04-01", "2023-04-02")
    first.summary = "Longer."
    first.save()
    publish(first, by=None, change="correction", note="The summary said too little")
    second.summary = "Only an update."
    second.save()
    publish(second, by=None, change="update", note="More of it")
    withdraw(second, by=None, note="It was entered twice.")
    page = re.sub(r"\s+", " ", page_text(reader))
    part = page[page.index("What has changed, and why") :]
    assert ": The summary said too little. <span" in part
    assert "It was entered twice." in part
    assert "Withdrawn " in part and "Corrected " in part
    assert "More of it" not in part and "Published" not in part
    assert incident.slug in page


def test_removal_by_order_has_no_empty_reason(reader):
    _incident, (event, _other) = incident_with("2023-04-01", "2023-04-02")
    request = ask_for_suppression(event, by=None, part="all", reason="court_order")
    confirm_suppression(request, by=None)
    page = re.sub(r"\s+", " ", page_text(reader))
    part = page[page.index('<ul class="changed">') :]
    headline = re.sub("<[^>]*>", "", part[: part.index('<span class="on"')]).strip()
    assert headline.startswith("[Removed by order on ") and headline.endswith("]")


@pytest.mark.slow
def test_correction_is_shown_with_its_reason_wherever_the_entry_is(reader):
    _incident, (event, other) = incident_with("2023-04-01", "2023-04-02")
    event.summary = "Longer."
    event.save()
    publish(event, by=None, change="correction", note="The summary said too little.")
    other.title = "Another title"
    other.save()
    publish(other, by=None, change="update")
    event.refresh_from_db()
    for path in ("/timeline/", "/incidents/it/", f"/events/{event.slug}/", "/changes/",
                 "/incidents/it/changes/", "/timeline.atom", "/timeline.feed.json",
                 "/timeline.json", f"/embed/events/{event.slug}/",
                 "/embed/timeline/", "/changes.atom"):  # fmt: skip
        response = reader.get(path)
        assert response.status_code == 200, path
        body = b"".join(response) if response.streaming else response.content
        assert b"The summary said too little." in body, path
        rows = body.count(b"The summary said too little.")
        assert rows == 1 or path.startswith(("/incidents/it/changes/", "/events/")), path
