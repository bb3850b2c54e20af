"""Where a timeline says "order not stated": exactly where two orders are possible."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from kb.record.graph import adjacency, reachable
from kb.record.ordering import (
    UNDATED_BOUNDS,
    BeforeLink,
    Bounds,
    OrderedEntry,
    ordering_edges,
    tighten,
)


def order_is_stated(
    first: OrderedEntry,
    second: OrderedEntry,
    links: Iterable[BeforeLink],
    tightened: Mapping[str, Bounds] | None = None,
) -> bool:
    """Whether the first is certainly not after the second: by their dates or by links.

    ``tightened`` are the bounds of ``tighten``, if they are known: they make more orders certain.
    """
    narrowed = tightened or {}
    bounds = narrowed.get(first.id, first.bounds)
    if bounds.is_before(narrowed.get(second.id, second.bounds)):
        return True
    return second.id in reachable(first.id, adjacency(ordering_edges(links)))


def undecided_runs(
    entries: Sequence[OrderedEntry],
    links: Iterable[BeforeLink],
    tightened: Mapping[str, Bounds] | None = None,
) -> list[range]:
    """Return the runs of neighbours with the same date whose order is not stated.

    The entries are in the order of the page, oldest or newest first; the ranges are of their
    indexes. Every entry of a run can change places with another one of it, and none with an entry
    of the same date outside. With only A → B stated, A, B, C are one run, because C can be first.
    With A → B and A → C, the run is B, C.
    """
    links = list(links)
    if tightened is None:
        tightened = tighten({entry.id: entry.bounds for entry in entries}, links)
    targets = adjacency(ordering_edges(links))
    runs = []
    start = 0
    for end in range(1, len(entries) + 1):
        if end == len(entries) or entries[end].bounds != entries[start].bounds:
            block = [entry.id for entry in entries[start:end]]
            runs += [
                range(start + run.start, start + run.stop)
                for run in _runs_in(block, targets, tightened)
            ]
            start = end
    return runs


def _runs_in(
    block: list[str], targets: Mapping[str, list[str]], tightened: Mapping[str, Bounds]
) -> list[range]:
    """The runs of a block of entries with the same stated date.

    A run ends where everything before is in a stated order with everything after.
    """
    after = {entry: reachable(entry, targets) for entry in block if entry in targets}
    nothing: set[str] = set()

    def is_decided(first: str, second: str) -> bool:
        if second in after.get(first, nothing) or first in after.get(second, nothing):
            return True
        bounds = tightened.get(first, UNDATED_BOUNDS)
        other = tightened.get(second, UNDATED_BOUNDS)
        return bounds.is_before(other) or other.is_before(bounds)

    runs = []
    start = furthest = 0
    for place, entry in enumerate(block):
        last = len(block) - 1
        while last > max(place, furthest) and is_decided(entry, block[last]):
            last -= 1
        furthest = max(furthest, last)
        if furthest == place:
            if place > start:
                runs.append(range(start, place + 1))
            start = furthest = place + 1
    return runs
