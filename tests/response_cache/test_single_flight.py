"""Requests to one address at the same time: one asks Django, the others wait for its answer."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest
from django.db import connections

from kb.response_cache import application
from kb.response_cache.single_flight import SingleFlight
from tests.make import make_event, published
from tests.response_cache.client import GZIP

CLIENTS = 6
database = [pytest.mark.wall, pytest.mark.slow]


def in_threads(requests):
    """Run the functions at the same time and return their results."""

    def run(request):
        try:
            return request()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(requests)) as pool:
        return list(pool.map(run, requests))


@pytest.fixture
def closing(cache):
    """Close the connection that the cache keeps open in each thread."""

    def wrap(request):
        def run():
            try:
                return request()
            finally:
                cache.versions.close()

        return run

    return wrap


@pytest.fixture
def held_up(django_application, cache):
    """Hold the first request up in Django until as many requests have joined it."""

    def hold(count):
        joined = Event()
        join = cache._flights.join
        arrivals = []

        def counting(key):
            result = join(key)
            arrivals.append(key)
            if len(arrivals) == count:
                joined.set()
            return result

        cache._flights.join = counting
        django_application.before = lambda environ: joined.wait(10)

    return hold


@pytest.mark.parametrize("encodings", [{}, GZIP])
class TestFlights:
    pytestmark = database

    def test_one_request_reaches_django(
        self, client, cache, django_application, held_up, closing, encodings
    ):
        published(make_event("The checks begin"))
        held_up(CLIENTS)
        requests = [lambda: client.get("/timeline/")] * 3
        requests += [lambda: client.get("/timeline/", **encodings)] * (CLIENTS - 3)
        answers = in_threads([closing(request) for request in requests])
        assert django_application.calls == 1
        assert {answer.text for answer in answers} == {answers[0].text}
        assert "The checks begin" in answers[0].text
        assert cache.counters().collapsed == CLIENTS - 1
        assert len({answer.headers["x-request-id"] for answer in answers}) == CLIENTS


@pytest.mark.wall
@pytest.mark.slow
def test_answers_that_are_not_stored_are_waited_for_once(
    client, cache, django_application, held_up, closing
):
    held_up(3)
    answers = in_threads([closing(lambda: client.get("/nothing/"))] * 3)
    assert {answer.status for answer in answers} == {404}
    assert django_application.calls == 3
    # Now it is known, so nobody waits: all three are in Django at the same time.
    barrier = Barrier(3)
    django_application.before = lambda environ: barrier.wait(10)
    answers = in_threads([closing(lambda: client.get("/nothing/"))] * 3)
    assert {answer.status for answer in answers} == {404}
    assert cache.counters().collapsed == 0


@pytest.mark.wall
@pytest.mark.slow
def test_waiting_has_a_limit(client, cache, django_application, closing, monkeypatch):
    monkeypatch.setattr(application, "MAX_WAIT_SECONDS", 0.01)
    second_is_done = Event()

    def hold_first(environ):
        if django_application.calls == 1:
            second_is_done.wait(10)

    django_application.before = hold_first

    def late():
        while django_application.calls < 1:
            pass
        answer = client.get("/timeline/")
        second_is_done.set()
        return answer

    answers = in_threads([closing(lambda: client.get("/timeline/")), closing(late)])
    assert [answer.status for answer in answers] == [200, 200]
    assert django_application.calls == 2
    assert cache.counters().waited_in_vain == 1


@pytest.mark.wall
@pytest.mark.slow
def test_error_in_django_lets_the_others_go(client, cache, django_application, closing):
    def fail(environ):
        raise RuntimeError("broken")

    django_application.before = fail
    with pytest.raises(RuntimeError):
        client.get("/timeline/")
    django_application.before = lambda environ: None
    assert client.get("/timeline/").cache_status == "fwd=uri-miss; stored"


def test_flight_ends_once_and_the_next_begins():
    flights = SingleFlight()
    flight, is_leader = flights.join("a")
    assert is_leader
    assert flights.join("a") == (flight, False)
    assert flights.join("b")[1]
    assert flight.wait(0) == (False, None)
    flights.end("a", flight)
    assert flight.wait(0) == (True, None)
    second, is_leader = flights.join("a")
    assert is_leader
    assert second is not flight
    # A late call of the first leader does not end the second flight.
    flights.end("a", flight)
    assert flights.join("a") == (second, False)
