"""Where the order of a list is not stated: runs of entries that could change places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kb.record.answers import UndecidedOrder
from kb.record.entry_order import connected_documents, links_among
from kb.record.models import Entry
from kb.record.order_values import ordered_entry, possible_links
from kb.record.ordering import OrderedEntry, tighten
from kb.record.rows import Names, date_with_words
from kb.record.undecided import open_blocks, undecided_runs


@dataclass(frozen=True)
class _Run:
    entries: list[OrderedEntry]

    @property
    def carrier(self) -> str:
        """The source that lists all of these at different places; "" if none does."""
        carriers = {entry.carrier for entry in self.entries}
        positions = {entry.position for entry in self.entries}
        is_list = len(carriers) == 1 and None not in positions
        return carriers.pop() if is_list and len(positions) == len(self.entries) else ""


def undecided_orders(entries: Sequence[Entry]) -> list[UndecidedOrder]:
    """The runs of neighbours whose order neither dates nor links state.

    The entries, with their revisions, are in the order of the page. Undated ones form no run. One
    query, if no links and no list decide; three at most besides one for each distance of links.
    """
    documents = {entry.public_id: entry.revision.document for entry in entries}
    ordered = [ordered_entry(document) for document in documents.values()]
    if not open_blocks(ordered):
        return []
    connected = connected_documents(documents) or documents
    everything = {**connected, **documents}
    rows = [ordered_entry(document) for document in everything.values()]
    links = possible_links(rows, links_among(everything))
    bounds = tighten({entry.id: entry.bounds for entry in rows}, links)
    runs = [
        _Run([ordered[place] for place in run])
        for run in undecided_runs(ordered, links, bounds)
        if not ordered[run.start].bounds.is_undated
    ]
    sources = Names([], also={run.carrier for run in runs} - {""})
    return [
        {
            "entries": [entry.id for entry in run.entries],
            "date": date_with_words(documents[run.entries[0].id]["date"]),
            "listed_by": sources.link(run.carrier),
            "outlet": _outlet(run.carrier, sources),
        }
        for run in runs
    ]


def _outlet(carrier: str, names: Names) -> str:
    """The name of the outlet of a source, or else its title; "" without one."""
    source = names.documents.get(carrier)
    if source is None:
        return ""
    publisher = names.actor(source["publisher"])
    return publisher["name"] if publisher else source["title"]
