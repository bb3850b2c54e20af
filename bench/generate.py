"""Fill the record with generated entries: ``python -m bench.generate 20000``.

DATABASE_URL or KB_DATA_DIR choose the database, which must be migrated and have an empty record.
The rows are stored as they are, without the desk, publishing and indexing; they are those that
publishing would make (``bench/generated/``). The same seed gives the same record. ``--hostile``
adds characters that break formats to every text. A failure leaves a database to throw away.
"""

from __future__ import annotations

import argparse
import gc
import multiprocessing
import os
import resource
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from itertools import chain
from multiprocessing.pool import AsyncResult
from typing import TYPE_CHECKING, TypeAlias, TypeVar

import django
from django.db import connection, connections, transaction

if TYPE_CHECKING:
    from bench.generated.chunks import Record
    from bench.generated.rows import Rows

T = TypeVar("T")
Prepare: TypeAlias = "Callable[[Rows], T]"
# From here on, indexes are made after the rows, and other processes make the rows.
MIN_BULK_ENTRIES = 10_000
PROCESSES = 2
MAX_WAITING = 6  # batches that nobody has stored yet


def fill(
    entries: int,
    *,
    seed: int = 1,
    hostile: bool = False,
    bulk: bool | None = None,
    processes: int = PROCESSES,
) -> int:
    """Fill the empty record; return the number of entries.

    With ``bulk``, which large records have by default, indexes are made after the rows, and so
    many ``processes`` make the rows; then the caller must have no transaction open.
    """
    from bench.bulk import postgres, sqlite
    from bench.generated.chunks import Record
    from kb.record import publication_version
    from kb.record.list_rebuild import fill_lists
    from kb.record.models import Revision
    from kb.record.statistics import analyze_tables

    is_bulk = entries >= MIN_BULK_ENTRIES if bulk is None else bulk
    with _batches(Record(entries, seed, hostile), processes if is_bulk else 0) as batches:
        if Revision.objects.exists():
            raise SystemExit("The record is not empty: generate into a database of its own.")
        if connection.vendor == "sqlite":
            raw = connection.connection
            with sqlite.without_indexes(raw) if is_bulk else transaction.atomic():
                sqlite.store(raw, batches(sqlite.prepare))
        else:
            with (
                transaction.atomic(),
                connection.cursor() as cursor,
                postgres.without_indexes(cursor) if is_bulk else nullcontext(),
            ):
                postgres.store(cursor, batches(postgres.prepare))
        with transaction.atomic():
            publication_version.bump_version()
            fill_lists()
            analyze_tables()
    return entries


@contextmanager
def _batches(record: Record, processes: int) -> Iterator[Callable[[Prepare[T]], Iterator[T]]]:
    """A function that gives all rows of the record in order, each batch prepared by its argument.

    The processes begin before a database is opened, which they must not share.
    """
    numbers = record.chunks
    if not processes:
        yield lambda prepare: (
            prepare(rows) for rows in chain([record.named_rows()], map(record.chunk, numbers))
        )
        return
    connections.close_all()
    named = record.named_rows()  # before the processes begin, so that they share the names
    context = multiprocessing.get_context("fork")
    with context.Pool(processes, initializer=_set_record, initargs=(record,)) as pool:

        def in_pool(prepare: Prepare[T]) -> Iterator[T]:
            yield prepare(named)
            pending: deque[AsyncResult[T]] = deque()
            for number in numbers:
                pending.append(pool.apply_async(_prepared_chunk, (prepare, number)))
                if len(pending) > MAX_WAITING:
                    yield pending.popleft().get()
            while pending:
                yield pending.popleft().get()

        yield in_pool


_records: list[Record] = []


def _set_record(record: Record) -> None:
    gc.disable()  # the rows are in no cycles, and looking for some takes a tenth of the time
    _records[:] = [record]


def _prepared_chunk(prepare: Prepare[T], number: int) -> T:
    return prepare(_records[0].chunk(number))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("entries", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--hostile", action="store_true")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kb.settings")
    django.setup()
    gc.disable()  # as in the processes that make the rows
    started = time.perf_counter()
    count = fill(options.entries, seed=options.seed, hostile=options.hostile)
    took = time.perf_counter() - started
    cpu = sum(
        usage.ru_utime + usage.ru_stime
        for usage in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )
    print(
        f"{count} entries in {took:.1f} s, {count / took:.0f} a second; {cpu:.1f} s of processor "
        f"time on {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}"
    )


if __name__ == "__main__":
    main()
