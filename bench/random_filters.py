"""Measure a page of the timeline with random filters: ``python -m bench.random_filters``.

DATABASE_URL or KB_DATA_DIR choose the record, which ``bench.generate`` fills; ``--folder DIR
--entries N`` a record of ``bench.in_turns``, which is generated if it is not there. So many
combinations are drawn, each of up to four values that one entry has, some with dates or with words.
Prints the processor time of counts, facets and the 25 entries together, as the index of the
process gives them, and of the whole page; both after other combinations. Answers of a sample are
compared with those of SQL, and a difference ends the command with an error.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import django

if TYPE_CHECKING:
    from kb.record.entry_source import EntrySource
    from kb.record.query import TimelineQuery

COMBINATIONS, WARM_UP, SAMPLE = 200, 40, 20
MAX_VALUES = 4
# The filters that are drawn, besides dates and words.
NAMES = (
    "actor", "by", "for", "to", "about", "attributed_to", "asked", "publisher", "topic",
    "incident", "source", "kind", "standing", "form",
)  # fmt: skip
# Filters whose values are words in addresses and not the ids of records.
WORDS = ("kind", "standing", "form")
ORDERS = ("oldest", "oldest", "newest", "changed")


def random_addresses(chance: random.Random, count: int) -> list[str]:
    """The query strings of combinations; each has at least one result, but for its dates."""
    from kb.record.models import Entry, Facet, Revision

    last = Entry.objects.order_by("-pk").values_list("pk", flat=True)[0]
    drawn = []
    while len(drawn) < count:
        entry = Entry.objects.filter(pk__gte=chance.randint(1, last)).order_by("pk").first()
        facets = Facet.objects.filter(entry=entry, name__in=NAMES).order_by("pk")
        pairs = sorted(facets.values_list("name", "value"))
        drawn.append(dict(chance.sample(pairs, min(len(pairs), chance.randint(1, MAX_VALUES)))))
    ids = {value for values in drawn for name, value in values.items() if name not in WORDS}
    live = Revision.objects.live().filter(public_id__in=ids)
    slugs = dict(live.values_list("public_id", "slug"))
    addresses = []
    for values in drawn:
        parameters = {
            name: value if name in WORDS else slugs.get(value, "") for name, value in values.items()
        }
        if chance.random() < 0.3:
            parameters["from"] = str(chance.randint(1996, 2022))
        if chance.random() < 0.15:
            parameters["known"] = str(chance.randint(2005, 2024))
        if chance.random() < 0.1:
            parameters["q"] = chance.choice(("committee", "report", "board*"))
        parameters["order"] = chance.choice(ORDERS)
        filled = {name: value for name, value in parameters.items() if value}
        addresses.append(urlencode(sorted(filled.items())))
    return addresses


def answer(source: EntrySource, query: TimelineQuery) -> tuple[object, ...]:
    """What a page asks of the record: its counts, its facets and its entries."""
    from kb.record.facets import MAX_OPTIONS, SHOWN_VALUES

    counts = source.count(query), source.count(query, match="certain")
    frequent = source.frequent_values(query, SHOWN_VALUES, most=MAX_OPTIONS, also={})
    return counts, frequent, source.page(query)


def _answer_now(query: TimelineQuery) -> None:
    from kb.record.reading.current import entry_source

    answer(entry_source(), query)


def milliseconds(action: Callable[[], object]) -> float:
    """The processor time of this process for an action, and of the database for it."""
    from bench.timing import database_times

    before, start = database_times(), time.process_time()
    action()
    seconds = time.process_time() - start
    after = database_times().items()
    return 1000 * (seconds + sum(spent - before.get(process, 0.0) for process, spent in after))


def differing(queries: list[TimelineQuery]) -> list[TimelineQuery]:
    """Those of the queries that the index and SQL answer differently."""
    from kb.record.facets import SHOWN_VALUES
    from kb.record.reading.current import entry_source
    from kb.record.sql_source import SqlSource

    def facts(source: EntrySource, query: TimelineQuery) -> tuple[object, ...]:
        page = source.page(query)
        return (
            source.count(query),
            source.count(query, match="certain"),
            source.value_counts(query, SHOWN_VALUES),
            [entry.pk for entry in page.entries],
            page[1:],
        )

    return [query for query in queries if facts(entry_source(), query) != facts(SqlSource(), query)]


def measure(seed: int) -> int:
    """Print the times; return how many combinations of the sample SQL answers otherwise."""
    from bench.timing import request
    from kb.record.models import Entry
    from kb.record.query import TimelineQuery
    from kb.record.reading.current import entry_source
    from kb.wsgi import application

    chance = random.Random(seed)
    addresses = random_addresses(chance, WARM_UP + COMBINATIONS)
    queries = [TimelineQuery.parse(address) for address in addresses]
    print(f"{Entry.objects.count():,} entries, {type(entry_source()).__name__}, "
          f"{COMBINATIONS} combinations, load {os.getloadavg()[0]:.1f}")  # fmt: skip
    statuses = set()

    def ask(address: str) -> None:
        statuses.add(request(application, f"/timeline/?{address}")[0])

    parts = [milliseconds(partial(_answer_now, query)) for query in queries]
    pages = [milliseconds(partial(ask, address)) for address in addresses]
    for name, times in (("counts, facets and entries", parts), ("whole page", pages)):
        values = times[WARM_UP:]
        print(f"{name}: p50 {median(values):.1f} ms, p95 {quantiles(values, n=20)[-1]:.1f} ms, "
              f"max {max(values):.1f} ms")  # fmt: skip
    print(f"statuses of pages: {sorted(statuses)}")
    sample = chance.sample(queries, SAMPLE)
    wrong = differing(sample)
    print(f"compared with SQL: {len(sample)}, different: {len(wrong)}")
    for query in wrong:
        print(f"  {query.canonical()}")
    return len(wrong)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--folder", type=Path, help="of the records of bench.in_turns")
    parser.add_argument("--entries", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if options.folder:
        from bench.databases import database, python
        from bench.in_turns import stored_generation

        with database("", f"turns_{options.entries}", options.folder) as environment:
            stored_generation(options.entries, environment)
            arguments = ["-m", "bench.random_filters", f"--seed={options.seed}"]
            print(python(*arguments, environment=environment), end="")
        return 0
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kb.settings")
    django.setup()
    from django.conf import settings

    # The files of a checkout, which nobody has collected.
    settings.STORAGES["staticfiles"] = {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
    }
    return 1 if measure(options.seed) else 0


if __name__ == "__main__":
    sys.exit(main())
