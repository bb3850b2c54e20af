"""The lines of a whole list: those that are kept, and the others rendered and kept.

The result is that of rendering every row of ``kb.record.export.all_rows``.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from itertools import chain, islice, repeat
from operator import attrgetter
from typing import NamedTuple

from kb.record.entry_order import all_edges, edges_of
from kb.record.export import BATCH_SIZES, MAX_BATCH_SIZE, MAX_KNOWN_NAMES, api_rows
from kb.record.kept_lines import KeptLine, LineFile, NewLine
from kb.record.models import Entry
from kb.record.named_records import Names
from kb.record.order_notes import batches_of_whole_runs, undecided_ids
from kb.record.order_values import date_place
from kb.record.ordering import OrderedEntry
from kb.record.query import TimelineQuery
from kb.record.rows import Row, rows_for_entries

# Ordering links that an export reads at once, in some 15 MB of memory.
MAX_EDGES = 30_000
# The two parts of the line of each row.
Render = Callable[[Iterable[Row]], Iterable[tuple[bytes, bytes]]]
# The bytes between them: the id from which on the order is not stated, or None.
Middle = Callable[[str | None], bytes]


class _Listed(NamedTuple):
    pk: int
    public_id: str
    sort_key: str


class _Line(NamedTuple):
    sort_key: str
    order: OrderedEntry
    head: bytes
    tail: bytes


def all_lines(
    query: TimelineQuery, file: LineFile, render: Render, middle: Middle
) -> Generator[bytes, None, None]:
    """The lines of every entry of the query in its order, some at a time; closes the file.

    The query names no day on which something was known. Use it in the ``snapshot`` that the state
    of the file was read in.
    """
    with closing(file):
        lines = _lines(query, file, render)
        if not query.is_by_time:
            nothing = middle(None)
            while batch := list(islice(lines, BATCH_SIZES[-1])):
                yield b"".join([line.head + nothing + line.tail for line in batch])
            return
        # One query instead of some for each batch.
        find_edges = all_edges(MAX_EDGES) or edges_of
        sizes = chain(BATCH_SIZES, repeat(BATCH_SIZES[-1]))
        for batch in batches_of_whole_runs(lines, sizes, MAX_BATCH_SIZE, attrgetter("order")):
            runs = undecided_ids([line.order for line in batch], find_edges)
            starts = {public_id: run[0] for run in runs for public_id in run}
            yield b"".join(
                [line.head + middle(starts.get(line.order.id)) + line.tail for line in batch]
            )


def _lines(query: TimelineQuery, file: LineFile, render: Render) -> Iterator[_Line]:
    entries = query.entries().values_list("pk", "public_id", "sort_key")
    stream = entries.iterator(chunk_size=MAX_BATCH_SIZE)
    # The first are few, so that the first byte is sent soon, as in ``all_rows``.
    sizes = chain(BATCH_SIZES, repeat(MAX_BATCH_SIZE))
    names = Names([])
    for size in sizes:
        batch = [_Listed._make(row) for row in islice(stream, size)]
        if not batch:
            return
        lines = file.lines([row.pk for row in batch])
        missing = [row.pk for row in batch if row.pk not in lines]
        if missing:
            if len(names.documents) > MAX_KNOWN_NAMES:
                names = Names([])
            lines |= _rendered(missing, names, file, render)
        for row in batch:
            line = lines[row.pk]
            place = date_place(line.edtf, line.zone, line.time)
            order = OrderedEntry(row.public_id, place.bounds, has_zone=place.has_zone)
            yield _Line(row.sort_key, order, line.head, line.tail)


def _rendered(
    keys: Sequence[int], names: Names, file: LineFile, render: Render
) -> dict[int, KeptLine]:
    """The lines of these entries, which are kept for the next export."""
    entries = list(Entry.objects.filter(pk__in=keys).select_related("revision"))
    rows = api_rows(rows_for_entries(entries, None, names))
    lines: dict[int, KeptLine] = {}
    new = []
    for entry, row, (head, tail) in zip(entries, rows, render(rows), strict=True):
        document = entry.revision.document
        when = document["date"]
        date = (when["edtf"] or "", when["zone"] or "", when.get("time") or "")
        line = lines[entry.pk] = KeptLine(head, tail, *date)
        contested = [claim["id"] for claim in row["contested"]]
        named = names.dependencies(document, also=contested) | {entry.public_id}
        new.append(NewLine(entry.pk, line, named))
    file.keep(new)
    return lines
