"""Random histories of the record: two processes with a cache answer as Django does, always."""

from __future__ import annotations

import random

import pytest

from kb.desk.verbs import publishing
from tests.make import make_event, published
from tests.response_cache.client import WSGIClient

pytestmark = [pytest.mark.wall, pytest.mark.slow]
STEPS = 12


def step(chance, events, editor_user):
    """Change the record, or leave it as it is."""
    action = chance.choice(["publish", "correct", "withdraw", "wait", "wait"])
    if action == "publish" or not events:
        number = chance.randrange(10**6)
        events.append(published(make_event(f"Event {number}", slug=f"random-{number}")))
    elif action == "correct":
        event = chance.choice(events)
        event.title = f"Corrected {chance.randrange(10**6)}"
        event.save()
        publishing.publish(event, by=editor_user, change="correction", note="A wrong title.")
    elif action == "withdraw":
        event = events.pop(chance.randrange(len(events)))
        publishing.withdraw(event, by=editor_user, note="A wrong person.")


@pytest.mark.parametrize("seed", range(2))
def test_answers_are_those_of_django(make_cache, django_application, editor_user, seed):
    chance, events = random.Random(seed), []
    plain = WSGIClient(django_application)
    processes = [WSGIClient(make_cache()) for _ in range(2)]
    slugs = set()
    for _ in range(STEPS):
        step(chance, events, editor_user)
        slugs |= {event.slug for event in events}
        addresses = ["/timeline/", "/zh-hans/timeline/", "/timeline.csv", "/changes/"]
        addresses += [f"/events/{slug}/" for slug in chance.sample(sorted(slugs), 1)]
        for address in chance.choices(addresses, k=4):
            client = chance.choice(processes)
            encoding = chance.choice(["", "gzip"])
            answer = client.get(address, HTTP_ACCEPT_ENCODING=encoding)
            expected = plain.get(address)
            assert (answer.status, answer.text) == (expected.status, expected.text)
            assert answer.headers.get("etag") == expected.headers.get("etag")
    assert sum(client.application.counters().hits for client in processes) > 0
