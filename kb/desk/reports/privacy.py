"""Requests and responses of pages that only one reader may see, and forms of this site only."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse


def is_from_other_site(request: HttpRequest) -> bool:
    """Whether a page of another site has sent this form, as far as the browser says.

    A page without referrer sends the origin "null": then Sec-Fetch-Site decides, if it is there.
    """
    site = request.headers.get("Sec-Fetch-Site", "")
    if site:
        return site not in ("same-origin", "none")
    origin = request.headers.get("Origin", "")
    if origin in ("", "null") or origin in settings.CSRF_TRUSTED_ORIGINS:
        return False
    return urlsplit(origin).netloc != request.get_host()


def make_private(response: HttpResponse) -> HttpResponse:
    """Let nothing store, index or compress a response that has a secret."""
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    # Compressed, its length would tell about the secret (BREACH): see ``kb.middleware.PublicGzip``.
    response.contains_secret = True  # type: ignore[attr-defined]
    return response


def without_referrer(response: HttpResponse) -> HttpResponse:
    """The address of the page is the secret: let no link and no file name it."""
    response.headers["Referrer-Policy"] = "no-referrer"
    return make_private(response)
