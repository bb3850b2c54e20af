"""Measure repeat views: ``python -m bench.repeat_views`` against a bare Django view.

The sample story is loaded into a throw-away SQLite database (DATABASE_URL chooses an empty database
on PostgreSQL). A repeat view is an answer that is in memory (kb/response_cache/); the bare view is
a Django project without middleware whose only view returns as many bytes, from a constant. Each is
asked in one process without a server, and through gunicorn as ``manage.py demo`` starts it. The two
take turns in short rounds, and the best of each counts, because other programs slow some down.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import timeit
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from urllib.request import Request, urlopen
from wsgiref.types import WSGIApplication

ROOT = Path(__file__).resolve().parent.parent
PATHS = ("/timeline/", "/events/{event}/", "/timeline.csv")
ENCODINGS = ("gzip", "")
# Stands for a path: measure the query for the publication version alone.
VERSION = "version"
# Variables by which a child of this program knows what to be.
BARE_SIZE = "REPEAT_VIEWS_SIZE"
COMMON = {
    "REQUEST_METHOD": "GET",
    "HTTP_HOST": "127.0.0.1",
    "SERVER_NAME": "127.0.0.1",
    "SERVER_PORT": "80",
    "SERVER_PROTOCOL": "HTTP/1.1",
    "wsgi.url_scheme": "http",
}


def bare_application() -> WSGIApplication:
    """A Django project with one view, which returns as many bytes as BARE_SIZE says."""
    from django.conf import settings
    from django.core.wsgi import get_wsgi_application
    from django.http import HttpRequest, HttpResponse
    from django.urls import re_path

    body = b"x" * int(os.environ[BARE_SIZE])

    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse(body, headers={"Content-Length": str(len(body))})

    class Urls:
        urlpatterns = [re_path("", view)]

    settings.configure(ROOT_URLCONF=Urls, ALLOWED_HOSTS=["127.0.0.1"], SECRET_KEY="bench")  # noqa: S106 (signs nothing)
    return get_wsgi_application()


# `gunicorn bench.repeat_views` serves the bare view.
if os.environ.get(BARE_SIZE) and __name__ != "__main__":
    application = bare_application()


def call(application: WSGIApplication, path: str, encoding: str) -> tuple[str, bytes]:
    """Ask the application as a server does; return the status and the body."""
    environ = {**COMMON, "PATH_INFO": path, "QUERY_STRING": "", "HTTP_ACCEPT_ENCODING": encoding,
               "wsgi.input": io.BytesIO()}  # fmt: skip
    status = []
    chunks = application(environ, lambda line, headers, *_: status.append(line))
    body = b"".join(chunks)
    close = getattr(chunks, "close", None)
    if close:
        close()
    return status[0], body


def serve_calls() -> None:
    """Answer on stdin and stdout: how many seconds a number of calls of a path took."""
    if BARE_SIZE in os.environ:
        application = bare_application()
    else:
        from kb.wsgi import application
    for line in sys.stdin:
        path, encoding, count = json.loads(line)
        if path == VERSION:
            seconds = min(timeit.repeat(application.versions.current, number=count, repeat=7))
            print(json.dumps([seconds, "200 OK", 0]), flush=True)
            continue
        status, body = call(application, path, encoding)
        call(application, path, encoding)
        started = time.perf_counter()
        for _ in range(count):
            call(application, path, encoding)
        seconds = time.perf_counter() - started
        print(json.dumps([seconds, status, len(body)]), flush=True)


@contextmanager
def child(environment: dict[str, str]) -> Iterator[Callable[[str, str, int], float]]:
    """A process that runs one application, and the function that measures calls in it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.repeat_views", "--serve-calls"],
        env=environment, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip

    def measure(path: str, encoding: str, count: int) -> float:
        process.stdin.write(json.dumps([path, encoding, count]) + "\n")
        process.stdin.flush()
        seconds, status, _size = json.loads(process.stdout.readline())
        if status != "200 OK":
            raise SystemExit(f"{path} answered {status}")
        return count / seconds

    try:
        yield measure
    finally:
        process.stdin.close()
        process.wait()


@contextmanager
def server(application: str, environment: dict[str, str]) -> Iterator[int]:
    """Gunicorn with one worker and eight threads; the value is its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", application, f"--bind=127.0.0.1:{port}",
         "--workers=1", "--threads=8", "--log-level=warning"],
        env=environment, cwd=ROOT,
    )  # fmt: skip
    try:
        for _ in range(600):
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait()


def ask_server(port: int, path: str, encoding: str, count: int) -> float:
    """Send requests one after the other on one connection; return how many a second."""
    request = (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: {encoding}\r\n\r\n"
    ).encode()
    # The first answer of a file is a stream, which comes in another form.
    address = f"http://127.0.0.1:{port}{path}"
    with urlopen(Request(address, headers={"Accept-Encoding": encoding})) as answer:
        answer.read()
    # It is stored after its last bytes were sent.
    time.sleep(0.1)
    with socket.create_connection(("127.0.0.1", port)) as client:
        # Enough for each thread of the server to have opened its connection.
        for _ in range(50):
            _receive(client, request)
        started = time.perf_counter()
        for _ in range(count):
            _receive(client, request)
        return count / (time.perf_counter() - started)


def _receive(client: socket.socket, request: bytes) -> None:
    client.sendall(request)
    data = b""
    while b"\r\n\r\n" not in data:
        data += client.recv(1 << 16)
    head, _end, body = data.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        raise SystemExit(f"The server answered {head[:200]!r}")
    lines = head.decode().lower().split("\r\n")
    length = int(next(line for line in lines if line.startswith("content-length:"))[15:])
    missing = length - len(body)
    while missing > 0:
        missing -= len(client.recv(missing))


def kept_environment(folder: str) -> dict[str, str]:
    """Fill a throw-away database with the sample story; return the variables of its server."""
    environment = {**os.environ, "KB_DATA_DIR": folder, "KB_SECRET_KEY": "bench-" + "x" * 50}
    if "DATABASE_URL" in os.environ:
        environment["KB_DATABASE_URL"] = os.environ["DATABASE_URL"]
    subprocess.run(
        [sys.executable, "manage.py", "demo", "--no-serve"],
        env=environment, cwd=ROOT, check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    return environment


def first_event(environment: dict[str, str]) -> str:
    """Return the slug of an event of the sample story."""
    code = (
        "import django; django.setup(); from kb.record.models import Revision;"
        "print(Revision.objects.live().filter(kind='event').first().slug)"
    )
    with_settings = {**environment, "DJANGO_SETTINGS_MODULE": "kb.settings"}
    result = subprocess.run(
        [sys.executable, "-c", code], env=with_settings, cwd=ROOT, check=True, text=True,
        stdout=subprocess.PIPE,
    )  # fmt: skip
    return result.stdout.strip()


def size_of(measure_environment: dict[str, str], path: str, encoding: str) -> int:
    """Return the bytes of an answer."""
    process = subprocess.run(
        [sys.executable, "-m", "bench.repeat_views", "--serve-calls"],
        env=measure_environment, cwd=ROOT, check=True, text=True, stdout=subprocess.PIPE,
        input=json.dumps([path, encoding, 1]) + "\n",
    )  # fmt: skip
    _seconds, _status, size = json.loads(process.stdout)
    return int(size)


def compare(label: str, rounds: int, ours: Callable[[], float], bare: Callable[[], float]) -> None:
    """Print the best of the rounds of each, and their ratio."""
    pairs = [(ours(), bare()) for _ in range(rounds)]
    best, best_bare = max(pair[0] for pair in pairs), max(pair[1] for pair in pairs)
    print(
        f"  {label:10} {best:7,.0f} requests/s, bare view {best_bare:7,.0f}: "
        f"ratio {best / best_bare:.2f}",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=21)
    parser.add_argument("--calls", type=int, default=200, help="calls in each round")
    parser.add_argument("--serve-calls", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve_calls:
        serve_calls()
        return
    rounds, count = options.rounds, options.calls
    with tempfile.TemporaryDirectory(prefix="repeat-views-") as folder:
        kept = kept_environment(folder)
        uncached = {**kept, "KB_KEPT_ANSWERS_MB": "0"}
        event = first_event(kept)
        with child(kept) as ours, child(uncached) as anew, server("kb.wsgi", kept) as port:
            print(f"publication version read in {1e6 / ours(VERSION, '', 2000):.0f} µs")
            for path in (path.format(event=event) for path in PATHS):
                for encoding in ENCODINGS:
                    size = size_of(kept, path, encoding)
                    print(
                        f"{path} {encoding or 'identity'}, {size:,} bytes; "
                        f"made anew {anew(path, encoding, 20):.0f} requests/s"
                    )
                    bare = {**os.environ, BARE_SIZE: str(size)}
                    with child(bare) as view, server("bench.repeat_views", bare) as bare_port:
                        asked = (path, encoding, count)
                        compare("in-process", rounds, partial(ours, *asked), partial(view, *asked))
                        compare(
                            "gunicorn",
                            rounds,
                            partial(ask_server, port, *asked),
                            partial(ask_server, bare_port, *asked),
                        )


if __name__ == "__main__":
    main()
