"""Generate a record in a throw-away database and measure the record of an earlier day.

``python -m bench.past 20000``; DATABASE_URL chooses PostgreSQL (an empty database). Prints the
processor time for making the file of a day, its size, and the processor time of pages from it.
"""

from __future__ import annotations

import argparse
import os
import secrets
import tempfile
import time
from functools import partial
from pathlib import Path

import django
from django.core.management import call_command

from bench.not_found import cpu_milliseconds
from tests.database_template import copy_migrated

ROOT = Path(__file__).resolve().parent.parent
PATHS = ("/timeline/", "/timeline.json", "/actors/", "/search/?q=account", "/changes/")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("entries", type=int, nargs="?", default=20_000)
    entries = parser.parse_args().entries
    folder = tempfile.mkdtemp(prefix="kb-bench-")
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "kb.settings",
        "KB_DATA_DIR": folder,
        "KB_SECRET_KEY": secrets.token_urlsafe(50),
        "KB_DEBUG": "False",
        "KB_ALLOWED_HOSTS": "testserver",
        "KB_LOG_LEVEL": "CRITICAL",
        "KB_READER_TIMEOUT_MS": "60000",
    }
    copy_migrated(ROOT / ".pytest_cache" / "migrated", str(Path(folder) / "record.sqlite3"))
    django.setup()
    from django.conf import settings
    from django.test import Client
    from django.utils import timezone

    from bench.generate import fill
    from kb.record.past import PAST_FOLDER, files

    settings.STORAGES["staticfiles"] = {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
    }
    call_command("migrate", verbosity=0)
    fill(entries)
    files.WAIT_SECONDS = 3600
    client, day = Client(), timezone.localdate().isoformat()
    started, worked = time.perf_counter(), time.process_time()
    response = client.get("/timeline/", {"on": day})
    if response.status_code != 200:
        raise SystemExit(f"/timeline/ answers {response.status_code}, not 200")
    (file,) = (Path(folder) / PAST_FOLDER).glob("*.record")
    print(
        f"made in {time.process_time() - worked:.1f} s CPU, {time.perf_counter() - started:.1f} s"
    )
    print(f"size {file.stat().st_size / 1e6:.1f} MB")
    for path in PATHS:
        name, _, query = path.partition("?")
        url = f"{name}?{query}&on={day}" if query else f"{name}?on={day}"
        milliseconds = cpu_milliseconds(partial(client.get, url))
        print(f"{path:<24}{milliseconds:8.1f} ms CPU")


if __name__ == "__main__":
    main()
