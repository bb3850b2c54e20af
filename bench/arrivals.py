"""Requests that arrive at a steady rate, whether or not the server keeps up with them.

A client that asks again only after its response hides the time that others would have waited. Here
each request has a time at which it arrives, and its response time counts from then.
"""

from __future__ import annotations

import http.client
import itertools
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import NamedTuple

TIMEOUT_SECONDS = 60


class Request(NamedTuple):
    """An address; ``kind`` is the group in which its response counts."""

    kind: str
    path: str


class Response(NamedTuple):
    """What came back, seconds after the arrival; ``status`` 0 is a connection that failed."""

    kind: str
    status: int
    seconds: float
    retry_after: bool


@dataclass
class Visitors:
    """Clients of a server on this machine. They remember the ETag of each address, and send it.

    ``sources`` are the loopback addresses that they have: limits for an address count each alone.
    """

    port: int
    etags: dict[str, str] = field(default_factory=dict)
    sources: Iterator[str] = field(default_factory=lambda: itertools.repeat("127.0.0.1"))

    def ask(self, request: Request, arrived_at: float) -> Response:
        """Ask on a connection of its own; every second request for an address is conditional."""
        headers = {"If-None-Match": etag} if (etag := self.etags.pop(request.path, "")) else {}
        status, has_retry = 0, False
        try:
            connection = http.client.HTTPConnection(
                "127.0.0.1",
                self.port,
                timeout=TIMEOUT_SECONDS,
                source_address=(next(self.sources), 0),
            )
            with closing(connection) as client:
                client.request("GET", request.path, headers=headers)
                response = client.getresponse()
                response.read()
                status, has_retry = response.status, response.headers["Retry-After"] is not None
                if status == 200 and (new := response.headers["ETag"]):
                    self.etags[request.path] = new
        except (OSError, http.client.HTTPException):
            status = 0
        return Response(request.kind, status, time.monotonic() - arrived_at, has_retry)


class Crowd:
    """So many clients that take the arriving requests in turn."""

    def __init__(self, visitors: Visitors, clients: int) -> None:
        self.visitors, self.clients = visitors, clients
        self.responses: list[Response] = []
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()

    def arrive(self, requests: Iterable[Request], rate: float, seconds: float) -> None:
        """Let ``rate`` requests a second arrive; return when the last one has arrived.

        What no client was free for until then is not sent.
        """
        started_at = time.monotonic()
        arrivals = enumerate(itertools.islice(requests, round(rate * seconds)))

        def work() -> None:
            while True:
                with self._lock:
                    number, request = next(arrivals, (0, None))
                if request is None or time.monotonic() - started_at > seconds:
                    return
                arrives_at = started_at + number / rate
                time.sleep(max(0.0, arrives_at - time.monotonic()))
                self.responses.append(self.visitors.ask(request, arrives_at))

        self._threads = [threading.Thread(target=work) for _ in range(self.clients)]
        for thread in self._threads:
            thread.start()
        time.sleep(max(0.0, started_at + seconds - time.monotonic()))

    def leave(self) -> list[Response]:
        """Wait for the responses that have not come yet; return all of them."""
        for thread in self._threads:
            thread.join()
        return self.responses


def mixed(shares: Sequence[tuple[float, Iterator[Request]]]) -> Iterator[Request]:
    """Requests of several kinds in turn, so many of each as its share of all says (together 1)."""
    debts = [0.0] * len(shares)
    while True:
        debts = [debt + share for debt, (share, _) in zip(debts, shares, strict=True)]
        largest = max(range(len(shares)), key=debts.__getitem__)
        debts[largest] -= 1
        yield next(shares[largest][1])


def percentile(responses: Iterable[Response], kind: str, percent: float = 99) -> float:
    """The milliseconds within which so many percent of the responses of a kind came."""
    times = sorted(response.seconds for response in responses if response.kind == kind)
    if not times:
        return float("nan")
    return times[max(0, -int(-len(times) * percent // 100) - 1)] * 1000


def statuses(responses: Iterable[Response]) -> Counter[int]:
    return Counter(response.status for response in responses)


def failures(responses: Iterable[Response], *, may_refuse: bool = False) -> int:
    """How many responses no reader should get: neither 200 nor 304.

    With ``may_refuse``, 503 is right too, if it says when to ask again.
    """
    return sum(
        response.status not in (200, 304)
        and not (may_refuse and response.status == 503 and response.retry_after)
        for response in responses
    )
