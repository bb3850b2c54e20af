"""The lines of a whole list: those that are kept, and the others rendered and kept.

The result is that of rendering every row of ``kb.record.export.all_rows``.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from hashlib import blake2b
from itertools import chain, islice, repeat
from operator import attrgetter
from typing import NamedTuple

from kb.record.entry_order import AllEdges, all_edges, edges_of
from kb.record.export import BATCH_SIZES, MAX_BATCH_SIZE, MAX_KNOWN_NAMES, api_rows
from kb.record.kept_blocks import Block
from kb.record.kept_lines import KeptLine, LineFile, NewLine
from kb.record.models import Entry
from kb.record.named_details import ids_of_details
from kb.record.named_records import Names
from kb.record.order_notes import batches_of_whole_runs, undecided_ids
from kb.record.order_values import date_place
from kb.record.ordering import OrderedEntry
from kb.record.query import TimelineQuery
from kb.record.rows import Row, rows_for_entries
from kb.record.sort_keys import id_of_key
from kb.record.time_limit import with_checks

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
    pk: int
    sort_key: str
    order: OrderedEntry
    head: bytes
    tail: bytes


def all_lines(
    query: TimelineQuery, file: LineFile, render: Render, middle: Middle
) -> Generator[bytes, None, None]:
    """The lines of every entry of the query in its order, some at a time; closes the file.

    The query names no day on which something was known. Use it in the ``snapshot`` that the state
    of the file was read in. Finished blocks are kept of the whole record, the oldest first.
    """
    with closing(file):
        lines = _Lines(query, file, render)
        if not query.is_by_time:
            nothing = middle(None)
            while batch := lines.take(BATCH_SIZES[-1]):
                yield b"".join([line.head + nothing + line.tail for line in batch])
            return
        # One query instead of some for each batch.
        edges = all_edges(MAX_EDGES)
        find_edges = edges.find if edges else edges_of
        keeps_blocks = edges is not None and not query.pairs()
        sizes = chain(BATCH_SIZES, repeat(BATCH_SIZES[-1]))
        while listed := lines.ahead(1):
            size = next(sizes)
            block = file.block(listed[0].pk) if keeps_blocks else None
            if edges and block:
                mark = _mark(lines.ahead(block.size + 1), block.size, size, edges)
                if block.mark == mark:
                    lines.skip(block.size)
                    yield block.lines
                    continue
            batch = lines.take_whole_runs(size)
            runs = undecided_ids([line.order for line in batch], find_edges)
            starts = {public_id: run[0] for run in runs for public_id in run}
            joined = b"".join(
                [line.head + middle(starts.get(line.order.id)) + line.tail for line in batch]
            )
            if edges and keeps_blocks:
                following = lines.ahead(1)
                mark = _mark([*batch, *following], len(batch), size, edges)
                file.keep_block(
                    [line.pk for line in batch],
                    following[0].pk if following else None,
                    Block(len(batch), mark, joined),
                )
            yield joined


def _mark(entries: Sequence[_Listed | _Line], count: int, size: int, edges: AllEdges) -> bytes:
    """What tells a batch of so many entries, and the one after it, from every other batch.

    A sort key has the id of its entry. ``size`` is from where on the batch may end.
    """
    keys = [entry.sort_key for entry in entries]
    links = edges.mark([id_of_key(key) for key in keys[:count]])
    text = "\n".join([str(count), str(size), *keys, links])
    return blake2b(text.encode(), digest_size=20).digest()


class _Lines:
    """The entries of a list, and the lines of the next ones as far as they are asked for."""

    def __init__(self, query: TimelineQuery, file: LineFile, render: Render) -> None:
        entries = query.entries().values_list("pk", "public_id", "sort_key")
        self._stream = map(_Listed._make, entries.iterator(chunk_size=4 * MAX_BATCH_SIZE))
        self._file = file
        self._render = render
        self._names = Names([])
        # The next entries, and the lines of the first of them.
        self._listed: list[_Listed] = []
        self._lines: list[_Line] = []

    def ahead(self, count: int) -> list[_Listed]:
        """The next entries of the list: so many, if there are."""
        missing = count - len(self._listed)
        if missing > 0:
            self._listed += islice(self._stream, missing)
        return self._listed[:count]

    def skip(self, count: int) -> None:
        """Go on after so many entries, of which ``ahead`` has told."""
        del self._listed[:count]
        del self._lines[:count]

    def take(self, count: int) -> list[_Line]:
        """The lines of the next entries: so many, if there are."""
        batch = list(islice(self._lines_ahead(count), count))
        self.skip(len(batch))
        return batch

    def take_whole_runs(self, size: int) -> list[_Line]:
        """The lines of the next batch, which ends from this size on where no run goes on."""
        # The first batches are read alone, so that the first byte is sent soon.
        rows = self._lines_ahead(size + 1 if size < BATCH_SIZES[-1] else MAX_BATCH_SIZE)
        batches = batches_of_whole_runs(rows, repeat(size), MAX_BATCH_SIZE, attrgetter("order"))
        batch = next(batches, [])
        self.skip(len(batch))
        return batch

    def _lines_ahead(self, count: int) -> Iterator[_Line]:
        """The lines of all next entries, the first so many read at once; nothing is skipped."""
        place = 0
        while True:
            if place == len(self._lines):
                self._read(self.ahead(place + count)[place:])
                if place == len(self._lines):
                    return
            yield self._lines[place]
            place += 1

    def _read(self, batch: Sequence[_Listed]) -> None:
        lines = self._file.lines([row.pk for row in batch])
        missing = [row.pk for row in batch if row.pk not in lines]
        if missing:
            if len(self._names.documents) > MAX_KNOWN_NAMES:
                self._names = Names([])
            lines |= _rendered(missing, self._names, self._file, self._render)
        for row in batch:
            line = lines[row.pk]
            place = date_place(line.edtf, line.zone, line.time)
            order = OrderedEntry(row.public_id, place.bounds, has_zone=place.has_zone)
            self._lines.append(_Line(row.pk, row.sort_key, order, line.head, line.tail))


def _rendered(
    keys: Sequence[int], names: Names, file: LineFile, render: Render
) -> dict[int, KeptLine]:
    """The lines of these entries, which are kept for the next export."""
    entries = list(Entry.objects.filter(pk__in=keys).select_related("revision"))
    rows = api_rows(rows_for_entries(entries, None, names), names=names)
    parts = render(with_checks(rows))
    lines: dict[int, KeptLine] = {}
    new = []
    for entry, row, (head, tail) in zip(entries, rows, parts, strict=True):
        document = entry.revision.document
        when = document["date"]
        date = (when["edtf"] or "", when["zone"] or "", when.get("time") or "")
        line = lines[entry.pk] = KeptLine(head, tail, *date)
        contested = [claim["id"] for claim in row["contested"]]
        named = names.dependencies(document, also=contested) | {entry.public_id}
        named |= set(ids_of_details(row, names))
        new.append(NewLine(entry.pk, line, named))
    file.keep(new)
    return lines
