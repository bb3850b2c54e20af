"""An export through the real wall: one state of the record, and nothing left open behind it."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection, connections

from bench.generate import fill
from kb.record import export
from kb.record.models import Entry
from kb.record.wall import PUBLIC
from tests.local_server import free_port
from tests.make import make_event, published

pytestmark = pytest.mark.wall
# Several batches of rows (kb/record/export.py).
ROWS = 1000


def started(reader, path="/timeline.jsonl"):
    """An export of which the first piece was sent, and its pieces."""
    response = reader.get(path)
    pieces = iter(response.streaming_content)
    assert next(pieces)
    return response, pieces


def is_open() -> bool:
    return connections[PUBLIC].in_atomic_block


def open_transactions() -> int:
    """How many sessions PostgreSQL holds inside a transaction, ours apart."""
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND state LIKE 'idle in transaction%' AND pid <> pg_backend_pid()"
        )
        return cursor.fetchone()[0]


def test_a_publication_in_the_middle_does_not_tear_it(reader, monkeypatch):
    monkeypatch.setattr(export, "BATCH_SIZES", (2,))
    fill(6)
    for suffix in ("jsonl", "csv"):
        _response, pieces = started(reader, f"/timeline.{suffix}")
        event = published(make_event("Published in the middle"))
        rest = b"".join(pieces)
        assert event.public_id.encode() not in rest
        assert not is_open()
    after = b"".join(reader.get("/timeline.jsonl").streaming_content)
    assert len(after.splitlines()) == Entry.objects.count() == 8


def test_a_broken_connection_leaves_no_transaction_open(reader, monkeypatch):
    monkeypatch.setattr(export, "BATCH_SIZES", (2,))
    fill(6)
    response, _pieces = started(reader)
    assert is_open()
    response.close()
    assert not is_open()
    assert open_transactions() == 0
    assert reader.get("/healthz").status_code == 200
    assert len(b"".join(reader.get("/timeline.jsonl").streaming_content).splitlines()) == 6


def test_what_nobody_reads_is_closed_with_the_response(reader):
    fill(3)
    response = reader.get("/timeline.csv")
    assert is_open(), "the first piece decides the status"
    response.close()
    assert not is_open()
    reader.head("/timeline.csv")
    assert not is_open()


def test_an_export_only_reads_and_in_one_state(reader, monkeypatch):
    seen = []
    make = export.rows_for_entries

    def looking(batch, query, names):
        if connections[PUBLIC].vendor == "postgresql":
            with connections[PUBLIC].cursor() as cursor:
                for name in ("transaction_isolation", "transaction_read_only"):
                    cursor.execute(f"SHOW {name}")
                    seen.append(cursor.fetchone()[0])
        return make(batch, query, names)

    monkeypatch.setattr(export, "rows_for_entries", looking)
    fill(3)
    assert b"".join(reader.get("/timeline.jsonl").streaming_content)
    assert set(seen) <= {"repeatable read", "on"}
    assert bool(seen) is (connection.vendor == "postgresql")


@pytest.mark.slow
def test_a_reader_who_hangs_up_on_a_real_server(settings):
    """A real server, a real socket, closed after the first kilobyte of a long answer.

    By then the server has made the first rows only; it notices when it sends the next.
    """
    fill(ROWS)
    with _served(settings) as port:
        for _ in range(3):
            with socket.create_connection(("127.0.0.1", port)) as client:
                client.sendall(b"GET /timeline.jsonl HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
                assert client.recv(1024).startswith(b"HTTP/1.1 200 OK")
        _until(lambda: open_transactions() == 0)
        lines = _get(port, "/timeline.jsonl").splitlines()
        assert len(lines) == len(set(lines)) == ROWS
        assert published(make_event()).public_id.encode() in _get(port, "/timeline.csv")


@pytest.mark.slow
def test_a_stream_that_is_cut_ends_without_its_last_chunk(settings):
    """The client notices that the file is not complete, because the server closes early."""
    fill(ROWS)
    # No copy of a file that another test has stored, whose record has the same version.
    limits = {"KB_READER_TIMEOUT_MS": "60000", "KB_EXPORT_FILES_MB": "0"}
    with _served(settings, config=CUTS, **limits) as port:
        with pytest.raises(http.client.IncompleteRead):
            _get(port, "/timeline.jsonl")
        assert _get(port, "/healthz").startswith(b"ok")


# The time limit is reached in the second batch.
CUTS = """
def post_worker_init(worker):
    from kb.record import export
    from kb.record.time_limit import ReaderTimeLimit
    make, batches = export.rows_for_entries, []

    def rows(batch, query, names):
        batches.append(batch)
        if len(batches) == 3:
            raise ReaderTimeLimit("The time limit for readers was reached.")
        return make(batch, query, names)

    export.rows_for_entries = rows
"""


@contextmanager
def _served(settings, *, config: str = "", **environment: str) -> Iterator[int]:
    """Run gunicorn with the test database; the value is its port."""
    port = free_port()
    with tempfile.NamedTemporaryFile("w", suffix=".py") as file:
        file.write(config)
        file.flush()
        server = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "kb.wsgi", f"--bind=127.0.0.1:{port}",
             "--workers=1", "--threads=2", "--log-level=warning", f"--config={file.name}",
             "--worker-class=kb.worker.Worker"],
            env={
                **os.environ,
                "DJANGO_SETTINGS_MODULE": "kb.settings",
                "KB_DATABASE_URL": _address(),
                **environment,
            },
            cwd=settings.BASE_DIR,
        )  # fmt: skip
        try:
            _until(lambda: _get(port, "/healthz").startswith(b"ok"))
            yield port
        finally:
            server.terminate()
            server.wait(timeout=20)


def _address() -> str:
    """The test database as a URL, for a process of its own."""
    given = connections["default"].settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{given['NAME']}"
    host = given["OPTIONS"].get("host") or given["HOST"]
    return f"postgres://{given['USER']}@/{given['NAME']}?host={host}"


def _get(port: int, path: str) -> bytes:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=60) as answer:
        return answer.read()


def _until(holds) -> None:
    """Wait until it holds, a minute at most; errors of a server that is not up count as no."""
    end = time.monotonic() + 60
    while True:
        try:
            if holds():
                return
        except OSError:
            pass
        assert time.monotonic() < end
        time.sleep(0.1)
