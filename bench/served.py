"""A server with a generated record on this machine, as operators run it: gunicorn, two workers."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count, cycle
from pathlib import Path

from bench.arrivals import Request
from bench.databases import ROOT, database, generate, python
from bench.exports import children, wait_for
from bench.load import free_port

# The addresses that are asked again and again: one of each kind of page (bench.pages).
LIST_PAGES = (
    "from bench.measure import django; django.setup(); from bench.pages import pages;"
    "print('\\n'.join(page.address for page in pages() if not page.is_file))"
)
FIRST_DAY = date(2000, 1, 1)


@dataclass(frozen=True)
class Site:
    """The port of a running server, its process, its environment and the addresses of its pages."""

    port: int
    pid: int
    environment: dict[str, str]
    addresses: Sequence[str]

    @property
    def workers(self) -> list[int]:
        """The processes that answer requests."""
        return children(self.pid)


@contextmanager
def served(entries: int, in_folder: Path | None = None, **variables: str) -> Iterator[Site]:
    """Serve so many generated entries for the time of the block.

    DATABASE_URL chooses a PostgreSQL server, where the database is a new one. With 0 entries, the
    database that is in the folder already is served as it is.
    """
    url = os.environ.get("DATABASE_URL", "")
    with (
        tempfile.TemporaryDirectory(prefix="kb-served-") as folder,
        database(url, "kb_served", in_folder or Path(folder)) as own,
    ):
        port = free_port()
        environment = own | {
            "KB_SITE_URL": f"http://127.0.0.1:{port}",
            # The defaults of an installation, which measurements of pages change.
            "KB_KEPT_ANSWERS_MB": "64",
            "KB_READER_TIMEOUT_MS": "5000",
            **variables,
        }
        if entries:
            generate(entries, environment)
        addresses = python("-c", LIST_PAGES, environment=environment).split()
        process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "gunicorn", "kb.wsgi", "--log-level=critical",
             "--config=deploy/gunicorn.conf.py", f"--bind=127.0.0.1:{port}", "--workers=2"],
            cwd=ROOT,
            env={**os.environ, **environment},
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            wait_for(port, "/healthz")
            yield Site(port, process.pid, environment, addresses)
        finally:
            process.terminate()
            process.wait()


def known_pages(site: Site) -> Iterator[Request]:
    """The pages of the record in turn, without end."""
    return (Request("known", path) for path in cycle(site.addresses))


def new_filters() -> Iterator[Request]:
    """Lists that nobody has asked for before, of statements and events since some day."""
    for number in count():
        day = FIRST_DAY + timedelta(days=number // 2)
        kind = ("statement", "event")[number % 2]
        yield Request("filter", f"/timeline/?kind={kind}&from={day}&until=2026")
