"""One deadline ends a fetch, at whatever place a host sends its bytes slowly or without end."""

from __future__ import annotations

import itertools
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from kb.desk.webpage import fetch
from kb.desk.webpage.fetch import FetchError, FetchFailure, fetch_page
from kb.text.ip_addresses import allowed_network

pytestmark = pytest.mark.slow

SECONDS = 0.6
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
PIECES: dict[str, Callable[[], Iterator[bytes]]] = {
    "nothing": lambda: iter(()),
    "status line": lambda: itertools.chain([b"HTTP/1.1 200 "], itertools.repeat(b"O")),
    "header": lambda: itertools.chain([OK + b"X-Long: "], itertools.repeat(b"x")),
    "headers": lambda: (OK if not n else b"X-%d: x\r\n" % n for n in itertools.count()),
    "chunk size": lambda: itertools.chain([CHUNKED], itertools.repeat(b"0")),
    "chunk": lambda: itertools.chain([CHUNKED + b"fffff\r\n"], itertools.repeat(b"x")),
    "chunks": lambda: itertools.chain([CHUNKED], itertools.repeat(b"1\r\nx\r\n")),
    "trailer": lambda: itertools.chain([CHUNKED + b"0\r\n"], itertools.repeat(b"X: x\r\n")),
    "body": lambda: itertools.chain([OK + b"\r\n"], itertools.repeat(b"x")),
    "100 Continue": lambda: itertools.repeat(b"HTTP/1.1 100 Continue\r\n\r\n"),
}


class RawHost:
    """A host on loopback that sends the pieces of an answer with a pause after each."""

    def __init__(self, pieces: Callable[[int], Iterator[bytes]], pause: float) -> None:
        self.pieces, self.pause, self.requests = pieces, pause, 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.is_open = True
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while self.is_open:
            with suppress(OSError):
                client, _address = self.listener.accept()
                self.requests += 1
                threading.Thread(
                    target=self._send, args=(client, self.pieces(self.requests)), daemon=True
                ).start()

    def _send(self, client: socket.socket, pieces: Iterator[bytes]) -> None:
        with client, suppress(OSError):
            client.recv(65536)
            for piece in pieces:
                client.sendall(piece)
                time.sleep(self.pause)
            time.sleep(5 * SECONDS)

    def close(self) -> None:
        self.is_open = False
        self.listener.close()


@pytest.fixture
def raw_host():
    hosts = []

    def start(pieces, pause):
        hosts.append(RawHost(pieces, pause))
        return hosts[-1]

    yield start
    for host in hosts:
        host.close()


def failure_of(port: int, scheme: str = "http", **options) -> FetchError:
    """What a fetch from this port ends with, which must be in time."""
    began = time.monotonic()
    with pytest.raises(FetchError) as caught:
        fetch_page(
            f"{scheme}://127.0.0.1:{port}/",
            allowed=[allowed_network(f"127.0.0.1:{port}")],
            **options,
        )
    assert time.monotonic() - began < SECONDS + 0.5
    return caught.value


def test_slow_bytes_end_at_the_deadline_wherever_they_are(raw_host, monkeypatch):
    monkeypatch.setattr(fetch, "MAX_SECONDS", SECONDS)
    ports = {
        part: raw_host(lambda request, part=part: PIECES[part](), 0.05).port for part in PIECES
    }
    with ThreadPoolExecutor(len(ports)) as pool:
        errors = dict(zip(ports, pool.map(failure_of, ports.values()), strict=True))
    for part, error in errors.items():
        assert "did not load within" in str(error), part
        assert error.failure is FetchFailure.HOST


def test_endless_interim_responses_end_at_the_deadline_or_the_limit(raw_host, monkeypatch):
    """Without a pause, so that no read has to wait."""
    monkeypatch.setattr(fetch, "MAX_SECONDS", SECONDS)
    flood = itertools.repeat(b"HTTP/1.1 100 Continue\r\n\r\n" * 1000)
    error = failure_of(raw_host(lambda request: flood, 0).port)
    assert "larger than 2 MB" in str(error) or "did not load within" in str(error)


def test_redirects_share_one_deadline(raw_host, monkeypatch):
    monkeypatch.setattr(fetch, "MAX_SECONDS", SECONDS)

    def redirect(request):
        head = f"HTTP/1.1 302 Found\r\nLocation: /{request}\r\nContent-Length: 0\r\n\r\n"
        yield head[:20].encode()
        yield head[20:].encode()

    host = raw_host(redirect, 0.25)
    assert "did not load within" in str(failure_of(host.port))
    assert host.requests in (2, 3)


def test_slow_name_server_is_given_up(monkeypatch):
    monkeypatch.setattr(fetch, "MAX_SECONDS", SECONDS)
    released = threading.Event()

    def resolve(host, port, **kwargs):
        released.wait(10)
        return []

    assert "did not load within" in str(failure_of(80, resolve=resolve))
    released.set()


def test_slow_handshake_is_given_up(raw_host, monkeypatch, tmp_path):
    """The bytes of a server that takes part in the handshake arrive one by one."""
    monkeypatch.setattr(fetch, "MAX_SECONDS", SECONDS)
    certificate = tmp_path / "host.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
         "/CN=localhost", "-keyout", certificate, "-out", tmp_path / "cert.pem"],
        check=True, capture_output=True,
    )  # fmt: skip
    certificate.write_bytes(certificate.read_bytes() + (tmp_path / "cert.pem").read_bytes())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    class DrippingTLS(RawHost):
        def _send(self, client, pieces):
            incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
            server = context.wrap_bio(incoming, outgoing, server_side=True)
            with client, suppress(OSError, ssl.SSLError):
                incoming.write(client.recv(65536))
                with suppress(ssl.SSLWantReadError):
                    server.do_handshake()
                for byte in outgoing.read():
                    client.sendall(bytes([byte]))
                    time.sleep(self.pause)

    host = DrippingTLS(lambda request: iter(()), 0.02)
    assert "did not load within" in str(failure_of(host.port, "https"))
    host.close()
