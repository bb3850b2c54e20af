"""Stores the drafts of an import plan: all of them or none.

A small import is stored in one transaction, a large one in many short ones, so that other editors
save in between (``kb.desk.importers.load_in_parts``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import DatabaseError, IntegrityError, transaction
from django.utils.translation import gettext as _

from kb.desk.importers.bulk_write import ReservedKeys, assign_keys
from kb.desk.importers.dry_run import ImportOutcome
from kb.desk.importers.load_in_parts import MAX_ATTEMPTS, PartwiseLoad, saved_at_same_time
from kb.desk.importers.prepared_import import PreparedImport, prepare_import
from kb.desk.importers.ready_rows import clear_removed, store_ready
from kb.desk.importers.runs import (
    ImportInterrupted,
    interrupted_words,
    is_running,
    lock_imports,
    needs_parts,
    other_run,
    running_words,
    unfinished_import,
    wait_for_other_run,
)
from kb.desk.models import ImportBatch, UnfinishedStep
from kb.desk.verbs.exceptions import ActionRefused
from kb.record.unavailable import UnavailableReason, unavailable_reason


def no_progress(_: object) -> None:
    """The callback that does nothing."""


class Loading:
    """An import: its rows are built first, and stored afterwards in short transactions.

    What will be stored waits in a temporary file, so that memory does not grow with the rows, and
    the write lock of the database is held only while they are written.

    If the import of this file was interrupted, it goes on: stored rows are unchanged then. Another
    file of the same origin is refused until that import is complete or undone.
    """

    def __init__(self, *, origin: str, name: str, sha256: str, by: Any = None) -> None:
        self.batch = ImportBatch(origin=origin, name=name[:200], sha256=sha256, loaded_by=by)
        self.prepared: PreparedImport | None = None
        self.partwise: PartwiseLoad | None = None

    @property
    def goes_on(self) -> bool:
        """Whether the import was begun before, by this process or another."""
        return bool(self.batch.unfinished)

    def prepare(
        self, outcomes: Iterable[ImportOutcome], progress: Callable[[int], None] = no_progress
    ) -> None:
        """Build the rows of a plan. Raises ActionRefused if a row was refused or the disk is full.

        ``progress`` is called with the number of rows done.
        """
        with self._refusals():
            if self.batch.pk is None:
                self._find_batch()
            self.prepared = prepare_import(self.batch, outcomes, progress)

    def _find_batch(self) -> None:
        """Take the import of this file that was interrupted, or a new one."""
        unfinished = unfinished_import(self.batch.origin)
        if unfinished is None:
            assign_keys([self.batch], ReservedKeys())
            return
        if is_running(unfinished):
            raise ActionRefused([running_words(unfinished)])
        if unfinished.unfinished == UnfinishedStep.UNDOING:
            advice = _("Undo it completely before you load a file of the same origin.")
            raise ActionRefused([interrupted_words(unfinished), advice])
        if unfinished.sha256 != self.batch.sha256:
            advice = _("Load the same file again to continue, or undo that import.")
            raise ActionRefused([interrupted_words(unfinished), advice])
        unfinished.loaded_by = self.batch.loaded_by
        self.batch = unfinished

    def store(
        self,
        again: Callable[[], Iterable[ImportOutcome]] | None = None,
        on_stored: Callable[[ImportBatch], None] = no_progress,
    ) -> ImportBatch:
        """Store what was prepared: all rows, or none.

        ``again`` plans the same file once more: rows are built anew if somebody has added or merged
        a record that rows name. ``on_stored`` is called at the end of the last transaction. Raises
        ActionRefused if what a row depends on has changed since it was planned, or if the disk is
        full or the database is busy; and ImportInterrupted where a part of the rows stays stored.
        """
        if self.prepared is None:
            raise TypeError("nothing is prepared")
        prepare_again = (lambda: self._prepared_again(again())) if again else None
        try:
            with self._refusals():
                if self.goes_on or needs_parts(self.prepared.number):
                    self.partwise = PartwiseLoad(self.batch, self.prepared, prepare_again)
                    self.partwise.store(on_stored)
                else:
                    self._store_at_once(prepare_again, on_stored)
        finally:
            self.prepared.chunks.close()
        return self.batch

    def _prepared_again(self, outcomes: Iterable[ImportOutcome]) -> PreparedImport:
        if self.prepared:
            self.prepared.chunks.close()
        keep_alive = self.partwise.run.keep_alive if self.partwise else no_progress
        self.prepared = prepare_import(self.batch, outcomes, keep_alive)
        return self.prepared

    def _store_at_once(
        self,
        prepare_again: Callable[[], PreparedImport] | None,
        on_stored: Callable[[ImportBatch], None],
    ) -> None:
        prepared, attempts = self.prepared, 0
        while prepared and attempts < MAX_ATTEMPTS:
            wait_for_other_run(self.batch)
            with transaction.atomic(durable=True):
                lock_imports()
                if other_run(self.batch):
                    continue
                if not prepared.names_changed():
                    self._store(prepared)
                    on_stored(self.batch)
                    return
            attempts += 1
            prepared = prepare_again() if prepare_again else None
        raise ActionRefused(saved_at_same_time())

    def _store(self, prepared: PreparedImport) -> None:
        self.batch.save(force_insert=True)
        changed: set[str] = set()
        for ready in prepared.chunks:
            store_ready(ready, self.batch.origin)
            changed.update(ready.changed_ids())
        prepared.pending.store(changed, self.batch)
        clear_removed(changed)

    @contextmanager
    def _refusals(self) -> Iterator[None]:
        """Raise ActionRefused for errors after which the same file can be loaded again.

        Nothing of a new import is stored then, unless ImportInterrupted says so.
        """
        try:
            yield
        except IntegrityError as problem:
            raise self._refusal(saved_at_same_time()) from problem
        except (DatabaseError, OSError) as problem:
            sentences = {
                UnavailableReason.BUSY: _("The database is busy. Load the file again in a moment."),
                UnavailableReason.FULL: _(
                    "The disk is full. Make space, then load the file again."
                ),
            }
            reason = unavailable_reason(problem)
            if reason is None or reason not in sentences:
                raise
            raise self._refusal([sentences[reason]]) from problem

    def _refusal(self, reasons: list[str]) -> ActionRefused:
        if not self.goes_on:
            return ActionRefused(reasons)
        return ImportInterrupted([interrupted_words(self.batch), *reasons])


def load_rows(
    outcomes: Iterable[ImportOutcome],
    *,
    origin: str,
    name: str,
    sha256: str,
    by: Any = None,
    progress: Callable[[int], None] = no_progress,
    again: Callable[[], Iterable[ImportOutcome]] | None = None,
    on_stored: Callable[[ImportBatch], None] = no_progress,
) -> ImportBatch:
    """Store the drafts of a plan: see ``Loading``.

    Without ``again``, a list of rows that are stored in one transaction is built again if the names
    that it uses have changed. Other outcomes are refused then. Raises ActionRefused.
    """
    loading = Loading(origin=origin, name=name, sha256=sha256, by=by)
    loading.prepare(outcomes, progress)
    is_small = loading.prepared is not None and not needs_parts(loading.prepared.number)
    if again is None and isinstance(outcomes, Sequence) and is_small and not loading.goes_on:
        plan = outcomes
        return loading.store(lambda: plan, on_stored)
    return loading.store(again, on_stored)
