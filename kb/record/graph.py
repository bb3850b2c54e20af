"""Directed graphs of ids: a cycle named whole, an order that the edges permit, a connected part.

Nothing here is recursive, so a chain may be as long as it likes.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

Edge = tuple[str, str]


def adjacency(edges: Iterable[Edge]) -> dict[str, list[str]]:
    """Return the targets of each id, sorted, each once."""
    targets: defaultdict[str, set[str]] = defaultdict(set)
    for start, end in edges:
        targets[start].add(end)
    return {start: sorted(ends) for start, ends in sorted(targets.items())}


def first_cycle(edges: Iterable[Edge]) -> list[str] | None:
    """Return the ids of a cycle in the order of its edges, or None if there is none.

    The last id has an edge to the first. The cycle begins with its smallest id, and the same edges
    give the same cycle in whichever order they come. Takes linear time, besides sorting.
    """
    targets = adjacency(edges)
    finished: set[str] = set()
    for start in targets:
        path: list[str] = []
        on_path: set[str] = set()
        stack: list[Iterator[str]] = [iter((start,))]
        while stack:
            node = next(stack[-1], None)
            if node is None:
                stack.pop()
                if path:
                    on_path.discard(path[-1])
                    finished.add(path.pop())
            elif node in on_path:
                return _from_smallest(path[path.index(node) :])
            elif node not in finished:
                path.append(node)
                on_path.add(node)
                stack.append(iter(targets.get(node, ())))
    return None


def topological_order(ids: Iterable[str], targets: Mapping[str, Collection[str]]) -> list[str]:
    """Return the ids with the start of each edge before its end. Ids on a cycle are left out.

    ``targets`` are those of ``adjacency``; all their ids must be among ``ids``. The order does not
    depend on the order of ``ids``.
    """
    waiting = dict.fromkeys(sorted(ids), 0)
    for ends in targets.values():
        for end in ends:
            waiting[end] += 1
    ready = deque(node for node, count in waiting.items() if not count)
    order = []
    while ready:
        node = ready.popleft()
        order.append(node)
        for end in targets.get(node, ()):
            waiting[end] -= 1
            if not waiting[end]:
                ready.append(end)
    return order


def reachable(start: str, targets: Mapping[str, Collection[str]]) -> set[str]:
    """Return the ids at the ends of all chains of edges from this id, itself only on a cycle."""
    reached: set[str] = set()
    pending = [start]
    while pending:
        for end in targets.get(pending.pop(), ()):
            if end not in reached:
                reached.add(end)
                pending.append(end)
    return reached


def component(
    ids: Iterable[str], neighbours_fn: Callable[[Collection[str]], Iterable[str]]
) -> set[str]:
    """Return these ids and all that are connected with them.

    ``neighbours_fn`` is called with a batch of ids and returns the ids at the other ends of their
    edges, in either direction. It is called once for each distance, so that it can be one query.
    """
    members = set(ids)
    batch: Collection[str] = members
    while batch:
        batch = set(neighbours_fn(sorted(batch))) - members
        members = members | batch
    return members


def _from_smallest(cycle: list[str]) -> list[str]:
    place = cycle.index(min(cycle))
    return cycle[place:] + cycle[:place]
