"""The adapters of allauth: who may sign in, safe redirects, rate limits and messages."""

from __future__ import annotations

import time
from math import ceil
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.core.internal.ratelimit import get_cache_key, get_rates
from allauth.mfa.adapter import DefaultMFAAdapter
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from kb.desk.signin.refusals import log_refusal

LOGIN_FAILED = "login_failed"  # the key of this limit in settings.ACCOUNT_RATE_LIMITS
LOCKOUT_ADVICE = _(
    "Your account is not blocked. You can still sign in with a passkey, or ask an administrator to "
    "set a new password."
)


class AccountAdapter(DefaultAccountAdapter):
    """No sign-up: administrators create the accounts. Only staff can sign in."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _(
            "The username or password is not correct. Both are case-sensitive."
        ),
        "incorrect_password": _("The password is not correct. Passwords are case-sensitive."),
        "enter_current_password": _("The current password is not correct."),
        "too_many_login_attempts": _(
            "Too many incorrect codes. Wait 15 minutes, then try again with a new code."
        ),
        "rate_limited": _("Too many incorrect codes. Wait 15 minutes, then enter a new code."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_safe_url(self, url: str) -> bool:
        """Allow redirects to the host of the request only: allauth allows all ALLOWED_HOSTS."""
        request = context.request
        return url_has_allowed_host_and_scheme(
            url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        )

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the attempt; refuse it, with the minutes to wait, if there were too many.

        Raises OperationalError if the counts were locked for too long, which is no limit.
        """
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError as error:
            key = self._get_login_attempts_cache_key(request, **credentials)
            waits = lockout_waits(request, key)
            if not waits:
                raise OperationalError("The counts of sign-ins are locked.") from None
            log_refusal("too many attempts")
            minutes = ceil(max(1.0, *waits))
            wait = ngettext(
                "Too many incorrect passwords. Try again in %(minutes)s minute.",
                "Too many incorrect passwords. Try again in %(minutes)s minutes.",
                minutes,
            )
            raise ValidationError(
                f"{wait % {'minutes': minutes}} {LOCKOUT_ADVICE}",
                code="too_many_login_attempts",
            ) from error

    def pre_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse | None:
        response: HttpResponse | None = super().pre_login(request, user, **kwargs)
        if response is None and not user.is_staff:
            log_refusal("not an editor")
            return HttpResponseRedirect(reverse("account_inactive"))
        return response


def lockout_waits(request: HttpRequest, key: str) -> list[float]:
    """The minutes to wait before the next attempt for ``key``, for each limit that is reached."""
    waits = []
    for rate in get_rates(app="allauth.account", action=LOGIN_FAILED):
        cache_key = get_cache_key(
            request, app="allauth.account", action=LOGIN_FAILED, rate=rate, key=key
        )
        # Newest first. The oldest attempt must expire before another one is allowed.
        attempts = cache.get(cache_key, [])
        fresh = [attempt for attempt in attempts if attempt > time.time() - rate.duration]
        if len(fresh) >= rate.amount:
            waits.append((fresh[-1] + rate.duration - time.time()) / 60)
    return waits


class FactorAdapter(DefaultMFAAdapter):
    """Labels and messages of second factors."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _(
            "The code is not correct. Enter the code your app shows now. If this keeps happening, "
            "check the clock of your phone."
        ),
    }

    def get_totp_label(self, user: Any) -> str:
        return str(user.get_username())

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        return "Passkey"  # stored, and so in one language
