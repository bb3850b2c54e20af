"""The slow lane: requests that take long run one after the other, so that others stay quick.

A request may work for ``FREE_SECONDS``. To go on it needs the lane of its process, which one
request has at a time. Others wait in the order in which they came, without using the processor.
When ``MAX_WAITING`` wait, further ones are refused at once, so that they never hold all threads.
Requests of a shape that was slow lately ask for the lane at the start, and so do streams: their
pieces also need a lane of the machine (``machine_lane.py``).
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.http import HttpRequest

from kb.record.time_limit import ReaderTimeLimit, ReaderWork
from kb.site.http.machine_lane import MachineLane, MachineLaneFull

# Ten times what a page costs.
FREE_SECONDS = 0.5
# Of the twelve threads of a process (deploy/gunicorn.conf.py): one works, these wait.
MAX_WAITING = 3
MAX_WAIT_SECONDS = 10.0
# For the next piece of a file, since a file that ends early is of no use.
MAX_PIECE_WAIT_SECONDS = 60.0
# A shape of requests asks for the lane at the start after slow ones, until as many were quick.
MAX_SCORE = 3
MAX_REMEMBERED = 1000


class LaneFull(ReaderTimeLimit):
    """Too many slow requests wait, or this one has waited for too long."""


class SlowLane:
    """A queue for one place; who leaves gives the place to the one who has waited longest."""

    def __init__(self, max_waiting: int = MAX_WAITING) -> None:
        self.max_waiting = max_waiting
        self._lock = threading.Lock()
        self._is_taken = False
        self._waiting: deque[threading.Event] = deque()

    @property
    def waiting(self) -> int:
        """How many requests wait for the place."""
        return len(self._waiting)

    def enter(self, max_seconds: float, *, is_patient: bool = False) -> float:
        """Take the place; return the seconds of waiting. Raises LaneFull.

        ``is_patient``: wait however many others do.
        """
        turn = threading.Event()
        with self._lock:
            if not self._is_taken:
                self._is_taken = True
                return 0.0
            if len(self._waiting) >= self.max_waiting and not is_patient:
                raise LaneFull("Too many slow requests are waiting.")
            self._waiting.append(turn)
        started_at = time.monotonic()
        if not turn.wait(max_seconds):
            with self._lock:
                if turn in self._waiting:
                    self._waiting.remove(turn)
                    raise LaneFull("The request waited for too long.")
        return time.monotonic() - started_at

    def leave(self) -> None:
        """Give the place to the next in line, if there is one."""
        with self._lock:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._is_taken = False


def request_shape(request: HttpRequest) -> str:
    """The beginning of the path, its suffix and the names of the parameters, without their values.

    Requests of one shape do similar work: ``/timeline/?q=a`` and ``/timeline/?q=b``.
    """
    section, *rest = request.path_info.strip("/").split("/")
    suffix = request.path_info.rpartition(".")[2] if "." in request.path_info else ""
    return f"{section[:50]}/{len(rest)}.{suffix[:20]}?{'&'.join(sorted(request.GET))[:200]}"


class SlowShapes:
    """Shapes of requests that needed the lane lately. A quick request takes one slow one back."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._scores: dict[str, int] = {}

    def add(self, shape: str) -> None:
        """Count a slow request, and forget the oldest shape if there are too many."""
        with self._lock:
            score = self._scores.pop(shape, 0)
            self._scores[shape] = min(score + 1, MAX_SCORE)
            if len(self._scores) > MAX_REMEMBERED:
                del self._scores[next(iter(self._scores))]

    def subtract(self, shape: str) -> None:
        """Count a quick request."""
        with self._lock:
            score = self._scores.pop(shape, 0)
            if score > 1:
                self._scores[shape] = score - 1

    def __contains__(self, shape: str) -> bool:
        return shape in self._scores


LANE = SlowLane()
SLOW_SHAPES = SlowShapes()


class LaneTicket:
    """What one request has to do with the lane. Its ``check`` is a check of ``ReaderWork``."""

    def __init__(self, shape: str, *, is_patient: bool = False) -> None:
        """``is_patient``: for a further piece of a stream, which waits however many do."""
        self._shape, self._is_patient = shape, is_patient
        self._work: ReaderWork | None = None
        self._is_expected = is_patient or shape in SLOW_SHAPES
        self._machine_lane = MachineLane() if is_patient else None

    def expect_stream(self) -> None:
        """Treat what follows as a stream, unless the request has the lane already."""
        if self._work is None:
            self._is_expected = True
            self._machine_lane = MachineLane()

    def check(self, work: ReaderWork) -> None:
        """Enter the lane if the request has worked for long enough. Raises LaneFull."""
        if self._work is not None or not (self._is_expected or _is_slow(work)):
            return
        if not self._is_expected:
            SLOW_SHAPES.add(self._shape)
        max_seconds = MAX_PIECE_WAIT_SECONDS if self._is_patient else MAX_WAIT_SECONDS
        started_at = time.monotonic()
        waited = LANE.enter(max_seconds, is_patient=self._is_patient)
        self._work = work
        if self._machine_lane is not None:
            try:
                self._machine_lane.enter(max_seconds - waited)
            except MachineLaneFull as error:
                raise LaneFull(str(error)) from error
        work.postpone(time.monotonic() - started_at)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Leave the lane at the end of the block."""
        token = _ticket.set(self)
        try:
            yield
        finally:
            _ticket.reset(token)
            if self._machine_lane is not None:
                self._machine_lane.leave()
            if self._work is not None:
                LANE.leave()
                if self._is_expected:
                    change = SLOW_SHAPES.add if _is_slow(self._work) else SLOW_SHAPES.subtract
                    change(self._shape)


_ticket: ContextVar[LaneTicket | None] = ContextVar("lane_ticket", default=None)


def expect_stream() -> None:
    """Let the present request ask for the lanes of streams before its next query."""
    ticket = _ticket.get()
    if ticket is not None:
        ticket.expect_stream()


def _is_slow(work: ReaderWork) -> bool:
    return work.cost >= FREE_SECONDS
