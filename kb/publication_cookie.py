"""The cookie of an editor who has just published: readers' pages are then at least as new.

A replica may be behind the primary for a moment. The desk sets the cookie with the publication
version; ``PublicWall`` asks a server that has this version. Other readers have no such cookie.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from kb.record.publication_version import committed_publications
from kb.record.reader_servers import reader_servers

# Longer than a replica is usually behind.
MAX_AGE_SECONDS = 600
_SALT = "publication"

GetResponse = Callable[[HttpRequest], HttpResponseBase]


def required_version(request: HttpRequest) -> int:
    """The publication version that this reader must be shown at least; 0 is any.

    The cookie is signed, so that nobody else can send requests to the primary.
    """
    name = settings.PUBLICATION_COOKIE_NAME
    if not reader_servers().has_choice or name not in request.COOKIES:
        return 0
    value = request.get_signed_cookie(name, "", salt=_SALT, max_age=MAX_AGE_SECONDS)
    return int(value) if value and value.isdecimal() else 0


class PublicationCookie:
    """Sets the cookie on a response of the desk that has published something."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.desk = "/" + settings.ADMIN_PATH

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(self.desk) or not reader_servers().has_choice:
            return self.get_response(request)
        with committed_publications() as numbers:
            response = self.get_response(request)
        if numbers:
            response.set_signed_cookie(
                settings.PUBLICATION_COOKIE_NAME,
                str(max(numbers)),
                salt=_SALT,
                max_age=MAX_AGE_SECONDS,
                path=settings.PUBLICATION_COOKIE_PATH,
                secure=settings.IS_HTTPS,
                httponly=True,
                samesite="Lax",
            )
        return response
