"""The time limit of readers' connections: a slow query is stopped, and the next one works."""

from __future__ import annotations

import socket
import threading
import time

import pytest
from django.db import connection, connections, transaction
from django.http import HttpResponse, StreamingHttpResponse
from django.urls import include, path

from kb.record import time_limit
from kb.record.places import Places
from kb.record.time_limit import (
    ReaderLeft,
    ReaderTimeLimit,
    ReaderWork,
    optional_part,
    reader_work,
    with_checks,
)
from kb.record.wall import PUBLIC
from kb.site.http import reader_limits, slow_lane
from kb.site.http.giving_way import ANSWERING, GivingWay, answering
from kb.site.http.machine_lane import MachineLane
from tests.make import make_event, published

# Counts for hours. The name is one that readers may read.
SLOW = (
    "WITH RECURSIVE record_n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM record_n "
    "WHERE i < 100000000000) "
    "SELECT count(*) FROM record_n"
)


def run(sql: str) -> list[tuple]:
    with connections[PUBLIC].cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def slow(request):
    return HttpResponse(str(run(SLOW)))


def slow_stream(request):
    def pieces():
        yield b"first"
        run(SLOW)
        yield b"never"

    return StreamingHttpResponse(pieces())


def slow_first_piece(request):
    def pieces():
        run(SLOW)
        yield b"never"

    return StreamingHttpResponse(pieces())


urlpatterns = [
    path("slow/", slow),
    path("slow.json", slow),
    path("admin/slow/", slow),
    path("stream/", slow_stream),
    path("late/", slow_first_piece),
    path("", include("kb.desk.reports.urls")),
    path("", include("kb.site.urls")),
]
pytestmark = [pytest.mark.wall, pytest.mark.urls(__name__)]


@pytest.fixture(autouse=True)
def _short_limit(settings, monkeypatch):
    """A fifth of a second for each request; on PostgreSQL for each statement of readers too."""
    settings.READER_TIMEOUT_MS = 200
    monkeypatch.setattr(slow_lane, "SLOW_SHAPES", slow_lane.SlowShapes())
    if connection.vendor == "postgresql":
        with connections[PUBLIC].cursor() as cursor:
            cursor.execute("SET statement_timeout = 100")
    yield
    connections[PUBLIC].close()


def test_slow_query_is_stopped_and_the_connection_works_on(reader):
    raw = connections[PUBLIC].connection
    started_at = time.monotonic()
    response = reader.get("/slow/")
    assert time.monotonic() - started_at < 10
    assert response.status_code == 503
    assert int(response["Retry-After"]) > 0
    assert response["Cache-Control"] == "no-store"
    assert "Choose a narrower filter" in " ".join(response.content.decode().split())
    assert run("SELECT 1") == [(1,)]
    assert reader.get("/method/").status_code == 200
    assert raw is None or connections[PUBLIC].connection is raw


def test_programs_get_a_problem(reader):
    response = reader.get("/slow.json")
    assert response.status_code == 503
    assert response.json()["type"].endswith("#problem-time-limit")
    assert int(response["Retry-After"]) > 0


def test_stream_that_is_slow_to_start_is_an_error_page(reader):
    response = reader.get("/late/")
    assert response.status_code == 503
    assert not connections[PUBLIC].in_atomic_block


def test_stream_that_becomes_slow_is_cut_and_logged(reader, caplog):
    response = reader.get("/stream/")
    pieces = iter(response.streaming_content)
    assert next(pieces) == b"first"
    with pytest.raises(ReaderTimeLimit):
        next(pieces)
    response.close()
    assert "stream cut" in caplog.messages
    assert run("SELECT 1") == [(1,)]


def test_each_piece_of_a_stream_has_its_own_time(reader, monkeypatch):
    published(make_event())
    response = reader.get("/timeline.jsonl")
    pieces = iter(response.streaming_content)
    next(pieces)
    time.sleep(0.3)
    assert b"".join(pieces) is not None
    assert not connections[PUBLIC].in_atomic_block


def test_more_streams_than_a_process_sends_are_refused(reader, monkeypatch):
    places = Places(reader_limits.MAX_STREAMS)
    monkeypatch.setattr(reader_limits, "STREAM_PLACES", places)
    responses = [reader.get("/stream/") for _ in range(3)]
    assert [response.status_code for response in responses] == [200, 200, 200]
    refused = reader.get("/stream/")
    assert refused.status_code == 503 and int(refused["Retry-After"]) > 0
    for response in responses:
        response.close()
    assert reader.get("/stream/").status_code == 200


@pytest.fixture
def page_limit(settings):
    """Enough time for the rows of a page on a slow machine."""
    settings.READER_TIMEOUT_MS = 4000


def test_first_piece_of_a_file_waits_for_the_lane_of_the_machine(
    reader, page_limit, settings, monkeypatch
):
    settings.EXPORT_FILES_MB = 0  # a stored copy waits for nobody
    published(make_event())
    monkeypatch.setattr(slow_lane, "MAX_WAIT_SECONDS", 0.01)
    monkeypatch.setattr(slow_lane, "MachineLane", lambda: MachineLane(places=1))
    other = MachineLane(places=1)
    other.enter(20)
    assert reader.get("/timeline.jsonl").status_code == 503
    assert reader.get("/timeline/").status_code == 200
    other.leave()
    response = reader.get("/timeline.jsonl")
    assert response.status_code == 200
    assert response.getvalue()  # to its end, because its transaction would outlast the test


def test_piece_of_a_file_gives_way_to_pages(reader, monkeypatch):
    """Only further pieces: the first is made while its own request is answered."""
    answered = []
    monkeypatch.setattr(GivingWay, "check", lambda giving, work: answered.append(ANSWERING.taken))
    pieces = iter(reader.get("/stream/").streaming_content)
    assert next(pieces) == b"first"
    assert answered == []
    with answering(), pytest.raises(ReaderTimeLimit):
        next(pieces)
    assert set(answered) == {1}


@pytest.mark.slow
@pytest.mark.parametrize("path", ["/timeline/", "/zh-hans/timeline/"])
def test_slow_counts_are_left_out_of_a_page_that_says_so(reader, page_limit, monkeypatch, path):
    event = published(make_event("An event with slow facets"))
    monkeypatch.setattr("kb.record.page.facet_options", lambda *arguments: run(SLOW))
    response = reader.get(path)
    assert response.status_code == 200
    page = response.context["page"]
    assert [row["id"] for row in page["rows"]] == [str(event.public_id)]
    assert page["facets"] == []
    assert page["is_incomplete"]
    assert b'role="note"' in response.content
    # The whole page must not be taken for unchanged later.
    assert "ETag" not in response
    assert "no-store" in response["Cache-Control"]


def test_slow_rows_are_an_error_page(reader, monkeypatch):
    monkeypatch.setattr("kb.record.page.rows_for_entries", lambda *arguments: run(SLOW))
    assert reader.get("/timeline/").status_code == 503


@pytest.mark.slow
def test_page_without_a_count_is_whole(reader, page_limit, monkeypatch):
    published(make_event("Counted never"))
    monkeypatch.setattr("kb.record.page.TimelinePage._total", lambda page: run(SLOW))
    response = reader.get("/timeline/")
    assert response.status_code == 200
    assert response.context["page"]["count"] is None
    assert b"Counted never" in response.content


@pytest.mark.slow
def test_optional_part_leaves_an_open_transaction_usable():
    with reader_work(ReaderWork(2)), transaction.atomic(using=PUBLIC):
        assert optional_part("slow", lambda: run(SLOW)) is None
        assert run("SELECT 1") == [(1,)]


def test_optional_part_is_not_disturbed_by_a_connection_of_another_thread(monkeypatch):
    """Each thread has connections of its own; those of the others are no matter of this one."""

    class Connected:
        def __init__(self, using):
            """Begin a savepoint; in the same moment another thread connects to another server."""
            self.block = transaction_atomic(using=using)
            thread = threading.Thread(target=connect_to_another_server)
            thread.start()
            thread.join()

        def __enter__(self):
            self.block.__enter__()

        def __exit__(self, *error):
            self.block.__exit__(*error)

    def connect_to_another_server():
        other = connections["default"].copy(alias=f"{PUBLIC}_{time.monotonic_ns()}")
        other.connect()
        other.close()

    transaction_atomic = transaction.atomic
    with reader_work(ReaderWork(2)), transaction.atomic(using=PUBLIC):
        monkeypatch.setattr(transaction, "atomic", Connected)
        assert optional_part("quick", lambda: run("SELECT 1")) == [(1,)]


def test_desk_has_no_limit(settings):
    assert time_limit._check_before_query not in connections["default"].execute_wrappers
    with reader_work(ReaderWork(-1)):
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        with pytest.raises(ReaderTimeLimit):
            run("SELECT 1")


def test_reader_who_left_is_not_worked_for(reader):
    here, there = socket.socketpair()
    there.close()
    response = reader.get("/slow/", **{"gunicorn.socket": here})
    assert response.status_code == 503
    here.close()


def test_reader_of_a_stream_who_left_ends_it_quietly(reader, caplog):
    here, there = socket.socketpair()
    response = reader.get("/stream/", **{"gunicorn.socket": here})
    pieces = iter(response.streaming_content)
    assert next(pieces) == b"first"
    assert here.gettimeout() == reader_limits.MAX_SEND_SECONDS
    there.close()
    with pytest.raises(BrokenPipeError):
        next(pieces)
    here.close()
    assert "stream cut" not in caplog.messages


def test_reader_who_waits_is_answered(reader):
    here, there = socket.socketpair()
    assert reader.get("/method/", **{"gunicorn.socket": here}).status_code == 200
    here.close()
    there.close()


def test_items_of_a_long_part_are_each_checked_before_they_come():
    checked = []

    def check(work: ReaderWork) -> None:
        checked.append(work)
        if len(checked) == 3:
            raise ReaderLeft("The reader has closed the connection.")

    assert list(with_checks("abcd")) == list("abcd"), "without a request there is no limit"
    items = []
    with reader_work(ReaderWork(60, [check])), pytest.raises(ReaderLeft):
        for item in with_checks("abcd"):
            items.append(item)  # noqa: PERF402 (keeps what came before the error)
    assert items == ["a", "b"]
    with reader_work(ReaderWork(-1)), pytest.raises(ReaderTimeLimit):
        next(with_checks("abcd"))
