"""nginx with the files of the tree: buffering, limits, slow readers, headers."""

from __future__ import annotations

import re
import socket
import threading
from contextlib import suppress
from http.client import HTTPConnection, HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.nginx import NGINX, running_nginx
from tests.test_worker import LENGTHS

pytestmark = [
    pytest.mark.slow,
    pytest.mark.one_database,
    pytest.mark.skipif(not NGINX, reason="nginx is not installed"),
]
MEGABYTES = 20
SERVER = "include /etc/nginx/record/server.conf;"


class Program(BaseHTTPRequestHandler):
    """A program that notes the headers it gets, and when it has sent a large file."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.server.headers = {**self.headers, "path": self.path}
        size = MEGABYTES * 1_000_000 if self.path == "/large" else 2
        self.send_response(200)
        self.send_header("Content-Length", str(size))
        self.end_headers()
        with suppress(OSError):  # the reader leaves when the test ends
            for _ in range(max(size // 1_000_000, 1)):
                self.wfile.write(bytes(min(size, 1_000_000)))
            if size > 2:
                self.server.has_sent.set()

    do_POST = do_GET

    def log_message(self, *arguments) -> None:
        """Write no log."""


@pytest.fixture
def program():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Program)
    server.headers, server.has_sent = {}, threading.Event()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def port(program, tmp_path):
    # Slower than any machine asks, so that exactly the burst passes.
    changes = {"rate=20r/s": "rate=1r/m"}
    with running_nginx(tmp_path, program.server_port, SERVER, changes) as port:
        yield port


def get(port: int, path: str, **headers: str) -> HTTPResponse:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path, headers=headers)
    response = connection.getresponse()
    response.read()
    return response


def test_slow_reader_holds_no_thread_of_the_program(program, port):
    with socket.create_connection(("127.0.0.1", port)) as reader:
        # It asks for a large file and reads nothing.
        reader.sendall(b"GET /large HTTP/1.1\r\nHost: record.example\r\n\r\n")
        assert program.has_sent.wait(timeout=20)


def test_program_is_told_scheme_host_and_address(program, port):
    forged = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9"}
    response = get(port, "/", Host="record.example", **forged)
    assert response.status == 200
    assert program.headers["Host"] == "record.example"
    assert program.headers["X-Forwarded-Proto"] == "http"
    assert program.headers["X-Forwarded-For"] == "203.0.113.9, 127.0.0.1"
    assert "nginx/" not in response.headers["Server"]


def test_too_many_requests_and_too_large_bodies_are_refused(program, port):
    statuses = [get(port, "/").status for _ in range(70)]
    assert statuses == [200] * 60 + [429] * 10, "the first request was that of the fixture"
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.putrequest("POST", "/static/upload")
    connection.putheader("Content-Length", "12000001")
    connection.endheaders()
    response = connection.getresponse()
    assert response.status == 413
    assert b"more than 12 MB" in response.read()


def test_trace_is_refused(program, port):
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("TRACE", "/", headers={"Cookie": "secret"})
    response = connection.getresponse()
    assert response.status == 405
    assert b"secret" not in response.read()


@pytest.mark.parametrize("name", LENGTHS)
def test_request_whose_end_is_unclear_is_refused(program, port, name):
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        head = b"POST /unclear HTTP/1.1\r\nHost: record.example\r\nConnection: close\r\n"
        client.sendall(head + LENGTHS[name] + b"\r\n\r\nhello")
        assert re.match(rb"HTTP/1.1 (400|501) ", client.recv(1000))
    # A request of the fixture may come late.
    assert program.headers.get("path") != "/unclear"


@pytest.mark.parametrize("rest", ["", "/"], ids=["passed on", "removed"])
def test_path_of_a_host_is_passed_on_with_the_same_headers(program, tmp_path, rest):
    server = "include /etc/nginx/record/below-path.conf;"
    changes = {"http://record;": f"http://record{rest};"}
    with running_nginx(tmp_path, program.server_port, server, changes) as port:
        assert get(port, "/story/timeline/?a=b", **{"X-Forwarded-Proto": "https"}).status == 200
        assert program.headers["path"] == ("/timeline/?a=b" if rest else "/story/timeline/?a=b")
        assert program.headers["X-Forwarded-Proto"] == "http"
        assert get(port, "/another/").status == 404


class ProgramWithoutDatabase(Program):
    """A program that answers as ours does while its database is away."""

    def do_GET(self) -> None:
        status = 404 if self.path == "/missing/" else 503
        self.send_response(status)
        self.send_header("Content-Length", "4")
        self.end_headers()
        with suppress(OSError):  # the test that waits for nginx reads no answer
            self.wfile.write(b"away")

    do_POST = do_GET


@pytest.fixture
def port_with_mirror(tmp_path):
    mirror = tmp_path / "srv"
    for path in ("index.html", "404.html", "503.html", "timeline.csv", "timeline/index.html",
                 "timeline/-/after=1.2/index.html", "copy/index.html"):  # fmt: skip
        (mirror / path).parent.mkdir(parents=True, exist_ok=True)
        (mirror / path).write_text(path)
    server = ThreadingHTTPServer(("127.0.0.1", 0), ProgramWithoutDatabase)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    include = f"{SERVER} include /etc/nginx/record/mirror.conf;"
    changes = {"/srv/record-mirror": str(mirror)}
    with running_nginx(tmp_path, server.server_port, include, changes) as port:
        yield port
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/", "/mirror/"),
        ("/timeline/", "/mirror/timeline/"),
        ("/timeline.csv", "/mirror/timeline.csv"),
        ("/timeline/?after=1.2", "/mirror/timeline/-/after=1.2/"),
        ("/timeline/?actor=a", "/mirror/copy/#/timeline/?actor=a"),
        ("/timeline/?after=..%2f..%2fx", "/mirror/copy/#/timeline/?after=..%2f..%2fx"),
    ],
)
def test_readers_are_sent_to_the_mirror_while_the_database_is_away(port_with_mirror, path, target):
    response = get(port_with_mirror, path)
    assert response.status == 302
    assert response.headers["Location"].endswith(target)
    assert get(port_with_mirror, target.partition("#")[0]).status == 200


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/events/not-exported/", 503),
        ("/timeline.csv?actor=a", 503),
        ("/timeline/?after=9.9", 503),
        ("/missing/", 404),
        ("/admin/desk/event/1/", 503),
        ("/mirror/nothing/", 404),
    ],
)
def test_what_the_mirror_lacks_is_not_redirected(port_with_mirror, path, status):
    response = get(port_with_mirror, path)
    assert (response.status, response.headers["Location"]) == (status, None)


def test_mirror_has_the_headers_of_the_program(port_with_mirror):
    headers = get(port_with_mirror, "/mirror/timeline/").headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["Content-Type"].startswith("text/html")
    assert headers["X-Robots-Tag"] == "noindex"
    assert (
        get(port_with_mirror, "/mirror/timeline.csv").headers["Content-Type"].startswith("text/csv")
    )
