"""Fetch a web page for the desk, but never from an address in a private network.

The host of the URL and of every redirect is resolved here, and all its addresses must be public,
or be allowed by the operator on the port of the URL.
The connection goes to the address that was checked, so that a second DNS answer changes nothing.
One deadline ends everything: names, connections, redirects and a host that sends byte by byte.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import threading
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any
from urllib.parse import SplitResult, urljoin, urlsplit

from django.utils.translation import gettext as _

from kb.desk.webpage.timed_connection import (
    Deadline,
    DeadlinePassed,
    TimedConnection,
    TooMuchReceived,
)
from kb.text.ip_addresses import (
    DEFAULT_PORTS,
    AllowedNetwork,
    is_allowed,
    is_public_address,
)
from kb.text.links import LinkError, safe_url

MAX_BYTES = 2_000_000
MAX_SECONDS = 8.0
MAX_REDIRECTS = 5
HTML_TYPES = ("text/html", "application/xhtml+xml")
EDITORS_USER_AGENT = "OnTheRecord (an editor asked for this page)"
_REDIRECTS = (301, 302, 303, 307, 308)
_PERMANENT_REDIRECTS = (301, 308)
_HEADERS = {"Accept-Encoding": "gzip, identity", "Connection": "close"}


class FetchFailure(Enum):
    """Why a page was not fetched, for programs."""

    ADDRESS = "the URL, or one that it leads to, may not be fetched"
    HOST = "the host did not respond, or not in time"
    REDIRECTS = "too many redirects"
    STATUS = "the host returned an error"
    CONTENT = "the host returned something that cannot be read as a page"
    NOT_ASKED = "nothing was requested, because the caller stopped it"


class FetchError(Exception):
    """The page was not fetched. The message tells the editor why.

    ``status`` is the status of the response, or 0, ``retry_after`` its header of that name, and
    ``url`` the URL that failed, which is another one after a redirect.
    """

    def __init__(
        self,
        message: str,
        failure: FetchFailure = FetchFailure.ADDRESS,
        *,
        status: int = 0,
        retry_after: str = "",
    ) -> None:
        super().__init__(message)
        self.failure, self.status, self.retry_after = failure, status, retry_after
        self.url = ""


@dataclass(frozen=True)
class FetchedPage:
    """A page: the URL after redirects, the bytes, and the encoding of the headers, or "".

    ``permanent_url`` is the URL after the permanent redirects at the beginning.
    """

    url: str
    body: bytes
    charset: str
    permanent_url: str = ""


@dataclass(frozen=True)
class _Redirect:
    location: str
    is_permanent: bool


def fetch_page(
    url: str,
    *,
    allowed: Sequence[AllowedNetwork] = (),
    resolve: Callable[..., list[Any]] = socket.getaddrinfo,
    content_types: Sequence[str] = HTML_TYPES,
    user_agent: str = EDITORS_USER_AGENT,
    before_request: Callable[[str], None] | None = None,
) -> FetchedPage:
    """Return the page at a URL: at most 2 MB uncompressed, 8 seconds and 5 redirects.

    ``allowed`` are hosts and ports that may be reached although they are not public.
    ``before_request`` is called with the URL of each request, redirects included, once it has been
    checked; it may wait, which does not count, or raise FetchError. Raises FetchError.
    """
    deadline, permanent_url, is_permanent = Deadline(MAX_SECONDS), url, True
    headers = _HEADERS | {"User-Agent": user_agent, "Accept": ", ".join(content_types)}
    try:
        for _number in range(MAX_REDIRECTS + 1):
            parts = _checked_url(url)
            addresses = _checked_addresses(parts, allowed, resolve, deadline)
            if before_request:
                seconds = deadline.seconds_left()
                before_request(url)
                deadline = Deadline(seconds)
            result = _request(parts, addresses, deadline, headers, content_types)
            if isinstance(result, FetchedPage):
                return replace(result, permanent_url=permanent_url)
            url = _joined_url(url, result.location)
            is_permanent = is_permanent and result.is_permanent
            permanent_url = url if is_permanent else permanent_url
        raise FetchError(
            _("The page redirects more than %(number)s times.") % {"number": MAX_REDIRECTS},
            FetchFailure.REDIRECTS,
        )
    except DeadlinePassed:
        error = FetchError(
            _("The page did not load within %(seconds)s seconds.")
            % {"seconds": f"{MAX_SECONDS:.0f}"},
            FetchFailure.HOST,
        )
        error.url = url
        raise error from None
    except FetchError as error:
        error.url = url
        raise


def _joined_url(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError as error:
        raise FetchError(
            _("Cannot follow the redirect: %(problem)s") % {"problem": error}
        ) from error


def _checked_url(url: str) -> SplitResult:
    """Return the parts of a URL. Raises FetchError unless it is the http(s) URL of a page."""
    try:
        parts = urlsplit(safe_url(url))
    except (LinkError, ValueError) as error:
        raise FetchError(_("Cannot fetch the page: %(problem)s") % {"problem": error}) from error
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname or parts.username or parts.password:
        raise FetchError(_("Cannot fetch the page: the URL must start with http:// or https://."))
    return parts


def _port(parts: SplitResult) -> int:
    return DEFAULT_PORTS[parts.scheme] if parts.port is None else parts.port


def _checked_addresses(
    parts: SplitResult,
    allowed: Sequence[AllowedNetwork],
    resolve: Callable[..., list[Any]],
    deadline: Deadline,
) -> list[str]:
    """Return the IP addresses of the host. Raises FetchError if one of them may not be reached.

    Each must be allowed on the port of the URL, or be public and the port that of the scheme.
    """
    host, port = parts.hostname or "", _port(parts)
    try:
        addresses = _resolved(host, port, resolve, deadline)
    except (OSError, UnicodeError) as error:
        raise FetchError(
            _("The host %(host)s was not found.") % {"host": host}, FetchFailure.HOST
        ) from error
    for text in addresses:
        address = ipaddress.ip_address(text)
        if is_allowed(address, port, allowed):
            continue
        if not is_public_address(address):
            raise FetchError(
                _("Cannot fetch the page: %(host)s is on a private network.") % {"host": host}
            )
        if port != DEFAULT_PORTS[parts.scheme]:
            raise FetchError(
                _("Cannot fetch the page: port %(port)s is not allowed.") % {"port": port}
            )
    if not addresses:
        raise FetchError(_("The host %(host)s was not found.") % {"host": host}, FetchFailure.HOST)
    return sorted(addresses)


def _resolved(
    host: str, port: int, resolve: Callable[..., list[Any]], deadline: Deadline
) -> set[str]:
    """The addresses of a host. Raises DeadlinePassed, OSError and UnicodeError.

    It has no timeout of its own and may wait for slow name servers, so it runs in a thread that is
    left to itself at the deadline.
    """
    entries: list[Any] = []
    errors: list[OSError | UnicodeError] = []

    def ask() -> None:
        try:
            entries.extend(resolve(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:  # raised again in the thread that asked
            errors.append(error)

    thread = threading.Thread(target=ask, name="resolve", daemon=True)
    thread.start()
    thread.join(deadline.seconds_left())
    if thread.is_alive():
        raise DeadlinePassed
    if errors:
        raise errors[0]
    return {entry[4][0] for entry in entries}


def _request(
    parts: SplitResult,
    addresses: list[str],
    deadline: Deadline,
    headers: dict[str, str],
    content_types: Sequence[str],
) -> FetchedPage | _Redirect:
    """Return the page, or a redirect. Tries each address in turn."""
    last_error: Exception | None = None
    for address in addresses:
        connection = TimedConnection(
            parts.hostname or "",
            _port(parts),
            address,
            is_tls=parts.scheme == "https",
            deadline=deadline,
        )
        try:
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request("GET", path, headers=headers)
            response = connection.timed_response()
            if response.status in _REDIRECTS and response.headers.get("Location"):
                location = str(response.headers["Location"])
                return _Redirect(location, response.status in _PERMANENT_REDIRECTS)
            return _read_page(parts, response, deadline, content_types)
        except TooMuchReceived:
            raise _too_large() from None
        except (OSError, http.client.HTTPException, ValueError) as error:
            last_error = error
        finally:
            connection.close()
    # What the last address did may be due to the time that is over.
    deadline.seconds_left()
    raise FetchError(
        _("The host did not respond: %(problem)s") % {"problem": last_error}, FetchFailure.HOST
    )


def _read_page(
    parts: SplitResult,
    response: http.client.HTTPResponse,
    deadline: Deadline,
    content_types: Sequence[str],
) -> FetchedPage:
    if response.status != 200:
        raise FetchError(
            _("The host returned status %(status)s.") % {"status": response.status},
            FetchFailure.STATUS,
            status=response.status,
            retry_after=response.headers.get("Retry-After", ""),
        )
    content_type = response.headers.get_content_type()
    if content_type not in content_types:
        raise FetchError(
            _("The URL does not return a web page but %(type)s.") % {"type": content_type},
            FetchFailure.CONTENT,
        )
    encoding = response.headers.get("Content-Encoding", "identity").lower()
    if encoding not in ("gzip", "identity"):
        raise FetchError(
            _("The page uses an unsupported compression: %(name)s.") % {"name": encoding},
            FetchFailure.CONTENT,
        )
    gzip = zlib.decompressobj(zlib.MAX_WBITS | 16) if encoding == "gzip" else None
    # Not bytes, which are copied whenever a host sends one more.
    body = bytearray()
    while len(body) <= MAX_BYTES:
        # What was received already is read without asking the socket.
        deadline.seconds_left()
        chunk = response.read1(65536)
        if not chunk:
            return FetchedPage(parts.geturl(), bytes(body), _stated_charset(response.headers))
        try:
            body += gzip.decompress(chunk, MAX_BYTES + 1 - len(body)) if gzip else chunk
        except zlib.error as error:
            raise FetchError(_("The page cannot be decompressed."), FetchFailure.CONTENT) from error
    raise _too_large()


def _too_large() -> FetchError:
    return FetchError(
        _("The page is larger than %(size)s MB.") % {"size": MAX_BYTES // 1_000_000},
        FetchFailure.CONTENT,
    )


def _stated_charset(headers: http.client.HTTPMessage) -> str:
    """The encoding that the headers state; "" without one, or if they are malformed."""
    try:
        return headers.get_content_charset() or ""
    except (TypeError, ValueError):
        # Python cannot read some parameters in several parts (RFC 2231) and names with a NUL.
        return ""
