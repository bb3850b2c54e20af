"""Databases of their own for measurements, generated and thrown away."""

from __future__ import annotations

import os
import resource
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from bench.results import Generation
from tests import postgres
from tests.database_template import copy_migrated

ROOT = Path(__file__).resolve().parent.parent
ENGINES = ("sqlite", "postgres")
# As kb.record.reading.background, which can only be imported when Django is set up.
MIN_ENTRIES = 2_000


@contextmanager
def engine_server(engine: str) -> Iterator[str]:
    """The URL of a PostgreSQL server for the time of the block; "" for SQLite."""
    if engine == "sqlite":
        yield ""
        return
    with postgres.server() as url:
        yield url


@contextmanager
def database(url: str, name: str, folder: Path) -> Iterator[dict[str, str]]:
    """The environment of a new empty database: a file below the folder, or one of the server."""
    environment = {
        "KB_DATA_DIR": str(folder / name),
        "KB_SECRET_KEY": secrets.token_urlsafe(50),
        "KB_DEBUG": "False",
        "KB_ALLOWED_HOSTS": "testserver,127.0.0.1",
        "KB_LOG_LEVEL": "CRITICAL",
        # Pages and files are made anew for each request.
        "KB_KEPT_ANSWERS_MB": "0",
        "KB_EXPORT_FILES_MB": "0",
        # One request may take long, so that a slow page gets a number.
        "KB_READER_TIMEOUT_MS": "40000",
        # ``generate`` builds it.
        "KB_READING_INDEX_BUILDS": "False",
        "DATABASE_URL": "",
        "DJANGO_SETTINGS_MODULE": "kb.settings",
    }
    if not url:
        yield environment
        return
    execute(url, f"CREATE DATABASE {name}")
    path, _, query = url.partition("?")
    try:
        yield environment | {"DATABASE_URL": f"{path.rpartition('/')[0]}/{name}?{query}"}
    finally:
        execute(url, f"DROP DATABASE {name} WITH (FORCE)")


def generate(entries: int, environment: Mapping[str, str]) -> Generation:
    """Create the tables, fill the record and build its index; return how long the second took."""
    if not environment["DATABASE_URL"]:
        file = Path(environment["KB_DATA_DIR"], "record.sqlite3")
        file.parent.mkdir(parents=True, exist_ok=True)
        if not file.exists():
            # ``migrate`` then has nothing left to do.
            copy_migrated(ROOT / ".pytest_cache" / "migrated", str(file))
    python("manage.py", "migrate", "--verbosity=0", "--skip-checks", environment=environment)
    started, worked = time.perf_counter(), _children_seconds()
    python("-m", "bench.generate", str(entries), environment=environment)
    generation: Generation = {
        "seconds": round(time.perf_counter() - started, 2),
        "cpu_seconds": round(_children_seconds() - worked, 2),
    }
    # As a server does by itself for a record of this size.
    if entries >= MIN_ENTRIES:
        python("manage.py", "build_reading_index", "--quiet", environment=environment)
    return generation


def python(*arguments: str, environment: Mapping[str, str]) -> str:
    """Run Python with this environment; return what it prints. Its messages are passed on."""
    process = subprocess.run(
        [sys.executable, "-W", "ignore", *arguments],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        cwd=ROOT,
    )
    return process.stdout


def database_mb(environment: Mapping[str, str]) -> float:
    """The size of the database on disk."""
    if url := environment["DATABASE_URL"]:
        (size,) = execute(url, "SELECT pg_database_size(current_database())")
        return round(size / 2**20, 1)
    files = Path(environment["KB_DATA_DIR"]).glob("record.sqlite3*")
    return round(sum(file.stat().st_size for file in files) / 2**20, 1)


def execute(url: str, sql: str) -> tuple[int, ...]:
    """Run one statement; return its first row, if it has any."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(sql)
        return (cursor.fetchone() or ()) if cursor.description else ()


def _children_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
