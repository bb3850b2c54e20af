"""A reading index at one state of the record: the table of a file, and what changed since."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from typing import TypeVar

from pyroaring import BitMap

from kb.record.models import Entry, Facet
from kb.record.reading.build import (
    COLUMNS,
    INDEXED_NAMES,
    IndexedEntry,
    IndexedFacet,
    make_table,
)
from kb.record.reading.select import Layer
from kb.record.reading.table import State, Table

BATCH_SIZE = 500
Item = TypeVar("Item")


@dataclass(frozen=True)
class ReadingIndex:
    """Layers of rows; each live row is one entry of the record at ``state``.

    The first layer is the file. The second, if there is one, has the entries that changed since,
    of which ``changed`` are the rows and ``facets`` the facets, by primary key.
    """

    state: State
    base: Layer
    overlay: Layer | None = None
    changed: dict[int, IndexedEntry] = field(default_factory=dict)
    facets: dict[int, list[IndexedFacet]] = field(default_factory=dict)

    @property
    def layers(self) -> tuple[Layer, ...]:
        return (self.base, self.overlay) if self.overlay else (self.base,)


def index_of(table: Table) -> ReadingIndex:
    """The index of a table, without anything that changed since."""
    return ReadingIndex(table.state, Layer(table))


def with_changes(index: ReadingIndex, public_ids: Collection[str], state: State) -> ReadingIndex:
    """The index at a later state, in which these entries are read again; two queries for each 500.

    Entries that are no longer there leave the index.
    """
    if not public_ids:
        return replace(index, state=state)
    table = index.base.table
    rows = table.keys.rows_of_ids(public_ids)
    # Rows of another id, if any, that differs by zeros at its end: they are read again as well.
    keys = {table.pk(row) for row in rows}
    ids = set(public_ids)
    gone = {key for key, entry in index.changed.items() if entry.public_id in ids}
    entries = {key: entry for key, entry in index.changed.items() if key not in gone}
    facets = {key: values for key, values in index.facets.items() if key not in gone}
    for entry in _read_entries(ids, keys - entries.keys()):
        entries[entry.pk] = entry
        facets[entry.pk] = []
    for facet in _read_facets(entries.keys() - (index.changed.keys() - gone)):
        facets[facet[0]].append(facet)
    ordered = sorted(entries.values(), key=lambda entry: entry.sort_key)
    overlay = make_table(
        ordered, (facet for key in entries for facet in facets[key]), state, with_texts=True
    )
    base = index.base.with_dead(BitMap(rows))
    return ReadingIndex(state, base, Layer(overlay), entries, facets)


def _read_entries(public_ids: Iterable[str], keys: Iterable[int]) -> Iterable[IndexedEntry]:
    columns = (*COLUMNS, "search_text")
    for ids in _batches(public_ids):
        rows = Entry.objects.filter(public_id__in=ids).order_by()
        yield from map(IndexedEntry._make, rows.values_list(*columns))
    for pks in _batches(keys):
        rows = Entry.objects.filter(pk__in=pks).order_by()
        yield from map(IndexedEntry._make, rows.values_list(*columns))


def _read_facets(keys: Iterable[int]) -> Iterable[IndexedFacet]:
    for pks in _batches(keys):
        rows = Facet.objects.filter(entry__in=pks, name__in=INDEXED_NAMES).order_by()
        yield from rows.values_list("entry_id", "name", "value")


def _batches(items: Iterable[Item]) -> Iterable[list[Item]]:
    values = list(items)
    for start in range(0, len(values), BATCH_SIZE):
        yield values[start : start + BATCH_SIZE]
