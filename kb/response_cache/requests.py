"""Which requests may be answered from the cache, and under which key.

The key holds all that a public answer can depend on: the address, the scheme, what the client
accepts. Every other request goes to Django unchanged.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from wsgiref.types import WSGIEnvironment

from django.conf import settings
from django.http.request import split_domain_port, validate_host
from django.utils.http import parse_etags, parse_http_date_safe

from kb.formats import FORMATS
from kb.site.http.probe_paths import PROBE_PATHS
from kb.text.links import without_tracking

GZIP = "gzip"
IDENTITY = ""
# Longer addresses are rare, and each would be a key in memory.
MAX_KEY_LENGTH = 2000
MAX_ACCEPT_LENGTH = 500
# The answer of Django depends on these, and its own order of checks decides.
_UNUSUAL_HEADERS = (
    "HTTP_AUTHORIZATION",
    "HTTP_IF_MATCH",
    "HTTP_IF_UNMODIFIED_SINCE",
    "HTTP_TRANSFER_ENCODING",
    # Apache: Django takes the script's name from these.
    "SCRIPT_URL",
    "REDIRECT_URL",
)
# As Django's GZipMiddleware reads the header.
_ACCEPTS_GZIP = re.compile(r"\bgzip\b")
_OFFERED_TYPES = frozenset(
    {"text/html"} | {form.media_type.partition(";")[0].strip() for form in FORMATS.values()}
)
_OFFERED_FAMILIES = frozenset(name.partition("/")[0] + "/*" for name in _OFFERED_TYPES)
# Stands for a header that accepts nothing that is offered, which differs from no header.
_NOTHING_OFFERED = "-"


@dataclass(frozen=True)
class CacheableRequest:
    """A GET or HEAD request that the cache may answer.

    ``address`` is the scheme, the path and the query without tracking parameters, with the
    parameters in the order of their names. ``accept`` is the Accept header without types that no
    address offers. ``encoding`` is ``GZIP`` or ``IDENTITY``.
    """

    address: str
    query: str
    accept: str
    encoding: str
    is_head: bool
    if_none_match: str
    if_modified_since: str

    @property
    def has_condition(self) -> bool:
        return bool(self.if_none_match or self.if_modified_since)

    def matches(self, etag: str, last_modified: int | None) -> bool:
        """Whether the client already has this answer (RFC 9110, 13.2.2): 304 is enough."""
        if not etag:
            return False
        if self.if_none_match:
            tags = parse_etags(self.if_none_match)
            if tags:
                weak = etag.removeprefix("W/")
                return tags == ["*"] or any(tag.removeprefix("W/") == weak for tag in tags)
        if self.if_modified_since and last_modified is not None:
            since = parse_http_date_safe(self.if_modified_since)
            return since is not None and last_modified <= since
        return False


class RequestReader:
    """Reads requests for the cache. The settings are read once, when the process starts."""

    def __init__(self) -> None:
        # Requests for the desk, and for files that have a cache of their own.
        self._excluded_paths = ("/" + settings.ADMIN_PATH, settings.STATIC_PATH, *PROBE_PATHS)
        # Cookies of the desk. Those of other programs on the domain change no answer.
        self._cookies = (
            settings.SESSION_COOKIE_NAME,
            settings.CSRF_COOKIE_NAME,
            settings.PUBLICATION_COOKIE_NAME,
            settings.LANGUAGE_COOKIE_NAME,
            "messages",
        )
        self._proxy_header = settings.SECURE_PROXY_SSL_HEADER

    def read(self, environ: WSGIEnvironment) -> CacheableRequest | None:
        """Return the request with its key, or None if it must go to Django."""
        method = environ["REQUEST_METHOD"]
        path = environ.get("PATH_INFO", "")
        query = without_tracking(environ.get("QUERY_STRING", ""))
        if (
            method not in ("GET", "HEAD")
            or path.startswith(self._excluded_paths)
            or len(path) + len(query) > MAX_KEY_LENGTH
            or environ.get("CONTENT_LENGTH", "") not in ("", "0")
            or any(name in environ for name in _UNUSUAL_HEADERS)
            or not is_allowed_host(environ.get("HTTP_HOST", ""))
        ):
            return None
        cookies = environ.get("HTTP_COOKIE", "")
        accept = environ.get("HTTP_ACCEPT", "")
        if len(accept) > MAX_ACCEPT_LENGTH or (
            cookies and any(name in cookies for name in self._cookies)
        ):
            return None
        query = canonical_query(query)
        script = environ.get("SCRIPT_NAME", "")
        accepts_gzip = _ACCEPTS_GZIP.search(environ.get("HTTP_ACCEPT_ENCODING", ""))
        return CacheableRequest(
            address=f"{self._scheme(environ)}:{script}{path}?{query}",
            query=query,
            accept=canonical_accept(accept),
            encoding=GZIP if accepts_gzip else IDENTITY,
            is_head=method == "HEAD",
            if_none_match=environ.get("HTTP_IF_NONE_MATCH", ""),
            if_modified_since=environ.get("HTTP_IF_MODIFIED_SINCE", ""),
        )

    def _scheme(self, environ: WSGIEnvironment) -> str:
        """Return the scheme as Django's ``request.scheme`` does: HSTS and a redirect need it."""
        if self._proxy_header:
            header, secure_value = self._proxy_header
            value = environ.get(header)
            if value is not None:
                is_secure = value.partition(",")[0].strip() == secure_value
                return "https" if is_secure else "http"
        return str(environ.get("wsgi.url_scheme", "http"))


@lru_cache(maxsize=256)
def is_allowed_host(host: str) -> bool:
    """Whether Django accepts the Host header. It answers 400 to the others, and logs them."""
    domain, _port = split_domain_port(host)
    return bool(domain) and validate_host(domain, settings.ALLOWED_HOSTS)


def canonical_query(query: str) -> str:
    """Return the parameters in the order of their names; values of one name keep their order."""
    if "&" not in query:
        return query
    pieces = [piece for piece in query.split("&") if piece]
    return "&".join(sorted(pieces, key=lambda piece: piece.partition("=")[0]))


@lru_cache(maxsize=1024)
def canonical_accept(header: str) -> str:
    """Return the header without ranges that match nothing offered, so that browsers share answers.

    The order and the weights of the others stay, because they decide.
    """
    if not header.strip():
        return ""
    ranges = [text.strip() for text in header.split(",")]
    return ",".join(text for text in ranges if _is_offered(text)) or _NOTHING_OFFERED


def _is_offered(text: str) -> bool:
    name = text.partition(";")[0].strip().lower()
    return name.startswith("*") or name in _OFFERED_TYPES or name in _OFFERED_FAMILIES
