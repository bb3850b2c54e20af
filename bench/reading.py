"""Measure the reading index without a database: ``python -m bench.reading 1000000``.

``--file PATH`` only measures the parts of a file that is there, such as that of ``bench.generate``.

A synthetic table (Zipf actors in roles, topics, publishers, 36 years) is written to a file and
mapped, as a worker does. Then 200 random combinations of filters are counted, with all facets and a
page of 25 rows; times are processor times of one process. The same seed gives the same table and
filters.
"""

from __future__ import annotations

import argparse
import os
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import chain, groupby
from operator import itemgetter
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING

import django

if TYPE_CHECKING:
    from kb.record.query import TimelineQuery
    from kb.record.reading.index_source import IndexSource

ACTORS, TOPICS, PUBLISHERS, INCIDENTS = 2_333, 200, 300, 1_000
COMBINATIONS = 200
PAGE = 25


def zipf(chance: random.Random, count: int) -> int:
    """A number below ``count``; small ones are much more frequent, as 1 to 1/n."""
    return int(count ** chance.random()) - 1


def synthetic_entries(rows: int) -> Iterator[tuple]:
    """Rows of ``IndexedEntry`` in the order of their sort keys."""
    days = groupby(_entries_by_day(rows), key=itemgetter(4))
    return chain.from_iterable(sorted(entries, key=itemgetter(3)) for _day, entries in days)


def _entries_by_day(rows: int) -> Iterator[tuple]:
    from kb.record.ordering import OrderKey, encode_key

    chance = random.Random(1)
    first = date(1990, 1, 1)
    for number in range(rows):
        day = first + timedelta(days=number * 36 * 365 // rows)
        width = chance.choice((1, 1, 1, 30, 365))
        key = OrderKey(2 * day.toordinal() * 86_400, width * 86_400, 0, "", 0, f"{number:012d}")
        known = day + timedelta(days=chance.randint(0, 400))
        last = day + timedelta(days=width - 1)
        yield (number + 1, rows * 2 - number, f"{number:012d}", encode_key(key), day, last,
               known, True)  # fmt: skip


def synthetic_facets(rows: int) -> Iterator[tuple[int, str, str]]:
    chance = random.Random(2)
    for pk in range(1, rows + 1):
        yield pk, "kind", "event" if pk % 3 else "statement"
        yield pk, "topic", f"topic{zipf(chance, TOPICS):05d}"
        yield pk, "incident", f"incident{zipf(chance, INCIDENTS):04d}"
        yield pk, "publisher", f"actor{zipf(chance, PUBLISHERS):07d}"
        yield pk, "source", f"source{chance.randint(0, rows // 10):06d}"
        yield pk, "origins", "0001"
        actors = {f"actor{zipf(chance, ACTORS):07d}" for _ in range(3)}
        yield from ((pk, "actor", actor) for actor in actors)
        if pk % 3:
            yield pk, "standing", chance.choice(("undisputed", "reported", "one_party"))
        else:
            yield pk, "form", chance.choice(("verbatim", "paraphrase"))
            roles = ("by", "for", "to", "about")
            yield from (
                (pk, role, actor) for role, actor in zip(roles, sorted(actors), strict=False)
            )


def random_queries() -> Iterator[TimelineQuery]:
    from kb.dates import parse_edtf
    from kb.record.filter_fields import Choice
    from kb.record.query import TimelineQuery

    chance = random.Random(3)
    names = {"actor": ACTORS, "by": ACTORS, "about": ACTORS, "topic": TOPICS}
    for _ in range(COMBINATIONS):
        query = TimelineQuery()
        for name, count in names.items():
            if chance.random() < 0.25:
                prefix = "topic" if name == "topic" else "actor"
                value = f"{prefix}{zipf(chance, count):0{5 if name == 'topic' else 7}d}"
                query = query.with_values(name, (Choice(value, value, value),))
        if chance.random() < 0.4:
            kind = chance.choice(("event", "statement"))
            query = query.with_values("kind", (Choice(kind, kind, kind),))
        if chance.random() < 0.3:
            query = query.with_(since=parse_edtf(str(chance.randint(1990, 2025))))
        if chance.random() < 0.2:
            query = query.with_(known=parse_edtf(str(chance.randint(1995, 2025))))
        yield query.with_(order=chance.choice(("oldest", "oldest", "newest", "changed")))


def timed(action: Callable[[], object]) -> float:
    """Milliseconds of processor time that an action takes."""
    start = time.process_time()
    action()
    return (time.process_time() - start) * 1000


def parts_of_page(source: IndexSource, query: TimelineQuery) -> dict[str, float]:
    """Milliseconds for each part of a page."""
    from kb.record.facets import SHOWN_VALUES
    from kb.record.reading.pages import rows_beside

    def page() -> object:
        rows = source._rows(query)
        return rows_beside(rows, query, cursor="", is_after=True, limit=PAGE + 1)

    parts = {
        "counts": timed(lambda: (source.count(query), source.count(query, match="certain"))),
        "facets": timed(lambda: source.value_counts(query, SHOWN_VALUES)),
        "page": timed(page),
    }
    parts["counts, facets and page"] = sum(parts.values())
    parts["histogram"] = timed(lambda: source.column_counts(query, "year", None))
    return parts


def resident(path: Path) -> float:
    """Megabytes of a mapped file that are in the memory of this process."""
    total, is_inside = 0, False
    for line in Path("/proc/self/smaps").read_text().splitlines():
        if "-" in line.split(" ", 1)[0]:
            is_inside = line.endswith(str(path))
        elif is_inside and line.startswith("Rss:"):
            total += int(line.split()[1])
    return total / 1024


def private_memory() -> float:
    """Megabytes that belong to this process alone."""
    for line in Path("/proc/self/smaps_rollup").read_text().splitlines():
        if line.startswith("Private_Dirty:"):
            return int(line.split()[1]) / 1024
    raise OSError("no Private_Dirty in smaps_rollup")


def sizes_of_parts(path: Path) -> str:
    """The bytes for each row of each array of a file, greatest first, and of the whole file."""
    from kb.record.reading.table import read_table

    table = read_table(path)
    rows = max(len(table), 1)
    arrays = sorted(table.arrays.items(), key=lambda item: item[1].nbytes, reverse=True)
    lines = [
        f"{name:20}{array.dtype.str:>6}{array.nbytes / rows:9.2f} bytes for each row"
        for name, array in arrays
    ]
    size = path.stat().st_size
    return "\n".join([*lines, f"{'the whole file':26}{size / rows:9.2f} bytes for each row, "
                      f"{size / rows / 2**20 * 1e6:.1f} MB for a million"])  # fmt: skip


def measure(rows: int, folder: Path) -> None:
    from itertools import starmap

    from kb.record.reading.build import IndexedEntry, make_table
    from kb.record.reading.index import index_of
    from kb.record.reading.index_source import IndexSource
    from kb.record.reading.table import State, read_table, write_table

    path = folder / "reading.index"
    state = State(1, datetime.now(UTC))
    entries = starmap(IndexedEntry, synthetic_entries(rows))
    start = time.process_time()
    write_table(make_table(entries, synthetic_facets(rows), state), path)
    print(f"build: {time.process_time() - start:.1f} s, file {path.stat().st_size / 2**20:.0f} MB")
    print(sizes_of_parts(path))
    before = private_memory()
    loads = [timed(lambda: read_table(path)) for _ in range(5)]
    index = index_of(read_table(path))
    print(f"load: {median(loads):.0f} ms")
    for round_name in ("first time", "again"):
        times: dict[str, list[float]] = {}
        for query in random_queries():
            for name, milliseconds in parts_of_page(IndexSource(index), query).items():
                times.setdefault(name, []).append(milliseconds)
        for name, values in times.items():
            p95 = quantiles(values, n=20)[-1]
            print(
                f"{round_name}: {name}: median {median(values):.2f} ms, p95 {p95:.2f} ms, "
                f"max {max(values):.2f} ms"
            )
    print(f"memory: {resident(path):.0f} MB of the file, shared; "
          f"{private_memory() - before:.0f} MB of this process")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=int, nargs="?", default=1_000_000)
    parser.add_argument("--file", type=Path, help="only the sizes of the parts of this file")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kb.settings")
    os.environ.setdefault("KB_DEBUG", "True")
    django.setup()
    if options.file:
        print(sizes_of_parts(options.file))
        return
    with tempfile.TemporaryDirectory() as folder:
        measure(options.rows, Path(folder))


if __name__ == "__main__":
    main()
