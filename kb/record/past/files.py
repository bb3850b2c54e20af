"""The files of past records: one for each state of the record that a reader has asked for.

They are in a folder of ``KB_DATA_DIR``, and can be deleted at any time. Two days between which
nothing was published have the same file. It is made when it is first asked for: within the request
while the record is small, otherwise in the background.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import logging
import os
import shutil
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import OperationalError, connections
from django.utils import timezone
from django.utils.translation import gettext as _

from kb.dates import parse_edtf
from kb.record.models import Revision, Suppression
from kb.record.past import PAST_FOLDER
from kb.record.past.making import RevisionRow, make_file, revision_rows, revisions_until
from kb.record.past.serving import PastRecord
from kb.record.past.times import PublicationTime
from kb.record.private_files import make_private_folder, open_private
from kb.record.time_limit import postpone_limit
from kb.record.wall import reading_alias, reading_publicly

logger = logging.getLogger(__name__)

# Raised when the files of an earlier version of the program cannot be used.
EDITION = 1
# So many revisions are read by the request itself, and more by the thread that makes the file.
MAX_READ_AT_ONCE = 3_000
# How long a request waits for the file. One of some 1,500 entries takes as long.
WAIT_SECONDS = 3.0
# No file is made if less than this would be free for the database.
RESERVE = 256 * 1024 * 1024
_COMPLETE, _PARTIAL = ".record", ".partial"
_only_one = threading.Lock()


class PastRecordPending(Exception):
    """The file of that day is being made: ask again in a minute."""


def open_past_record(when: PublicationTime, program: str) -> PastRecord:
    """The record of a time, for the present reader.

    ``program`` is the digest of the program, whose next version may index in another way. Raises
    ValidationError if nothing was published by then, and PastRecordPending.
    """
    revisions = revisions_until(when.moment).defer("document")
    last = revisions.order_by("-published_at", "-pk").first()
    if last is None:
        raise ValidationError(_no_record_words())
    seed = f"{EDITION} {program} {last.pk} {last.published_at.isoformat()} {last.sha256}"
    name = hashlib.sha256(seed.encode()).hexdigest()[:32]
    # What a removal took from published revisions is still in the files from before it.
    path = _folder() / f"{Suppression.objects.count()}-{name}{_COMPLETE}"
    for _attempt in range(2):
        if not path.exists():
            _make(path, when.moment)
        try:
            past = PastRecord.open(when, path)
        except OperationalError:
            continue  # removed by another process, which needed the space
        with suppress(OSError):
            os.utime(path)  # those that were not used for the longest time are removed first
        return past
    raise PastRecordPending


def forget_past_records() -> None:
    """Remove all files, so that what was taken from a published revision is in none of them."""
    shutil.rmtree(_folder(), ignore_errors=True)


def _no_record_words() -> str:
    first = Revision.objects.order_by("published_at", "pk").first()
    if first is None:
        return _("Nothing has been published yet.")
    day = parse_edtf(timezone.localdate(first.published_at).isoformat()).words()
    return _("The record begins on %(day)s. Choose that day or a later one.") % {"day": day}


def _folder() -> Path:
    return Path(settings.DATA_DIR) / PAST_FOLDER


def _make(path: Path, moment: datetime) -> None:
    """Make the file in a thread, and wait for it for a while. Raises PastRecordPending."""
    if not _only_one.acquire(blocking=False):
        raise PastRecordPending
    try:
        count = revisions_until(moment).order_by()[: MAX_READ_AT_ONCE + 1].count()
        rows = list(revision_rows(moment)) if count <= MAX_READ_AT_ONCE else None
        thread = threading.Thread(
            target=_make_in_thread,
            args=(path, rows, moment, reading_alias()),
            name="past-record",
            daemon=True,
        )
        thread.start()
    except BaseException:
        _only_one.release()
        raise
    started_at = time.monotonic()
    thread.join(WAIT_SECONDS)
    postpone_limit(time.monotonic() - started_at)
    if not path.exists():
        raise PastRecordPending


def _make_in_thread(
    path: Path, rows: Iterable[RevisionRow] | None, moment: datetime, alias: str
) -> None:
    partial = path.with_suffix(f".{os.getpid()}{_PARTIAL}")
    started_at = time.monotonic()
    try:
        with _build_lock(path.parent) as is_free:
            if not is_free or path.exists():
                return
            _make_room(path)
            make_file(partial, _read_publicly(moment, alias) if rows is None else rows)
            partial.replace(path)
            _remove_excess(path)
        fields = {"bytes": path.stat().st_size, "seconds": round(time.monotonic() - started_at, 2)}
        logger.info("past record made", extra={"fields": fields})
    except Exception:
        # Nobody waits for this thread, so it must report every error itself.
        logger.exception("past record not made")
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
        _only_one.release()


def _read_publicly(moment: datetime, alias: str) -> Iterator[RevisionRow]:
    """The revisions by a connection of readers that belongs to this thread and has no time limit.

    Only while it reads them is the thread inside the wall: it writes them to the file.
    """
    rows = revision_rows(moment)
    try:
        while True:
            with reading_publicly(alias):
                row = next(rows, None)
            if row is None:
                return
            yield row
    finally:
        connections[alias].close()


@contextmanager
def _build_lock(folder: Path) -> Iterator[bool]:
    """Whether no other process makes a file; the lock ends with the process that holds it."""
    make_private_folder(folder)
    with open(folder / "lock", "a", opener=open_private) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
        else:
            yield True


def _make_room(path: Path) -> None:
    """Remove what processes that ended have left, and files from before the last removal of words.

    Raises OSError if the disk is nearly full.
    """
    folder, removals = path.parent, path.name.partition("-")[0]
    for old in [*folder.glob(f"*{_PARTIAL}"), *folder.glob(f"*{_COMPLETE}")]:
        if old.suffix == _PARTIAL or old.name.partition("-")[0] != removals:
            with suppress(OSError):
                old.unlink()
    if shutil.disk_usage(folder).free < RESERVE:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _remove_excess(newest: Path) -> None:
    """Remove the files beyond the limit of the settings, but never the newest."""
    files: list[tuple[float, int, Path]] = []
    for path in newest.parent.glob(f"*{_COMPLETE}"):
        with suppress(OSError):
            facts = path.stat()
            files.append((facts.st_mtime, facts.st_size, path))
    room = settings.PAST_RECORDS_MB * 1_000_000
    for _used, size, path in sorted(files, reverse=True):
        room -= size
        if room < 0 and path != newest:
            with suppress(OSError):
                path.unlink()
