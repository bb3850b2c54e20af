"""Make the file of the reading index: at once, or in a process of its own beside the server."""

from __future__ import annotations

import fcntl
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import transaction

from kb.record.models import Entry, EntryChange
from kb.record.private_files import make_private_folder, open_private
from kb.record.reading.build import table_from_record
from kb.record.reading.table import Table, write_table
from kb.record.wall import reading_publicly

logger = logging.getLogger(__name__)

# Below so many entries a record needs no file. Counts, facets, page and histogram of a filtered
# list took SQLite 21 ms at 1,000 entries, 48 ms at 5,000, 749 ms at 100,000; the index 6 to 8 ms.
MIN_ENTRIES = 2_000
# The shortest time between two builds that this process begins, in seconds.
MIN_INTERVAL = 60
# Lines of the change log that stay for machines whose file is older.
LINES_TO_KEEP = 100_000


class BuildRunningError(RuntimeError):
    """Another process makes the same file."""


def build_file(path: Path, progress: Callable[[int], None] = lambda rows: None) -> Table | None:
    """Make the file anew; None if the record has no change log yet.

    Raises BuildRunningError while another process does so. Whoever reads the old file goes on.
    """
    make_private_folder(path.parent)
    with _build_lock(path):
        # Through the readers' connection, which holds no lock against editors.
        with reading_publicly():
            table = table_from_record(progress)
        if table is not None:
            write_table(table, path)
            fields = {"rows": len(table), "version": table.version}
            logger.info("reading index built", extra={"fields": fields})
    return table


def prune_change_log() -> int:
    """Delete the lines that no file needs; return their number. The newest always stays."""
    newest = EntryChange.objects.order_by("-pk").values_list("pk", flat=True)
    with transaction.atomic():
        oldest_to_keep = newest[LINES_TO_KEEP : LINES_TO_KEEP + 1].first()
        if oldest_to_keep is None:
            return 0
        return EntryChange.objects.filter(pk__lt=oldest_to_keep).delete()[0]


@contextmanager
def _build_lock(path: Path) -> Iterator[None]:
    """A lock that ends with the process that holds it."""
    with open(f"{path}.lock", "a", opener=open_private) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as problem:
            raise BuildRunningError(f"{path} is being built by another process.") from problem
        yield


_next_check = 0.0
_check_lock = threading.Lock()
_process: subprocess.Popen[bytes] | None = None


def request_build(path: Path, *, is_stale: bool = False) -> None:
    """Begin to make the file in a process of its own, if the settings allow it; return at once.

    Not for a small record without a file, and not more often than MIN_INTERVAL.
    """
    global _next_check, _process
    if not settings.READING_INDEX_BUILDS:
        return
    with _check_lock:
        if time.monotonic() < _next_check or (_process and _process.poll() is None):
            return
        _next_check = time.monotonic() + MIN_INTERVAL
    if is_stale or is_large():
        _process = subprocess.Popen(
            [sys.executable, "-m", "django", "build_reading_index", "--quiet"],
            env={
                **os.environ,
                "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "kb.settings"),
                "PYTHONPATH": os.pathsep.join(part for part in sys.path if part),
            },
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )


def is_large() -> bool:
    """Whether the record has so many entries that an index serves it better than SQL."""
    return Entry.objects.order_by("pk")[MIN_ENTRIES - 1 : MIN_ENTRIES].exists()
