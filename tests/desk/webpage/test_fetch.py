"""Fetching a page reaches public addresses alone, and no page can keep or flood the desk."""

from __future__ import annotations

import gzip
import itertools
import socket
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from kb.desk.webpage import fetch
from kb.desk.webpage.fetch import FetchError, fetch_page
from kb.text.ip_addresses import allowed_network

pytestmark = pytest.mark.slow

PAGE = b"<title>A page</title>"


class Handler(BaseHTTPRequestHandler):
    hits: list[str] = []

    def do_GET(self):
        self.hits.append(self.path)
        answer = getattr(self, self.path.strip("/").partition("?")[0], self.page)
        with suppress(OSError):  # the fetcher may have gone, which is what some tests are about
            answer()

    def log_message(self, *args):
        pass

    def send(self, body, status=200, **headers):
        self.send_response(status)
        for name, value in {"Content_Type": "text/html", **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def page(self):
        self.send(PAGE, Content_Type="text/html; charset=windows-1252")

    def packed(self):
        self.send(gzip.compress(PAGE), Content_Encoding="gzip")

    def bomb(self):
        self.send(gzip.compress(b"\0" * 60_000_000), Content_Encoding="gzip")

    def flood(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        for _ in range(1000):
            self.wfile.write(b"x" * 1_000_000)

    def drip(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        for _ in range(100):
            self.wfile.write(b"x")
            self.wfile.flush()
            time.sleep(0.1)

    def inside(self):
        self.send(b"", 302, Location="http://127.0.0.2/secret")

    def file(self):
        self.send(b"", 302, Location="file:///etc/passwd")

    def again(self):
        self.send(b"", 302, Location="/again")

    def once(self):
        self.send(b"", 301, Location="/page")

    def picture(self):
        self.send(b"GIF89a", Content_Type="image/gif")

    def gone(self):
        self.send(b"", 410)

    def odd(self):
        self.send(PAGE, Content_Encoding="br")

    def notgzip(self):
        self.send(PAGE, Content_Encoding="gzip")


@pytest.fixture
def honeypot():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    Handler.hits = []
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def named(url):
    """What allows the host and port of this URL alone."""
    return [allowed_network(url.removeprefix("http://"))]


HOSTS = [
    "127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1",
    "017700000001", "127.0.0.1.", "localhost", "LOCALHOST", "localhost.", "foo.localhost",
    "127.0.0.2", "127.255.255.254", "0", "0.0.0.1", "[::]", "[::1]", "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]", "[fe80::1]", "[fe80::1%25lo]", "[fec0::1]", "[fc00::1]",
    "[fd12::1]", "[ff02::1]", "10.0.0.1", "10.255.0.1",
    "172.16.0.1", "172.31.255.255", "192.168.0.1", "192.168.1.254", "169.254.169.254",
    "[::ffff:169.254.169.254]", "2852039166", "0xa9fea9fe", "100.64.0.1", "192.0.0.1", "192.0.2.1",
    "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
    "１２７.０.０.１", "127。0。0。1", "①②⑦.⓪.⓪.①", "metadata.google.internal", "a.local",
    "intranet", "user@127.0.0.1", "user:pass@127.0.0.1", "example.org@127.0.0.1",
]  # fmt: skip
SHAPES = ["http://{}", "https://{}", "http://{}:{port}/", "http://{}:80/x?y", "HTTP://{}:{port}/a",
          "http:\\\\{}", "//{}/", "http://{}#x", "ftp://{}/", "gopher://{}:{port}/_x"]  # fmt: skip


def inward(host, port, **kwargs):
    """What a name server of the attacker's answers: this machine."""
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]


def test_no_spelling_of_private_address_is_fetched(honeypot, record_property):
    port = honeypot.rpartition(":")[2]
    forms = [shape.format(host, port=port) for host, shape in itertools.product(HOSTS, SHAPES)]
    assert len(set(forms)) >= 300
    reached = []
    for url in forms:
        try:
            fetch_page(url, resolve=inward)
        except FetchError:
            continue
        reached.append(url)
    record_property("spellings of private addresses", len(set(forms)))
    record_property("requests that arrived", len(Handler.hits))
    assert reached == []
    assert Handler.hits == []


def test_connection_uses_checked_address(monkeypatch):
    asked, connected = [], []

    def rebinding(host, port, **kwargs):
        asked.append(host)
        address = "93.184.216.34" if len(asked) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    def connect(address, timeout):
        connected.append(address)
        raise OSError("no network in tests")

    monkeypatch.setattr(fetch.socket, "create_connection", connect)
    with pytest.raises(FetchError, match="did not respond"):
        fetch_page("http://example.org/", resolve=rebinding)
    assert (asked, connected) == (["example.org"], [("93.184.216.34", 80)])


def test_host_with_one_private_address_is_refused():
    def mixed(host, port, **kwargs):
        return [*inward(host, port), (2, 1, 6, "", ("93.184.216.34", port))]

    with pytest.raises(FetchError, match="on a private network"):
        fetch_page("http://example.org/", resolve=mixed)


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/bomb", "larger than 2 MB"),
        ("/flood", "larger than 2 MB"),
        ("/inside", "Cannot fetch the page"),
        ("/file", "Cannot fetch the page"),
        ("/again", "more than 5 times"),
        ("/picture", "not return a web page but image/gif"),
        ("/gone", "status 410"),
        ("/odd", "unsupported compression"),
        ("/notgzip", "cannot be decompressed"),
    ],
)
def test_failed_fetch_has_message(honeypot, path, message):
    with pytest.raises(FetchError, match=message):
        fetch_page(honeypot + path, allowed=named(honeypot))
    assert "/secret" not in Handler.hits


@pytest.mark.parametrize(
    "parameters",
    ["charset*=a; charset*0=b", f"charset*{'9' * 5_000}=a", "charset*=a\0b'x'a", "charset*=hex'x'a",
     "charset=", "charset"],
    ids=lambda parameters: parameters[:20],
)  # fmt: skip
def test_malformed_encoding_in_the_headers_is_ignored(honeypot, monkeypatch, parameters):
    answer = lambda handler: handler.send(PAGE, Content_Type=f"text/html; {parameters}")  # noqa: E731
    monkeypatch.setattr(Handler, "page", answer)
    assert fetch_page(honeypot + "/page", allowed=named(honeypot)).body == PAGE


def test_slow_host_is_given_up(honeypot, monkeypatch):
    monkeypatch.setattr(fetch, "MAX_SECONDS", 0.5)
    began = time.monotonic()
    with pytest.raises(FetchError):
        fetch_page(honeypot + "/drip", allowed=named(honeypot))
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("path", ["/page", "/packed", "/once"])
def test_page_is_fetched_whole(honeypot, path):
    response = fetch_page(honeypot + path, allowed=named(honeypot))
    assert response.body == PAGE
    assert response.url.startswith(honeypot)


INWARD_ADDRESSES = [
    "::ffff:10.0.0.1", "::10.0.0.1", "64:ff9b::a00:1", "64:ff9b:1::a00:1", "2002:a00:1::1",
    "2001:0:4136:e378:8000:63bf:f5ff:fffe", "fc00::1", "fe80::1%lo", "fec0::1", "ff02::1", "::",
    "::1", "0.0.0.1", "100.64.0.1", "192.0.0.8", "198.18.0.1", "255.255.255.255",
]  # fmt: skip


@pytest.mark.parametrize("address", INWARD_ADDRESSES)
def test_host_with_special_address_is_refused_without_connection(monkeypatch, address):
    connected = []
    monkeypatch.setattr(fetch.socket, "create_connection", lambda *where: connected.append(where))

    def resolve(host, port, **kwargs):
        return [(0, 1, 6, "", (text, port)) for text in ("2606:2800:220:1::1", address)]

    with pytest.raises(FetchError, match="on a private network"):
        fetch_page("http://example.org/", resolve=resolve)
    assert connected == []


def test_redirect_to_private_name_is_refused(monkeypatch, honeypot):
    """The name in a redirect is resolved and checked like that of the URL."""
    monkeypatch.setattr(
        Handler, "away", lambda self: self.send(b"", 302, Location="http://inside.example/"), False
    )
    with pytest.raises(FetchError, match="inside.example is on a private network"):
        fetch_page(f"{honeypot}/away", allowed=named(honeypot), resolve=inward)
    assert Handler.hits == ["/away"]


@pytest.mark.parametrize(
    ("entry", "url", "address", "connected"),
    [
        ("127.0.0.1:8080", "http://127.0.0.1:8080/", "127.0.0.1", True),
        ("127.0.0.1:8080", "http://wiki.example:8080/", "127.0.0.1", True),
        ("127.0.0.1:8080", "http://127.0.0.1/", "127.0.0.1", False),
        ("127.0.0.1:8080", "http://127.0.0.1:8081/", "127.0.0.1", False),
        ("127.0.0.1:8080", "http://127.0.0.2:8080/", "127.0.0.2", False),
        ("127.0.0.1:8080", "http://example.org:8080/", "93.184.216.34", False),
        ("127.0.0.1:8080", "http://example.org/", "93.184.216.34", True),
        ("10.1.0.0/16", "http://10.1.2.3/", "10.1.2.3", True),
        ("10.1.0.0/16", "https://10.1.2.3/", "10.1.2.3", True),
        ("10.1.0.0/16", "http://10.1.2.3:22/", "10.1.2.3", False),
        ("10.1.0.0/16", "http://10.2.2.3/", "10.2.2.3", False),
        ("10.1.0.0/16", "http://example.org:8080/", "93.184.216.34", False),
        ("93.184.216.34:8080", "http://example.org:8080/", "93.184.216.34", True),
        ("10.1.0.0/16", "http://example.org/", "::ffff:10.1.2.3", False),
        ("[fd00::1]:8080", "http://[fd00::1]:8080/", "fd00::1", True),
        ("[fd00::1]:8080", "http://[fd00::1]/", "fd00::1", False),
    ],
)
def test_setting_allows_exactly_its_hosts_and_ports(monkeypatch, entry, url, address, connected):
    targets = []

    def connect(target, timeout):
        targets.append(target)
        raise OSError("no network in tests")

    def resolve(host, port, **kwargs):
        return [(0, 1, 6, "", (address, port))]

    monkeypatch.setattr(fetch.socket, "create_connection", connect)
    with pytest.raises(FetchError, match="did not respond" if connected else "Cannot fetch"):
        fetch_page(url, allowed=[allowed_network(entry)], resolve=resolve)
    assert [target[0] for target in targets] == ([address] if connected else [])
