"""Times are those of whole requests, the least of several; a page that fails is asked once."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from django.db import connection

from bench import timing
from bench.timing import measure, request


class Application:
    """A WSGI application that takes so many seconds of processor time for each request."""

    def __init__(self, status: str = "200 OK", *seconds: float) -> None:
        self.status, self.seconds = status, list(seconds)
        self.paths: list[str] = []
        self.pieces = self.closed = 0

    def __call__(self, environ, start_response):
        self.paths.append(f"{environ['PATH_INFO']}?{environ['QUERY_STRING']}")
        busy_until = time.process_time() + (self.seconds.pop(0) if self.seconds else 0)
        while time.process_time() < busy_until:
            pass
        start_response(self.status, [])
        return self

    def __iter__(self):
        for piece in (b"", b"abc", b"de"):
            self.pieces += 1
            yield piece

    def close(self):
        self.closed += 1


def test_request_returns_status_and_size_and_closes_the_response():
    application = Application()
    assert request(application, "/timeline/?q=%E5%AD%97") == (200, 5)
    assert application.paths == ["/timeline/?q=%E5%AD%97"]
    assert application.closed == 1


def test_only_the_first_piece_of_a_file_is_read():
    application = Application()
    assert request(application, "/timeline.csv", first_piece=True) == (200, 3)
    assert application.pieces == 2
    assert application.closed == 1


def test_least_time_counts():
    application = Application("200 OK", 0.04, 0.01, 0.03)
    result = measure(application, "/", seconds=0)
    assert 10 <= result.cpu_ms < 30
    assert (result.status, result.size, result.rounds) == (200, 5, timing.MIN_ROUNDS)
    assert len(application.paths) == timing.MIN_ROUNDS


def test_there_are_more_rounds_within_the_time_but_not_without_end():
    assert measure(Application(), "/", seconds=60).rounds == timing.MAX_ROUNDS


def test_page_that_fails_is_asked_once():
    application = Application("500 Error", 0.001)
    assert measure(application, "/").rounds == 1
    assert len(application.paths) == 1


def test_page_that_is_slow_twice_counts_the_second_time(monkeypatch):
    monkeypatch.setattr(timing, "SLOW_SECONDS", 0)
    application = Application("200 OK", 0.02, 0.001)
    result = measure(application, "/")
    assert result.rounds == 1
    assert len(application.paths) == 2
    assert result.cpu_ms < 20


@pytest.mark.django_db
def test_time_of_the_database_counts_if_it_is_another_process():
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    times = timing.database_times()
    assert bool(times) is (connection.vendor == "postgresql" and Path("/proc/self").exists())
    assert all(seconds > 0 for seconds in times.values())
