"""Fetches a page for an editor without letting its address reach what only this machine can.

An address is a stranger's word. Every host that it names, and every host that a redirect names, is
looked up here; each of its addresses must be public; and the connection goes to the address that
was checked, so that a second answer of the name server changes nothing.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import time
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urljoin, urlsplit

from kb.text.links import LinkError, Network, safe_url

MAX_BYTES = 2_000_000
MAX_SECONDS = 8.0
MAX_REDIRECTS = 5
ALLOWED_PORTS = {"http": 80, "https": 443}
_REDIRECTS = (301, 302, 303, 307, 308)
_HEADERS = {
    "User-Agent": "OnTheRecord (an editor asked for this page)",
    "Accept": "text/html, application/xhtml+xml",
    "Accept-Encoding": "gzip, identity",
    "Connection": "close",
}

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class FetchError(Exception):
    """The page was not fetched; the message tells the editor why."""


@dataclass(frozen=True)
class FetchedPage:
    """A page: the address that answered, its bytes, and the encoding it names ("" for none)."""

    url: str
    body: bytes
    charset: str


def fetch_page(
    url: str,
    *,
    allowed: Sequence[Network] = (),
    resolve: Callable[..., list[Any]] = socket.getaddrinfo,
) -> FetchedPage:
    """The page at an address: HTML, at most 2 MB unpacked, within 8 seconds and 5 redirects.

    ``allowed`` are networks that may be reached although they are not public. Raises FetchError.
    """
    deadline = time.monotonic() + MAX_SECONDS
    for _ in range(MAX_REDIRECTS + 1):
        parts = _checked(url, allowed)
        answer = _ask(parts, _addresses(parts, allowed, resolve), deadline)
        if isinstance(answer, FetchedPage):
            return answer
        url = urljoin(url, answer)
    raise FetchError(f"The page leads on more than {MAX_REDIRECTS} times.")


def is_public_address(address: Address) -> bool:
    """Whether anybody on the internet could reach it: what hides another address counts as that."""
    if isinstance(address, ipaddress.IPv6Address):
        hidden = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        if hidden is not None:
            return False
        if address in ipaddress.ip_network("64:ff9b::/96"):
            return False
    return address.is_global and not address.is_multicast


def _checked(url: str, allowed: Sequence[Network]) -> SplitResult:
    """The parts of an address that may be asked at all."""
    try:
        parts = urlsplit(url if allowed and _is_allowed(url, allowed) else safe_url(url))
        port = parts.port
    except (LinkError, ValueError) as problem:
        raise FetchError(f"It cannot be fetched: {problem}") from problem
    if parts.scheme not in ALLOWED_PORTS or not parts.hostname or parts.username or parts.password:
        raise FetchError("It cannot be fetched: only http and https addresses of pages are.")
    if not allowed and port not in (None, ALLOWED_PORTS[parts.scheme]):
        raise FetchError(f"It cannot be fetched: port {port} is not that of a web page.")
    return parts


def _is_allowed(url: str, allowed: Sequence[Network]) -> bool:
    try:
        host = ipaddress.ip_address(urlsplit(url).hostname or "")
    except ValueError:
        return False
    return any(host in one for one in allowed)


def _addresses(
    parts: SplitResult, allowed: Sequence[Network], resolve: Callable[..., list[Any]]
) -> list[str]:
    host, port = parts.hostname or "", parts.port or ALLOWED_PORTS[parts.scheme]
    try:
        found = {row[4][0] for row in resolve(host, port, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError) as problem:
        raise FetchError(f"There is no host of the name {host}.") from problem
    for text in found:
        address = ipaddress.ip_address(text.partition("%")[0])
        if not is_public_address(address) and not any(address in one for one in allowed):
            raise FetchError(f"It cannot be fetched: {host} is an address inside a network.")
    if not found:
        raise FetchError(f"There is no host of the name {host}.")
    return sorted(found)


class _Pinned(http.client.HTTPConnection):
    """A connection to one address, whatever the name of the host now stands for."""

    def __init__(self, parts: SplitResult, address: str, deadline: float) -> None:
        port = parts.port or ALLOWED_PORTS[parts.scheme]
        super().__init__(parts.hostname or "", port)
        self.is_tls, self.address, self.deadline = parts.scheme == "https", address, deadline

    def connect(self) -> None:
        self.sock = socket.create_connection((self.address, self.port), _left(self.deadline))
        if self.is_tls:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=self.host)


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise FetchError(f"The page did not come within {MAX_SECONDS:.0f} seconds.")
    return left


def _ask(parts: SplitResult, addresses: list[str], deadline: float) -> FetchedPage | str:
    """The page, or the address that it leads on to."""
    problem: Exception | None = None
    for address in addresses:
        connection = _Pinned(parts, address, deadline)
        try:
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request("GET", path, headers=_HEADERS)
            answer = connection.getresponse()
            if answer.status in _REDIRECTS and answer.headers.get("Location"):
                return str(answer.headers["Location"])
            return _page(parts, answer, connection, deadline)
        except (OSError, http.client.HTTPException, ValueError) as one:
            problem = one
        finally:
            connection.close()
    raise FetchError(f"The host did not answer: {problem}")


def _page(
    parts: SplitResult, answer: http.client.HTTPResponse, connection: Any, deadline: float
) -> FetchedPage:
    if answer.status != 200:
        raise FetchError(f"The host answered with status {answer.status}.")
    kind = answer.headers.get_content_type()
    if kind not in ("text/html", "application/xhtml+xml"):
        raise FetchError(f"It is not a web page but {kind}.")
    packing = answer.headers.get("Content-Encoding", "identity").lower()
    if packing not in ("gzip", "identity"):
        raise FetchError(f"It is packed in a way that is not read here: {packing}.")
    unpack = zlib.decompressobj(zlib.MAX_WBITS | 16) if packing == "gzip" else None
    body = b""
    while len(body) <= MAX_BYTES:
        if connection.sock:
            connection.sock.settimeout(_left(deadline))
        _left(deadline)
        chunk = answer.read1(65536)
        if not chunk:
            return FetchedPage(parts.geturl(), body, answer.headers.get_content_charset() or "")
        try:
            body += unpack.decompress(chunk, MAX_BYTES + 1 - len(body)) if unpack else chunk
        except zlib.error as problem:
            raise FetchError("It is packed, and cannot be unpacked.") from problem
    raise FetchError(f"The page is larger than {MAX_BYTES // 1_000_000} MB.")
