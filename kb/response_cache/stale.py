"""A stored answer as it is sent while the database cannot be read: marked as possibly old."""

from __future__ import annotations

import re

from django.template.loader import render_to_string
from django.utils import translation

from kb.response_cache.requests import IDENTITY, CacheableRequest
from kb.response_cache.responses import StoredResponse, header_value, without_headers
from kb.response_cache.store import MAX_STALE_SECONDS

# Where the note begins, in the pages of the site and in embeds.
_START_OF_CONTENT = re.compile(rb"<main[^>]*>")
# Validators are left out, because the page with the note is not the page that they identify.
_REPLACED = ("etag", "last-modified", "cache-control")


def stale_response(
    stored: StoredResponse, age: float, request: CacheableRequest
) -> tuple[StoredResponse, str]:
    """Return the answer in the encoding of the request, and the value of its Cache-Status.

    An HTML page says in its own language that it may be out of date. ``age`` is the time since the
    database was last read, in seconds. A cache on the way may send the answer for the rest of
    ``MAX_STALE_SECONDS`` if this site fails completely.
    """
    body = stored.in_encoding(IDENTITY).body
    if header_value(stored.headers, "content-type").startswith("text/html"):
        language = header_value(stored.headers, "content-language")
        body = _START_OF_CONTENT.sub(lambda match: match[0] + _note(language), body, count=1)
    remaining = max(int(MAX_STALE_SECONDS - age), 0)
    headers = [
        *without_headers(stored.headers, _REPLACED),
        ("Cache-Control", f"public, max-age=0, stale-if-error={remaining}"),
    ]
    plain = StoredResponse(tuple(headers), b"").with_body(body, IDENTITY)
    return plain.in_encoding(request.encoding), f"hit; ttl=-{int(age)}; detail=database-unavailable"


def _note(language: str) -> bytes:
    with translation.override(language or None):
        return render_to_string("errors/_stale.html").strip().encode()
