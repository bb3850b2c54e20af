"""The gunicorn worker: threads, and for each request the moment at which it began to wait for one.

``gunicorn --worker-class kb.worker.Worker``. A reader's request that has waited for longer than a
request may take is answered 503 at once (``PublicWall``), so a full queue becomes short again.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

from kb.site.http.queue_time import queued_at


class TimedThreadPool(ThreadPoolExecutor):
    """A pool of threads whose tasks know since when they have waited."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Queue the call, with the present time as ``queued_at``."""
        return super().submit(_call, time.monotonic(), fn, *args, **kwargs)


def _call(moment: float, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    token = queued_at.set(moment)
    try:
        return fn(*args, **kwargs)
    finally:
        queued_at.reset(token)


class Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn's worker with threads, with a pool that measures the queue."""

    def get_thread_pool(self) -> TimedThreadPool:
        """Return the pool that runs the requests."""
        return TimedThreadPool(max_workers=self.cfg.threads)
