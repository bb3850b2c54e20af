"""Make the table of a reading index from the rows of entries and their facets."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import starmap
from typing import Any, NamedTuple

import numpy as np
from django.db import connections, router
from numpy.typing import NDArray
from pyroaring import BitMap

from kb.record import publication_version
from kb.record.entry_origins import ORIGINS
from kb.record.entry_values import OUTCOME
from kb.record.export import snapshot
from kb.record.facets import SHOWN_VALUES
from kb.record.filters import FACETS
from kb.record.models import Entry, EntryChange, Facet
from kb.record.reading.bitmaps import bitmap_of
from kb.record.reading.code_lists import lists_of_codes
from kb.record.reading.key_columns import KeyCollector
from kb.record.reading.numbers import narrow
from kb.record.reading.table import State, Table
from kb.record.vocabulary import CONTESTED_SINCE, ENTRY_KINDS

# The facets in the order of their codes. Those that pages count come first, so that their codes
# are small; then "source", which lists of incidents count; then those that only filter.
SOURCE = "source"
FILTERS_ONLY = tuple(
    sorted({*FACETS, "language", ORIGINS, CONTESTED_SINCE, OUTCOME} - {*SHOWN_VALUES, SOURCE})
)
INDEXED_NAMES = (*SHOWN_VALUES, SOURCE, *FILTERS_ONLY)
# Facets with at most so many values are counted by these, and need no codes by row.
FEW_VALUES = 16
BATCH_SIZE = 5_000
Array = NDArray[Any]


class IndexedEntry(NamedTuple):
    """The columns of an entry that the index holds."""

    pk: int
    revision: int
    public_id: str
    sort_key: str
    earliest: date | None
    latest: date | None
    known_since: date | None
    dated: bool
    search_text: str = ""


COLUMNS = (
    "pk",
    "revision_id",
    "public_id",
    "sort_key",
    "earliest",
    "latest",
    "known_since",
    "dated",
)
IndexedFacet = tuple[int, str, str]


def current_state() -> State | None:
    """The last line of the change log; None if it is empty. One query."""
    line = EntryChange.objects.order_by("-pk").values_list("pk", "noted_at").first()
    return State(*line) if line else None


def table_from_record(progress: Callable[[int], None] = lambda rows: None) -> Table | None:
    """Read the whole record in one pass, from one state; None if it has no change log yet.

    ``progress`` is called with the number of entries read so far.
    """
    with snapshot():
        state = current_state()
        if state is None:
            return None
        _lift_time_limit()
        entries = Entry.objects.order_by("sort_key").values_list(*COLUMNS)
        facets = (
            Facet.objects.filter(name__in=INDEXED_NAMES)
            .order_by()
            .values_list("entry_id", "name", "value")
        )
        return make_table(
            _with_progress(
                starmap(IndexedEntry, entries.iterator(chunk_size=BATCH_SIZE)), progress
            ),
            facets.iterator(chunk_size=BATCH_SIZE),
            state,
            publication_version.current_number(),
        )


def make_table(
    entries: Iterable[IndexedEntry],
    facets: Iterable[IndexedFacet],
    state: State,
    version: int = 0,
    *,
    with_texts: bool = False,
) -> Table:
    """A table of entries, which are in the order of their sort keys, and their facets."""
    columns = _columns(entries, with_texts=with_texts)
    arrays = dict(columns.arrays)
    rows, codes, values, names = _coded(facets, columns.pks, columns.by_pk)
    arrays |= _value_arrays(values)
    arrays |= _bitmap_arrays(rows, codes, len(values), len(columns.pks))
    listed = frozenset(
        name for name in (*SHOWN_VALUES, SOURCE) if names[name][1] - names[name][0] > FEW_VALUES
    )
    for part, part_names in (("shown", SHOWN_VALUES), (SOURCE, (SOURCE,))):
        first = names[part_names[0]][0]
        bounds = [np.searchsorted(codes, names[name]) for name in part_names if name in listed]
        is_listed = np.zeros(len(codes), dtype=np.bool_)
        for start, end in bounds:
            is_listed[start:end] = True
        arrays |= lists_of_codes(part, rows[is_listed], codes[is_listed] - first, len(columns.pks))
    return Table(arrays, names, tuple(ENTRY_KINDS), state, version, columns.texts, listed)


def _with_progress(
    entries: Iterator[IndexedEntry], progress: Callable[[int], None]
) -> Iterator[IndexedEntry]:
    for number, entry in enumerate(entries, start=1):
        if number % BATCH_SIZE == 0:
            progress(number)
        yield entry


def _lift_time_limit() -> None:
    """On PostgreSQL readers have a limit for each statement, which this one needs not keep."""
    connection = connections[router.db_for_read(Entry)]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")


class _Columns(NamedTuple):
    """The arrays of entries, and what their facets are joined by: all keys, and rows by key."""

    arrays: dict[str, Array]
    pks: Array
    by_pk: Array
    texts: tuple[str, ...] | None


def _columns(entries: Iterable[IndexedEntry], *, with_texts: bool) -> _Columns:
    pks, revisions, keys = array("Q"), array("Q"), KeyCollector()
    dated = bytearray()
    earliest, latest, known = array("I"), array("I"), array("I")
    texts = []
    for entry in entries:
        pks.append(entry.pk)
        revisions.append(entry.revision)
        keys.add(entry.sort_key)
        dated.append(entry.dated)
        earliest.append(_ordinal(entry.earliest))
        latest.append(_ordinal(entry.latest))
        known.append(_ordinal(entry.known_since))
        if with_texts:
            texts.append(entry.search_text)
    pk, revision = np.array(pks, dtype=np.uint64), np.array(revisions, dtype=np.uint64)
    by_pk = np.argsort(pk, kind="stable").astype(np.uint32)
    by_revision = np.argsort(revision, kind="stable").astype(np.uint32)
    arrays: dict[str, Array] = {
        **keys.arrays(),
        **_key_arrays(pk),
        "pk": narrow(pk),
        "by_pk": narrow(by_pk),
        "revision": narrow(revision),
        # Often the same order, as after an import.
        "by_revision": narrow(
            by_revision[:0] if np.array_equal(by_pk, by_revision) else by_revision
        ),
        "dated": _stored(bitmap_of(np.flatnonzero(np.frombuffer(bytes(dated), dtype=np.uint8)))),
        **_day_arrays({"earliest": earliest, "latest": latest, "known": known}),
    }
    return _Columns(arrays, pk, by_pk, tuple(texts) if with_texts else None)


def _key_arrays(pks: Array) -> dict[str, Array]:
    """All primary keys as a bitmap, less the least of them: mostly a few ranges.

    Raises OverflowError if the greatest is so much greater that the difference has over 32 bits.
    """
    least = pks.min() if len(pks) else np.uint64(0)
    if len(pks) and pks.max() - least > np.iinfo(np.uint32).max:
        raise OverflowError("The primary keys of entries are too far from each other.")
    return {
        "pks": _stored(bitmap_of(pks - least)),
        "least_pk": np.array([least], dtype=np.uint64),
    }


def _day_arrays(columns: Mapping[str, array[int]]) -> dict[str, Array]:
    """All different days in order, no day first as 0; and by row the place of its day there."""
    ordinals = {name: np.array(days, dtype=np.uint32) for name, days in columns.items()}
    days = np.unique(np.concatenate([np.zeros(1, dtype=np.uint32), *ordinals.values()]))
    places = {name: narrow(np.searchsorted(days, column)) for name, column in ordinals.items()}
    return {"days": days, **places}


def _stored(bitmap: BitMap) -> Array:
    bitmap.run_optimize()
    return np.frombuffer(bitmap.serialize(), dtype=np.uint8)


def _ordinal(day: date | None) -> int:
    return day.toordinal() if day else 0


def _coded(
    facets: Iterable[IndexedFacet], pks: Array, by_pk: Array
) -> tuple[Array, Array, list[bytes], dict[str, tuple[int, int]]]:
    """Row and code of each facet, sorted by code and row; all values; the codes of each name."""
    provisional: dict[tuple[str, str], int] = {}
    entries, codes = array("Q"), array("I")
    for pk, name, value in facets:
        entries.append(pk)
        codes.append(provisional.setdefault((name, value), len(provisional)))
    places = {name: place for place, name in enumerate(INDEXED_NAMES)}
    ordered = sorted(provisional, key=lambda pair: (places[pair[0]], pair[1].encode()))
    final = np.empty(len(ordered), dtype=np.uint32)
    for code, pair in enumerate(ordered):
        final[provisional[pair]] = code
    names, start = {}, 0
    for name in INDEXED_NAMES:
        end = start
        while end < len(ordered) and ordered[end][0] == name:
            end += 1
        names[name] = (start, end)
        start = end
    owners = np.array(entries, dtype=np.int64)
    code_of = final[np.array(codes, dtype=np.uint32)] if len(codes) else final[:0]
    rows = np.empty(0, dtype=np.uint32)
    if len(owners) and len(pks):
        rows = by_pk[np.searchsorted(pks, owners, sorter=by_pk).clip(max=len(pks) - 1)]
        is_row = pks[rows] == owners
        rows, code_of = rows[is_row], code_of[is_row]
    order = np.lexsort((rows, code_of))
    return rows[order], code_of[order], [value.encode() for _name, value in ordered], names


def _value_arrays(values: Sequence[bytes]) -> dict[str, Array]:
    return {
        "values": np.frombuffer(b"".join(values), dtype=np.uint8),
        "value_ends": _ends(values),
    }


def _bitmap_arrays(rows: Array, codes: Array, values: int, count: int) -> dict[str, Array]:
    """By code, its rows: as they are where that takes fewer bytes than a bitmap."""
    bounds = np.searchsorted(codes, np.arange(values + 1))
    # In one type for all, by which a reader knows them.
    narrow_rows = narrow(rows, max(count - 1, 0))
    size = narrow_rows.itemsize
    blobs = []
    for code in range(values):
        start, end = bounds[code : code + 2]
        bitmap = bitmap_of(rows[start:end])
        bitmap.run_optimize()
        blob = bitmap.serialize()
        blobs.append(blob if len(blob) < (end - start) * size else narrow_rows[start:end].tobytes())
    return {
        "bitmaps": np.frombuffer(b"".join(blobs), dtype=np.uint8),
        "bitmap_ends": _ends(blobs),
        "totals": narrow(np.diff(bounds)),
    }


def _ends(parts: Sequence[bytes]) -> Array:
    """Where each part begins if they follow each other, and where the last one ends."""
    ends = np.zeros(len(parts) + 1, dtype=np.uint64)
    np.cumsum([len(part) for part in parts], out=ends[1:])
    return narrow(ends)
