"""Sign-ins that were refused, in the server's log: the reason, and nothing that was typed."""

from __future__ import annotations

import logging
from typing import Any

logger = logging.getLogger(__name__)


def log_refusal(reason: str) -> None:
    """Log why a sign-in was refused; the request id links it to the proxy's own log."""
    logger.warning("sign-in refused", extra={"fields": {"reason": reason}})


def log_failed_login(sender: Any, **kwargs: Any) -> None:
    """Receiver of ``user_login_failed``: the password was wrong."""
    log_refusal("wrong credentials")
