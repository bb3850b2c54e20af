"""How many machines a number of page views a day needs: ``python -m bench.sizing``.

A page is computed once for each publication version and process, and then kept (or answered 304)
until something is published. How often it must be computed depends on how requests are spread over
addresses. Here the address in place ``r`` of popularity is requested in proportion to ``r ** -s``
(Zipf); the number of different addresses among ``n`` requests is then the sum of
``1 - (1 - p) ** n`` over all addresses.

The costs are those of `make bench` on one core. ``--help`` lists them: pass your own measurements.
docs/scaling.md explains the result.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace

SECONDS_A_DAY = 86_400
# Places of popularity are summed in groups whose ends are this far apart, as a ratio.
GROUP_RATIO = 1.02


@dataclass(frozen=True)
class Load:
    """What readers and editors do in a day."""

    views: float = 1e6  # requests for pages and data
    addresses: float = 1e6  # different addresses that readers request, filters included
    exponent: float = 1.0  # of popularity, by Zipf
    publications: float = 200  # a day; each begins a new version of every page
    peak: float = 3.0  # the busiest hour, compared with the mean

    @property
    def views_a_second(self) -> float:
        """Requests a second in the busiest hour."""
        return self.views / SECONDS_A_DAY * self.peak

    @property
    def seconds_of_a_version(self) -> float:
        """How long one publication version lasts, on average."""
        return SECONDS_A_DAY / max(self.publications, 1)


@dataclass(frozen=True)
class Costs:
    """What was measured: CPU milliseconds on one core, bytes, and how a machine is filled."""

    computed_ms: float = 60.0  # a page that is computed, with its queries
    kept_ms: float = 0.5  # an answer that is kept, or 304
    database_ms: float = 15.0  # the part of a computed page that the database does
    version_ms: float = 0.03  # reading the publication version
    page_bytes: float = 15_000  # compressed
    cores: float = 8.0  # of one machine
    processes: float = 8.0  # on one machine; each keeps its own answers
    use: float = 0.5  # of a machine's CPU in the busiest hour
    proxy_seconds: float = 0.0  # how long a proxy or CDN answers by itself; 0 is not at all
    proxy_locations: float = 1.0  # caches of the CDN that do not share


@dataclass(frozen=True)
class Plan:
    """What the load needs in the busiest hour."""

    at_origin: float  # requests a second that reach the program
    computed: float  # of these, pages that are computed
    web_machines: int
    replicas: int
    megabits: float  # a second, from the program to the proxy

    @property
    def computed_share(self) -> float:
        """The share of requests at the program that are computed."""
        return self.computed / self.at_origin if self.at_origin else 0.0


def popularity(addresses: float, exponent: float) -> list[tuple[float, float]]:
    """Return groups of addresses: how many, and the probability of each one of them.

    The probabilities of all addresses add up to 1.
    """
    groups = list(_groups(max(1, int(addresses))))
    weights = [((first + last) / 2) ** -exponent for first, last in groups]
    counts = [last - first + 1 for first, last in groups]
    total = sum(weight * count for weight, count in zip(weights, counts, strict=True))
    return [(count, weight / total) for weight, count in zip(weights, counts, strict=True)]


def _groups(addresses: int) -> Iterator[tuple[int, int]]:
    """Places of popularity from 1 on, in groups of places next to each other."""
    first = 1
    while first <= addresses:
        last = min(addresses, max(first, int(first * GROUP_RATIO)))
        yield first, last
        first = last + 1


def distinct(requests: float, groups: Sequence[tuple[float, float]]) -> float:
    """Return the expected number of different addresses among so many requests."""
    return sum(
        count * -math.expm1(requests * math.log1p(-min(probability, 1 - 1e-12)))
        for count, probability in groups
    )


def plan(load: Load, costs: Costs) -> Plan:
    """Return the machines that the load needs, with as many processes as they then have.

    More machines mean more processes that compute the same page, so the number is found by
    repetition; it grows and is bounded by computing everything.
    """
    groups = popularity(load.addresses, load.exponent)
    at_origin = _at_origin(load, costs, groups)
    machines = 1
    while True:
        computed = _computed(load, costs, groups, at_origin, machines * costs.processes)
        busy_cores = (
            computed * (costs.computed_ms - costs.database_ms)
            + (at_origin - computed) * costs.kept_ms
        ) / 1000
        needed = max(1, math.ceil(busy_cores / (costs.cores * costs.use)))
        if needed <= machines:
            break
        machines = needed
    database_cores = (computed * costs.database_ms + at_origin * costs.version_ms) / 1000
    return Plan(
        at_origin=at_origin,
        computed=computed,
        web_machines=machines,
        replicas=max(1, math.ceil(database_cores / (costs.cores * costs.use))),
        megabits=at_origin * costs.page_bytes * 8 / 1e6,
    )


def _at_origin(load: Load, costs: Costs, groups: Sequence[tuple[float, float]]) -> float:
    """Requests a second that the proxy passes on: each address once in its time and location."""
    if not costs.proxy_seconds:
        return load.views_a_second
    seconds, locations = costs.proxy_seconds, max(1.0, costs.proxy_locations)
    requests = load.views_a_second * seconds / locations
    return min(load.views_a_second, distinct(requests, groups) * locations / seconds)


def _computed(
    load: Load,
    costs: Costs,
    groups: Sequence[tuple[float, float]],
    at_origin: float,
    processes: float,
) -> float:
    """Pages computed a second: each address once for each version and process."""
    seconds = load.seconds_of_a_version
    return min(at_origin, distinct(at_origin * seconds / processes, groups) * processes / seconds)


def table(load: Load, costs: Costs) -> str:
    """The plans for 10⁵ to 10⁹ views a day, as a table in Markdown."""
    lines = [
        "| views a day | in the busiest hour | at the program | computed | web machines "
        "| databases for readers | Mbit/s |",
        "|---|---|---|---|---|---|---|",
    ]
    for exponent in range(5, 10):
        result = plan(replace(load, views=10.0**exponent), costs)
        busiest = replace(load, views=10.0**exponent).views_a_second
        lines.append(
            f"| 10^{exponent} | {busiest:,.0f}/s | {result.at_origin:,.0f}/s "
            f"| {result.computed:,.1f}/s ({result.computed_share:.1%}) | {result.web_machines:,} "
            f"| {result.replicas:,} | {result.megabits:,.0f} |"
        )
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    for defaults in (Load(), Costs()):
        for field in fields(defaults):
            default = getattr(defaults, field.name)
            option = f"--{field.name.replace('_', '-')}"
            parser.add_argument(option, type=float, default=default, help=f"default {default:g}")
    values = vars(parser.parse_args(arguments))
    load = Load(**{field.name: values[field.name] for field in fields(Load)})
    costs = Costs(**{field.name: values[field.name] for field in fields(Costs)})
    print(table(load, costs))


if __name__ == "__main__":
    main()
