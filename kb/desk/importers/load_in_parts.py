"""Stores a large import in many short transactions, so that other editors save in between.

Until the last of them the import says that it is unfinished (``kb.desk.importers.runs``). If it is
refused meanwhile, it is taken back. If it is interrupted, it goes on when the same file is loaded
again, because stored rows are unchanged then; or it is undone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial

from django.db import DatabaseError, IntegrityError, transaction
from django.utils.translation import gettext as _

from kb.desk.entry_graph import desk_errors
from kb.desk.importers.build import ReadyRows
from kb.desk.importers.bulk_write import BulkStatement
from kb.desk.importers.dry_run import ENTRY_MODELS, batched
from kb.desk.importers.pending import refuse_cycles
from kb.desk.importers.prepared_import import PreparedImport
from kb.desk.importers.ready_rows import clear_removed, store_ready
from kb.desk.importers.runs import (
    ImportInterrupted,
    ImportRun,
    interrupted_words,
    lock_imports,
)
from kb.desk.importers.undo import undo_import
from kb.desk.models import ImportBatch, ImportedRow, SourceRelation, UnfinishedStep
from kb.desk.verbs.exceptions import ActionRefused

# How often rows are built because the names on the desk have changed, and none could be stored.
MAX_ATTEMPTS = 3
# So many changed entries are checked or cleared at once.
CHANGED_AT_ONCE = 100


class NamesChanged(Exception):
    """Somebody has added or merged a record that rows name."""


def saved_at_same_time() -> list[str]:
    """Why an import is refused that met another save."""
    return [_("Someone saved the same record or slug at the same time. Load the file again.")]


class PartwiseLoad:
    """The run that stores a prepared import, new or interrupted.

    ``prepare_again`` builds the rows anew that are not stored yet.
    """

    def __init__(
        self,
        batch: ImportBatch,
        prepared: PreparedImport,
        prepare_again: Callable[[], PreparedImport] | None,
    ) -> None:
        self.batch, self.prepared, self.prepare_again = batch, prepared, prepare_again
        self.is_new = batch._state.adding
        self.run = ImportRun(batch, UnfinishedStep.LOADING)

    def store(self, on_stored: Callable[[ImportBatch], None]) -> None:
        """Store all rows. ``on_stored`` is called at the end of the last transaction.

        Raises ActionRefused, after which nothing of a new import is stored, or ImportInterrupted,
        after which a part stays.
        """
        self._begin()
        try:
            self._store_chunks()
            self._store_parts()
            with transaction.atomic(durable=True):
                lock_imports()
                self.run.note(0)
                on_stored(self.batch)
                self.run.finish()
        except ImportInterrupted:
            raise
        except (ActionRefused, IntegrityError) as problem:
            # Loading again would meet the same.
            reasons = getattr(problem, "reasons", None) or saved_at_same_time()
            self.run.give_up()
            if not self.is_new:
                raise ImportInterrupted([interrupted_words(self.batch), *reasons]) from problem
            self._take_back(reasons)
            raise ActionRefused(reasons) from problem
        except BaseException:
            with suppress(DatabaseError):
                self.run.give_up()
            raise

    def _begin(self) -> None:
        try:
            self.run.begin_alone(self.prepared.number)
        except BaseException:
            if self.is_new:
                self.batch.unfinished = ""  # no row says so
            raise

    def _take_back(self, reasons: list[str]) -> None:
        try:
            undo_import(self.batch, by=self.batch.loaded_by)
        except ActionRefused as refusal:
            self.batch.refresh_from_db()
            words = [interrupted_words(self.batch), *reasons, *refusal.reasons]
            raise ImportInterrupted(words) from refusal
        self.batch.delete()

    def _store_chunks(self) -> None:
        """Store all rows without the parts that wait. Rows are built anew if names change."""
        attempts = 0
        while True:
            before = self.batch.rows_done
            try:
                self.run.repeat(partial(self._store_chunk, ready) for ready in self.prepared.chunks)
            except NamesChanged:
                attempts = attempts + 1 if self.batch.rows_done == before else 1
                if self.prepare_again is None or attempts > MAX_ATTEMPTS:
                    raise ActionRefused(saved_at_same_time()) from None
                self.prepared = self.prepare_again()  # what is stored is unchanged by now
            else:
                return

    def _store_chunk(self, ready: ReadyRows) -> int:
        if self.prepared.names_changed():
            raise NamesChanged
        store_ready(ready, self.batch.origin)
        self.prepared.names.add(ready.named)
        # Until its parts are stored, a row is not what the file has: it would be "unchanged".
        waiting = ImportedRow.objects.filter(origin=self.batch.origin)
        waiting.filter(external_id__in=ready.waiting).update(digest="")
        clear_removed(ready.changed_ids())
        return ready.number

    def _store_parts(self) -> None:
        """Check what depends on all rows, while nobody waits, and store the parts that do."""
        new = self.batch.rows.filter(is_new=True, kind="source").values("public_id")
        derived = SourceRelation.objects.filter(source__public_id__in=new)
        refuse_cycles(derived.select_related("source", "parent").order_by("pk"))
        overwritten = self.batch.rows.filter(is_new=False, kind__in=ENTRY_MODELS)
        changed = sorted(overwritten.values_list("public_id", flat=True))
        self.run.repeat(self._pieces(changed))

    def _pieces(self, changed: list[str]) -> Iterator[Callable[[], int]]:
        for piece in self.prepared.pending.pieces(self.batch):
            yield partial(_no_rows, piece)
        for public_ids in batched(changed, CHANGED_AT_ONCE):
            yield partial(_no_rows, partial(_finish_changed, public_ids))
        for ready in self.prepared.chunks:
            yield partial(_no_rows, partial(self._note_digests, ready))

    def _note_digests(self, ready: ReadyRows) -> None:
        """Store the digests of rows whose parts are stored by now."""
        origin = self.batch.origin
        BulkStatement(
            "UPDATE desk_importedrow SET digest = %s WHERE origin = %s AND external_id = %s",
            [(digest, origin, external_id) for external_id, digest in ready.waiting.items()],
        ).run()


def _no_rows(piece: Callable[[], None]) -> int:
    """Do a piece that completes rows which were counted before."""
    piece()
    return 0


def _finish_changed(public_ids: list[str]) -> None:
    clear_removed(public_ids)
    if reasons := desk_errors(public_ids):
        raise ActionRefused(reasons)
