"""Compare the record at hand with other programs: ``python -m bench.peers --folder DIR``.

Prints JSON. *Load*: requests a second to 8 clients for the timeline with its facets, by this
program and, on SQLite, by Datasette on the same rows. *Exports*: rows a second of the whole
timeline as CSV, and by what the database brings: COPY, or the ``sqlite3`` program.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypedDict

import django

from bench import datasette
from bench.load import Load, fetch, free_port, load, server

OWN, DATASETTE = "On the Record", "Datasette"
# What answers as soon as a server runs.
READY = {OWN: "/healthz", DATASETTE: "/-/versions.json"}
MAX_EXPORT_ENTRIES = 100_000
# The rows of a CSV file that a database makes itself: what entries and revisions have in columns.
QUERY = (
    "SELECT e.public_id, e.kind, r.title, e.earliest, e.latest, e.standing, r.document "
    "FROM record_entry e JOIN record_revision r ON r.id = e.revision_id ORDER BY e.sort_key"
)


class Export(TypedDict):
    seconds: float
    rows_per_second: float


class Peers(TypedDict):
    """What was measured, under the name of the program."""

    load: dict[str, Load]
    exports: dict[str, Export]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--folder", type=Path, required=True, help="for Datasette and its rows")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kb.settings")
    django.setup()
    json.dump(measure_peers(options.folder), sys.stdout, indent=1)


def measure_peers(folder: Path) -> Peers:
    from django.db import connection

    from kb.record.models import Entry

    entries = Entry.objects.count()
    is_export_measured = entries <= MAX_EXPORT_ENTRIES
    peers: Peers = {"load": {}, "exports": {}}

    def measure_server(name: str, command: list[str], port: int, page: str, csv: str) -> None:
        with server(command, port, READY[name]):
            peers["load"][name] = load(port, page)
            if is_export_measured:
                peers["exports"][name] = export(entries, lambda: fetch(port, csv))

    port = free_port()
    gunicorn = [sys.executable, "-m", "gunicorn", "kb.wsgi", f"--bind=127.0.0.1:{port}"]
    gunicorn += ["--workers=2", "--threads=4", "--log-level=critical", "--timeout=120"]
    measure_server(OWN, gunicorn, port, "/timeline/", "/timeline.csv")
    if connection.vendor == "postgresql":
        peers["exports"]["COPY"] = export(entries, _copy)
        return peers
    record = Path(str(connection.settings_dict["NAME"]))
    rows = folder / "rows.db"
    datasette.write_rows(record, rows)
    port = free_port()
    command = datasette.command(datasette.install(folder), rows, port)
    measure_server(DATASETTE, command, port, datasette.PAGE, datasette.CSV)
    if program := shutil.which("sqlite3"):
        peers["exports"]["sqlite3 -csv"] = export(
            entries,
            lambda: subprocess.run(
                [program, "-csv", str(record), QUERY], stdout=subprocess.DEVNULL, check=True
            ),
        )
    rows.unlink()
    return peers


def export(entries: int, run: Callable[[], object]) -> Export:
    """Time an export of all entries."""
    started = time.perf_counter()
    run()
    seconds = time.perf_counter() - started
    return {"seconds": round(seconds, 2), "rows_per_second": round(entries / seconds)}


def _copy() -> None:
    from django.db import connection

    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY ({QUERY}) TO STDOUT WITH (FORMAT csv)") as copy,
    ):
        for _piece in copy:
            pass


if __name__ == "__main__":
    main()
