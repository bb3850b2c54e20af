"""Fetch a web page for an editor, but never from an address in a private network.

The host of the URL and of every redirect is resolved here, and all its addresses must be public.
The connection goes to the address that was checked, so that a second DNS answer changes nothing.
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
    """The page was not fetched. The message tells the editor why."""


@dataclass(frozen=True)
class FetchedPage:
    """A page: the URL after redirects, the bytes, and the encoding of the headers, or ""."""

    url: str
    body: bytes
    charset: str


def fetch_page(
    url: str,
    *,
    allowed: Sequence[Network] = (),
    resolve: Callable[..., list[Any]] = socket.getaddrinfo,
) -> FetchedPage:
    """Return the HTML page at a URL: at most 2 MB uncompressed, 8 seconds and 5 redirects.

    ``allowed`` are networks that may be reached although they are not public. Raises FetchError.
    """
    deadline = time.monotonic() + MAX_SECONDS
    for _ in range(MAX_REDIRECTS + 1):
        parts = _checked_url(url, allowed)
        result = _request(parts, _public_addresses(parts, allowed, resolve), deadline)
        if isinstance(result, FetchedPage):
            return result
        url = urljoin(url, result)
    raise FetchError(f"The page redirects more than {MAX_REDIRECTS} times.")


def is_public_address(address: Address) -> bool:
    """Return whether the address is public. IPv6 addresses that embed an IPv4 address are not."""
    if isinstance(address, ipaddress.IPv6Address):
        embedded = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        if embedded is not None:
            return False
        if address in ipaddress.ip_network("64:ff9b::/96"):
            return False
    return address.is_global and not address.is_multicast


def _checked_url(url: str, allowed: Sequence[Network]) -> SplitResult:
    """Return the parts of a URL. Raises FetchError unless it is the http(s) URL of a page."""
    try:
        parts = urlsplit(url if allowed and _is_allowed(url, allowed) else safe_url(url))
        port = parts.port
    except (LinkError, ValueError) as error:
        raise FetchError(f"Cannot fetch the page: {error}") from error
    if parts.scheme not in ALLOWED_PORTS or not parts.hostname or parts.username or parts.password:
        raise FetchError("Cannot fetch the page: the URL must start with http:// or https://.")
    if not allowed and port not in (None, ALLOWED_PORTS[parts.scheme]):
        raise FetchError(f"Cannot fetch the page: port {port} is not allowed.")
    return parts


def _is_allowed(url: str, allowed: Sequence[Network]) -> bool:
    try:
        host = ipaddress.ip_address(urlsplit(url).hostname or "")
    except ValueError:
        return False
    return any(host in network for network in allowed)


def _public_addresses(
    parts: SplitResult, allowed: Sequence[Network], resolve: Callable[..., list[Any]]
) -> list[str]:
    """Return the IP addresses of the host. Raises FetchError unless all are public or allowed."""
    host, port = parts.hostname or "", parts.port or ALLOWED_PORTS[parts.scheme]
    try:
        addresses = {entry[4][0] for entry in resolve(host, port, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError) as error:
        raise FetchError(f"The host {host} was not found.") from error
    for text in addresses:
        address = ipaddress.ip_address(text.partition("%")[0])
        if not is_public_address(address) and not any(address in network for network in allowed):
            raise FetchError(f"Cannot fetch the page: {host} is on a private network.")
    if not addresses:
        raise FetchError(f"The host {host} was not found.")
    return sorted(addresses)


class _PinnedConnection(http.client.HTTPConnection):
    """A connection to a given IP address, with TLS for the host name if the scheme is https."""

    def __init__(self, parts: SplitResult, address: str, deadline: float) -> None:
        port = parts.port or ALLOWED_PORTS[parts.scheme]
        super().__init__(parts.hostname or "", port)
        self.is_tls, self.address, self.deadline = parts.scheme == "https", address, deadline

    def connect(self) -> None:
        self.sock = socket.create_connection(
            (self.address, self.port), _seconds_left(self.deadline)
        )
        if self.is_tls:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=self.host)


def _seconds_left(deadline: float) -> float:
    seconds = deadline - time.monotonic()
    if seconds <= 0:
        raise FetchError(f"The page did not load within {MAX_SECONDS:.0f} seconds.")
    return seconds


def _request(parts: SplitResult, addresses: list[str], deadline: float) -> FetchedPage | str:
    """Return the page, or the URL of a redirect. Tries each address in turn."""
    last_error: Exception | None = None
    for address in addresses:
        connection = _PinnedConnection(parts, address, deadline)
        try:
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request("GET", path, headers=_HEADERS)
            response = connection.getresponse()
            if response.status in _REDIRECTS and response.headers.get("Location"):
                return str(response.headers["Location"])
            return _read_page(parts, response, connection, deadline)
        except (OSError, http.client.HTTPException, ValueError) as error:
            last_error = error
        finally:
            connection.close()
    raise FetchError(f"The host did not respond: {last_error}")


def _read_page(
    parts: SplitResult,
    response: http.client.HTTPResponse,
    connection: _PinnedConnection,
    deadline: float,
) -> FetchedPage:
    if response.status != 200:
        raise FetchError(f"The host returned status {response.status}.")
    content_type = response.headers.get_content_type()
    if content_type not in ("text/html", "application/xhtml+xml"):
        raise FetchError(f"The URL does not return a web page but {content_type}.")
    encoding = response.headers.get("Content-Encoding", "identity").lower()
    if encoding not in ("gzip", "identity"):
        raise FetchError(f"The page uses an unsupported compression: {encoding}.")
    gzip = zlib.decompressobj(zlib.MAX_WBITS | 16) if encoding == "gzip" else None
    body = b""
    while len(body) <= MAX_BYTES:
        seconds = _seconds_left(deadline)
        if connection.sock:
            connection.sock.settimeout(seconds)
        chunk = response.read1(65536)
        if not chunk:
            return FetchedPage(parts.geturl(), body, response.headers.get_content_charset() or "")
        try:
            body += gzip.decompress(chunk, MAX_BYTES + 1 - len(body)) if gzip else chunk
        except zlib.error as error:
            raise FetchError("The page cannot be decompressed.") from error
    raise FetchError(f"The page is larger than {MAX_BYTES // 1_000_000} MB.")
