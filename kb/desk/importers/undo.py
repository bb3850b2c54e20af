"""Undoes an import, if nobody has worked on its drafts since.

A small import is undone in one transaction, a large one in many short ones, so that other editors
save in between.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import partial
from typing import Any

from django.db import DatabaseError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kb.desk.importers.dry_run import batched, existing_records
from kb.desk.importers.runs import (
    ImportInterrupted,
    ImportRun,
    interrupted_words,
    is_running,
    lock_imports,
    needs_parts,
    running_words,
)
from kb.desk.importers.undo_checks import cited_by_others, edits_since, named_by_others, refuse_if
from kb.desk.importers.undo_rows import delete_added, restore_record, unlink
from kb.desk.models import ImportBatch, ImportedRow, UnfinishedStep
from kb.desk.models.log import Action
from kb.desk.verbs.audit_log import record
from kb.desk.verbs.exceptions import ActionRefused

# So many records are deleted or restored in one piece.
RECORDS_AT_ONCE = 50
# The order of deletion: claims before what their positions name, requests before the statements
# that answer them, events before the statements whose account they are, entries before what they
# refer to, and sources before their publishers.
DELETED_KINDS = (
    "proposition", "request", "event", "statement", "source", "incident", "topic", "actor"
)  # fmt: skip


def undo_import(batch: ImportBatch, *, by: Any = None) -> tuple[int, int]:
    """Delete every record that a batch added, and restore every draft that it changed.

    ``by`` is the account that undoes it, None for a command. Returns how many records were deleted
    and how many restored. Either all are, or none: raises ActionRefused, naming them, where some
    were edited, published, commented on or referred to since; and ImportInterrupted where that
    happens while a large import is being undone, which goes on when it is undone again.
    """
    if needs_parts(batch.rows.count()):
        return _PartwiseUndo(batch, by).undo()
    return _undo_at_once(batch, by)


def _note(batch: ImportBatch) -> str:
    return f"import of {batch.name} undone"


def _undo_at_once(batch: ImportBatch, by: Any) -> tuple[int, int]:
    now = timezone.now()
    with transaction.atomic(durable=True):
        lock_imports()
        stored = ImportBatch.objects.select_for_update().filter(pk=batch.pk, undone_at=None).first()
        if stored is None:
            raise ActionRefused([_("This import has already been undone.")])
        if is_running(stored):
            raise ActionRefused([running_words(stored)])
        ImportBatch.objects.filter(pk=batch.pk).update(undone_at=now, unfinished="", runner="")
        rows = list(batch.rows.order_by("pk"))
        refuse_if(edits_since(rows, existing_records(rows)))
        own_ids = {row.public_id for row in rows}
        restored = 0
        while rows := list(batch.rows.filter(is_new=False).order_by("pk")):
            restored += _restore_rows(rows, batch, by)
        rows = list(batch.rows.order_by("pk"))
        batch.rows.all().delete()
        added = list(existing_records(rows).values())
        refuse_if(named_by_others(added, own_ids))
        record(added, Action.DELETED, by=by, note=_note(batch))
        unlink(added)
        delete_added(added)
    batch.undone_at, batch.unfinished, batch.runner = now, "", ""
    return len(added), restored


def _restore_rows(rows: list[ImportedRow], batch: ImportBatch, by: Any) -> int:
    """Restore the records of rows that changed some. Raises ActionRefused. Returns how many.

    A record that was changed twice by an interrupted import has a row of the same import again.
    """
    records = existing_records(rows)
    refuse_if(edits_since(rows, records))
    ImportedRow.objects.filter(pk__in=[row.pk for row in rows]).delete()
    changed = [(row, records[row.public_id]) for row in rows if row.public_id in records]
    for row, stored in changed:
        restore_record(row, stored)
    record([stored for _row, stored in changed], Action.UNDONE, by=by, note=_note(batch))
    return len(changed)


class _PartwiseUndo:
    """The run that undoes a large import, begun now or earlier."""

    def __init__(self, batch: ImportBatch, by: Any) -> None:
        self.batch, self.by = batch, by
        self.run = ImportRun(batch, UnfinishedStep.UNDOING)
        self.deleted = self.restored = 0
        self.own_ids: set[str] = set()

    def undo(self) -> tuple[int, int]:
        """As ``undo_import``."""
        stored = ImportBatch.objects.filter(pk=self.batch.pk).first()
        if stored is not None and is_running(stored):
            raise ActionRefused([running_words(stored)])
        self.own_ids = set(self.batch.rows.values_list("public_id", flat=True))
        self._check()
        self.run.begin_alone(len(self.own_ids))
        try:
            while self.batch.rows.filter(is_new=False).exists():
                self.run.repeat(self._pieces(self._restore_some, is_new=False))
            self.run.repeat(self._pieces(self._unlink_some))
            for kind in DELETED_KINDS:
                self.run.repeat(self._pieces(self._delete_some, kind=kind))
            self._finish()
        except ImportInterrupted:
            raise
        except ActionRefused as refusal:
            self.run.give_up()
            words = [interrupted_words(self.batch), *refusal.reasons]
            raise ImportInterrupted(words) from refusal
        except BaseException:
            with suppress(DatabaseError):
                self.run.give_up()
            raise
        return self.deleted, self.restored

    def _check(self) -> None:
        """Find whatever would stop undoing, before anything is undone. Raises ActionRefused."""
        reasons: list[str] = []
        for rows in batched(self.batch.rows.order_by("pk").iterator()):
            records = existing_records(rows)
            reasons += edits_since(rows, records)
            new = [row.public_id for row in rows if row.is_new]
            added = [records[public_id] for public_id in new if public_id in records]
            reasons += named_by_others(added, self.own_ids)
            reasons += cited_by_others(added, self.own_ids)
        refuse_if(list(dict.fromkeys(reasons)))

    def _pieces(
        self, do: Callable[[list[ImportedRow]], int], **which: object
    ) -> Iterator[Callable[[], int]]:
        """Pieces that each do something with some rows of the import."""
        keys = list(self.batch.rows.filter(**which).order_by("pk").values_list("pk", flat=True))
        for some in batched(keys, RECORDS_AT_ONCE):
            yield partial(_with_rows, do, some)

    def _restore_some(self, rows: list[ImportedRow]) -> int:
        restored = _restore_rows(rows, self.batch, self.by)
        self.restored += restored
        return restored

    def _unlink_some(self, rows: list[ImportedRow]) -> int:
        records = existing_records(rows)
        refuse_if(edits_since(rows, records))
        unlink(list(records.values()))
        return 0

    def _delete_some(self, rows: list[ImportedRow]) -> int:
        records = existing_records(rows)
        refuse_if(edits_since(rows, records))
        ImportedRow.objects.filter(pk__in=[row.pk for row in rows]).delete()
        added = list(records.values())
        refuse_if(named_by_others(added, self.own_ids))
        record(added, Action.DELETED, by=self.by, note=_note(self.batch))
        delete_added(added)
        self.deleted += len(added)
        return len(added)

    def _finish(self) -> None:
        with transaction.atomic(durable=True):
            lock_imports()
            self.run.note(0)
            self.batch.rows.all().delete()
            self.batch.undone_at = timezone.now()
            self.run.finish()


def _with_rows(do: Callable[[list[ImportedRow]], int], keys: Iterable[int]) -> int:
    rows = list(ImportedRow.objects.filter(pk__in=keys).order_by("pk"))
    return do(rows) if rows else 0
