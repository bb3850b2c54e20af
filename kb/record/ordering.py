"""The order of a timeline: from what the dates and the links between entries state.

A link states that one entry begins no later than another. It narrows the bounds of both: a death in
"October" before a funeral on 2 October was on 1 or 2 October. ``order_keys`` places each entry
within its narrowed bounds, so no link is violated, and no order that the dates make certain. A key
depends only on the entries that are connected by links with its own: others never move it.

Undated entries are last. They narrow nothing, but a chain of links through one of them is valid.

Moments are seconds in UTC since the beginning of the year 1, as whole numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from kb.record.graph import Edge, adjacency, first_cycle, topological_order

# The kinds of links that state an order. Others, such as "part_of", do not.
ORDERING_KINDS = frozenset({"follows", "answers", "corrects"})

MAX_KEY_LENGTH = 80
MAX_ID_LENGTH = 12
# Wider than all supported years together: a date with one open end is after every closed one with
# the same middle. An open beginning that a link limits is directly before what it precedes.
OPEN_WIDTH = 900_000_000_000
DIRECTLY_BEFORE = 0
UNDATED_PLACE = (999_000_000_000, 999_999_999_999)

# Zones move the first and the last moments out of the supported years by less than this, in half
# seconds.
KEY_OFFSET = 1_000_000
_ID = re.compile(rf"[0-9a-z]{{1,{MAX_ID_LENGTH}}}")


class LinkCycleError(ValueError):
    """Links that lead back to their beginning. ``cycle`` has the ids."""

    def __init__(self, cycle: list[str]) -> None:
        super().__init__(" → ".join([*cycle, cycle[0]]))
        self.cycle = cycle


class DateConflictError(ValueError):
    """Links against stated dates. ``pair``: the first is linked before the second, but is later."""

    def __init__(self, pair: tuple[str, str]) -> None:
        super().__init__(" → ".join(pair))
        self.pair = pair


@dataclass(frozen=True, slots=True)
class Bounds:
    """The first and the last second that a moment can be. None is open; two None are undated."""

    earliest: int | None = None
    latest: int | None = None

    def __post_init__(self) -> None:
        if self.earliest is not None and self.latest is not None and self.earliest > self.latest:
            raise ValueError(f"earliest {self.earliest} is after latest {self.latest}")

    @property
    def is_undated(self) -> bool:
        """Whether neither end is known."""
        return self.earliest is None and self.latest is None

    def is_before(self, other: Bounds) -> bool:
        """Whether this moment is certainly before the other."""
        return (
            self.latest is not None and other.earliest is not None and self.latest < other.earliest
        )


UNDATED_BOUNDS = Bounds()


@dataclass(frozen=True, slots=True)
class BeforeLink:
    """A statement that ``earlier`` begins no later than ``later``, if its kind states an order.

    For "B answers A" and "B corrects A" too, ``earlier`` is A.
    """

    earlier: str
    later: str
    kind: str = "follows"


@dataclass(frozen=True, slots=True)
class OrderedEntry:
    """What the place of an entry depends on, besides links.

    ``carrier`` is the id of its first supporting source, ``position`` its place among the points
    of that source. ``anchor`` is where the date alone is placed, such as noon of its middle day,
    or of the day in "since 15 December"; without it, in the middle of the bounds, or at the known
    end. It must lie within the bounds. A date that links narrow is placed in their middle.
    ``has_zone`` says of a date with a time of day whether it states the zone; else it is None.
    """

    id: str
    bounds: Bounds = UNDATED_BOUNDS
    carrier: str = ""
    position: int | None = None
    anchor: int | None = None
    has_zone: bool | None = None


class OrderKey(NamedTuple):
    """What entries are sorted by. ``middle`` is in half seconds, so that it is exact."""

    middle: int
    width: int
    rank: int
    carrier: str
    position: int
    public_id: str


class _Place(NamedTuple):
    middle: int
    width: int


class _End(NamedTuple):
    """A narrowed bound, and the entry whose date states it."""

    second: int
    stated_by: str


@dataclass
class _Graph:
    """The entries, the edges between them, and the bounds narrowed along these edges."""

    order: list[str]
    before: dict[str, list[str]]
    after: dict[str, list[str]]
    earliest: dict[str, _End] = field(default_factory=dict)
    latest: dict[str, _End] = field(default_factory=dict)


def find_cycle(links: Iterable[BeforeLink]) -> list[str] | None:
    """Return the ids of a cycle of ordering links, the earlier first, or None.

    A link from an entry to itself is a cycle of one.
    """
    return first_cycle(ordering_edges(links))


def find_contradiction(
    bounds: Mapping[str, Bounds], links: Iterable[BeforeLink]
) -> tuple[str, str] | None:
    """Return two entries whose dates contradict the links between them, or None.

    Links, or a chain of links, put the first before the second, but its date is certainly later.
    Raises LinkCycleError.
    """
    return _conflict(_narrowed(bounds, links))


def tighten(bounds: Mapping[str, Bounds], links: Iterable[BeforeLink]) -> dict[str, Bounds]:
    """Return the bounds that dates and links leave. Undated entries stay undated.

    A link with an end that is not among ``bounds`` is ignored. Raises LinkCycleError and
    DateConflictError. Takes linear time, besides sorting.
    """
    graph = _narrowed(bounds, links)
    if pair := _conflict(graph):
        raise DateConflictError(pair)
    return {
        entry: stated if stated.is_undated else _bounds_in(graph, entry)
        for entry, stated in bounds.items()
    }


def order_keys(entries: Iterable[OrderedEntry], links: Iterable[BeforeLink]) -> dict[str, OrderKey]:
    """Return the key of each entry by its id. Raises LinkCycleError and DateConflictError.

    The entries must include every entry that is connected with them by ordering links.
    """
    rows = {entry.id: entry for entry in entries}
    graph = _narrowed({entry.id: entry.bounds for entry in rows.values()}, links)
    if pair := _conflict(graph):
        raise DateConflictError(pair)
    places = _places(rows, graph)
    dated_ranks, undated_ranks = _ranks(rows, graph, places)
    keys = {}
    for entry in rows.values():
        place = None if entry.bounds.is_undated else places[entry.id]
        middle, width = place or UNDATED_PLACE
        rank = dated_ranks[entry.id] if place else undated_ranks[entry.id]
        is_listed = bool(entry.carrier) and entry.position is not None
        carrier, position = (entry.carrier, entry.position or 0) if is_listed else ("", 0)
        keys[entry.id] = OrderKey(middle, width, rank, carrier, position, entry.id)
    return keys


def order_key_alone(entry: OrderedEntry) -> OrderKey:
    """Return the key of an entry that no link connects with another, as ``order_keys`` does."""
    middle, width = _own_place(entry.bounds, entry) or UNDATED_PLACE
    is_listed = bool(entry.carrier) and entry.position is not None
    carrier, position = (entry.carrier, entry.position or 0) if is_listed else ("", 0)
    return OrderKey(middle, width, 0, carrier, position, entry.id)


def encode_key(key: OrderKey) -> str:
    """Return a string that sorts as the key does, in every collation. At most 80 characters.

    Raises ValueError for an id that is not made of 1 to 12 small letters and digits, and for
    a number that is too large.
    """
    place = encode_place(key.middle, key.width, key.rank)
    return f"{place}.{encode_listing(key.carrier, key.position, key.public_id)}"


def encode_place(middle: int, width: int, rank: int) -> str:
    """The first half of an encoded key."""
    return f"{_digits(middle + KEY_OFFSET, 12)}.{_digits(width, 12)}.{_digits(rank, 6)}"


def encode_listing(carrier: str, position: int, public_id: str) -> str:
    """The second half of an encoded key."""
    padded_carrier = _padded(carrier) if carrier else "0" * MAX_ID_LENGTH
    return f"{padded_carrier}.{_digits(position, 6)}.{_padded(public_id)}"


def ordering_edges(links: Iterable[BeforeLink]) -> list[Edge]:
    """Return the links that state an order, as pairs of ids, the earlier first."""
    return [(link.earlier, link.later) for link in links if link.kind in ORDERING_KINDS]


def _narrowed(bounds: Mapping[str, Bounds], links: Iterable[BeforeLink]) -> _Graph:
    """Narrow the bounds along the links: one pass forwards, one backwards."""
    edges = [edge for edge in ordering_edges(links) if edge[0] in bounds and edge[1] in bounds]
    if cycle := first_cycle(edges):
        raise LinkCycleError(cycle)
    after = adjacency(edges)
    before = adjacency((end, start) for start, end in edges)
    graph = _Graph(topological_order(bounds, after), before, after)
    for entry, stated in bounds.items():
        if stated.earliest is not None:
            graph.earliest[entry] = _End(stated.earliest, entry)
        if stated.latest is not None:
            graph.latest[entry] = _End(stated.latest, entry)
    for entry in graph.order:
        for previous in before.get(entry, ()):
            limit, own = graph.earliest.get(previous), graph.earliest.get(entry)
            if limit and (own is None or limit.second > own.second):
                graph.earliest[entry] = limit
    for entry in reversed(graph.order):
        for following in after.get(entry, ()):
            limit, own = graph.latest.get(following), graph.latest.get(entry)
            if limit and (own is None or limit.second < own.second):
                graph.latest[entry] = limit
    return graph


def _conflict(graph: _Graph) -> tuple[str, str] | None:
    for entry in graph.order:
        earliest, latest = graph.earliest.get(entry), graph.latest.get(entry)
        if earliest and latest and earliest.second > latest.second:
            return earliest.stated_by, latest.stated_by
    return None


def _bounds_in(graph: _Graph, entry: str) -> Bounds:
    earliest, latest = graph.earliest.get(entry), graph.latest.get(entry)
    return Bounds(earliest.second if earliest else None, latest.second if latest else None)


def _places(rows: Mapping[str, OrderedEntry], graph: _Graph) -> dict[str, _Place | None]:
    """Place each entry within its bounds, so that no place is before that of an earlier entry.

    The middles of closed bounds are in the order of the links, because both their ends are; where
    an anchor is not, the later entry moves to the place of the earlier. A date with an open
    beginning moves before the entries that follow it, one with an open end moves after those that
    it follows. An undated entry is placed too, for the chains through it.
    """
    bounds = {entry: _bounds_in(graph, entry) for entry in graph.order}
    places = {entry: _own_place(bounds[entry], rows[entry]) for entry in graph.order}
    for entry in reversed(graph.order):
        place = places[entry]
        if place is None or bounds[entry].earliest is not None:
            continue
        for following in graph.after.get(entry, ()):
            limit = places[following]
            if limit and bounds[following].latest is not None:
                is_open = limit.width == OPEN_WIDTH
                place = min(place, limit if is_open else _Place(limit.middle, DIRECTLY_BEFORE))
        places[entry] = place
    for entry in graph.order:
        place = places[entry]
        is_closed = place is not None and bounds[entry].latest is not None
        for previous in graph.before.get(entry, ()):
            if limit := places[previous]:
                moved = limit if is_closed else _Place(limit.middle, OPEN_WIDTH)
                place = max(place, moved) if place else moved
        places[entry] = place
    return places


def _own_place(bounds: Bounds, entry: OrderedEntry) -> _Place | None:
    earliest, latest, anchor = bounds.earliest, bounds.latest, entry.anchor
    if earliest is not None and latest is not None:
        middle = earliest + latest
        if anchor is not None and bounds == entry.bounds:
            middle = 2 * anchor
        return _Place(middle, latest - earliest + 1)
    if earliest is not None:
        return _Place(2 * max(earliest, earliest if anchor is None else anchor), OPEN_WIDTH)
    if latest is not None:
        return _Place(2 * min(latest, latest if anchor is None else anchor), OPEN_WIDTH)
    return None


def _ranks(
    rows: Mapping[str, OrderedEntry], graph: _Graph, places: Mapping[str, _Place | None]
) -> tuple[dict[str, int], dict[str, int]]:
    """The depth of each entry in the chains of dated entries with its place, and of undated."""
    dated: dict[str, int] = {}
    undated: dict[str, int] = {}
    for entry in graph.order:
        dated[entry] = undated[entry] = 0
        for previous in graph.before.get(entry, ()):
            step = int(rows[previous].bounds.is_undated)
            undated[entry] = max(undated[entry], undated[previous] + step)
            if places[previous] == places[entry]:
                dated[entry] = max(dated[entry], dated[previous] + 1 - step)
    return dated, undated


def _digits(number: int, length: int) -> str:
    digits = f"{number:0{length}d}"
    if number < 0 or len(digits) > length:
        raise ValueError(f"{number} has more than {length} digits")
    return digits


def _padded(public_id: str) -> str:
    """The id at the full length. Ids contain no 0, so a shorter one is first as in a sort."""
    if not _ID.fullmatch(public_id):
        raise ValueError(f"{public_id!r} is not a public id")
    return public_id.ljust(MAX_ID_LENGTH, "0")
