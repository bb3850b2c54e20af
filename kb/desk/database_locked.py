"""The response of the desk when the database is locked: on SQLite, while a large import is written.

The change forms handle this themselves and show the typed values again (``kb.desk.admin.base``);
this middleware is for all other views.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from kb.desk.signin.desk_only import desk_only
from kb.desk.verbs.saving import is_database_locked

logger = logging.getLogger(__name__)

RETRY_AFTER = 60  # seconds


@desk_only
class DatabaseLockedMiddleware:
    """Answers 503 with advice if a view of the desk could not get the lock of the database."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not is_database_locked(exception):
            return None
        logger.warning("database locked")
        response = render(request, "admin/desk/busy.html", status=503)
        response["Retry-After"] = str(RETRY_AFTER)
        return response
