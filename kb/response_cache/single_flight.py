"""One computation for each address at a time: the first request makes the answer, others wait."""

from __future__ import annotations

from collections.abc import Hashable
from threading import Event, Lock

from kb.response_cache.responses import StoredResponse

# Longer than a slow page takes. After that a waiting request makes its own answer.
MAX_WAIT_SECONDS = 5.0


class Flight:
    """An answer that is being made."""

    def __init__(self) -> None:
        self._is_over = Event()
        self._response: StoredResponse | None = None

    def finish(self, response: StoredResponse | None) -> None:
        """Give the answer to all that wait, None if it was not stored. Later calls do nothing."""
        if not self._is_over.is_set():
            self._response = response
            self._is_over.set()

    def wait(self, seconds: float) -> tuple[bool, StoredResponse | None]:
        """Return whether the answer came in time, and the answer."""
        return self._is_over.wait(seconds), self._response


class SingleFlight:
    """The answers that are being made in this process, by key."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._flights: dict[Hashable, Flight] = {}

    def join(self, key: Hashable) -> tuple[Flight, bool]:
        """Return the flight of the key, and whether the caller has to make the answer.

        If so, it must call ``end`` in any case, also after an error.
        """
        with self._lock:
            flight = self._flights.get(key)
            if flight is not None:
                return flight, False
            flight = self._flights[key] = Flight()
            return flight, True

    def end(self, key: Hashable, flight: Flight, response: StoredResponse | None = None) -> None:
        """Finish the flight, so that the next request makes a new one."""
        with self._lock:
            if self._flights.get(key) is flight:
                del self._flights[key]
        flight.finish(response)
