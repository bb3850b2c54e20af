"""Let 200 clients read a served record, then three times as much: ``python -m bench.readers``.

Requests arrive at a steady rate: nine of ten are for known pages, every second time with the ETag,
and one for a filter that nobody has asked for. Then three times as many arrive, half of them new
filters, which is more than two processors can answer; and it is measured how soon a new filter is
answered again. DATABASE_URL chooses PostgreSQL. Clients and server share the processors; the
share of the clients is printed. The exit status is 1 if a response has the wrong status, or a
time is above its goal.
"""

from __future__ import annotations

import argparse
import sys
import time

from bench.arrivals import (
    Crowd,
    Request,
    Response,
    Visitors,
    failures,
    mixed,
    percentile,
    statuses,
)
from bench.served import Site, known_pages, new_filters, served

CLIENTS, ENTRIES, RATE = 200, 20_000, 100.0
KNOWN_MS, FILTER_MS, RECOVERY_SECONDS = 100.0, 500.0, 5.0
# Of the requests that arrive in the calm and in the busy part, those for new filters.
CALM_SHARE, BUSY_SHARE, BUSY_TIMES = 0.1, 0.5, 3
MAX_RECOVERY_SECONDS = 60


def read(
    site: Site, filters: list[Request], rate: float, seconds: float, share: float, clients: int
) -> tuple[list[Response], float]:
    """Let requests arrive; return their responses, and the seconds until the site had recovered.

    Filters are taken from the list, so that each is asked for once.
    """
    new = iter(filters.pop, None)
    shares = ((1 - share, known_pages(site)), (share, new))
    crowd = Crowd(Visitors(site.port), clients)
    crowd.arrive(mixed(shares), rate, seconds)
    ended_at = time.monotonic()
    visitor = Visitors(site.port)
    while time.monotonic() - ended_at < MAX_RECOVERY_SECONDS:
        response = visitor.ask(filters.pop(), time.monotonic())
        if response.status == 200 and response.seconds * 1000 <= FILTER_MS:
            break
    recovered = time.monotonic() - ended_at
    return crowd.leave(), recovered


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=ENTRIES)
    parser.add_argument("--clients", type=int, default=CLIENTS)
    parser.add_argument("--rate", type=float, default=RATE, help="requests a second")
    parser.add_argument("--seconds", type=float, default=60, help="of the calm part")
    options = parser.parse_args()
    seconds, rate = options.seconds, options.rate
    wanted = round(rate * seconds * (CALM_SHARE + BUSY_TIMES * BUSY_SHARE)) + 1000
    numbered = new_filters()
    filters = [next(numbered) for _ in range(wanted)]
    with served(options.entries) as site:
        # Fills what the processes keep.
        read(site, filters, 20, 10, CALM_SHARE, options.clients)
        began, worked = time.monotonic(), time.process_time()
        calm, _ = read(site, filters, rate, seconds, CALM_SHARE, options.clients)
        share = (time.process_time() - worked) / (time.monotonic() - began)
        busy, recovery = read(
            site, filters, BUSY_TIMES * rate, seconds / 3, BUSY_SHARE, options.clients
        )
    known, filtered = percentile(calm, "known"), percentile(calm, "filter")
    wrong = failures(calm), failures(busy, may_refuse=True)
    print(f"calm: {dict(statuses(calm))}, {share:.0%} of a processor for the clients")
    print(f"busy: {dict(statuses(busy))}")
    print(
        f"{rate:.0f} requests a second of {options.clients} clients, {options.entries:,} entries: "
        f"{wrong[0]} wrong statuses, 99 % of known pages within {known:.0f} ms, of new filters "
        f"within {filtered:.0f} ms; three times as many: {wrong[1]} wrong statuses, "
        f"{statuses(busy)[503]:,} refused of {len(busy):,}, recovered in {recovery:.1f} s"
    )
    is_slow = known > KNOWN_MS or filtered > FILTER_MS or recovery > RECOVERY_SECONDS
    return 1 if any(wrong) or is_slow else 0


if __name__ == "__main__":
    sys.exit(main())
