"""Who signed in and out and who ended sessions, in the server's log: keys of accounts, no names."""

from __future__ import annotations

import logging
from typing import Any

from django.http import HttpRequest

logger = logging.getLogger(__name__)

# Where allauth keeps how the account has proved who it is, a record for each step.
_METHODS_KEY = "account_authentication_methods"


def log_signed_in(sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """Receiver of ``user_logged_in``: log the account and the methods, such as password and mfa."""
    steps = request.session.get(_METHODS_KEY, [])
    methods = " ".join(dict.fromkeys(str(step.get("method", "")) for step in steps))
    logger.info("signed in", extra={"fields": {"by": user.pk, "methods": methods}})


def log_signed_out(sender: Any, user: Any, **kwargs: Any) -> None:
    """Receiver of ``user_logged_out``, which Django also sends when nobody was signed in."""
    if user is not None:
        logger.info("signed out", extra={"fields": {"by": user.pk}})


def log_ended_sessions(account: Any, count: int) -> None:
    """Log that a number of other sessions of an account were ended at the desk."""
    logger.info("sessions ended", extra={"fields": {"account": account.pk, "count": count}})
