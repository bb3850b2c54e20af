"""Lines on standard error that tell how far a long command is."""

from __future__ import annotations

import time
from collections.abc import Callable

SECONDS_BETWEEN_LINES = 5


class RowProgress:
    """Writes a line every five seconds, such as “Checking desk_event: 12,000 rows”."""

    def __init__(self, write: Callable[[str], object]) -> None:
        self._write = write
        self._next_line = time.monotonic() + SECONDS_BETWEEN_LINES

    def __call__(self, step: str, rows: int) -> None:
        """Note how many rows of a step are done."""
        now = time.monotonic()
        if now >= self._next_line:
            self._next_line = now + SECONDS_BETWEEN_LINES
            self._write(f"{step}: {rows:,} rows")
