"""How long a sign-in lasts: so long after the last request, so long after it began."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY, logout
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from kb.desk.signin.paths import is_desk

BEGAN, SEEN = "signed_in_at", "seen_at"
# Not at every request: each would be a write to the database.
WRITTEN_EVERY_SECONDS = 60


def start_session_clock(sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """Receiver of ``user_logged_in``: the clock starts."""
    request.session[BEGAN] = request.session[SEEN] = int(time.time())


class SessionLimits:
    """Ends a session that is too old, or whose account is disabled or no longer the desk's.

    Django itself ends the sessions of an account whose password has changed.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if is_desk(request) and SESSION_KEY in request.session:
            said = session_end_reason(request)
            if said:
                # The whole session goes, so that it cannot come back with the account.
                logout(request)
                messages.info(request, said)
        return self.get_response(request)


def session_end_reason(request: HttpRequest) -> str:
    """The reason in words when the session is over; "" when it goes on, and is then marked."""
    session, now = request.session, int(time.time())
    if not request.user.is_authenticated or not request.user.is_staff:
        return "Your sign-in has ended: the account or its password was changed."
    if now - session.get(BEGAN, 0) >= settings.SESSION_COOKIE_AGE:
        hours = settings.SESSION_COOKIE_AGE // 3600
        return f"Your sign-in has ended: it lasts {hours} hours."
    if now - session.get(SEEN, 0) >= settings.SESSION_IDLE_MINUTES * 60:
        minutes = settings.SESSION_IDLE_MINUTES
        return f"Your sign-in has ended: nothing was sent for {minutes} minutes."
    if now - session[SEEN] >= WRITTEN_EVERY_SECONDS:
        session[SEEN] = now
    return ""
