"""A number of places for work that may go on at once in a process."""

from __future__ import annotations

import threading


class Places:
    """Places that are taken without waiting, and given free again."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._lock = threading.Lock()
        self._taken = 0

    @property
    def taken(self) -> int:
        """How many places are taken now."""
        return self._taken

    def take(self) -> bool:
        """Take a place; False if there is none."""
        with self._lock:
            if self._taken >= self.size:
                return False
            self._taken += 1
            return True

    def leave(self) -> None:
        """Give a place free."""
        with self._lock:
            self._taken -= 1
