"""Check how the work for a page grows with the record: ``python -m bench.growth``.

Measures each kind of page on SQLite in a record of 1,000 entries and in one of 20,000, in processor
time, and fails if one takes more than the allowed number of times as much. ``make test`` runs this.
Kinds that fail are measured again, at both sizes, and the least of all times counts: other
programs on the machine can only make a page slower.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from bench.databases import database, generate, python

SMALL, LARGE = 1_000, 20_000
# Every kind of page is to stay below this.
GOAL = 1.5
# A page may take so much longer whatever the ratio: less cannot be told from chance.
SLACK_MS = 5.0
ATTEMPTS = 8
SECONDS = 0.4  # for each page and size
# How many times as much a page may take in the large record. Lower a number when its page grows
# less; never raise one. Each is the measured ratio with room for a busy machine.
ALLOWED: dict[str, float] = {
    "home": 1.5,
    "timeline": 1.5,
    "filters": 1.5,
    "histogram range": 1.5,
    "deep page": 1.5,
    "search, common word": 1.5,
    "search, rare word": 1.5,
    "search page": 1.5,
    "quotes": 1.5,
    "actor, hub": 1.5,
    "actor, rare": 1.5,
    "compare": 1.5,
    "source": 1.5,
    "incident": 1.5,
    "claims": 1.5,
    "claim": 1.5,
    "event": 1.5,
    "statement": 1.5,
    "request": 1.5,
    "picture": 1.5,
    "actors": 1.6,
    "actors, most entries": 1.5,
    "actors, newest": 1.6,
    "actors, search": 1.6,
    "sources": 1.5,
    "sources, most entries": 1.5,
    "sources, newest": 1.5,
    "sources, search": 1.5,
    "incidents": 1.6,
    "incidents, by title": 1.6,
    "incidents, most entries": 1.8,
    "changes": 1.6,
    "json": 1.5,
    "csv": 1.5,
    "atom": 1.6,
    "calendar": 1.5,
}


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.parse_args()
    times: dict[int, dict[str, float]] = {SMALL: {}, LARGE: {}}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-growth-")))
        environments = {}
        for size in times:
            environment = stack.enter_context(database("", f"growth_{size}", folder))
            generate(size, environment)
            environments[size] = environment
        kinds = list(ALLOWED)
        for _attempt in range(ATTEMPTS):
            for size, environment in environments.items():
                add_least(times[size], measured(kinds, environment))
            kinds = too_slow(times[SMALL], times[LARGE])
            if not kinds:
                break
    print(table(times[SMALL], times[LARGE]))
    if kinds:
        print(f"These pages grow more than is allowed: {', '.join(kinds)}.")
    return 1 if kinds else 0


def measured(kinds: list[str], environment: Mapping[str, str]) -> dict[str, float]:
    """The processor time of these kinds of pages, in milliseconds."""
    arguments = ["-m", "bench.measure", f"--seconds={SECONDS}", "--kinds", *kinds]
    pages = json.loads(python(*arguments, environment=environment))["pages"]
    if failed := [kind for kind, page in pages.items() if page["status"] != 200]:
        raise SystemExit(f"These pages cannot be read: {', '.join(failed)}.")
    return {kind: page["cpu_ms"] for kind, page in pages.items()}


def add_least(times: dict[str, float], new: Mapping[str, float]) -> None:
    """Keep the lesser time of each kind."""
    for kind, milliseconds in new.items():
        times[kind] = min(times.get(kind, milliseconds), milliseconds)


def too_slow(small: Mapping[str, float], large: Mapping[str, float]) -> list[str]:
    """The kinds that take more than the allowed number of times as much."""
    return [
        kind for kind, allowed in ALLOWED.items() if large[kind] > small[kind] * allowed + SLACK_MS
    ]


def table(small: Mapping[str, float], large: Mapping[str, float]) -> str:
    """The times and their ratios, with what is allowed and with the goal."""
    lines = [f"{'':22}{SMALL:>9,}{LARGE:>9,}{'ratio':>8}{'allowed':>9}   goal {GOAL}"]
    for kind, allowed in ALLOWED.items():
        ratio = large[kind] / small[kind]
        note = "reached" if ratio <= GOAL else ""
        if ratio * 2 < allowed and allowed > GOAL:
            note += " lower what is allowed"
        lines.append(
            f"{kind:22}{small[kind]:9.1f}{large[kind]:9.1f}{ratio:8.2f}{allowed:9.1f}   {note}"
        )
    return "\n".join(line.rstrip() for line in lines)


if __name__ == "__main__":
    sys.exit(main())
