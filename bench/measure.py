"""Measure each kind of page of the record at hand: ``python -m bench.measure``.

DATABASE_URL or KB_DATA_DIR choose the database, which ``bench.generate`` fills. Prints JSON: for
each kind of page its address and its least times, and those of a bare Django view.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time

import django

REFERENCE = "timeline"  # the bare view is as large as this page


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--kinds", nargs="*", default=[], help="only these kinds of pages")
    parser.add_argument("--seconds", type=float, default=1.5, help="for each page, at least")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kb.settings")
    os.environ.setdefault("KB_ALLOWED_HOSTS", "testserver")
    os.environ.setdefault("KB_LOG_LEVEL", "CRITICAL")
    django.setup()
    json.dump(measure_all(options.kinds, options.seconds), sys.stdout, indent=1)


def measure_all(kinds: list[str], seconds: float) -> dict[str, object]:
    """Measure all kinds of pages, or these."""
    from django.conf import settings
    from django.db import connection

    from bench.bare import measure_bare
    from bench.pages import pages
    from bench.timing import measure
    from kb.wsgi import application

    # The files of a checkout, which nobody has collected.
    settings.STORAGES["staticfiles"] = {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
    }
    selected = [page for page in pages() if not kinds or page.kind in kinds]
    results: dict[str, object] = {}
    size = 100_000
    for page in selected:
        started = time.perf_counter()
        timing = measure(application, page.address, first_piece=page.is_file, seconds=seconds)
        results[page.kind] = {"address": page.address, **timing.to_json()}
        size = timing.size if page.kind == REFERENCE and timing.status == 200 else size
        print(
            f"{connection.vendor} {page.kind:20} {timing.status} {timing.cpu_ms:9.1f} ms CPU "
            f"{timing.wall_ms:9.1f} ms, {timing.size:,} bytes, {timing.rounds} rounds in "
            f"{time.perf_counter() - started:.0f} s",
            file=sys.stderr,
            flush=True,
        )
    bare = measure_bare(size)
    return {"pages": results, "bare": bare.to_json()}


if __name__ == "__main__":
    main()
