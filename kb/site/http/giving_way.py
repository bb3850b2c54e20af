"""Streams give way to pages: what makes a piece of a file pauses while others wait for answers.

Python runs one thread of a process at a time. A page that needs some milliseconds takes much longer
beside a thread that never pauses. Each pause is as long as the work before it at most, so a stream
takes at most twice as long.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from kb.record.places import Places
from kb.record.time_limit import ReaderWork

# Shorter work is not worth a pause; a longer pause would make a piece late.
LEAST_WORK, LONGEST_PAUSE = 0.02, 0.5  # seconds
SECONDS_BETWEEN_LOOKS = 0.005
# Requests of readers that this process is answering; there are never as many.
ANSWERING = Places(100_000)


@contextmanager
def answering() -> Iterator[None]:
    """Count a request as one that streams give way to."""
    ANSWERING.take()
    try:
        yield
    finally:
        ANSWERING.leave()


class GivingWay:
    """The pauses of one piece of a stream. Its ``check`` is a check of ``ReaderWork``."""

    def __init__(self, sleep: Callable[[float], None] = time.sleep) -> None:
        self._sleep = sleep
        self._rested_at = 0.0

    def check(self, work: ReaderWork) -> None:
        """Pause while others are answered, for as long as the work since the last pause."""
        worked = work.cost - self._rested_at
        if worked < LEAST_WORK:
            return
        pause = 0.0
        while ANSWERING.taken and pause < min(worked, LONGEST_PAUSE):
            self._sleep(SECONDS_BETWEEN_LOOKS)
            pause += SECONDS_BETWEEN_LOOKS
        work.postpone(pause)
        # Work while nobody waited is not made good for later.
        self._rested_at = work.cost
