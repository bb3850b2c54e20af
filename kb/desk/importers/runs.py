"""Runs of the large imports: several short transactions, so that other editors save in between.

Loading or undoing a large import is a *run*. Its state is in the row of the import, and every
transaction of a run changes it. So whatever ends a process, the row says what was begun and how
far it came, and another run can go on. A run that was only slow finds that another has its place,
and stores nothing more.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterable
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from kb.desk.models import ImportBatch, UnfinishedStep
from kb.desk.verbs.exceptions import ActionRefused

# Up to so many rows are loaded or undone in one transaction.
MAX_ROWS_AT_ONCE = 1_000
# Seconds after which a transaction begins no further piece of work.
MAX_SECONDS = 0.15
# Seconds between two transactions. Longer than the 0.1 s in which a waiting connection of SQLite
# asks again at the latest, so that each of them has its turn:
# https://sqlite.org/src/file/src/main.c (sqliteDefaultBusyCallback).
PAUSE = 0.12
# A run that was silent for so long has ended. Longer than the 20 s for which a connection waits
# for the lock of SQLite.
LEASE = timedelta(seconds=30)
# Seconds for which an import waits until another has ended, and between two looks.
MAX_WAIT = 30.0
WAIT_STEP = 0.25
# Seconds after which a run that stores nothing says that it is still at work.
KEEP_ALIVE = 5.0


def needs_parts(rows: int) -> bool:
    """Whether so many rows are loaded or undone in several transactions."""
    return rows > MAX_ROWS_AT_ONCE


class ImportInterrupted(ActionRefused):
    """Loading or undoing an import has stopped. What was done before stays, unlike elsewhere."""


class RunTakenOver(ImportInterrupted):
    """Another run goes on with the import; this one has stored nothing since."""


class ImportRun:
    """The place of a run: what it does with an import, and the name by which it is known."""

    def __init__(self, batch: ImportBatch, step: UnfinishedStep) -> None:
        self.batch, self.step, self.name = batch, step, secrets.token_hex(8)
        self._noted = 0.0

    def begin_alone(self, total: int) -> None:
        """Begin when no other import has a run at work. Raises ActionRefused, as ``begin`` does."""
        has_begun = False
        while not has_begun:
            wait_for_other_run(self.batch)
            with transaction.atomic(durable=True):
                lock_imports()
                if other_run(self.batch) is None:
                    self.begin(total)
                    has_begun = True

    def begin(self, total: int) -> None:
        """Store that the step has begun. Call it in a transaction.

        ``total`` is the number of rows of the step; one that was interrupted goes on with its own
        numbers. Raises ActionRefused if the import is undone, or another run is at work.
        """
        batch = self.batch
        if batch._state.adding:
            batch.rows_done = 0
        else:
            stored = ImportBatch.objects.select_for_update().filter(pk=batch.pk).first()
            if stored is None or stored.undone_at:
                raise ActionRefused([_("This import has already been undone.")])
            if is_running(stored):
                raise ActionRefused([running_words(stored)])
            batch.rows_done = stored.rows_done if stored.unfinished == self.step else 0
            total = stored.rows_total if stored.unfinished == self.step else total
        batch.unfinished, batch.runner, batch.rows_total = self.step.value, self.name, total
        batch.active_at = timezone.now()
        batch.save(force_insert=batch._state.adding)
        self._noted = time.monotonic()

    def repeat(self, pieces: Iterable[Callable[[], int]]) -> None:
        """Do all pieces: in transactions of ``MAX_SECONDS``, with pauses between them.

        A piece returns how many rows it has done. Raises RunTakenOver.
        """
        rest = iter(pieces)
        piece = next(rest, None)
        while piece is not None:
            with transaction.atomic(durable=True):
                lock_imports()
                began, done, has_time = time.monotonic(), 0, True
                while piece is not None and has_time:
                    done += piece()
                    piece = next(rest, None)
                    has_time = time.monotonic() - began < MAX_SECONDS
                self.note(done)
            if piece is not None:
                time.sleep(PAUSE)

    def keep_alive(self, _number: object = None) -> None:
        """Store that the run is at work, if it has not for ``KEEP_ALIVE``. Raises RunTakenOver."""
        if time.monotonic() - self._noted > KEEP_ALIVE:
            self.note(0)

    def note(self, done: int) -> None:
        """Store that so many more rows are done. Call it in the transaction that does them."""
        own = ImportBatch.objects.filter(pk=self.batch.pk, runner=self.name, unfinished=self.step)
        if not own.update(rows_done=F("rows_done") + done, active_at=timezone.now()):
            raise RunTakenOver([_("Another run has taken over this import.")])
        self.batch.rows_done += done
        self._noted = time.monotonic()

    def finish(self) -> None:
        """Store that nothing is unfinished. Call it in the last transaction, after ``note``."""
        self.batch.unfinished = self.batch.runner = ""
        self.batch.active_at = None
        self.batch.save(update_fields=["unfinished", "runner", "active_at", "undone_at"])

    def give_up(self) -> None:
        """Let another run go on at once."""
        own = ImportBatch.objects.filter(pk=self.batch.pk, runner=self.name)
        own.update(active_at=None)
        self.batch.active_at = None


def is_running(batch: ImportBatch) -> bool:
    """Whether a run is at work on the import, as far as can be known."""
    return bool(batch.unfinished and batch.active_at and batch.active_at > timezone.now() - LEASE)


def running_words(batch: ImportBatch) -> str:
    """A sentence for an import with a run at work."""
    words = (
        _("Import %(number)s is being undone: %(done)s of %(total)s rows.")
        if batch.unfinished == UnfinishedStep.UNDOING
        else _("Import %(number)s is being loaded: %(done)s of %(total)s rows.")
    )
    return " ".join([words % _numbers(batch), _("Wait half a minute, and try again.")])


def interrupted_words(batch: ImportBatch) -> str:
    """A sentence for an import whose run has ended before the step was done."""
    words = (
        _("Undoing import %(number)s was interrupted after %(done)s of %(total)s rows.")
        if batch.unfinished == UnfinishedStep.UNDOING
        else _("Import %(number)s was interrupted after %(done)s of %(total)s rows.")
    )
    return words % _numbers(batch)


def progress_words(batch: ImportBatch) -> str:
    """A sentence for an import that is unfinished; "" for others."""
    if not batch.unfinished:
        return ""
    return running_words(batch) if is_running(batch) else interrupted_words(batch)


def _numbers(batch: ImportBatch) -> dict[str, object]:
    return {
        "number": batch.pk,
        "done": f"{batch.rows_done:,}",
        "total": f"{max(batch.rows_total, batch.rows_done):,}",
    }


def lock_imports() -> None:
    """Let one import write at a time: two that name the same new actor would add it twice.

    SQLite has one writing transaction anyway. On PostgreSQL this lock does not block readers.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE desk_importbatch IN SHARE ROW EXCLUSIVE MODE")


def other_run(batch: ImportBatch) -> ImportBatch | None:
    """Another import that is being loaded or undone."""
    others = ImportBatch.objects.exclude(unfinished="").exclude(pk=batch.pk)
    return next(filter(is_running, others), None)


def wait_for_other_run(batch: ImportBatch) -> None:
    """Wait until no other import has a run at work. Raises ActionRefused if that takes too long."""
    began = time.monotonic()
    while other := other_run(batch):
        if time.monotonic() - began > MAX_WAIT:
            raise ActionRefused([running_words(other)])
        time.sleep(WAIT_STEP)


def unfinished_import(origin: str) -> ImportBatch | None:
    """The import of this origin that was begun and has not ended."""
    return ImportBatch.objects.filter(origin=origin).exclude(unfinished="").first()
