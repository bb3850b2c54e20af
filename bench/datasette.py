"""Datasette on the same rows: a table with the fields of entries, and the facets of the timeline.

It is installed into an environment of its own and is no dependency of the project. Its limits of
time are lifted, because otherwise it leaves out the facets of a large table.
"""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

VERSION = "0.65.2"
COLUMNS = (
    "id", "kind", "title", "earliest", "latest", "sort_key", "standing", "form", "language",
    "incident", "topic", "actors", "publishers", "text",
)  # fmt: skip
PLAIN_FACETS = ("kind", "standing", "form", "language", "incident", "topic")
LIST_FACETS = ("actors", "publishers")
PAGE = (
    "/rows/entries?_size=25&_sort=sort_key&"
    + "&".join(f"_facet={name}" for name in PLAIN_FACETS)
    + "&"
    + "&".join(f"_facet_array={name}" for name in LIST_FACETS)
)
CSV = "/rows/entries.csv?_stream=on&_size=max"
_ENTRIES = """
    SELECT e.id, e.public_id, e.kind, r.title, e.earliest, e.latest, e.sort_key, e.standing,
    r.document FROM record_entry e JOIN record_revision r ON r.id = e.revision_id ORDER BY e.id"""
_FACETS = """
    SELECT f.entry_id, f.name, coalesce(r.title, f.value) FROM record_facet f
    LEFT JOIN record_revision r ON r.public_id = f.value AND r.superseded_at IS NULL
    WHERE f.name IN ('incident', 'topic', 'actor', 'publisher', 'form', 'language')
    AND f.entry_id > ? AND f.entry_id <= ?"""
_BATCH_SIZE = 5_000


def install(folder: Path) -> Path:
    """Install Datasette below the folder, once; return its program."""
    program = folder / "datasette" / "bin" / "datasette"
    if not program.exists():
        subprocess.run([sys.executable, "-m", "venv", folder / "datasette"], check=True)
        subprocess.run(
            [program.with_name("python"), "-m", "pip", "install", "-qqq",
             "--disable-pip-version-check", f"datasette=={VERSION}"],
            check=True,
        )  # fmt: skip
    return program


def command(program: Path, database: Path, port: int) -> list[str]:
    """How to serve the rows."""
    settings = {
        "sql_time_limit_ms": 90_000,
        "facet_time_limit_ms": 90_000,
        "facet_suggest_time_limit_ms": 1,
        "suggest_facets": 0,
        "max_csv_mb": 0,
        "default_facet_size": 30,
    }
    arguments = [str(program), "serve", "--immutable", str(database), "--port", str(port)]
    for name, value in settings.items():
        arguments += ["--setting", name, str(value)]
    return arguments


def write_rows(record: Path, target: Path) -> None:
    """Write the entries of a record in SQLite as one table, with an index for each facet."""
    source = sqlite3.connect(f"file:{record}?mode=ro", uri=True)
    rows = sqlite3.connect(target)
    rows.execute("PRAGMA journal_mode=OFF")
    rows.execute("PRAGMA synchronous=OFF")
    rows.execute(f"CREATE TABLE entries ({', '.join(COLUMNS)}, PRIMARY KEY (id))")
    insert = f"INSERT INTO entries VALUES ({', '.join('?' * len(COLUMNS))})"  # noqa: S608
    for batch in _batches(source):
        rows.executemany(insert, batch)
    for name in ("sort_key", *PLAIN_FACETS):
        rows.execute(f"CREATE INDEX entries_{name} ON entries ({name})")
    rows.commit()
    rows.execute("ANALYZE")
    rows.close()
    source.close()


def _batches(source: sqlite3.Connection) -> Iterator[list[tuple[Any, ...]]]:
    entries = source.execute(_ENTRIES)
    first = 0
    while batch := list(islice(entries, _BATCH_SIZE)):
        values: defaultdict[tuple[int, str], list[str]] = defaultdict(list)
        last = batch[-1][0]
        for key, name, title in source.execute(_FACETS, (first, last)):
            values[key, name].append(title)
        first = last
        yield [
            (
                public_id, kind, title, earliest, latest, sort_key, standing,
                *(next(iter(values[key, name]), None)
                  for name in ("form", "language", "incident", "topic")),
                *(json.dumps(values[key, name], ensure_ascii=False)
                  for name in ("actor", "publisher")),
                _text(document),
            )
            for key, public_id, kind, title, earliest, latest, sort_key, standing, document in batch
        ]  # fmt: skip


def _text(document: str) -> str:
    fields = json.loads(document)
    return str(fields.get("summary") or fields.get("text", ""))
