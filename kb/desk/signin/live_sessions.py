"""The sessions of an account, read from the sessions themselves, and ending them.

There is no table beside that of the sessions: it would have to follow each new key. A desk has few
sessions, and expired ones are deleted at each sign-in.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import ngettext

from kb.desk.signin.devices import device_words

STARTED_AT, LAST_SEEN_AT, DEVICE = "signed_in_at", "seen_at", "device"


class LiveSession(NamedTuple):
    """A session with which an account can use the desk now. ``name`` is for forms: no key is."""

    name: str
    device: str
    started_at: datetime
    seen_at: datetime
    is_current: bool


def live_sessions(account: Any, current_key: str | None = None) -> list[LiveSession]:
    """Return the sessions of the account, that with ``current_key`` first, then the latest used."""
    sessions = [
        LiveSession(
            name=_name(key),
            device=device_words(data.get(DEVICE, "")),
            started_at=datetime.fromtimestamp(data.get(STARTED_AT, 0), UTC),
            seen_at=datetime.fromtimestamp(data.get(LAST_SEEN_AT, 0), UTC),
            is_current=key == current_key,
        )
        for key, data in _sessions_of(account)
        if _is_live(account, data)
    ]
    return sorted(sessions, key=lambda session: (session.is_current, session.seen_at), reverse=True)


def end_sessions(account: Any, *, name: str = "", but: str | None = None) -> int:
    """Delete the sessions of the account, or the one with this name; return how many were live.

    The session with the key ``but`` goes on.
    """
    ended = [
        (key, _is_live(account, data))
        for key, data in _sessions_of(account)
        if key != but and (not name or constant_time_compare(name, _name(key)))
    ]
    Session.objects.filter(session_key__in=[key for key, _live in ended]).delete()
    return sum(is_live for _key, is_live in ended)


def end_other_sessions(request: HttpRequest | None, account: Any) -> None:
    """End all sessions of the account except that of the request, and tell its own user."""
    user = getattr(request, "user", None)
    is_own = request is not None and user is not None and user.pk == account.pk
    key = request.session.session_key if request is not None and is_own else None
    count = end_sessions(account, but=key)
    if count and request is not None and is_own:
        messages.info(request, ended_message(count))


def ended_message(count: int) -> str:
    """Return the sentence about a number of other sessions that were ended."""
    return ngettext(
        "You were signed out on %(count)s other device.",
        "You were signed out on %(count)s other devices.",
        count,
    ) % {"count": count}


def delete_expired_sessions(sender: Any, **kwargs: Any) -> None:
    """Receiver of ``user_logged_in``: keep no session longer than it is valid."""
    Session.objects.filter(expire_date__lt=timezone.now()).delete()


def _sessions_of(account: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    for session in Session.objects.iterator():
        data = session.get_decoded()
        if data.get(SESSION_KEY) == str(account.pk):
            yield session.session_key, data


def _is_live(account: Any, data: dict[str, Any]) -> bool:
    """Whether the session opens the desk: sessions.py ends the others at their next request."""
    now = time.time()
    return (
        account.is_active
        and account.is_staff
        and constant_time_compare(data.get(HASH_SESSION_KEY, ""), account.get_session_auth_hash())
        and now - data.get(STARTED_AT, 0) < settings.SESSION_COOKIE_AGE
        and now - data.get(LAST_SEEN_AT, 0) < settings.SESSION_IDLE_MINUTES * 60
    )


def _name(key: str) -> str:
    return salted_hmac("kb.desk.signin.live_sessions", key, algorithm="sha256").hexdigest()[:24]
