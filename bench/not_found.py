"""Store records with similar slugs in a throw-away database and measure a page that is missing.

``python -m bench.not_found 20000``; DATABASE_URL chooses PostgreSQL (an empty database). Prints
the CPU time of one answer, for an HTML page and for a data file.
"""

from __future__ import annotations

import argparse
import os
import secrets
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

import django
from django.core.management import call_command

REQUESTS = 20
PATHS = (
    "/actors/ccount-suspended-account-suspended-account-suspended-001234/",
    "/actors/a-mistyped-slug/",
    "/actors/ccount-suspended-account-suspended-account-suspended-001234.json",
    "/incidnets/ccount-suspended-account-suspended-account-suspended-001234/",
)


def slug_of(number: int) -> str:
    return f"{'account-suspended-' * 3}{number:06d}"


def fill(records: int) -> None:
    """Store live records that differ in six digits only."""
    from kb.record.models import Revision
    from kb.record.rebuild import rebuild_index

    Revision.objects.bulk_create(
        (
            Revision(
                public_id=f"x{number}",
                kind="actor",
                slug=slug_of(number),
                title=f"Actor {number}",
                number=1,
                document={},
                change="first",
                published_at=datetime(2024, 6, 1, 12, tzinfo=UTC),
                sha256="",
            )
            for number in range(records)
        ),
        batch_size=1000,
    )
    rebuild_index()


def cpu_milliseconds(answer: Callable[[], object]) -> float:
    """The CPU time of one call, on average, after a first one that is not measured."""
    answer()
    start = time.process_time()
    for _ in range(REQUESTS):
        answer()
    return (time.process_time() - start) * 1000 / REQUESTS


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("records", type=int, nargs="?", default=20_000)
    records = parser.parse_args().records
    os.environ["DJANGO_SETTINGS_MODULE"] = "kb.settings"
    os.environ["KB_DATA_DIR"] = tempfile.mkdtemp(prefix="kb-bench-")
    os.environ["KB_SECRET_KEY"] = secrets.token_urlsafe(50)
    os.environ["KB_DEBUG"] = "False"
    os.environ["KB_ALLOWED_HOSTS"] = "testserver"
    django.setup()
    from django.conf import settings
    from django.test import Client

    settings.STORAGES["staticfiles"] = {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
    }
    call_command("migrate", verbosity=0)
    fill(records)
    client = Client()
    for path in PATHS:
        response = client.get(path)
        if response.status_code != 404:
            raise SystemExit(f"{path} answers {response.status_code}, not 404")
        milliseconds = cpu_milliseconds(partial(client.get, path))
        print(f"{path[:60]:<62}{milliseconds:8.1f} ms CPU")


if __name__ == "__main__":
    main()
