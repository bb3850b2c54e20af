"""Where a timeline says "order not stated": exactly where two orders are possible."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

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
    """Return the runs of neighbours whose order is not stated.

    The entries are in the order of the page, oldest or newest first; the ranges are of their
    indexes. Entries of a run have the same date, or times of day of which only one states its
    zone. Every entry of a run can change places with another one of it, and none with such an
    entry outside. With only A → B stated, A, B, C are one run, because C can be first. With A → B
    and A → C, the run is B, C.
    """
    links = list(links)
    if tightened is None:
        tightened = tighten({entry.id: entry.bounds for entry in entries}, links)
    targets = adjacency(ordering_edges(links))
    return [
        range(block.start + run.start, block.start + run.stop)
        for block in open_blocks(entries)
        for run in _runs_in(entries[block.start : block.stop], targets, tightened)
    ]


def open_blocks(entries: Sequence[OrderedEntry]) -> list[range]:
    """Return the neighbours whose dates alone leave an order open, as ranges of their indexes."""
    blocks = [*_blocks_of_one_date(entries), *_blocks_of_mixed_zones(entries)]
    merged: list[range] = []
    for block in sorted(blocks, key=lambda block: block.start):
        if merged and block.start < merged[-1].stop:
            merged[-1] = range(merged[-1].start, max(merged[-1].stop, block.stop))
        else:
            merged.append(block)
    return merged


def _blocks_of_one_date(entries: Sequence[OrderedEntry]) -> Iterator[range]:
    start = 0
    for end in range(1, len(entries) + 1):
        if end == len(entries) or entries[end].bounds != entries[start].bounds:
            if end - start > 1:
                yield range(start, end)
            start = end


def _blocks_of_mixed_zones(entries: Sequence[OrderedEntry]) -> Iterator[range]:
    """From each time without a zone to the first and the last with one that it may change with."""
    zoned = [place for place, entry in enumerate(entries) if entry.has_zone]
    for place, entry in enumerate(entries):
        if entry.has_zone is False:
            others = [other for other in zoned if _overlap(entry.bounds, entries[other].bounds)]
            if others:
                yield range(min(place, others[0]), max(place, others[-1]) + 1)


def _overlap(bounds: Bounds, other: Bounds) -> bool:
    return not (bounds.is_before(other) or other.is_before(bounds))


def _mix_zones(first: OrderedEntry, second: OrderedEntry) -> bool:
    return {first.has_zone, second.has_zone} == {True, False}


def _runs_in(
    block: Sequence[OrderedEntry],
    targets: Mapping[str, list[str]],
    tightened: Mapping[str, Bounds],
) -> list[range]:
    """The runs of a block. One ends where all before it are in a stated order with all after."""
    after = {entry.id: reachable(entry.id, targets) for entry in block if entry.id in targets}
    nothing: set[str] = set()

    def is_decided(first: OrderedEntry, second: OrderedEntry) -> bool:
        if second.id in after.get(first.id, nothing) or first.id in after.get(second.id, nothing):
            return True
        bounds = tightened.get(first.id, UNDATED_BOUNDS)
        other = tightened.get(second.id, UNDATED_BOUNDS)
        if not _overlap(bounds, other):
            return True
        return first.bounds != second.bounds and not _mix_zones(first, second)

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
