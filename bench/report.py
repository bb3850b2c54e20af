"""Write docs/performance.md and its picture from the results: ``python -m bench.report``."""

from __future__ import annotations

import argparse
from pathlib import Path

from bench.chart import Dot, DotRow, dot_chart
from bench.growth import GOAL, LARGE, SMALL
from bench.peers import DATASETTE, OWN
from bench.results import FILE, PageResult, Results, Run, load_results, runs_of

DOCS = Path(__file__).resolve().parent.parent / "docs"
PICTURE = "images/performance.svg"
ENGINES = {"sqlite": "SQLite", "postgres": "PostgreSQL"}
HEAD = f"""\
# Performance

How long pages take in small and in large records. `python -m bench.report` writes this page from
`bench/results.json`; do not edit it. `make bench` measures again:

    make bench SIZES=1000,20000,100000,1000000 ENGINES=sqlite,postgres

A generator fills a database of each size with events, statements, requests, claims, actors and
sources (`bench/generated/`). Each page is asked of the WSGI application, in one process, several
times; the least processor time counts, with that of the database. Of a file, it is the time to the
first piece.

On a machine that does other work meanwhile, `python -m bench.in_turns --folder DIR` measures the
sizes in turns on SQLite, and keeps the databases:

    python -m bench.in_turns --folder DIR --sizes 1000,1000000 --rounds 4

The goal is that a page takes at most {GOAL} times as long when the record is larger.
`python -m bench.growth`, a part of `make test`, holds each page to a ratio of its own between
{SMALL:,} and {LARGE:,} entries (`bench/growth.py`).
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=Path, default=FILE)
    parser.add_argument("--docs", type=Path, default=DOCS)
    options = parser.parse_args()
    results = load_results(options.results)
    picture = options.docs / PICTURE
    picture.parent.mkdir(exist_ok=True)
    picture.write_text(chart(results), encoding="utf-8")
    (options.docs / "performance.md").write_text(page(results), encoding="utf-8")


def page(results: Results) -> str:
    """The page as Markdown: the picture, the table, other programs, and the machine."""
    versions = ", ".join(f"{name} {number}" for name, number in results["versions"].items())
    loads = [run["load_average"] for run in results["runs"]]
    return "\n".join(
        [
            HEAD,
            f"![How much longer each page takes in a larger record]({PICTURE})",
            "",
            *table(results),
            "",
            "## Compared with other programs",
            "",
            *peers(results),
            "",
            "## Machine",
            "",
            f"Measured on {results['date']} with `{results['command']}` on {results['machine']}; "
            f"{versions}. "
            f"The load of the machine was {min(loads)} to {max(loads)} at the beginning of runs: "
            "above the number of processors, times that pass say little, processor times are too "
            "long, and ratios between sizes are rough.",
            "",
        ]
    )


def table(results: Results) -> list[str]:
    """One row for each kind of page: the time in the smallest record, and the ratios."""
    titles, columns = ["Page"], []
    for engine, name in ENGINES.items():
        runs = runs_of(results, engine)
        if not runs:
            continue
        smallest, *larger = runs.values()
        titles.append(f"{name}, {smallest['entries']:,} entries")
        titles += [f"{run['entries']:,}" for run in larger]
        columns.append((smallest, larger))
    rows = [titles, ["---", *["---:"] * (len(titles) - 1)]]
    for kind in page_kinds(results):
        row = [kind]
        for smallest, larger in columns:
            row.append(_milliseconds(smallest["pages"].get(kind)))
            row += [_ratio(run, smallest, kind) for run in larger]
        rows.append(row)
    bare = ["a bare Django view"]
    for smallest, larger in columns:
        bare += [f"{smallest['bare']['cpu_ms']:.1f} ms", *[""] * len(larger)]
    return [f"| {' | '.join(row)} |" for row in [*rows, bare]]


def page_kinds(results: Results) -> list[str]:
    """All kinds of pages that were measured, in the order in which they were."""
    return list(dict.fromkeys(kind for run in results["runs"] for kind in run["pages"]))


def ratio(run: Run, smallest: Run, kind: str) -> float | None:
    """How many times as long a page takes; None if it could not be read in either record."""
    larger, smaller = run["pages"].get(kind), smallest["pages"].get(kind)
    if not larger or not smaller or larger["status"] != 200 or smaller["status"] != 200:
        return None
    return larger["cpu_ms"] / smaller["cpu_ms"]


def peers(results: Results) -> list[str]:
    """Sentences about other programs on the same rows, and about the generator."""
    lines = []
    for run in results["runs"]:
        where = f"{ENGINES[run['engine']]}, {run['entries']:,} entries"
        times = run["generation"]
        generation = (
            f"generated in {times['seconds']:,.1f} s ({times['cpu_seconds']:,.1f} s of processor "
            f"time), {run['database_mb']:,.0f} MB"
        )
        sentences = [generation]
        if measured := run.get("peers"):
            load, exports = measured["load"], measured["exports"]
            own = load[OWN]["per_second"]
            if other := load.get(DATASETTE):
                sentences.append(
                    f"the timeline with its facets to 8 clients {_times(own, other['per_second'])} "
                    f"the requests of Datasette a second ({own} and {other['per_second']})"
                )
            if own_export := exports.get(OWN):
                sentences += [
                    f"CSV {_times(own_export['rows_per_second'], export['rows_per_second'])} "
                    f"the rows of {name} a second"
                    for name, export in exports.items()
                    if name != OWN
                ]
        lines.append(f"- {where}: {'; '.join(sentences)}.")
    return lines


def chart(results: Results) -> str:
    """The picture: for each kind of page how much longer it takes in the larger records."""
    rows = []
    for kind in page_kinds(results):
        dots = []
        for engine in ENGINES:
            runs = [*runs_of(results, engine).values()]
            for run in runs[1:]:
                value = ratio(run, runs[0], kind)
                if value is not None:
                    label = f"{ENGINES[engine]}, {run['entries']:,} entries: × {value:.1f}"
                    dots.append(Dot(value, engine == "sqlite", run["entries"], label))
        rows.append(DotRow(kind, dots))
    smallest = min(run["entries"] for run in results["runs"])
    return dot_chart(
        rows,
        goal=GOAL,
        title=f"How many times as long as with {smallest:,} entries",
        names=(ENGINES["sqlite"], ENGINES["postgres"]),
    )


def _milliseconds(result: PageResult | None) -> str:
    if result is None:
        return ""
    if result["status"] != 200:
        return f"status {result['status']}"
    return f"{result['cpu_ms']:.1f} ms"


def _ratio(run: Run, smallest: Run, kind: str) -> str:
    value = ratio(run, smallest, kind)
    if value is not None:
        return f"× {value:.1f}" if value < 100 else f"× {value:,.0f}"
    result = run["pages"].get(kind)
    return f"status {result['status']}" if result else ""


def _times(own: float, other: float) -> str:
    if not other:
        return "(none)"
    return f"{own / other:.2f} ×"


if __name__ == "__main__":
    main()
