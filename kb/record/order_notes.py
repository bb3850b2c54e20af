"""Where the order of a list is not stated: runs of entries that could change places."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from kb.record.answers import UndecidedOrder
from kb.record.chunks import in_chunks
from kb.record.date_words import date_with_words
from kb.record.documents import Document
from kb.record.entry_order import links_among, neighbours
from kb.record.graph import component
from kb.record.models import Entry
from kb.record.named_records import Names
from kb.record.order_values import ordered_entry, possible_links
from kb.record.ordering import OrderedEntry, tighten
from kb.record.sort_keys import middle_of_key
from kb.record.undecided import open_blocks, undecided_runs

# A time without a zone and one with it are in no run if their places are further apart, in seconds.
FAR_APART = 3 * 24 * 60 * 60


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
    runs = [run for run in _runs(documents) if not page.isdisjoint(run.ids)]
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


def undecided_ids(entries: Sequence[Entry]) -> list[list[str]]:
    """The same runs as the ids of their entries, without the query for the names of sources."""
    runs = _runs({entry.public_id: entry.revision.document for entry in entries})
    return [run.ids for run in runs]


def batches_of_whole_runs(
    entries: Iterable[Entry], sizes: Iterator[int], most: int
) -> Iterator[list[Entry]]:
    """The entries of a list in batches that end where a run cannot go on.

    ``sizes`` are those of the batches, which are longer where a run, or times of day of which only
    one may state its zone, go on; but never longer than ``most``, where a run is cut.
    """
    batch: list[Entry] = []
    size = next(sizes)
    for entry in entries:
        if len(batch) >= most or (len(batch) >= size and not may_go_on(batch, entry)):
            yield batch
            batch, size = [], next(sizes)
        batch.append(entry)
    if batch:
        yield batch


def may_go_on(neighbours: Sequence[Entry], entry: Entry) -> bool:
    """Whether a run of these neighbours may contain this next one, or any beyond it."""
    last, following = (ordered_entry(row.revision.document) for row in (neighbours[-1], entry))
    if following.bounds.is_undated:
        return False
    if last.bounds == following.bounds:
        return True
    middle = middle_of_key(entry.sort_key)
    for row in reversed(neighbours):
        if abs(middle_of_key(row.sort_key) - middle) > FAR_APART:
            return False
        if row.revision.document["date"].get("time"):
            return True
    return False


def _runs(documents: Mapping[str, Document]) -> list[_Run]:
    """The runs of these entries, by one decision for all pages and formats."""
    ordered = [ordered_entry(document) for document in documents.values()]
    blocks = open_blocks(ordered)
    if not blocks:
        return []
    # What no block depends on is neither fetched nor put in order.
    rows = [entry for block in blocks for entry in ordered[block.start : block.stop]]
    everything = {entry.id: documents[entry.id] for entry in rows}
    connected = component(everything, neighbours)
    beyond = _documents(connected - everything.keys())
    everything |= beyond
    rows += [ordered_entry(document) for document in beyond.values()]
    links = possible_links(rows, links_among(everything))
    bounds = tighten({entry.id: entry.bounds for entry in rows}, links)
    return [
        _Run([ordered[place] for place in run])
        for run in undecided_runs(ordered, links, bounds)
        if not ordered[run.start].bounds.is_undated
    ]


def _documents(public_ids: Collection[str]) -> dict[str, Document]:
    """The documents of these entries."""
    documents: dict[str, Document] = {}
    for chunk in in_chunks(sorted(public_ids)):
        rows = Entry.objects.filter(public_id__in=chunk).order_by()
        documents |= dict(rows.values_list("public_id", "revision__document"))
    return documents


def _outlet(carrier: str, names: Names) -> str:
    """The name of the outlet of a source, or else its title; "" without one."""
    source = names.documents.get(carrier)
    if source is None:
        return ""
    publisher = names.actor(source["publisher"])
    return publisher["name"] if publisher else source["title"]
