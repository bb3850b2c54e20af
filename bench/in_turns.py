"""Measure records of several sizes in turns: ``python -m bench.in_turns --folder DIR``.

On a machine that is shared with other programs, times of one minute cannot be compared with those
of another. So each size is measured in turn, several times, and the least times count. SQLite
only. The databases stay in the folder, and those that are there already are used as they are. The
results are added to the JSON file from which ``python -m bench.report`` writes
docs/performance.md.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path

from bench.databases import database, database_mb, generate, python
from bench.results import (
    FILE,
    Generation,
    PageResult,
    Results,
    Run,
    add_run,
    load_results,
    new_results,
    save_results,
)
from bench.timing import TimingFields

SIZES = (1_000, 1_000_000)
ROUNDS = 4
SECONDS = 0.6  # for each page in each turn


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m bench.in_turns", description=__doc__,
        formatter_class=argparse.RawTextHelpFormatter,
    )  # fmt: skip
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)), help="numbers of entries")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--kinds", nargs="*", default=[], help="only these kinds of pages")
    parser.add_argument("--results", type=Path, default=FILE, help="the JSON file")
    options = parser.parse_args()
    sizes = [int(size) for size in options.sizes.split(",")]
    runs: dict[int, Run] = {}
    for number in range(options.rounds):
        for size in sizes:
            with database("", f"turns_{size}", options.folder) as environment:
                run = _measured(
                    size, stored_generation(size, environment), options.kinds, environment
                )
            runs[size] = least(runs[size], run) if size in runs else run
            print(f"round {number + 1}: {size:,} entries", file=sys.stderr, flush=True)
    print(table(runs[sizes[0]], runs[sizes[-1]]))
    save_results(_with_runs(options.results, runs), options.results)


def least(first: Run, second: Run) -> Run:
    """The first run with the lesser of the times of both."""
    pages = {
        kind: _least_page(page, second["pages"][kind]) for kind, page in first["pages"].items()
    }
    bare = _least_timing(first["bare"], second["bare"])
    load = min(first["load_average"], second["load_average"])
    return {**first, "pages": pages, "bare": bare, "load_average": load}


def table(small: Run, large: Run) -> str:
    """The processor times of each kind of page, in milliseconds, and their ratio."""
    lines = [f"{'':24}{small['entries']:>11,}{large['entries']:>11,}{'ratio':>8}"]
    for kind, page in small["pages"].items():
        times = page["cpu_ms"], large["pages"][kind]["cpu_ms"]
        lines.append(f"{kind:24}{times[0]:11.1f}{times[1]:11.1f}{times[1] / times[0]:8.2f}")
    return "\n".join(lines)


def stored_generation(size: int, environment: Mapping[str, str]) -> Generation:
    """Fill the database unless it is there; how long that took, even if it was another time."""
    stored = Path(environment["KB_DATA_DIR"]) / "generation.json"
    if not stored.exists():
        stored.parent.mkdir(parents=True, exist_ok=True)
        stored.write_text(json.dumps(generate(size, environment)), encoding="utf-8")
    generation: Generation = json.loads(stored.read_text(encoding="utf-8"))
    return generation


def _measured(
    size: int, generation: Generation, kinds: list[str], environment: Mapping[str, str]
) -> Run:
    arguments = [
        "-m",
        "bench.measure",
        f"--seconds={SECONDS}",
        *(["--kinds", *kinds] * bool(kinds)),
    ]
    load = round(os.getloadavg()[0], 1)
    measured = json.loads(python(*arguments, environment=environment))
    return {
        "engine": "sqlite",
        "entries": size,
        "load_average": load,
        "generation": generation,
        "database_mb": database_mb(environment),
        "pages": measured["pages"],
        "bare": measured["bare"],
    }


def _least_page(first: PageResult, second: PageResult) -> PageResult:
    return {**first, "cpu_ms": min(first["cpu_ms"], second["cpu_ms"]),
            "wall_ms": min(first["wall_ms"], second["wall_ms"])}  # fmt: skip


def _least_timing(first: TimingFields, second: TimingFields) -> TimingFields:
    return {**first, "cpu_ms": min(first["cpu_ms"], second["cpu_ms"]),
            "wall_ms": min(first["wall_ms"], second["wall_ms"])}  # fmt: skip


def _with_runs(path: Path, runs: Mapping[int, Run]) -> Results:
    """The stored results with these runs in place of all others of SQLite."""
    results = new_results(shlex.join(["python", "-m", "bench.in_turns", *sys.argv[1:]]))
    if path.exists():
        stored = load_results(path)["runs"]
        results["runs"] = [run for run in stored if run["engine"] != "sqlite"]
    for run in runs.values():
        add_run(results, run)
    return results


if __name__ == "__main__":
    main()
