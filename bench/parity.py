"""Check that every format has every entry: ``python -m bench.parity`` on a filled record.

Reads each format of the whole timeline back with a parser of another project (tests/formats/
reading.py) and compares the ids with those in the read index.
"""

from __future__ import annotations

import os
import time

import django


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kb.settings")
    django.setup()
    from django.conf import settings
    from django.test import Client

    from kb.formats import FORMATS
    from kb.record.entries_with_dates import entries_with_dates
    from kb.record.models import Entry
    from tests.formats.reading import ids

    settings.ALLOWED_HOSTS = ["*"]
    for form in FORMATS.values():
        started = time.perf_counter()
        order = "-revision_id" if form.order == "changed" else "sort_key"
        entries = entries_with_dates(Entry.objects.order_by(order), form.shows)
        expected_ids = list(entries.values_list("public_id", flat=True))
        actual_ids = ids(Client(), form.suffix, "/timeline", "size=100" if form.in_pages else "")
        result = "all there, in order" if actual_ids == expected_ids else "DIFFERENT"
        seconds = time.perf_counter() - started
        print(
            f"{form.suffix:16} {len(actual_ids):,} of {len(expected_ids):,}: {result}; "
            f"{seconds:.0f} s",
            flush=True,
        )


if __name__ == "__main__":
    main()
