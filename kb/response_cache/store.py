"""The stored responses of one process: for one state of the record, within a limit of bytes."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

from kb.response_cache.counters import CounterBoard
from kb.response_cache.requests import GZIP, IDENTITY, CacheableRequest
from kb.response_cache.responses import StoredResponse
from kb.response_cache.versions import RecordState

# No response takes more than this part of the memory.
MAX_SHARE = 16
MAX_STALE_SECONDS = 600
MAX_REMEMBERED_ADDRESSES = 10_000
# In the key of an answer that does not depend on Accept.
_ANY = "*"

Key = tuple[str, str, str]


class ResponseStore:
    """Responses by address, Accept and encoding; those that were not used longest go first.

    All of them belong to one state of the record. When the record changes, the store is emptied, so
    that nothing withdrawn stays in memory.
    """

    def __init__(
        self,
        max_bytes: int,
        counters: CounterBoard,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.max_response_bytes = max_bytes // MAX_SHARE
        self._max_bytes = max_bytes
        self._counters = counters
        self._clock = clock
        self._lock = Lock()
        self._responses: OrderedDict[Key, StoredResponse] = OrderedDict()
        self._size = 0
        # Hashes of addresses whose answers are not stored in this state of the record.
        self._not_storable: set[int] = set()
        self._state: RecordState | None = None
        self._confirmed_at = float("-inf")

    def confirm(self, state: RecordState, read_at: float) -> bool:
        """Note the state that was read from the database; return whether it is the current one.

        ``read_at`` is when the query began. A slower query, which began before the last one that
        brought a change, does not bring the old state back.
        """
        with self._lock:
            if state == self._state:
                self._confirmed_at = max(self._confirmed_at, read_at)
                return True
            if read_at < self._confirmed_at:
                return False
            if self._responses or self._not_storable:
                self._counters.add(resets=1)
            self._responses.clear()
            self._not_storable.clear()
            self._size = 0
            self._state, self._confirmed_at = state, read_at
            self._counters.hold(answers=0, size=0)
            return True

    def find(self, request: CacheableRequest, state: RecordState) -> StoredResponse | None:
        """Return the answer in the encoding of the request, or None.

        An answer in the other encoding is converted and stored, too.
        """
        response, is_exact = self._lookup(request, state)
        if response is not None and not is_exact:
            response = response.in_encoding(request.encoding)
            self.add(request, state, response)
        return response

    def find_stale(
        self, request: CacheableRequest, minimum: int = 0
    ) -> tuple[StoredResponse, float] | None:
        """Return the answer and its age in seconds, for when the database cannot be read.

        It belongs to the state that was current at the last successful query, which must not be
        longer ago than ``MAX_STALE_SECONDS``, and have at least the publication version
        ``minimum``; otherwise the result is None.
        """
        with self._lock:
            state, age = self._state, self._clock() - self._confirmed_at
        if state is None or age > MAX_STALE_SECONDS or state.number < minimum:
            return None
        response, _is_exact = self._lookup(request, state)
        return None if response is None else (response, max(age, 0.0))

    def stale_seconds_left(self) -> float:
        """For how long ``find_stale`` has answers without another query; 0 if there are none."""
        with self._lock:
            if not self._responses:
                return 0.0
            return max(0.0, MAX_STALE_SECONDS - (self._clock() - self._confirmed_at))

    def _lookup(
        self, request: CacheableRequest, state: RecordState
    ) -> tuple[StoredResponse | None, bool]:
        """Return an answer in either encoding, and whether it was stored for this one."""
        address, encoding = request.address, request.encoding
        other = IDENTITY if encoding == GZIP else GZIP
        with self._lock:
            if state != self._state:
                return None, False
            for accept in (_ANY, request.accept):
                for form in (encoding, other):
                    key = (address, accept, form)
                    if (response := self._responses.get(key)) is not None:
                        self._responses.move_to_end(key)
                        return response, form == encoding
        return None, False

    def add(self, request: CacheableRequest, state: RecordState, response: StoredResponse) -> bool:
        """Store the answer; return False if it is too large or the record has changed since."""
        accept = request.accept if response.varies_by_accept else _ANY
        key = (request.address, accept, request.encoding)
        size = response.size + len(request.address)
        if size > self.max_response_bytes:
            return False
        evicted = 0
        with self._lock:
            if state != self._state:
                return False
            self._discard(key)
            self._responses[key] = response
            self._size += size
            while self._size > self._max_bytes:
                self._discard(next(iter(self._responses)))
                evicted += 1
            answers, total = len(self._responses), self._size
        self._counters.add(stored=1, evicted=evicted)
        self._counters.hold(answers=answers, size=total)
        return True

    def _discard(self, key: Key) -> None:
        response = self._responses.pop(key, None)
        if response is not None:
            self._size -= response.size + len(key[0])

    def is_storable_address(self, request: CacheableRequest) -> bool:
        """Whether it is worth waiting for another request to this address."""
        return hash((request.address, request.accept)) not in self._not_storable

    def mark_not_storable(self, request: CacheableRequest, state: RecordState) -> None:
        """Remember, for this state of the record, that the answer of the address is not stored."""
        with self._lock:
            if state != self._state:
                return
            if len(self._not_storable) >= MAX_REMEMBERED_ADDRESSES:
                self._not_storable.clear()
            self._not_storable.add(hash((request.address, request.accept)))
