"""End a session some time after its last request, and some time after it began."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY, logout
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from kb.desk.signin.desk_only import desk_only
from kb.desk.signin.devices import device_of
from kb.desk.signin.live_sessions import DEVICE, LAST_SEEN_AT, STARTED_AT

# The time is not stored at every request, because each would be a write to the database.
MIN_SECONDS_BETWEEN_WRITES = 60


def start_session_clock(sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """Receiver of ``user_logged_in``: store when the session began, and on what device."""
    request.session[DEVICE] = device_of(request.headers.get("User-Agent", ""))
    request.session[STARTED_AT] = request.session[LAST_SEEN_AT] = int(time.time())


@desk_only
class SessionLimits:
    """Ends a session that is too old, or whose account was disabled or is no longer staff.

    Django itself ends the sessions of an account whose password has changed.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if SESSION_KEY in request.session:
            reason = session_end_reason(request)
            if reason:
                # The session is deleted, so that it is not valid again if the account is enabled.
                logout(request)
                messages.info(request, reason)
        return self.get_response(request)


def session_end_reason(request: HttpRequest) -> str:
    """Return why the session is over, as a sentence; "" if it goes on, and store the time."""
    session, now = request.session, int(time.time())
    if not request.user.is_authenticated or not request.user.is_staff:
        return _(
            "Your session has ended because your account or password was changed. Sign in again."
        )
    if now - session.get(STARTED_AT, 0) >= settings.SESSION_COOKIE_AGE:
        hours = settings.SESSION_COOKIE_AGE // 3600
        return _("Your session has ended because sessions last %(hours)s hours. Sign in again.") % {
            "hours": hours
        }
    if now - session.get(LAST_SEEN_AT, 0) >= settings.SESSION_IDLE_MINUTES * 60:
        minutes = settings.SESSION_IDLE_MINUTES
        return _(
            "Your session has ended after %(minutes)s minutes of inactivity. Sign in again."
        ) % {"minutes": minutes}
    if now - session[LAST_SEEN_AT] >= MIN_SECONDS_BETWEEN_WRITES:
        session[LAST_SEEN_AT] = now
    return ""
