"""What limits the work for one request of a reader, and the answer when the limit is reached."""

from __future__ import annotations

import errno
import logging
import select
import socket
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import get_template
from django.utils.translation import gettext as _

from kb.record.event_counts import Happening, count
from kb.record.places import Places
from kb.record.time_limit import ReaderLeft, ReaderTimeLimit, ReaderWork, reader_work
from kb.record.unavailable import UnavailableReason
from kb.record.wall import reading_alias, reading_publicly
from kb.site.http.giving_way import GivingWay, answering
from kb.site.http.problems import is_api_request, problem_response
from kb.site.http.queue_time import seconds_in_queue
from kb.site.http.slow_lane import LaneFull, LaneTicket, expect_stream, request_shape

RETRY_AFTER_SECONDS = 30
# How long a request may wait for a thread. A full queue is as long as this: what waits behind it is
# refused, which takes a millisecond, so that readers who come later are soon answered as always.
MAX_QUEUE_SECONDS = 1.5
PAST_SECONDS = 20  # to make the record of an earlier day
# Streams that one process sends at once: each holds a thread until its reader has read all of it.
MAX_STREAMS = 3
STREAM_PLACES = Places(MAX_STREAMS)
# How long a reader of a stream may accept nothing before the connection is closed.
MAX_SEND_SECONDS = 120

logger = logging.getLogger(__name__)


@contextmanager
def limited_work(request: HttpRequest, *, is_started: bool = False) -> Iterator[ReaderWork]:
    """Limit what the database does for this request.

    ``is_started``: for a further piece of a stream, which waits for the slow lane and is not
    refused, and gives way to other requests.
    """
    client = _client_socket(request)
    ticket = LaneTicket(request_shape(request), is_patient=is_started)

    def check_client(work: ReaderWork) -> None:
        if client is not None and has_left(client):
            raise ReaderLeft("The reader has closed the connection.")

    checks = [check_client, ticket.check]
    if is_started:
        checks.append(GivingWay().check)
    work = ReaderWork(settings.READER_TIMEOUT_MS / 1000, checks)
    others_wait = nullcontext() if is_started else answering()
    with others_wait, ticket.held(), reader_work(work):
        yield work


class QueueFull(ReaderTimeLimit):
    """The request has waited for a thread for longer than ``MAX_QUEUE_SECONDS``."""


def refusal(request: HttpRequest) -> ReaderTimeLimit | None:
    """The reason not to begin with this request: it has waited for too long, or nobody waits."""
    if seconds_in_queue() > MAX_QUEUE_SECONDS:
        return QueueFull("The request has waited for too long.")
    client = _client_socket(request)
    if client is not None and has_left(client):
        return ReaderLeft("The reader has closed the connection.")
    return None


def running_streams() -> int:
    """How many streams this process is sending."""
    return STREAM_PLACES.taken


def _client_socket(request: HttpRequest) -> socket.socket | None:
    """The socket of the request, which gunicorn hands on; None for other servers and for TLS."""
    client = request.META.get("gunicorn.socket")
    return client if type(client) is socket.socket else None


def has_left(client: socket.socket) -> bool:
    """Whether the other side has closed the connection."""
    try:
        poll = select.poll()
        poll.register(client, select.POLLIN)
        # Asked first, because recv waits for as long as the timeout of the socket.
        return bool(poll.poll(0)) and client.recv(1, socket.MSG_PEEK) == b""
    except (OSError, ValueError):
        return True


class LimitedPieces:
    """The pieces of a stream, each made inside ``reading_publicly()`` and within the time limit.

    The first is made at once, so that the response can still be another one. Raises LaneFull if
    this process already sends ``MAX_STREAMS``, and ReaderTimeLimit for a piece that takes too long:
    the server then closes the connection, and the reader notices that the file is not complete.
    """

    def __init__(self, request: HttpRequest, pieces: Iterator[bytes]) -> None:
        self._places = STREAM_PLACES
        if not self._places.take():
            count(Happening.STREAM_REFUSED)
            raise LaneFull("Too many files are being sent.")
        self._request, self._pieces = request, pieces
        self._alias = reading_alias()
        self._is_open = True
        expect_stream()
        try:
            self._first: bytes | None = next(pieces, b"")
        except BaseException:
            self.close()
            raise
        # A reader who accepts nothing holds a thread and, on PostgreSQL, a transaction.
        if client := _client_socket(request):
            client.settimeout(MAX_SEND_SECONDS)

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if self._first is not None:
            first, self._first = self._first, None
            return first
        # For each piece: between two pieces the server has control, and its context must not be
        # changed.
        with reading_publicly(self._alias), limited_work(self._request, is_started=True):
            try:
                return next(self._pieces)
            except StopIteration:
                self.close()
                raise
            except ReaderLeft as error:
                # As a server raises it when it writes; servers do not log it as an error.
                raise BrokenPipeError(errno.EPIPE, str(error)) from error
            except ReaderTimeLimit as error:
                count(Happening.STREAM_CUT)
                log_time_limit(self._request, error, "stream cut")
                raise

    def close(self) -> None:
        """Close the pieces, which ends their transaction."""
        if self._is_open:
            self._is_open = False
            self._places.leave()
            close = getattr(self._pieces, "close", None)
            if close:
                with reading_publicly(self._alias):
                    close()

    def __del__(self) -> None:
        # Web servers close what they iterate; a response that nobody reads is only dropped.
        if getattr(self, "_is_open", False):
            self._places.leave()


def log_time_limit(request: HttpRequest, error: ReaderTimeLimit, event: str = "time limit") -> None:
    """Log the event with the name of the view and what has ended the work."""
    match = request.resolver_match
    fields = {"view": match.view_name if match else "", "reason": type(error).__name__}
    logger.warning(event, extra={"fields": fields})


def time_limit_response(request: HttpRequest, error: ReaderTimeLimit) -> HttpResponse:
    """503: a page or a problem that says what to do. It needs no database."""
    log_time_limit(request, error)
    count(Happening.TIME_LIMIT, type(error).__name__)
    title = _("This page takes too long")
    return _unavailable(request, "time-limit", "errors/503.html", title, RETRY_AFTER_SECONDS)


def past_pending_response(request: HttpRequest) -> HttpResponse:
    """503: the record of an earlier day is being made for the first time."""
    title = _("The record of that day is being prepared")
    return _unavailable(request, "past-pending", "errors/past_pending.html", title, PAST_SECONDS)


def no_server_response(
    request: HttpRequest, reason: UnavailableReason = UnavailableReason.AWAY
) -> HttpResponse:
    """503: none of the servers for readers answers, or the one that does cannot work."""
    count(Happening.UNAVAILABLE, reason.value)
    title = _("The database does not answer")
    return _unavailable(request, "database-away", "errors/database_away.html", title, 5)


def _unavailable(
    request: HttpRequest, problem: str, template: str, title: str, retry_after: int
) -> HttpResponse:
    if is_api_request(request):
        response = problem_response(request, problem)
    else:
        context = {"status": 503, "title": title}
        response = HttpResponse(get_template(template).render(context), status=503)
        response.headers["Cache-Control"] = "no-store"
    response.headers["Retry-After"] = str(retry_after)
    # The middleware that sets it has run already, or was not reached.
    response.headers["X-Frame-Options"] = settings.X_FRAME_OPTIONS
    return response
