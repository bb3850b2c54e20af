"""How long a request has waited for a thread of the web server. ``kb.worker`` measures it."""

from __future__ import annotations

import time
from contextvars import ContextVar

# None with other web servers.
queued_at: ContextVar[float | None] = ContextVar("queued_at", default=None)


def seconds_in_queue() -> float:
    """Seconds since the request came in; 0 if that is not known."""
    moment = queued_at.get()
    return 0.0 if moment is None else time.monotonic() - moment
