"""The gunicorn worker: its threads, how long each request has waited for one, and its replica.

``gunicorn --worker-class kb.worker.Worker``. A reader's request that has waited for too long is
answered 503 at once (``PublicWall``), so a full queue becomes short again.
"""

from __future__ import annotations

import ctypes
import sys
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

from kb.record.reader_servers import reader_servers
from kb.site.http.queue_time import queue_seconds

# How long a thread may run while others wait for Python's lock; Python's own value is 5 ms. On its
# way through the threads a page waits for each that works, such as one that makes an export,
# several times.
SWITCH_SECONDS = 0.001

# The option of glibc's `mallopt` for how many heaps the threads of a process share. By default each
# thread soon has one of its own, and what exports and pages have freed there is lost to the others.
M_ARENA_MAX, ARENAS = -8, 2


def limit_heaps() -> bool:
    """Let all threads of this process share two heaps; whether the C library can do so."""
    try:
        return bool(ctypes.CDLL(None).mallopt(M_ARENA_MAX, ARENAS))
    except (AttributeError, OSError):  # another C library than glibc
        return False


class TimedThreadPool(ThreadPoolExecutor):
    """A pool of threads whose tasks know how long they have waited."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Queue the call; it finds its seconds of waiting in ``queue_seconds``."""
        return super().submit(_call, time.monotonic(), fn, *args, **kwargs)


def _call(moment: float, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    # Taken now: the thread may wait for what the client sends, which is not the queue.
    token = queue_seconds.set(time.monotonic() - moment)
    try:
        return fn(*args, **kwargs)
    finally:
        queue_seconds.reset(token)


class Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn's worker with threads, with a pool that measures the queue."""

    def load_wsgi(self) -> None:
        """Load the program, and tell it which of the workers this is."""
        super().load_wsgi()
        # gunicorn counts the workers that it starts. The numbers of processes would not do: while
        # a machine starts others too, they are often all even, or all odd.
        reader_servers().set_worker(self.age)

    def get_thread_pool(self) -> TimedThreadPool:
        """Return the pool that runs the requests. Lets its threads take turns and share heaps."""
        limit_heaps()
        sys.setswitchinterval(SWITCH_SECONDS)
        return TimedThreadPool(max_workers=self.cfg.threads)
