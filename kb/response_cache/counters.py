"""How often the cache of responses answered, and what it holds, in this process."""

from __future__ import annotations

from dataclasses import dataclass, replace
from threading import Lock


@dataclass
class CacheCounters:
    """Totals since the process started; ``answers`` and ``bytes`` are what is held now.

    ``hits`` include the ``not_modified`` ones. ``collapsed`` requests waited for another request
    that was making the same answer; ``waited_in_vain`` then made their own. ``stale`` answers were
    sent while the database could not be read.
    """

    hits: int = 0
    not_modified: int = 0
    misses: int = 0
    stored: int = 0
    collapsed: int = 0
    waited_in_vain: int = 0
    stale: int = 0
    evicted: int = 0
    resets: int = 0
    answers: int = 0
    bytes: int = 0


class CounterBoard:
    """Counters that all threads of the process add to."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._counters = CacheCounters()

    def add(self, **amounts: int) -> None:
        """Add to the totals that the keywords name."""
        with self._lock:
            for name, amount in amounts.items():
                setattr(self._counters, name, getattr(self._counters, name) + amount)

    def hold(self, *, answers: int, size: int) -> None:
        """Set what the cache holds now."""
        with self._lock:
            self._counters.answers = answers
            self._counters.bytes = size

    def snapshot(self) -> CacheCounters:
        """Return a copy that does not change any more."""
        with self._lock:
            return replace(self._counters)
