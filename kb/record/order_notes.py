"""Where the order of a list is not stated: runs of entries that could change places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kb.record.answers import UndecidedOrder
from kb.record.date_words import date_with_words
from kb.record.entry_order import connected_documents, links_among
from kb.record.models import Entry
from kb.record.named_records import Names
from kb.record.order_values import ordered_entry, possible_links
from kb.record.ordering import OrderedEntry, tighten
from kb.record.undecided import undecided_runs


@dataclass(frozen=True)
class _Run:
    entries: list[OrderedEntry]
    on_page: list[str]
    continues_before: bool
    continues_after: bool

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
    """The runs of neighbours with one date whose order neither dates nor links state.

    The entries, with their revisions, are in the order of the page; ``before`` and ``after`` are
    those of the same date beside the page. Undated ones form no run. One query, if no links and no
    list decide; three at most besides one for each distance of links.
    """
    around = [*before, *entries, *after]
    documents = {entry.public_id: entry.revision.document for entry in around}
    ordered = [ordered_entry(document) for document in documents.values()]
    if not _has_neighbours(ordered):
        return []
    connected = connected_documents(documents) or documents
    everything = {**connected, **documents}
    rows = [ordered_entry(document) for document in everything.values()]
    links = possible_links(rows, links_among(everything))
    bounds = tighten({entry.id: entry.bounds for entry in rows}, links)
    first, end = len(before), len(before) + len(entries)
    runs = [
        _Run(
            [ordered[place] for place in run],
            on_page=[ordered[place].id for place in run if first <= place < end],
            continues_before=run.start < first,
            continues_after=run.stop > end,
        )
        for run in undecided_runs(ordered, links, bounds)
        if not ordered[run.start].bounds.is_undated and run.start < end and run.stop > first
    ]
    sources = Names([], also={run.carrier for run in runs} - {""})
    return [
        {
            "entries": run.on_page,
            "date": date_with_words(documents[run.entries[0].id]["date"]),
            "continues_before": run.continues_before,
            "continues_after": run.continues_after,
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


def _has_neighbours(ordered: Sequence[OrderedEntry]) -> bool:
    """Whether two neighbours have the same date; most pages of a long list have none."""
    pairs = zip(ordered, ordered[1:], strict=False)
    return any(first.bounds == second.bounds for first, second in pairs)
