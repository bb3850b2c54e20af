"""How long one request takes, asked of the WSGI application in this process."""

from __future__ import annotations

import gc
import io
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypedDict
from urllib.parse import unquote, urlsplit

from django.db import connections

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

MIN_ROUNDS, MAX_ROUNDS = 3, 12
BUDGET_SECONDS = 1.5  # for all rounds of a page, once there are MIN_ROUNDS
SLOW_SECONDS = 3  # of processor time; such a page is asked twice at most


class TimingFields(TypedDict):
    """A timing as it is stored."""

    status: int
    size: int
    cpu_ms: float
    wall_ms: float
    rounds: int


@dataclass(frozen=True)
class Timing:
    """The least times of several requests, in milliseconds, and the status and size of the last.

    Processor time is that of this process and of what the database does for it.
    """

    status: int
    size: int
    cpu_ms: float
    wall_ms: float
    rounds: int

    def to_json(self) -> TimingFields:
        fields: TimingFields = asdict(self)  # type: ignore[assignment] # of the same names
        return fields


def environ(address: str) -> dict[str, Any]:
    """The WSGI environment of a GET request for an address."""
    parts = urlsplit(address)
    return {
        "REQUEST_METHOD": "GET",
        # WSGI has the bytes of the path as Latin-1.
        "PATH_INFO": unquote(parts.path, "latin-1"),
        "QUERY_STRING": parts.query,
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "testserver",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }


def request(
    application: Application, address: str, *, first_piece: bool = False
) -> tuple[int, int]:
    """Ask for an address; return the status and the size of the body, or of its first piece."""
    statuses: list[str] = []
    response = application(environ(address), lambda status, _headers: statuses.append(status))
    try:
        size = 0
        for piece in response:
            size += len(piece)
            if first_piece and size:
                break
    finally:
        if close := getattr(response, "close", None):
            close()
    return int(statuses[0].split()[0]), size


def measure(
    application: Application,
    address: str,
    *,
    first_piece: bool = False,
    seconds: float = BUDGET_SECONDS,
) -> Timing:
    """Time the address several times, and keep the least.

    It takes about so many ``seconds``, or as long as MIN_ROUNDS do. If two in a row are slow, the
    second counts: what a process reads once is not a part of each page.
    """
    started = time.perf_counter()
    first = _time_once(application, address, first_piece)
    if first.cpu_ms > 1000 * SLOW_SECONDS:
        first = _time_once(application, address, first_piece)
    if first.cpu_ms > 1000 * SLOW_SECONDS or first.status >= 500:
        return first
    timings = [first]
    while len(timings) < MIN_ROUNDS or (
        len(timings) < MAX_ROUNDS and time.perf_counter() - started < seconds
    ):
        timings.append(_time_once(application, address, first_piece))
    return Timing(
        timings[-1].status,
        timings[-1].size,
        min(timing.cpu_ms for timing in timings),
        min(timing.wall_ms for timing in timings),
        len(timings),
    )


def _time_once(application: Application, address: str, first_piece: bool) -> Timing:
    gc.collect()
    before, cpu, wall = database_times(), time.process_time(), time.perf_counter()
    status, size = request(application, address, first_piece=first_piece)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    # A process that began meanwhile has worked for this request only.
    cpu += sum(seconds - before.get(pid, 0.0) for pid, seconds in database_times().items())
    return Timing(status, size, round(1000 * cpu, 2), round(1000 * wall, 2), 1)


def database_times() -> dict[int, float]:
    """The processor time of each PostgreSQL process that works for this one, if they run here."""
    seconds = {}
    for connection in connections.all(initialized_only=True):
        if connection.vendor == "postgresql" and connection.connection is not None:
            process = connection.connection.info.backend_pid
            # The first number is the time on a processor, in nanoseconds.
            times = Path(f"/proc/{process}/schedstat")
            if times.exists():
                seconds[process] = int(times.read_text().split()[0]) / 1e9
    return seconds
