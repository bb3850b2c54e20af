"""nginx with the files of the tree: buffering, limits, slow readers, headers."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from http.client import HTTPConnection, HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.nginx import NGINX, running_nginx

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


@pytest.mark.parametrize("rest", ["", "/"], ids=["passed on", "removed"])
def test_path_of_a_host_is_passed_on_with_the_same_headers(program, tmp_path, rest):
    server = "include /etc/nginx/record/below-path.conf;"
    changes = {"http://record;": f"http://record{rest};"}
    with running_nginx(tmp_path, program.server_port, server, changes) as port:
        assert get(port, "/story/timeline/?a=b", **{"X-Forwarded-Proto": "https"}).status == 200
        assert program.headers["path"] == ("/timeline/?a=b" if rest else "/story/timeline/?a=b")
        assert program.headers["X-Forwarded-Proto"] == "http"
        assert get(port, "/another/").status == 404
