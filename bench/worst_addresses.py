"""Measure ordinary pages while others ask for the most expensive ones, on a running server.

``python -m bench.worst_addresses http://127.0.0.1:8000`` first lets two clients read ordinary
pages, then the same with eight more clients that each ask for one expensive address, with other
values each time. Prints the response times of the ordinary pages in both, their ratio, and the
statuses of all responses. Only for a server on this machine: it asks for as much as it can.
"""

from __future__ import annotations

import argparse
import http.client
import itertools
import json
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from statistics import quantiles
from urllib.parse import urlsplit

LOOPBACK = ("127.0.0.1", "localhost", "::1")
NORMAL_CLIENTS = 2
# A pause between two pages of a reader; the expensive clients make none.
THINK_SECONDS = 0.2
TIMEOUT_SECONDS = 60
MAX_REQUESTS = 20_000
# {n} is another number each time, so that no kept answer helps; {actor} has the most entries.
WORST = (
    "/timeline/?q=t{n}&match=certain",
    "/timeline/?known=20{n:02}&later=mark",
    "/timeline/?known_after=19{n:02}&known=20{n:02}",
    "/timeline/?from=19{n:02}&until=2030&match=certain",
    "/timeline/?actor={actor}&q=e&from=19{n:02}",
    "/actors/{actor}/?from=19{n:02}",
    "/timeline.csv?from=19{n:02}",
    "/timeline.json?q=a&from=19{n:02}",
    "/search/?q=the+{n}",
)
NORMAL = ("/actors/{actor}/history/", "/method/", "/changes/?after={n}", "/sources/?q=s{n}")


@dataclass
class Responses:
    """The response times in seconds, and how often each status came."""

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[int | str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, status: int | str, seconds: float) -> None:
        with self.lock:
            self.statuses[status] += 1
            self.seconds.append(seconds)

    @property
    def p95(self) -> float:
        """The time that 95 % of the responses did not exceed."""
        return quantiles(self.seconds, n=20)[-1] if len(self.seconds) > 1 else float("nan")


def get(host: str, port: int, path: str) -> tuple[int, bytes]:
    """The status and the content of one response, on a connection of its own."""
    connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT_SECONDS)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


@dataclass(frozen=True)
class Client:
    """Asks for its addresses in turn until it is told to stop."""

    host: str
    port: int
    templates: tuple[str, ...]
    actor: str
    responses: Responses
    think_seconds: float = 0

    def run(self, ends_at: float, start: int) -> None:
        paths = itertools.cycle(self.templates)
        for number in itertools.islice(itertools.count(start), MAX_REQUESTS):
            started_at = time.monotonic()
            if started_at >= ends_at:
                return
            path = next(paths).format(n=number % 100, actor=self.actor)
            status: int | str
            try:
                status, _content = get(self.host, self.port, path)
            except (OSError, http.client.HTTPException) as problem:
                status = type(problem).__name__
            self.responses.add(status, time.monotonic() - started_at)
            time.sleep(self.think_seconds)


def busiest_actor(host: str, port: int) -> str:
    """The slug of the actor with the most entries. Raises SystemExit without one."""
    status, content = get(host, port, "/timeline.json?size=1")
    options = json.loads(content).get("facets", {}).get("actor") if status == 200 else None
    if options:
        return str(options[0]["value"])
    # Without facets, because they were too slow: any actor.
    status, content = get(host, port, "/actors.json")
    rows = json.loads(content)["actors"] if status == 200 else []
    if not rows:
        raise SystemExit("The site has no actor. Fill it first (bench.generate).")
    return str(rows[0]["url"]).strip("/").rpartition("/")[2]


def measure(
    host: str, port: int, actor: str, seconds: float, worst: tuple[str, ...]
) -> tuple[Responses, Responses]:
    """The responses of the ordinary clients and of one client for each expensive address."""
    normal, expensive = Responses(), Responses()
    clients = [
        Client(host, port, NORMAL, actor, normal, THINK_SECONDS) for _ in range(NORMAL_CLIENTS)
    ]
    clients += [Client(host, port, (template,), actor, expensive) for template in worst]
    ends_at = time.monotonic() + seconds
    threads = [
        threading.Thread(target=client.run, args=(ends_at, number * 7))
        for number, client in enumerate(clients)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return normal, expensive


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("site", nargs="?", default="http://127.0.0.1:8000")
    parser.add_argument("--seconds", type=float, default=30, help="length of each of the two runs")
    options = parser.parse_args()
    parts = urlsplit(options.site)
    host, port = parts.hostname or "", parts.port or 80
    if host not in LOOPBACK:
        raise SystemExit("Measure a server on this machine only, such as http://127.0.0.1:8000.")
    seconds = min(options.seconds, 600)
    actor = busiest_actor(host, port)
    # Fills the caches of the processes.
    measure(host, port, actor, min(5, seconds), ())
    calm, _none = measure(host, port, actor, seconds, ())
    busy, expensive = measure(host, port, actor, seconds, WORST)
    print(f"ordinary pages, calm: {len(calm.seconds)} responses, p95 {calm.p95 * 1000:.0f} ms")
    print(f"ordinary pages, busy: {len(busy.seconds)} responses, p95 {busy.p95 * 1000:.0f} ms")
    print(f"ratio: {busy.p95 / calm.p95:.1f}")
    for name, responses in (("ordinary", busy), ("expensive", expensive)):
        print(f"{name} statuses, busy: {dict(responses.statuses)}")
    print(f"expensive pages: p95 {expensive.p95 * 1000:.0f} ms")


if __name__ == "__main__":
    main()
