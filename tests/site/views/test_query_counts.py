"""The number of queries of each page does not grow with the number of rows."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kb.record import name_texts, search
from tests.make import (
    make_actor,
    make_event,
    make_incident,
    make_proposition,
    make_request,
    make_source,
    make_stance,
    make_statement,
    published,
)

pytestmark = pytest.mark.django_db

# The most that each page may cost, the epoch's query included.
PAGES = {
    "/": 20,
    "/incidents/": 10,
    "/timeline/": 14,
    "/timeline/?from=2023&until=2024": 15,
    "/timeline/fragment/": 14,
    "/timeline/numbers/": 6,
    "/timeline/options/actor/": 4,
    "/timeline/options/actor/?find=acme": 6,
    "/timeline.json": 13,
    "/incidents/story/": 24,
    "/incidents/story/claims/": 17,
    "/incidents/story/actors/": 13,
    "/incidents/story/speakers/": 14,
    "/incidents/story/sources/": 12,
    "/incidents/story/changes/": 12,
    "/events/first/": 13,
    "/actors/": 4,
    "/actors/acme/": 20,
    "/actors/acme/options/incident/": 7,
    "/compare/": 6,
    "/compare/?a=acme&b=baz": 40,
    "/sources/": 5,
    "/sources/news/": 9,
    "/events/first/history/": 5,
    "/events/first/history/1/": 12,
    # Of these, five read the names, which a process does once.
    "/search/?q=Acme": 15,
    "/search/?q=did&scope=quotations": 8,
    "/quotes/": 12,
    "/quotes/?q=did&for=acme": 14,
    "/changes/": 3,
    "/reports/": 3,
    "/report/": 0,
    "/embed/events/first/": 9,
    "/embed/events/first/history/1/": 10,
    "/embed/timeline/": 9,
    "/embed/incidents/story/": 12,
    "/embed/incidents/story/claims/": 11,
    "/oembed?url=http://127.0.0.1:8000/events/first/": 4,
    "/method/": 1,
    "/method/dates/": 1,
    "/method/words/": 1,
    "/method/corrections/": 1,
    "/about/": 1,
    "/accessibility/": 1,
}

CLAIM_PAGES = {
    "/claims/asked/": 24,
    "/claims/asked/?known=2023-12-16": 30,
    "/claims/asked.json": 18,
    "/claims/asked.csv": 18,
    "/claims/asked.atom": 18,
    "/claims/asked/history/1/": 17,
    "/embed/claims/asked/": 20,
    "/incidents/story/claims/": 20,
}


def entries(story, acme, baz, news, count):
    for number in range(count):
        other = baz if number % 2 else make_actor()
        event = make_event(actors=((acme, "acted"), (other, "affected")), source=news)
        event.incidents.add(story)
        published(event)
        statement = make_statement(about=(event,), on_behalf_of=acme, source=news)
        statement.incidents.add(story)
        published(statement)
        proposition = make_proposition(events=(event,), incident=story)
        make_stance(proposition, "asserts" if number % 2 else "denies", statement=statement)
        published(proposition)


def positions(claim, count):
    """Positions on one claim, each by another actor and in another source, and a request."""
    for number in range(count):
        statement = published(make_statement(on_behalf_of=make_actor()))
        make_stance(claim, "asserts" if number % 2 else "denies", statement=statement)
        request = make_request()
        request.claims.add(claim)
        published(request)
    published(claim)


def cost(reader, path):
    # How many entries hold some words is remembered for a minute.
    search._are_few.cache_clear()
    # As in a new process.
    name_texts._names.clear()
    with CaptureQueriesContext(connection) as queries:
        response = reader.get(path)
        assert response.status_code == 200
        if response.streaming:
            list(response.streaming_content)
    return len(queries)


@pytest.mark.slow
def test_list_page_query_count_is_constant(reader):
    other = published(make_incident("Another"))
    assert other.state == "published"
    story, acme = make_incident("Story", slug="story"), make_actor("Acme", slug="acme")
    baz = make_actor("Baz", slug="baz")
    news = make_source("News", slug="news", publisher=make_actor("The Daily"))
    # The last of its incident: its account is named on the home page.
    first = make_event(slug="first", happened="2024-02-01", actors=((acme, "acted"),), source=news)
    first.incidents.add(story)
    published(first)
    entries(story, acme, baz, news, 2)
    few = {path: cost(reader, path) for path in PAGES}
    entries(story, acme, baz, news, 8)
    for _ in range(3):
        published(make_incident())
    many = {path: cost(reader, path) for path in PAGES}
    assert many == few
    assert {path: few[path] for path in PAGES if few[path] > PAGES[path]} == {}


@pytest.mark.slow
def test_claim_query_count_is_constant(reader):
    story = make_incident("Story", slug="story")
    event = make_event()
    event.incidents.add(story)
    published(event)
    claim = make_proposition(incident=story, slug="asked", events=(event,))
    other = make_proposition(incident=story)
    make_stance(other, "asserts", statement=published(make_statement(on_behalf_of=make_actor())))
    published(other)
    # Two versions, because the first of several costs more than the only one.
    positions(claim, 1)
    positions(claim, 1)
    few = {path: cost(reader, path) for path in CLAIM_PAGES}
    positions(claim, 28)
    many = {path: cost(reader, path) for path in CLAIM_PAGES}
    assert many == few
    assert {path: few[path] for path in CLAIM_PAGES if few[path] > CLAIM_PAGES[path]} == {}
