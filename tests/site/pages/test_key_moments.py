"""An incident in a minute: the editor's choice, in that order, without what is no longer public."""

import pytest

from kb.desk.models import KeyMoment
from kb.desk.verbs.publishing import publish, withdraw
from tests.make import make_event, make_incident, make_source, make_statement, published

pytestmark = pytest.mark.django_db
HEADING = "The incident in a minute"


@pytest.fixture
def story():
    return make_incident("The story", slug="story")


@pytest.fixture
def entries(story):
    """Four published entries of the incident, in the order of time."""
    entries = [
        make_event(
            "The checks begin", happened="2023-04", source=make_source(published="2023-05-01")
        ),
        make_event("The launch", happened="2023-05"),
        make_statement(headline="Acme denies it", said="2023-06-02"),
        make_event("The end", happened="2023-07", source=make_source(published="2024-01-05")),
    ]
    for entry in entries:
        entry.incidents.add(story)
        published(entry)
    return entries


def choose(story, *entries):
    """Make these the key moments of the incident, in this order, and publish it."""
    story.moments.all().delete()
    for place, entry in enumerate(entries, start=1):
        KeyMoment.objects.create(incident=story, place=place, **{entry.kind: entry})
    story.refresh_from_db()
    return published(story)


def moments(answer):
    chosen = answer.context["moments"]
    return [row["title"] for row in chosen["rows"]] if chosen else []


def test_moments_stand_in_the_editors_order(reader, story, entries):
    checks, launch, denial, _end = entries
    choose(story, launch, denial, checks)
    page = reader.get("/incidents/story/")
    assert moments(page) == ["The launch", "Acme denies it", "The checks begin"]
    assert HEADING in page.text
    assert "3 of 4 entries, chosen by an editor" in page.text


def test_incident_without_moments_has_no_such_part(reader, story, entries):
    published(story)
    assert HEADING not in reader.get("/incidents/story/").text


@pytest.mark.parametrize("query", ["?view=compact", "?view=table", "?kind=event", "?size=2&after="])
def test_moments_stand_at_the_beginning_of_the_whole_list_only(reader, story, entries, query):
    choose(story, *entries[:2])
    if query.endswith("after="):
        next_page = reader.get("/incidents/story/?size=2").context["page"]["next"]
        assert HEADING not in reader.get(next_page).text
    else:
        assert HEADING not in reader.get(f"/incidents/story/{query}").text


def test_withdrawn_moment_drops_out_and_a_corrected_one_shows_its_live_title(
    reader, story, entries, editor_user
):
    checks, launch, denial, _end = entries
    choose(story, checks, launch, denial)
    withdraw(checks, by=editor_user, note="Not supported by its source.")
    launch.title = "The second launch"
    launch.save()
    publish(launch, by=editor_user, change="correction", note="It was the second one.")
    assert moments(reader.get("/incidents/story/")) == ["The second launch", "Acme denies it"]


def test_moment_that_is_taken_out_of_the_incident_drops_out(reader, story, entries):
    checks, launch, *_others = entries
    choose(story, checks, launch)
    checks.incidents.clear()
    published(checks)
    assert moments(reader.get("/incidents/story/")) == ["The launch"]


def test_moments_not_yet_public_on_the_day_are_counted_and_left_out(reader, story, entries):
    choose(story, entries[0], entries[3])
    page = reader.get("/incidents/story/?known=2023-12-31")
    assert moments(page) == ["The checks begin"]
    assert "1 key moment was not yet in a cited source." in page.text


def test_draft_moment_appears_when_it_is_published(reader, story, entries):
    draft = make_event("The trial", happened="2023-08")
    draft.incidents.add(story)
    choose(story, entries[0], draft)
    assert moments(reader.get("/incidents/story/")) == ["The checks begin"]
    published(draft)
    assert moments(reader.get("/incidents/story/")) == ["The checks begin", "The trial"]
