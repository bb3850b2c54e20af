""" "As known on": the same entries in HTML, JSON and CSV, and no later ones."""

import csv
import io
import re

import pytest

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


@pytest.fixture
def story(db):
    load_story()


def entries_of(reader, **query):
    return reader.get("/timeline.json", {"size": 100, **query}).json()["entries"]


def csv_of(reader, **query):
    response = reader.get("/timeline.csv", query)
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("day", ["2023-12-14", "2023-12-15", "2023-12-17", None])
@pytest.mark.slow
def test_every_representation_excludes_later_entries(reader, story, day):
    known = {"known": day} if day else {}
    # Known from the entries' own dates of first publication, not from the query under test.
    expected = {row["id"] for row in entries_of(reader) if not day or row["known_since"] <= day}
    assert {row["id"] for row in entries_of(reader, **known)} == expected
    assert {row["id"] for row in csv_of(reader, **known)} == expected
    page = (
        reader.get("/timeline/", {"size": 100, "later": "hide", **known})
        if day
        else reader.get("/timeline/", {"size": 100})
    )
    assert set(re.findall(r'<article class="entry[^"]*" id="([a-z0-9]+)"', page.text)) == expected


def test_the_days_of_the_story(reader, story):
    # The report of The Verge of the 15th was not read, so that it makes nothing known.
    assert entries_of(reader, known="2023-12-16") == []
    everything = [row["slug"] for row in entries_of(reader)]
    assert len(everything) == 36
    assert [row["slug"] for row in entries_of(reader, known="2023-12-17")] == everything


def test_later_entries_are_marked_or_hidden(reader):
    published(make_event("Early", source=make_source(published="2023-12-15")))
    published(make_event("Late", source=make_source(published="2023-12-17")))
    marked = reader.get("/timeline/?known=2023-12-16").text
    assert "Not yet in a cited source" in marked
    assert "1 later entry is shown and marked." in marked
    assert "known on 16 December 2023, of 2 known today" in marked
    assert "First cited source: 17 December 2023" in marked
    hidden = reader.get("/timeline/?known=2023-12-16&later=hide").text
    assert "Not yet in a cited source" not in hidden
    assert "1 later entry is hidden." in hidden
    assert "not cited here" in hidden, "the limit is stated"


def test_adjacent_days_are_publication_days(reader):
    for day in ("2023-12-10", "2023-12-15", "2023-12-17"):
        published(make_event(source=make_source(published=day)))
    page = reader.get("/timeline/?known=2023-12-15").text
    assert 'href="/timeline/?known=2023-12-10"' in page
    assert 'href="/timeline/?known=2023-12-17"' in page
    assert 'value="2023-12-17"' in reader.get("/timeline/").text, "the last day is proposed"


def test_sources_and_claims_are_those_of_the_day(reader):
    early, late = make_source(published="2023-12-15"), make_source(published="2023-12-17")
    event = published(make_event("Checks", source=early))
    published(late)
    says = published(make_statement(source=early, said="2023-12-15"))
    denies = published(make_statement(source=late, said="2023-12-17"))
    dispute = make_proposition("Was it so?", events=(event,), incident=make_incident())
    make_stance(dispute, "asserts", statement=says)
    make_stance(dispute, "denies", statement=denies)
    published(dispute)
    today = entries_of(reader)[0]
    assert [claim["text"] for claim in today["contested"]] == ["Was it so?"]
    then = entries_of(reader, known="2023-12-16")[0]
    assert then["contested"] == []
    assert then["id"] == today["id"]


def test_later_citation_is_not_shown(reader):
    event = make_event(source=make_source("First", published="2023-12-15"))
    from kb.desk.models import Citation

    Citation.objects.create(
        event=event, source=make_source("Second", published="2023-12-17"), exact="again"
    )
    published(event)
    (then,) = entries_of(reader, known="2023-12-16")
    assert [citation["source"]["title"] for citation in then["citations"]] == ["First"]
    assert then["cited_later"] == 1
    (now,) = entries_of(reader)
    assert len(now["citations"]) == 2


def test_invalid_day_is_explained(reader):
    response = reader.get("/timeline/?known=someday")
    assert response.status_code == 400
    assert 'id="e-known"' in response.text or "known" in response.text


@pytest.mark.slow
def test_contested_filter_and_badges_agree_for_day(reader):
    early, late = make_source(published="2023-12-15"), make_source(published="2023-12-17")
    event = published(make_event("Checks", source=early))
    published(late)
    dispute = make_proposition("Was it so?", events=(event,), incident=make_incident())
    says = published(make_statement(source=early, said="2023-12-15"))
    make_stance(dispute, "asserts", statement=says)
    make_stance(dispute, "denies", statement=published(make_statement(source=late)))
    published(dispute)

    def contested(**query):
        answer = reader.get("/timeline.json", {"standing": "contested", **query}).json()
        counts = {facet["value"]: facet["count"] for facet in answer["facets"]["standing"]}
        return [entry["title"] for entry in answer["entries"]], counts["contested"]

    assert contested() == (["Checks"], 1)
    assert contested(known="2023-12-17") == (["Checks"], 1)
    assert contested(known="2023-12-16") == ([], 0)
    both = reader.get("/timeline.json?standing=contested&standing=reported&known=2023-12-16")
    assert [entry["title"] for entry in both.json()["entries"]] == ["Checks"]


@pytest.mark.parametrize("written", ["2023-12-16", "2023-12", "2023"])
def test_the_field_shows_the_chosen_day_month_or_year(reader, written):
    published(make_event(happened="2023-04"))
    text = reader.get("/timeline/", {"known": written}).text
    assert f'id="k-day" name="known" value="{written}"' in text


@pytest.mark.parametrize("page", ["/timeline/", "/incidents/story/", "/incidents/story/claims/"])
def test_a_day_that_cannot_be_read_can_be_corrected_in_its_field(reader, page):
    incident = make_incident(slug="story")
    event = make_event(happened="2023-04")
    event.incidents.add(incident)
    published(event)
    published(incident)
    actor = make_actor("Acme", slug="acme")
    published(actor)
    response = reader.get(page, {"known": "12/05/2023", "actor": "acme"})
    assert response.status_code == 400
    text = " ".join(response.text.split())
    assert 'id="k-day" name="known" value="12/05/2023"' in text
    assert 'aria-describedby="h-known e-known" aria-invalid="true"' in text
    assert re.search(r'id="e-known">[^<]*2023-05-12 or 2023-12-05', text)
    assert f'method="get" autocomplete="off" action="{page}' in text
    assert re.search(r'name="actor"( type="hidden")? value="acme"', text)
    assert text.count('id="k-day"') == text.count('name="known"') == 1
