"""The web server's queue: requests know how long they waited, and old ones are refused."""

from __future__ import annotations

import os
import platform
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from gunicorn.config import Config
from gunicorn.http.errors import ParseException
from gunicorn.http.parser import RequestParser

from kb.site.http.queue_time import queue_seconds, seconds_in_queue
from kb.site.http.reader_limits import MAX_QUEUE_SECONDS
from kb.worker import ARENAS, SWITCH_SECONDS, TimedThreadPool, Worker

ROOT = Path(__file__).resolve().parent.parent


def test_task_knows_how_long_it_has_waited():
    go_on = threading.Event()
    with TimedThreadPool(max_workers=1) as pool:
        pool.submit(go_on.wait, 20)
        waiting = pool.submit(seconds_in_queue)
        time.sleep(0.02)
        go_on.set()
        assert waiting.result(20) >= 0.02
    assert seconds_in_queue() == 0


def test_time_in_a_thread_is_not_counted_as_waiting():
    """A client may connect long before it asks."""

    def work() -> tuple[float, float]:
        before = seconds_in_queue()
        time.sleep(0.02)
        return before, seconds_in_queue()

    with TimedThreadPool(max_workers=1) as pool:
        before, after = pool.submit(work).result(20)
    assert before == after


def test_threads_of_a_worker_take_turns_quickly():
    interval = sys.getswitchinterval()
    try:
        Worker.get_thread_pool(SimpleNamespace(cfg=SimpleNamespace(threads=1)))
        assert sys.getswitchinterval() == pytest.approx(SWITCH_SECONDS)
    finally:
        sys.setswitchinterval(interval)


WORKERS = """
from gunicorn.config import Config
from kb.record.reader_servers import reader_servers
from kb.worker import Worker
from kb.wsgi import application

class Program:
    def wsgi(self):
        return application

for age in (1, 2):
    worker = Worker(age, 0, [], Program(), 30, Config(), None)
    worker.load_wsgi()
    assert worker.wsgi is application
    print(next(reader_servers().candidates()))
"""


def test_workers_begin_with_different_replicas_whatever_their_processes_are(tmp_path):
    environment = {
        "DJANGO_SETTINGS_MODULE": "kb.settings",
        "KB_DATABASE_URL": "postgres://desk@127.0.0.1/record",
        "KB_PUBLIC_DATABASE_URL": "postgres://reader@127.0.0.1:1,127.0.0.1:2/record",
        "KB_DATA_DIR": str(tmp_path),
        "KB_DEBUG": "True",
    }
    command = [sys.executable, "-c", WORKERS]
    output = subprocess.run(
        command, cwd=ROOT, check=True, capture_output=True, text=True,
        env={**os.environ, **environment},
    ).stdout  # fmt: skip
    assert sorted(output.split()) == ["public", "public_2"]


HEAPS = """
import ctypes, sys, tempfile, threading
from kb.worker import limit_heaps
if not limit_heaps():
    sys.exit("glibc is missing")
go_on = threading.Event()
threads = [threading.Thread(target=lambda: (bytearray(1000), go_on.wait())) for _ in range(12)]
for thread in threads:
    thread.start()
libc = ctypes.CDLL(None)
libc.fopen.restype = ctypes.c_void_p
with tempfile.NamedTemporaryFile() as report:
    file = ctypes.c_void_p(libc.fopen(report.name.encode(), b"w"))
    libc.malloc_info(0, file)
    libc.fclose(file)
    print(report.read().count(b"<heap "))
go_on.set()
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="glibc is missing")
def test_the_threads_of_a_process_share_two_heaps():
    command = [sys.executable, "-c", HEAPS]
    heaps = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert int(heaps) <= ARENAS


def test_arguments_and_errors_pass_through_the_pool():
    with TimedThreadPool(max_workers=1) as pool:
        assert pool.submit(dict, a=1).result(20) == {"a": 1}
        with pytest.raises(ValueError, match="invalid literal"):
            pool.submit(int, "x").result(20)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("seconds", "status"), [(0, 200), (MAX_QUEUE_SECONDS, 200), (MAX_QUEUE_SECONDS + 0.1, 503)]
)
def test_reader_who_has_waited_for_too_long_is_refused_at_once(reader, seconds, status, queries):
    token = queue_seconds.set(seconds)
    try:
        with queries() as ran:
            response = reader.get("/method/")
    finally:
        queue_seconds.reset(token)
    assert response.status_code == status
    assert bool(ran) is (status == 200)


@pytest.mark.django_db
@pytest.mark.parametrize(("has_left", "status"), [(False, 200), (True, 503)])
def test_no_work_is_begun_for_a_reader_who_has_left(reader, has_left, status, queries):
    server, client = socket.socketpair()
    with server, client:
        if has_left:
            client.close()
        with queries() as ran:
            response = reader.get("/method/", **{"gunicorn.socket": server})
    assert response.status_code == status
    assert bool(ran) is (status == 200)


@pytest.mark.django_db
def test_desk_answers_however_long_it_took(editor):
    token = queue_seconds.set(3600)
    try:
        assert editor.get("/admin/").status_code == 200
    finally:
        queue_seconds.reset(token)


LENGTHS = {
    "length and chunks": b"Content-Length: 5\r\nTransfer-Encoding: chunked",
    "two lengths": b"Content-Length: 5\r\nContent-Length: 6",
    "length with a sign": b"Content-Length: +5",
    "unknown coding": b"Transfer-Encoding: xchunked",
    "space before the colon": b"Transfer-Encoding : chunked",
}


def requests_in(headers: bytes) -> int:
    raw = b"POST / HTTP/1.1\r\nHost: record.example\r\n" + headers + b"\r\n\r\nhello"
    return len(list(RequestParser(Config(), iter([raw]), ("127.0.0.1", 1))))


@pytest.mark.parametrize("name", LENGTHS)
def test_request_whose_end_is_unclear_is_refused(name):
    """Otherwise the proxy and the program may not agree where the next one begins."""
    assert requests_in(b"Content-Length: 5") == 1
    with pytest.raises(ParseException):
        requests_in(LENGTHS[name])
