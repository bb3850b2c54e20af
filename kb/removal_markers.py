"""Middleware: pages say “[Removed by order on …]” in their own language.

The marker is part of stored texts, names and titles, and may stand anywhere in a page, so it is
translated where pages leave. Files have no other language, and forms of the desk keep what is
stored.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import get_language

from kb.record.removal_marker import MARKER_WORDS, in_page_language

_WORDS = MARKER_WORDS.encode()


class RemovalMarkers:
    """Translates the markers in a page for readers that is not in the main language."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.desk = "/" + settings.ADMIN_PATH

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if (
            get_language() != settings.LANGUAGE_CODE
            and not request.path_info.startswith(self.desk)
            and isinstance(response, HttpResponse)
            and response.headers.get("Content-Type", "").startswith("text/html")
            and _WORDS in response.content
        ):
            response.content = in_page_language(response.text)
        return response
