"""Sign-ins that were refused, in the server's log: the reason, and nothing that was typed."""

from __future__ import annotations

import logging
from typing import Any

from django.http import HttpRequest

logger = logging.getLogger(__name__)


def log_refusal(reason: str) -> None:
    """Log why a sign-in was refused; the request id links it to the proxy's own log."""
    logger.warning("sign-in refused", extra={"fields": {"reason": reason}})


def log_failed_login(sender: Any, request: HttpRequest | None = None, **kwargs: Any) -> None:
    """Receiver of ``user_login_failed``: the password was wrong.

    One sign-in can try several ways to find the account; it is logged once.
    """
    if request is not None:
        if hasattr(request, "_failed_login_logged"):
            return
        request._failed_login_logged = True  # type: ignore[attr-defined]  # our own mark
    log_refusal("wrong credentials")
