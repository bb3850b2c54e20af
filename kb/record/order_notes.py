"""Where the order of a list is not stated: runs of entries that could change places."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from kb.record.answers import UndecidedOrder
from kb.record.chunks import in_chunks
from kb.record.date_words import date_with_words
from kb.record.entry_order import edges_of
from kb.record.graph import Edge
from kb.record.models import Entry
from kb.record.named_records import Names
from kb.record.order_values import ordered_entry, possible_links
from kb.record.ordering import BeforeLink, OrderedEntry, tighten
from kb.record.sort_keys import middle_of_key
from kb.record.undecided import open_blocks, undecided_runs

# A time without a zone and one with it are in no run if their places are further apart, in seconds.
FAR_APART = 3 * 24 * 60 * 60

FindEdges = Callable[[Collection[str]], set[Edge]]


@dataclass(frozen=True)
class _Run:
    entries: list[OrderedEntry]

    @property
    def ids(self) -> list[str]:
        return [entry.id for entry in self.entries]

    @property
    def carrier(self) -> str:
        """The source that lists all of these at different places; "" if none does."""
        carriers = {entry.carrier for entry in self.entries}
        positions = {entry.position for entry in self.entries}
        is_list = len(carriers) == 1 and None not in positions
        return carriers.pop() if is_list and len(positions) == len(self.entries) else ""


def undecided_orders(
    entries: Sequence[Entry], *, before: Sequence[Entry] = (), after: Sequence[Entry] = ()
) -> list[UndecidedOrder]:
    """The runs of neighbours whose order neither dates nor links state.

    The entries, with their revisions, are in the order of the list; ``before`` and ``after`` are
    those beside the page with which a run may go on. Undated ones form no run. One query, if no
    links and no list decide; three at most besides one for each distance of links.
    """
    around = [*before, *entries, *after]
    documents = {entry.public_id: entry.revision.document for entry in around}
    page = {entry.public_id for entry in entries}
    ordered = [ordered_entry(document) for document in documents.values()]
    runs = [run for run in _runs(ordered) if not page.isdisjoint(run.ids)]
    sources = Names([], also={run.carrier for run in runs} - {""})
    return [
        {
            "entries": [public_id for public_id in run.ids if public_id in page],
            "date": date_with_words(documents[run.ids[0]]["date"]),
            "continues_before": run.ids[0] not in page,
            "continues_after": run.ids[-1] not in page,
            "listed_by": sources.link(run.carrier),
            "outlet": _outlet(run.carrier, sources),
        }
        for run in runs
    ]


def undecided_ids(entries: Sequence[OrderedEntry], edges: FindEdges = edges_of) -> list[list[str]]:
    """The same runs as the ids of their entries, without the query for the names of sources.

    ``edges`` finds the ordering links of entries.
    """
    return [run.ids for run in _runs(entries, edges)]


def order_of(entry: Entry) -> OrderedEntry:
    """What the order of an entry with its revision rests on, besides links."""
    return ordered_entry(entry.revision.document)


class Listed(Protocol):
    """A row of a list in the order of time."""

    @property
    def sort_key(self) -> str: ...


Row = TypeVar("Row", bound=Listed)


def batches_of_whole_runs(
    rows: Iterable[Row], sizes: Iterator[int], most: int, order: Callable[[Row], OrderedEntry]
) -> Iterator[list[Row]]:
    """The entries of a list in batches that end where a run cannot go on.

    ``sizes`` are those of the batches, which are longer where a run, or times of day of which only
    one may state its zone, go on; but never longer than ``most``, where a run is cut. ``order``
    returns what the order of a row rests on.
    """
    batch: list[Row] = []
    size = next(sizes)
    for row in rows:
        if len(batch) >= most or (len(batch) >= size and not may_go_on(batch, row, order)):
            yield batch
            batch, size = [], next(sizes)
        batch.append(row)
    if batch:
        yield batch


def may_go_on(
    neighbours: Sequence[Row], following: Row, order: Callable[[Row], OrderedEntry]
) -> bool:
    """Whether a run of these neighbours may contain this next one, or any beyond it."""
    bounds = order(following).bounds
    if bounds.is_undated:
        return False
    if order(neighbours[-1]).bounds == bounds:
        return True
    middle = middle_of_key(following.sort_key)
    for row in reversed(neighbours):
        if abs(middle_of_key(row.sort_key) - middle) > FAR_APART:
            return False
        if order(row).has_zone is not None:
            return True
    return False


def _runs(ordered: Sequence[OrderedEntry], find_edges: FindEdges = edges_of) -> list[_Run]:
    """The runs of these entries, by one decision for all pages and formats."""
    blocks = open_blocks(ordered)
    if not blocks:
        return []
    # What no block depends on is neither fetched nor put in order.
    rows = {entry.id: entry for block in blocks for entry in ordered[block.start : block.stop]}
    edges = _connecting_edges(rows.keys(), find_edges)
    rows |= _fetch_ordered({public_id for edge in edges for public_id in edge} - rows.keys())
    among = [edge for edge in sorted(edges) if edge[0] in rows and edge[1] in rows]
    linked = {public_id: rows[public_id] for edge in among for public_id in edge}
    links = possible_links(linked.values(), [BeforeLink(*edge) for edge in among])
    bounds = {entry.id: entry.bounds for entry in rows.values()}
    bounds |= tighten({public_id: bounds[public_id] for public_id in linked}, links)
    return [
        _Run([ordered[place] for place in run])
        for run in undecided_runs(ordered, links, bounds)
        if not ordered[run.start].bounds.is_undated
    ]


def _connecting_edges(public_ids: Collection[str], find_edges: FindEdges) -> set[Edge]:
    """All ordering links that connect others with these entries, at whatever distance."""
    edges: set[Edge] = set()
    members = set(public_ids)
    batch: Collection[str] = members
    while batch:
        edges_of_batch = find_edges(sorted(batch))
        edges |= edges_of_batch
        batch = {public_id for edge in edges_of_batch for public_id in edge} - members
        members = members | batch
    return edges


def _fetch_ordered(public_ids: Collection[str]) -> dict[str, OrderedEntry]:
    """What the order of these entries rests on, by id."""
    ordered: dict[str, OrderedEntry] = {}
    for chunk in in_chunks(sorted(public_ids)):
        rows = Entry.objects.filter(public_id__in=chunk).order_by()
        for public_id, document in rows.values_list("public_id", "revision__document"):
            ordered[public_id] = ordered_entry(document)
    return ordered


def _outlet(carrier: str, names: Names) -> str:
    """The name of the outlet of a source, or else its title; "" without one."""
    source = names.documents.get(carrier)
    if source is None:
        return ""
    publisher = names.actor(source["publisher"])
    return publisher["name"] if publisher else source["title"]
