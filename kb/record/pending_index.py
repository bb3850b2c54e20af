"""Indexing entries again after the publication of a record that very many entries name.

A publication that concerns many other entries, such as a new name of a busy actor, commits at once
and leaves a note of them in ``PendingDependants``. They are indexed here in batches, each a
transaction and a publication version of its own, with pauses in which others can write. What is
left after a crash is continued when a server starts, after the next publication, or by
``manage.py index_pending``.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from kb.record.contested import claims_depending_on, index_claims
from kb.record.entry_rows import PreparedEntries, RevisionDocument, prepare, store
from kb.record.known_documents import KnownDocuments
from kb.record.models import Facet, PendingDependants, Revision
from kb.record.publication_version import bump_version

logger = logging.getLogger(__name__)

# How long a batch may keep others from writing, on average. The next one is larger or smaller.
SECONDS_IN_LOCK = 0.04
# SQLite asks again every 25 ms for its lock, later every 100 ms: the pause must hold one attempt.
SECONDS_OF_PAUSE = 0.03
MIN_BATCH, MAX_BATCH = 10, 500
# A process that has indexed nothing for so long has ended, and another one goes on.
LEASE = timedelta(seconds=10)
SECONDS_AFTER_START = 15  # more than the lease
SECONDS_BETWEEN_LOOKS = 1.0

_only_one = threading.Lock()


class IndexedElsewhere(RuntimeError):
    """Another process indexes what is pending."""


def pending_count(limit: int | None = None) -> int:
    """How many entries are still to be indexed again; those of two changes count twice.

    With a limit, it stops counting beyond it.
    """
    count = 0
    for pending in PendingDependants.objects.all():
        rows = _entries_after(pending)
        count += (rows if limit is None else rows[: limit + 1]).count()
        if limit is not None and count > limit:
            break
    return count


def drain(progress: Callable[[int], None] | None = None) -> int:
    """Index all that is pending; return the number of entries.

    ``progress`` is called with the number so far. Waits for whoever else is indexing, in this
    process or another one. Must not be called inside a transaction, whose locks would last to the
    end.
    """
    while True:
        try:
            return _drain(progress)
        except IndexedElsewhere:
            time.sleep(SECONDS_BETWEEN_LOOKS)


def _drain(progress: Callable[[int], None] | None) -> int:
    """Index all that is pending. Raises IndexedElsewhere if another process does so."""
    done = 0
    with _only_one:
        batches = PendingBatches()
        while (entries := batches.index_next()) is not None:
            done += entries
            if progress:
                progress(done)
    return done


def drain_in_background() -> None:
    """Index what is pending in a thread of this process, unless one does so already."""
    if not _only_one.locked() and PendingDependants.objects.exists():
        threading.Thread(target=_drain_in_thread, name="index-pending", daemon=True).start()


def continue_after_restart() -> threading.Thread:
    """Index what an interrupted process has left; return the thread that will do it."""
    timer = threading.Timer(SECONDS_AFTER_START, _drain_in_thread)
    timer.daemon = True
    timer.start()
    return timer


class PendingBatches:
    """Indexes one batch after another, each a little larger or smaller by the time it takes."""

    def __init__(self) -> None:
        self._size = MIN_BATCH
        self._known = KnownDocuments()
        self._unlocked_at = 0.0

    def index_next(self) -> int | None:
        """Index the next entries; return their number, or None if there are none left.

        They are read and computed before the transaction begins. If one of them, or of what they
        name, has been published meanwhile, that is repeated inside it, for fewer. Raises
        IndexedElsewhere if another process is at it.
        """
        self._known.forget_changed()
        batch = _next_batch(self._size)
        if batch is None:
            return None
        prepared = self._prepare(batch)
        time.sleep(max(0.0, self._unlocked_at + SECONDS_OF_PAUSE - time.perf_counter()))
        with transaction.atomic():
            bump_version()
            locked_at = time.perf_counter()
            depends_on = {*batch.public_ids, *self._known}
            if self._known.forget_changed() & depends_on or not batch.is_next():
                self._size = max(MIN_BATCH, self._size // 2)
                batch = _next_batch(self._size)
                if batch is None:
                    return None
                prepared = self._prepare(batch)
            store(prepared)
            index_claims(claims_depending_on(prepared.ids_known_anew()))
            batch.finish()
        self._unlocked_at = time.perf_counter()
        factor = min(2.0, SECONDS_IN_LOCK / max(self._unlocked_at - locked_at, 0.001))
        self._size = min(MAX_BATCH, max(MIN_BATCH, int(self._size * factor)))
        return len(batch.public_ids)

    def _prepare(self, batch: _Batch) -> PreparedEntries:
        revisions = Revision.objects.live().filter(public_id__in=batch.public_ids)
        return prepare(RevisionDocument.among(revisions), keeps_order=True, known=self._known)


@dataclass(frozen=True)
class _Batch:
    """Entries that are indexed together, and the key of the last; none if there are no more."""

    pending: PendingDependants
    public_ids: list[str]
    last_entry: int

    def is_next(self) -> bool:
        """Whether no one else has indexed them, or made the index begin again."""
        pending = self.pending
        same = PendingDependants.objects.filter(pk=pending.pk, last_entry=pending.last_entry)
        return same.exists()

    def finish(self) -> None:
        """Store how far the entries of this change are indexed."""
        row = PendingDependants.objects.filter(pk=self.pending.pk)
        if self.public_ids:
            row.update(last_entry=self.last_entry, worker=_worker(), worked_at=timezone.now())
        else:
            row.delete()


def _next_batch(size: int) -> _Batch | None:
    pending = PendingDependants.objects.first()
    if pending is None:
        return None
    is_leased = pending.worked_at is not None and timezone.now() - pending.worked_at < LEASE
    if is_leased and pending.worker != _worker():
        raise IndexedElsewhere(f"{pending.worker} indexes the entries with {pending}.")
    rows = _entries_after(pending).order_by("entry_id")[:size]
    entries = list(rows.values_list("entry_id", "entry__public_id"))
    last_entry = entries[-1][0] if entries else pending.last_entry
    return _Batch(pending, [public_id for _, public_id in entries], last_entry)


def _worker() -> str:
    """The name of this process among all machines."""
    return f"{socket.gethostname()[:60]}:{os.getpid()}"


def _entries_after(pending: PendingDependants) -> QuerySet[Facet]:
    """The facets of the entries that are not indexed again yet; a range of the index of facets."""
    return Facet.objects.filter(
        name=pending.name, value=pending.value, entry_id__gt=pending.last_entry
    ).order_by()


def _drain_in_thread() -> None:
    try:
        if done := _drain(None):
            logger.info("pending entries indexed", extra={"fields": {"count": done}})
    except IndexedElsewhere:
        logger.debug("pending entries are indexed elsewhere")
    except Exception:
        # Such as a database that is locked for longer than its timeout. Nobody waits for this
        # thread, so it must report every error itself. The next publication continues.
        logger.exception("pending entries not indexed")
    finally:
        connection.close()
