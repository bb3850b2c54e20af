"""Finished responses: which may be stored, and how one is sent in each encoding, or as 304."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from django.middleware.gzip import GZipMiddleware
from django.utils.http import parse_http_date_safe
from django.utils.text import compress_string

from kb.response_cache.requests import GZIP, IDENTITY

Headers = list[tuple[str, str]]
OK = "200 OK"
# Django does not compress less.
MIN_COMPRESSED_SIZE = 200
# What an entry costs beside its text: objects, the key, the place in the list.
ENTRY_OVERHEAD = 1500
# What an answer may depend on, because the key has it.
_KEY_HEADERS = frozenset({"accept", "accept-encoding"})
_FORBIDDEN_DIRECTIVES = frozenset({"no-store", "private", "no-cache"})
# Belongs to the request that the answer was made for.
_PER_REQUEST = frozenset({"x-request-id", "date", "age"})
# Describes a body, which 304 does not have.
_OF_BODY = frozenset(
    {
        "content-length",
        "content-type",
        "content-encoding",
        "content-language",
        "content-disposition",
    }
)


def header_value(headers: Iterable[tuple[str, str]], name: str) -> str:
    """Return the value of the header, "" if there is none; the name is in small letters."""
    return next((value for key, value in headers if key.lower() == name), "")


def without_headers(headers: Iterable[tuple[str, str]], names: Iterable[str]) -> Headers:
    """Return the headers except those with these names, which are in small letters."""
    excluded = frozenset(names)
    return [(key, value) for key, value in headers if key.lower() not in excluded]


def is_storable(status: str, headers: Sequence[tuple[str, str]]) -> bool:
    """Whether the application declared the answer public and the key has all it depends on.

    It must be a 200 with an ETag and ``Cache-Control: public``, must not set a cookie, and may
    vary by ``Accept`` and ``Accept-Encoding`` only.
    """
    directives = {
        text.strip().lower() for text in header_value(headers, "cache-control").split(",")
    }
    varies = {text.strip().lower() for text in header_value(headers, "vary").split(",")} - {""}
    return (
        status == OK
        and "public" in directives
        and not directives & _FORBIDDEN_DIRECTIVES
        and bool(header_value(headers, "etag"))
        and varies <= _KEY_HEADERS
        and not any(key.lower() == "set-cookie" for key, _value in headers)
        and header_value(headers, "content-encoding") in (IDENTITY, GZIP)
    )


@dataclass(frozen=True)
class StoredResponse:
    """A complete answer with status 200: its body and its headers, without those of one request."""

    headers: tuple[tuple[str, str], ...]
    body: bytes

    @classmethod
    def from_wsgi(cls, headers: Iterable[tuple[str, str]], body: bytes) -> StoredResponse:
        """Make it from what the application returned; of a stream the length is known by now."""
        lines = without_headers(headers, _PER_REQUEST | {"content-length"})
        return cls((*lines, ("Content-Length", str(len(body)))), body)

    @cached_property
    def encoding(self) -> str:
        return header_value(self.headers, "content-encoding")

    @cached_property
    def etag(self) -> str:
        return header_value(self.headers, "etag")

    @cached_property
    def last_modified(self) -> int | None:
        return parse_http_date_safe(header_value(self.headers, "last-modified"))

    @cached_property
    def varies_by_accept(self) -> bool:
        names = header_value(self.headers, "vary").lower().split(",")
        return "accept" in (name.strip() for name in names)

    @cached_property
    def size(self) -> int:
        """The bytes that it takes in memory."""
        text = sum(len(key) + len(value) + 100 for key, value in self.headers)
        return len(self.body) + text + ENTRY_OVERHEAD

    @cached_property
    def not_modified_headers(self) -> Headers:
        return without_headers(self.headers, _OF_BODY)

    def in_encoding(self, encoding: str) -> StoredResponse:
        """Return the same answer for clients with or without gzip, as Django makes it."""
        if encoding == self.encoding:
            return self
        if encoding == IDENTITY:
            return self.with_body(gzip.decompress(self.body), "")
        if len(self.body) < MIN_COMPRESSED_SIZE:
            return self
        body = compress_string(self.body, max_random_bytes=GZipMiddleware.max_random_bytes)
        return self.with_body(body, GZIP) if len(body) < len(self.body) else self

    def with_body(self, body: bytes, encoding: str) -> StoredResponse:
        """Return the answer with another form of its body; a strong ETag becomes weak with gzip."""
        lines = without_headers(self.headers, ("content-length", "content-encoding", "etag"))
        etag = self.etag
        if encoding:
            lines.append(("Content-Encoding", encoding))
            etag = etag and "W/" + etag.removeprefix("W/")
        if etag:
            lines.append(("ETag", etag))
        lines.append(("Content-Length", str(len(body))))
        return replace(self, headers=tuple(lines), body=body)
