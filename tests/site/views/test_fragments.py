"""The parts of a page that its script fetches are the same as those of the page."""

import pytest

from tests.make import make_actor, make_event, make_incident, make_statement, published

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(db):
    incident, acme = make_incident("Story", slug="story"), make_actor("Acme", slug="acme")
    for month in ("2023-04", "2023-09"):
        event = make_event(f"In {month}", happened=month, actors=((acme, "acted"),))
        event.incidents.add(incident)
        published(event)
    published(make_statement(speaker=acme))


def view_of(page):
    start = page.index('<div id="view"')
    return page[start : page.index("\n</main>")].strip()


@pytest.mark.parametrize("prefix", ["", "/zh-hans"])
@pytest.mark.parametrize("path", ["/timeline/", "/incidents/story/"])
@pytest.mark.parametrize(
    "query", ["", "?actor=acme", "?from=2023-05&q=in", "?known=2023-12-16", "?order=changed&size=1"]
)
def test_fragment_is_the_part_of_the_page(reader, story, prefix, path, query):
    page = reader.get(f"{prefix}{path}{query}")
    fragment = reader.get(f"{prefix}{path}fragment/{query}")
    assert fragment.status_code == 200
    assert fragment.text.strip() == view_of(page.text)
    assert f'data-fragment="{prefix}{path}fragment/"' in fragment.text


def test_fragment_has_the_title_and_the_count(reader, story):
    fragment = reader.get("/timeline/fragment/?actor=acme").text
    assert 'data-title="Entries with Acme"' in fragment
    assert 'data-status="3 entries"' in fragment
    assert "<title>Entries with Acme · " in reader.get("/timeline/?actor=acme").text
    incident = reader.get("/incidents/story/fragment/?kind=event").text
    assert 'data-title="Story: Events in Story"' in incident


def test_fragment_is_cached_as_itself_and_not_listed(reader, story):
    page, fragment = reader.get("/timeline/"), reader.get("/timeline/fragment/")
    assert page["ETag"] != fragment["ETag"]
    assert fragment["Cache-Control"] == page["Cache-Control"]
    assert fragment["X-Robots-Tag"] == "noindex"
    etag = fragment["ETag"]
    assert reader.get("/timeline/fragment/", headers={"If-None-Match": etag}).status_code == 304
    published(make_event("Another"))
    changed = reader.get("/timeline/fragment/", headers={"If-None-Match": etag})
    assert changed.status_code == 200
    assert "Another" in changed.text


def test_invalid_filter_is_400_and_the_form_leads_to_the_page(reader, story):
    response = reader.get("/incidents/story/fragment/?from=soon")
    assert response.status_code == 400
    assert response.context["action"] == "/incidents/story/"
    assert reader.get("/incidents/nothing/fragment/").status_code == 404


def test_numbers_of_the_histogram_have_a_page_and_a_part(reader, story):
    page = reader.get("/incidents/story/numbers/?kind=event").text
    part = reader.get("/incidents/story/numbers/fragment/?kind=event").text
    assert part.strip() in page
    assert 'href="/incidents/story/?from=2023-04&amp;kind=event&amp;until=2023-04"' in part
    assert reader.get("/timeline/numbers/?from=2030").status_code == 200
