"""What the desk answers when the database is not to be had: SQLite while a large import is written.

The forms of rows come back with all that was typed (``kb.desk.admin.base``); this is for all else.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from kb.desk.signin.paths import is_desk
from kb.desk.verbs.saving import is_database_locked

logger = logging.getLogger(__name__)

RETRY_AFTER = 60  # seconds


class DatabaseLockedMiddleware:
    """503 with what to do, where a view of the desk has waited for a writer in vain."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponse | None:
        if not (is_desk(request) and is_database_locked(problem)):
            return None
        logger.warning("database locked")
        response = render(request, "admin/desk/busy.html", status=503)
        response["Retry-After"] = str(RETRY_AFTER)
        return response
