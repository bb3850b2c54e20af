"""The WSGI application that answers from stored responses, and asks Django for all others."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from django.conf import settings

from kb.logs import REQUEST_ID_HEADER, request_id_in_logs, well_formed_request_id
from kb.record.publication_version import VERSION_KEY
from kb.response_cache.counters import CacheCounters, CounterBoard
from kb.response_cache.requests import CacheableRequest, RequestReader
from kb.response_cache.responses import OK, StoredResponse, header_value, is_storable
from kb.response_cache.single_flight import MAX_WAIT_SECONDS, Flight, SingleFlight
from kb.response_cache.stale import stale_response
from kb.response_cache.store import ResponseStore
from kb.response_cache.versions import RecordState, VersionReader

logger = logging.getLogger(__name__)
# The logger of ``kb.logs``, so that all slow requests are found under one name.
request_logger = logging.getLogger("kb.request")

NOT_MODIFIED = "304 Not Modified"
# In the WSGI environment of requests that it does not answer: the cache, for its own figures.
CACHE_KEY = "kb.response_cache"
# The name of this cache in Cache-Status (RFC 9211).
CACHE_NAME = "on-the-record"
HIT = "hit"
# Made for this request, or for another one at the same time.
NEW = "fwd=uri-miss; stored"
WAITED = "fwd=uri-miss; collapsed"
_ENVIRON_REQUEST_ID = "HTTP_" + REQUEST_ID_HEADER.upper().replace("-", "_")


@dataclass(frozen=True)
class CacheRequest:
    """A request that the cache may answer, with what is needed to answer it."""

    environ: WSGIEnvironment
    start_response: StartResponse
    key: CacheableRequest
    request_id: str
    started: float


class ResponseCache:
    """Wraps a WSGI application; see docs/architecture.md, “Responses kept in memory”."""

    def __init__(
        self,
        application: WSGIApplication,
        *,
        max_bytes: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._application = application
        self._reader = RequestReader()
        self._counters = CounterBoard()
        self._store = ResponseStore(max_bytes, self._counters, clock)
        self._flights = SingleFlight()
        self._clock = clock
        self.versions = VersionReader()

    def counters(self) -> CacheCounters:
        """Return what this process counted so far."""
        return self._counters.snapshot()

    def stale_seconds_left(self) -> float:
        """For how long kept answers can still be sent if the database is away from now on."""
        return self._store.stale_seconds_left()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        key = self._reader.read(environ)
        if key is None:
            environ[CACHE_KEY] = self
            return self._application(environ, start_response)
        request_id = well_formed_request_id(environ.get(_ENVIRON_REQUEST_ID, ""))
        request = CacheRequest(environ, start_response, key, request_id, self._clock())
        state = self.versions.current()
        if state is None:
            return self._respond_stale(request)
        if not self._store.confirm(state, request.started):
            return self._ask(request)
        response = self._store.find(key, state)
        if response is not None:
            self._counters.add(hits=1)
            return self._send(request, response, HIT)
        self._counters.add(misses=1)
        if key.is_head:
            # Django need not make the body, so the answer cannot be stored.
            return self._ask(request)
        return self._respond_new(request, state)

    # --- Answers that are not in memory ------------------------------------------------------

    def _ask(self, request: CacheRequest) -> Iterable[bytes]:
        """Return the answer of Django, which is not stored."""
        request.environ[_ENVIRON_REQUEST_ID] = request.request_id
        return self._application(request.environ, request.start_response)

    def _respond_stale(self, request: CacheRequest) -> Iterable[bytes]:
        """Answer while the database cannot be read: from memory, for a limited time."""
        stale = self._store.find_stale(request.key, self.versions.minimum())
        if stale is None:
            return self._ask(request)
        self._counters.add(stale=1)
        response, cache_status = stale_response(*stale, request.key)
        return self._send(request, response, cache_status)

    def _respond_new(self, request: CacheRequest, state: RecordState) -> Iterable[bytes]:
        """Ask Django once for all requests to the address that arrive at the same time."""
        key = request.key
        if not self._store.is_storable_address(key):
            return self._store_while_sending(request, state, lambda response: None)
        flight_key = (state, key.address, key.accept)
        flight, is_leader = self._flights.join(flight_key)
        if not is_leader:
            return self._wait(request, state, flight)

        def end(response: StoredResponse | None) -> None:
            self._flights.end(flight_key, flight, response)

        try:
            # The flight before this one may have ended since the store was asked.
            response = self._store.find(key, state)
            if response is not None:
                end(response)
                return self._send(request, response, HIT)
            return self._store_while_sending(request, state, end)
        finally:
            end(None)

    def _wait(self, request: CacheRequest, state: RecordState, flight: Flight) -> Iterable[bytes]:
        in_time, response = flight.wait(MAX_WAIT_SECONDS)
        if response is not None:
            self._counters.add(collapsed=1)
            response = response.in_encoding(request.key.encoding)
            return self._send(request, response, WAITED)
        if not in_time:
            self._counters.add(waited_in_vain=1)
        return self._store_while_sending(request, state, lambda response: None)

    def _store_while_sending(
        self,
        request: CacheRequest,
        state: RecordState,
        end: Callable[[StoredResponse | None], None],
    ) -> Iterable[bytes]:
        """Return the answer of Django, and store it if that is allowed.

        ``end`` is called with the stored answer, or with None as soon as it is known that no other
        request should wait for it.
        """
        environ, key = request.environ, request.key
        environ[_ENVIRON_REQUEST_ID] = request.request_id
        # So that the answer depends on the key alone: a page repeats its own query in links.
        environ["QUERY_STRING"] = key.query
        environ["HTTP_ACCEPT_ENCODING"] = key.encoding
        head = _Head()
        chunks = self._application(environ, head)
        if not is_storable(head.status, head.headers):
            if head.status != NOT_MODIFIED:
                self._store.mark_not_storable(key, state)
            end(None)
            request.start_response(head.status, head.headers)
            return chunks
        if not header_value(head.headers, "content-length"):
            # A stream lasts as long as its client reads, so nobody waits for it.
            end(None)
            request.start_response(head.status, head.headers)
            return _RecordedStream(
                chunks,
                limit=self._store.max_response_bytes,
                finish=lambda body: self._keep(request, state, head, body),
                give_up=lambda: self._store.mark_not_storable(key, state),
            )
        body = _read_and_close(chunks)
        response = self._keep(request, state, head, body)
        end(response)
        if response is None:
            request.start_response(head.status, head.headers)
            return [body]
        return self._send(request, response, NEW)

    def _keep(
        self, request: CacheRequest, state: RecordState, head: _Head, body: bytes
    ) -> StoredResponse | None:
        """Store a complete answer and return it, or None if the record has changed meanwhile."""
        response = StoredResponse.from_wsgi(head.headers, body)
        # Django may have asked another server, which was behind this one.
        if request.environ.get(VERSION_KEY, state.number) != state.number:
            return None
        if self.versions.current() != state:
            return None
        if not self._store.add(request.key, state, response):
            self._store.mark_not_storable(request.key, state)
            return None
        return response

    # --- Sending -----------------------------------------------------------------------------

    def _send(
        self, request: CacheRequest, response: StoredResponse, cache_status: str
    ) -> Iterable[bytes]:
        """Answer from a stored response: in full, headers only, or 304."""
        own_headers = (
            (REQUEST_ID_HEADER, request.request_id),
            ("Cache-Status", f"{CACHE_NAME}; {cache_status}"),
        )
        key = request.key
        body: list[bytes]
        if key.has_condition and key.matches(response.etag, response.last_modified):
            self._counters.add(not_modified=1)
            status, body = NOT_MODIFIED, []
            headers = [*response.not_modified_headers, *own_headers]
        else:
            status, body = OK, [] if key.is_head else [response.body]
            headers = [*response.headers, *own_headers]
        if cache_status != NEW:
            self._log(request, status, cache_status)
        request.start_response(status, headers)
        return body

    def _log(self, request: CacheRequest, status: str, cache_status: str) -> None:
        """Log a slow answer, as ``RequestLog`` does for answers of Django; with DEBUG each."""
        milliseconds = (self._clock() - request.started) * 1000
        is_slow = 0 < settings.SLOW_REQUEST_MS <= milliseconds
        if not is_slow and not logger.isEnabledFor(logging.DEBUG):
            return
        fields: dict[str, Any] = {
            "method": request.environ["REQUEST_METHOD"],
            "status": int(status[:3]),
            "ms": round(milliseconds),
            "cache": cache_status.partition(";")[0],
        }
        with request_id_in_logs(request.request_id):
            if is_slow:
                request_logger.warning("slow request", extra={"fields": fields})
            else:
                logger.debug("answered from memory", extra={"fields": fields})


class _Head:
    """Takes the place of ``start_response``: keeps the status and the headers for later."""

    def __init__(self) -> None:
        self.status = ""
        self.headers: list[tuple[str, str]] = []

    def __call__(
        self, status: str, headers: list[tuple[str, str]], exc_info: object = None, /
    ) -> Callable[[bytes], object]:
        self.status, self.headers = status, headers
        return _write


def _write(piece: bytes) -> object:
    raise NotImplementedError("Django does not use the write() of WSGI.")


def _read_and_close(chunks: Iterable[bytes]) -> bytes:
    """Return the whole body. Closing ends the request in Django, and so its database connection."""
    try:
        return b"".join(chunks)
    finally:
        _close(chunks)


def _close(chunks: Iterable[bytes]) -> None:
    close = getattr(chunks, "close", None)
    if close is not None:
        close()


class _RecordedStream:
    """Passes a stream on, and gives its copy to ``finish`` if it was read to the end.

    ``give_up`` is called when the copy becomes larger than ``limit``; then no copy is kept.
    """

    def __init__(
        self,
        chunks: Iterable[bytes],
        *,
        limit: int,
        finish: Callable[[bytes], object],
        give_up: Callable[[], None],
    ) -> None:
        self._chunks = chunks
        self._limit = limit
        self._finish = finish
        self._give_up = give_up
        self._copy: list[bytes] | None = []
        self._size = 0
        self._is_complete = False

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._chunks:
            self._record(chunk)
            yield chunk
        self._is_complete = True

    def _record(self, chunk: bytes) -> None:
        if self._copy is None:
            return
        self._size += len(chunk)
        if self._size > self._limit:
            self._copy = None
            self._give_up()
        else:
            self._copy.append(chunk)

    def close(self) -> None:
        """End the stream; the server calls this in any case."""
        _close(self._chunks)
        if self._is_complete and self._copy is not None:
            self._finish(b"".join(self._copy))
            self._copy = None
