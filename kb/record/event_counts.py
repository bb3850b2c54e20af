"""How often something happened in this process that its operator wants to know, for `/metrics`."""

from __future__ import annotations

import threading
from collections import Counter
from enum import Enum


class Happening(Enum):
    """What is counted; with ``count``, each label has a number of its own."""

    SERVER_ERROR = "server error"
    UNAVAILABLE = "unavailable"  # by reason
    TIME_LIMIT = "time limit"  # by what was reached
    STREAM_REFUSED = "stream refused"
    STREAM_CUT = "stream cut"
    FETCH_REFUSED = "fetch refused"


_lock = threading.Lock()
_counts: Counter[tuple[Happening, str]] = Counter()


def count(happening: Happening, label: str = "") -> None:
    """Add one."""
    with _lock:
        _counts[happening, label] += 1


def counts_of(happening: Happening) -> dict[str, int]:
    """The numbers since the process started, by label."""
    with _lock:
        return {label: number for (kind, label), number in _counts.items() if kind is happening}
