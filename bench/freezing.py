"""Measure how lists are frozen: ``python -m bench.freezing``.

KB_DATA_DIR or DATABASE_URL choose the record, which ``bench.generate`` fills; ``--folder DIR
--entries N`` a record of ``bench.in_turns``, which is generated if it is not there. Lists with
random filters are frozen, and the longest ones that may be. Prints the response times, the bytes
of a list for each of its entries, and how long ``verify_record`` takes for them. The lists are
removed again. The exit status is 1 if a list takes longer than 100 ms or 4 bytes for an entry, or
is not what was stored.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
from pathlib import Path
from statistics import quantiles
from typing import NamedTuple

import django

LISTS, MAX_MS, MAX_BYTES = 40, 100.0, 4.0
# Filters that many entries have, for long lists.
LONG = (
    "kind=statement",
    "kind=event",
    "standing=reported",
    "standing=announced",
    "standing=contested",
)


class Freezing(NamedTuple):
    """One list: its entries, its bytes and the milliseconds until it was stored."""

    count: int
    size: int
    milliseconds: float


def frozen(addresses: list[str]) -> list[Freezing]:
    """Freeze the lists of these query strings, except those that are empty or too long."""
    from kb.record.frozen.freezing import EmptyList, ListTooLong, freeze
    from kb.record.query import TimelineQuery

    freezings = []
    for number, address in enumerate(addresses):
        query = TimelineQuery.parse(address)
        started = time.perf_counter()
        try:
            view = freeze(query, f"bench-{number // 20}")
        except (EmptyList, ListTooLong):
            continue
        took = (time.perf_counter() - started) * 1000
        freezings.append(Freezing(view.count, len(view.members), took))
    return freezings


def measure(seed: int) -> int:
    """Print the figures; return the exit status."""
    from bench.random_filters import random_addresses
    from kb.record.frozen.verify import all_view_errors
    from kb.record.models import Entry, FrozenView

    chance = random.Random(seed)
    years = [f"{kind}&from={year}&until={year + 1}" for kind in LONG for year in (1990, 2005, 2020)]
    random_lists = random_addresses(chance, LISTS)
    frozen(random_lists[:5])  # loads the index
    FrozenView.objects.filter(maker__startswith="bench-").delete()
    freezings = frozen([*random_lists, *LONG, *years])
    started = time.perf_counter()
    errors = list(all_view_errors())
    verified = time.perf_counter() - started
    FrozenView.objects.filter(maker__startswith="bench-").delete()
    slowest = max(freezing.milliseconds for freezing in freezings)
    size = sum(freezing.size for freezing in freezings) / sum(
        freezing.count for freezing in freezings
    )
    typical = quantiles([freezing.milliseconds for freezing in freezings], n=20)
    print(
        f"{Entry.objects.count():,} entries, {len(freezings)} lists of {min(freezings).count:,} to "
        f"{max(freezings).count:,} entries: half frozen within {typical[9]:.0f} ms, 95 % within "
        f"{typical[18]:.0f} ms, all within {slowest:.0f} ms; {size:.2f} bytes for an entry; "
        f"verified in {verified:.1f} s, {len(errors)} errors"
    )
    return 1 if slowest > MAX_MS or size > MAX_BYTES or errors else 0


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--entries", type=int, default=20_000)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kb.settings")
    if options.folder:
        from bench.databases import database
        from bench.in_turns import stored_generation

        with database("", f"turns_{options.entries}", options.folder) as environment:
            stored_generation(options.entries, environment)
            os.environ.update(environment)
            django.setup()
            return measure(options.seed)
    django.setup()
    return measure(options.seed)


if __name__ == "__main__":
    sys.exit(main())
