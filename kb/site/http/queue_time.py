"""How long a request has waited for a thread of the web server. ``kb.worker`` measures it."""

from __future__ import annotations

from contextvars import ContextVar

# 0 with other web servers.
queue_seconds: ContextVar[float] = ContextVar("queue_seconds", default=0.0)


def seconds_in_queue() -> float:
    """Seconds for which the request has waited for a thread; 0 if that is not known."""
    return queue_seconds.get()
