"""Measure all kinds of pages at several sizes: ``make bench`` runs this.

``make bench SIZES=1000,20000 ENGINES=sqlite`` chooses. Each size gets a database of its own below
a temporary folder, which is removed at the end. The results are added to a JSON file, from which
``python -m bench.report`` writes docs/performance.md. A million entries take a quarter of an hour
or more on each engine, and 5 GB of disk.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import shutil
import sys
import tempfile
from pathlib import Path
from typing import cast

from bench.databases import ENGINES, database, database_mb, engine_server, generate, python
from bench.results import FILE, Run, add_run, load_results, new_results, save_results

SIZES = (1_000, 20_000, 100_000)


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m bench", description=__doc__,
        formatter_class=argparse.RawTextHelpFormatter,
    )  # fmt: skip
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)), help="numbers of entries")
    parser.add_argument("--engines", default=",".join(ENGINES))
    parser.add_argument("--results", type=Path, default=FILE, help="the JSON file")
    parser.add_argument("--no-peers", action="store_true", help="this program only")
    options = parser.parse_args()
    results = new_results(shlex.join(["python", "-m", "bench", *sys.argv[1:]]))
    if options.results.exists():
        results["runs"] = load_results(options.results)["runs"]
    folder = Path(tempfile.mkdtemp(prefix="bench-", dir="/tmp"))
    try:
        for engine in options.engines.split(","):
            with engine_server(engine) as url:
                for size in map(int, options.sizes.split(",")):
                    run = measure(engine, url, size, folder, has_peers=not options.no_peers)
                    add_run(results, run)
                    save_results(results, options.results)
    finally:
        shutil.rmtree(folder)


def measure(engine: str, url: str, entries: int, folder: Path, *, has_peers: bool) -> Run:
    """Generate a record and measure it."""
    print(f"{engine}: {entries:,} entries", file=sys.stderr)
    with database(url, f"bench_{entries}", folder) as environment:
        generation = generate(entries, environment)
        print(f"generated in {generation}", file=sys.stderr)
        run = {
            "engine": engine,
            "entries": entries,
            "load_average": round(os.getloadavg()[0], 1),
            "generation": generation,
            "database_mb": database_mb(environment),
            **json.loads(python("-m", "bench.measure", environment=environment)),
        }
        if has_peers:
            peers = python("-m", "bench.peers", f"--folder={folder}", environment=environment)
            run["peers"] = json.loads(peers)
        shutil.rmtree(environment["KB_DATA_DIR"], ignore_errors=True)
    return cast("Run", run)


if __name__ == "__main__":
    main()
