"""Make the table of a reading index from the rows of entries and their facets."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from itertools import starmap
from typing import Any, NamedTuple

import numpy as np
from django.db import connections, router
from numpy.typing import NDArray

from kb.record import publication_version
from kb.record.entry_origins import ORIGINS
from kb.record.entry_values import OUTCOME
from kb.record.export import snapshot
from kb.record.facets import SHOWN_VALUES
from kb.record.filters import FACETS
from kb.record.models import Entry, EntryChange, Facet
from kb.record.reading.bitmaps import bitmap_of
from kb.record.reading.packed_keys import PACKED_SIZE, pack_key
from kb.record.reading.table import State, Table
from kb.record.vocabulary import CONTESTED, ENTRY_KINDS

# The facets in the order of their codes. Those that pages count come first, so that their codes
# are small; then "source", which lists of incidents count; then those that only filter.
SOURCE = "source"
FILTERS_ONLY = tuple(
    sorted({*FACETS, "language", ORIGINS, CONTESTED, OUTCOME} - {*SHOWN_VALUES, SOURCE})
)
INDEXED_NAMES = (*SHOWN_VALUES, SOURCE, *FILTERS_ONLY)
BATCH_SIZE = 5_000
Array = NDArray[Any]


class IndexedEntry(NamedTuple):
    """The columns of an entry that the index holds."""

    pk: int
    revision: int
    public_id: str
    sort_key: str
    kind: str
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
    "kind",
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
    arrays, texts = _columns(entries, with_texts=with_texts)
    rows, codes, values, names = _coded(facets, arrays["pk"], arrays["by_pk"])
    arrays |= _value_arrays(values)
    arrays |= _bitmap_arrays(rows, codes, len(values))
    last_shown = names[SHOWN_VALUES[-1]][1]
    count = len(arrays["pk"])
    arrays |= _lists_of_codes("shown", rows, codes, (0, last_shown), count)
    arrays |= _lists_of_codes(SOURCE, rows, codes, names[SOURCE], count)
    return Table(arrays, names, tuple(ENTRY_KINDS), state, version, texts)


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


def _columns(
    entries: Iterable[IndexedEntry], *, with_texts: bool
) -> tuple[dict[str, Array], tuple[str, ...] | None]:
    pks, revisions, keys = array("Q"), array("Q"), bytearray()
    kinds, dated = bytearray(), bytearray()
    earliest, latest, known = array("I"), array("I"), array("I")
    kind_codes = {str(kind): code for code, kind in enumerate(ENTRY_KINDS)}
    texts = []
    for entry in entries:
        pks.append(entry.pk)
        revisions.append(entry.revision)
        keys += pack_key(entry.sort_key)
        kinds.append(kind_codes[entry.kind])
        dated.append(entry.dated)
        earliest.append(_ordinal(entry.earliest))
        latest.append(_ordinal(entry.latest))
        known.append(_ordinal(entry.known_since))
        if with_texts:
            texts.append(entry.search_text)
    packed = np.frombuffer(bytes(keys), dtype=f"S{PACKED_SIZE}")
    ids = np.frombuffer(bytes(keys), dtype=">u8").reshape(-1, PACKED_SIZE // 8)[:, -1]
    pk = _narrow(np.array(pks, dtype=np.uint64))
    revision = _narrow(np.array(revisions, dtype=np.uint64))
    arrays: dict[str, Array] = {
        "keys": packed,
        "pk": pk,
        "revision": revision,
        "kind": np.frombuffer(bytes(kinds), dtype=np.uint8),
        "dated": np.frombuffer(bytes(dated), dtype=np.uint8),
        "earliest": np.array(earliest, dtype=np.uint32),
        "latest": np.array(latest, dtype=np.uint32),
        "known": np.array(known, dtype=np.uint32),
        "by_pk": np.argsort(pk, kind="stable").astype(np.uint32),
        "by_revision": np.argsort(revision, kind="stable").astype(np.uint32),
        "by_id": np.argsort(ids, kind="stable").astype(np.uint32),
    }
    return arrays, tuple(texts) if with_texts else None


def _ordinal(day: date | None) -> int:
    return day.toordinal() if day else 0


def _narrow(numbers: Array) -> Array:
    """The same numbers in the fewest bytes that hold the greatest."""
    return numbers.astype(np.min_scalar_type(int(numbers.max()) if len(numbers) else 0))


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
    ends = np.zeros(len(values) + 1, dtype=np.uint32)
    np.cumsum([len(value) for value in values], out=ends[1:])
    return {"values": np.frombuffer(b"".join(values), dtype=np.uint8), "value_ends": ends}


def _bitmap_arrays(rows: Array, codes: Array, values: int) -> dict[str, Array]:
    bounds = np.searchsorted(codes, np.arange(values + 1))
    blobs = []
    for code in range(values):
        bitmap = bitmap_of(rows[bounds[code] : bounds[code + 1]])
        bitmap.run_optimize()
        blobs.append(bitmap.serialize())
    ends = np.zeros(values + 1, dtype=np.uint64)
    np.cumsum([len(blob) for blob in blobs], out=ends[1:])
    return {
        "bitmaps": np.frombuffer(b"".join(blobs), dtype=np.uint8),
        "bitmap_ends": ends,
        "totals": np.diff(bounds).astype(np.uint32),
    }


def _lists_of_codes(
    name: str, rows: Array, codes: Array, between: tuple[int, int], count: int
) -> dict[str, Array]:
    """By row, its codes in a range, counted from the beginning of that range."""
    first, last = between
    start, end = np.searchsorted(codes, [first, last])
    rows, codes = rows[start:end], codes[start:end] - first
    order = np.argsort(rows, kind="stable")
    ends = np.zeros(count + 1, dtype=np.uint32)
    np.cumsum(np.bincount(rows, minlength=count), out=ends[1:])
    narrow = np.min_scalar_type(max(last - first - 1, 0))
    return {f"{name}_codes": codes[order].astype(narrow), f"{name}_ends": ends}
