"""While the database is away, answers come from memory for ten minutes, marked as old."""

from __future__ import annotations

import logging
import re
from contextlib import contextmanager

import pytest
from django.db import OperationalError

from kb.desk.verbs import publishing
from kb.response_cache import versions
from tests.make import make_event, published
from tests.response_cache.client import GZIP, WSGIClient

pytestmark = [pytest.mark.wall, pytest.mark.slow]
NOTE = "This page may be out of date."
STALE = re.compile(r"hit; ttl=-\d+; detail=database-unavailable")


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def cache(make_cache, clock):
    return make_cache(clock=clock)


@pytest.fixture
def database_away(monkeypatch):
    """The database cannot be reached inside ``with database_away():``."""

    def refuse(self):
        raise OperationalError("connection refused")

    @contextmanager
    def away():
        with monkeypatch.context() as patch:
            patch.setattr(versions.VersionConnection, "read", refuse)
            yield
        monkeypatch.setattr(versions, "RETRY_SECONDS", 0)

    return away


@pytest.fixture
def event():
    return published(make_event("The checks begin", slug="checks"))


@pytest.mark.parametrize("encoding", ["", "gzip"])
def test_page_is_served_with_a_note(client, database_away, django_application, event, encoding):
    fresh = client.get("/timeline/", HTTP_ACCEPT_ENCODING=encoding)
    with database_away():
        answer = client.get("/timeline/", HTTP_ACCEPT_ENCODING=encoding)
    assert (answer.status, answer.headers.get("content-encoding", "")) == (200, encoding)
    assert STALE.fullmatch(answer.cache_status)
    assert answer.headers["content-length"] == str(len(answer.body))
    assert NOTE in answer.text.partition("<main")[2].partition("<h1")[0]
    without_note = re.sub(r'<p class="stale".*?</p>', "", answer.text, flags=re.DOTALL)
    assert without_note == fresh.text
    assert django_application.calls == 1


def test_note_is_in_the_language_of_the_page_and_in_embeds(client, database_away, event):
    for address in ("/zh-hans/timeline/", "/embed/events/checks/"):
        client.get(address)
    with database_away():
        chinese = client.get("/zh-hans/timeline/").text
        embed = client.get("/embed/events/checks/").text
    assert 'class="stale"' in chinese
    assert NOTE not in chinese
    assert NOTE in embed


def test_stale_answer_is_neither_stored_nor_compared_by_others(client, database_away, event):
    etag = client.get("/timeline/").headers["etag"]
    with database_away():
        answer = client.get("/timeline/", HTTP_IF_NONE_MATCH=etag)
    assert answer.status == 200
    assert not {"etag", "last-modified"} & answer.headers.keys()
    assert answer.headers["cache-control"] == "public, max-age=0, stale-if-error=600"


def test_file_is_served_unchanged(client, database_away, event):
    fresh = client.get("/timeline.csv", **GZIP)
    with database_away():
        answer = client.get("/timeline.csv", **GZIP)
        head = client.head("/timeline.csv", **GZIP)
    assert answer.text == fresh.text
    assert STALE.fullmatch(answer.cache_status)
    assert (head.status, head.body) == (200, b"")


def test_after_ten_minutes_django_answers(client, database_away, clock, django_application, event):
    client.get("/timeline/")
    with database_away():
        clock.now += 600
        answer = client.get("/timeline/")
        assert answer.cache_status == "hit; ttl=-600; detail=database-unavailable"
        assert answer.headers["cache-control"].endswith("stale-if-error=0")
        clock.now += 1
        assert client.get("/timeline/").cache_status == ""
    assert django_application.calls == 2


def test_ten_minutes_begin_at_the_last_query_that_succeeded(client, database_away, clock, event):
    client.get("/timeline/")
    clock.now += 500
    client.get("/actors/")
    with database_away():
        clock.now += 500
        assert STALE.fullmatch(client.get("/timeline/").cache_status)


def test_address_that_is_not_in_memory_goes_to_django(client, database_away, event):
    client.get("/timeline/")
    with database_away():
        assert client.get("/actors/").cache_status == ""


def test_withdrawn_entry_is_never_served(client, database_away, event, editor_user):
    client.get("/events/checks/")
    client.get("/timeline/")
    publishing.withdraw(event, by=editor_user, note="Wrong person.")
    # Any request that reads the new version is enough.
    client.get("/actors/")
    with database_away():
        for address in ("/events/checks/", "/timeline/"):
            answer = client.get(address)
            assert answer.cache_status == ""
            assert "The checks begin</h1>" not in answer.text


def test_outage_is_logged_once_and_counted(client, cache, database_away, event, caplog):
    client.get("/timeline/")
    with caplog.at_level(logging.INFO):
        with database_away():
            for _ in range(3):
                client.get("/timeline/")
        assert client.get("/timeline/").cache_status == "hit"
    events = [r.getMessage() for r in caplog.records if r.name == "kb.response_cache.versions"]
    assert events == ["publication version not readable", "publication version read again"]
    assert cache.counters().stale == 3


def test_broken_database_serves_stale_answers(make_cache, event, lose_database):
    """With the real database out of reach, and not a replaced function."""
    client = WSGIClient(make_cache())
    client.get("/timeline/")
    with lose_database():
        answer = client.get("/timeline/")
    assert STALE.fullmatch(answer.cache_status)
    assert NOTE in answer.text
