"""Stores the drafts of an import plan: all of them or none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import DatabaseError, IntegrityError, connection, models, transaction
from django.utils.translation import gettext as _

from kb.desk.importers.build import JOINT_RELATIONS, Overwrite, ReadyRows, RowBuilder
from kb.desk.importers.bulk_write import ReservedKeys, assign_keys
from kb.desk.importers.dry_run import REFUSE, SAME, ImportOutcome, batched, earlier_rows
from kb.desk.importers.name_changes import NamesOnDesk
from kb.desk.importers.pending import PendingParts
from kb.desk.importers.row_spool import Spool
from kb.desk.models import (
    AccountOf,
    Citation,
    EntryLink,
    Event,
    Figure,
    ImportBatch,
    ImportedRow,
    Participation,
    Publishable,
    Request,
    Statement,
)
from kb.desk.models.base import WorkflowState
from kb.desk.suppression.removing import clear_imported
from kb.desk.verbs.exceptions import ActionRefused
from kb.record.unavailable import UnavailableReason, unavailable_reason

# The relations of an entry that a file fills in, besides those that all entries have.
OWN_RELATIONS: dict[type[models.Model], tuple[str, ...]] = {
    Statement: ("addressees", "about", *JOINT_RELATIONS),
    Request: ("asked", "about", "claims"),
}

# How often rows are built because the names on the desk have changed meanwhile.
MAX_ATTEMPTS = 3


def no_progress(_: object) -> None:
    """The callback that does nothing."""


class Loading:
    """An import: its rows are built first, and stored afterwards in one short transaction.

    What will be stored waits in a temporary file, so that memory does not grow with the rows, and
    the write lock of the database is held only while they are written.
    """

    def __init__(self, *, origin: str, name: str, sha256: str, by: Any = None) -> None:
        self.batch = ImportBatch(origin=origin, name=name[:200], sha256=sha256, loaded_by=by)
        assign_keys([self.batch], ReservedKeys())

    def prepare(
        self, outcomes: Iterable[ImportOutcome], progress: Callable[[int], None] = no_progress
    ) -> None:
        """Build the rows of a plan. Raises ActionRefused if a row was refused or the disk is full.

        ``progress`` is called with the number of rows done.
        """
        with _refusals():
            self._prepare(outcomes, progress)

    def _prepare(self, outcomes: Iterable[ImportOutcome], progress: Callable[[int], None]) -> None:
        self.names = NamesOnDesk()
        self.chunks: Spool[ReadyRows] = Spool()
        self.pending = PendingParts()
        self.builder = RowBuilder(self.batch, self.batch.loaded_by)
        done = 0
        for chunk in batched(outcomes):
            if refused := [str(outcome) for outcome in chunk if outcome.action == REFUSE]:
                raise ActionRefused(refused)
            if changing := [outcome for outcome in chunk if outcome.action != SAME]:
                self.chunks.add(self.builder.build(changing))
                self.pending.add(changing, self.builder.named)
            done += len(chunk)
            progress(done)

    def store(
        self,
        again: Callable[[], Iterable[ImportOutcome]] | None = None,
        on_stored: Callable[[ImportBatch], None] = no_progress,
    ) -> ImportBatch:
        """Store what was prepared: all rows, or none.

        ``again`` gives the same plan once more. It is built anew if somebody has added or merged a
        record that rows name. ``on_stored`` is called at the end of the transaction. Raises
        ActionRefused if what a row depends on has changed since it was planned, or if the disk is
        full or the database is busy.
        """
        try:
            with _refusals():
                for _attempt in range(MAX_ATTEMPTS):
                    with transaction.atomic(durable=True):
                        _wait_for_other_imports()
                        if not self.names.collide(self.builder.named.new_names):
                            self._store()
                            on_stored(self.batch)
                            return self.batch
                    if again is None:
                        break
                    self.prepare(again())
        finally:
            self.chunks.close()
        raise ActionRefused(_saved_at_same_time())

    def _store(self) -> None:
        batch, changed = self.batch, dict[str, type[Publishable]]()
        batch.save(force_insert=True)
        for ready in self.chunks:
            _store(ready, batch.origin)
            for overwrite in ready.overwritten:
                changed |= {entry.public_id: overwrite.model for entry in overwrite.entries}
        self.pending.store(changed, batch)
        for chunk in batched(changed):
            for model in {changed[public_id] for public_id in chunk}:
                clear_imported(model._default_manager.filter(public_id__in=chunk))


def load_rows(
    outcomes: Iterable[ImportOutcome],
    *,
    origin: str,
    name: str,
    sha256: str,
    by: Any = None,
    progress: Callable[[int], None] = no_progress,
    on_stored: Callable[[ImportBatch], None] = no_progress,
) -> ImportBatch:
    """Store the drafts of a plan, in one transaction: see ``Loading``.

    A list is built again if the names that it uses have changed. Other outcomes, which can be read
    only once, are refused then. Raises ActionRefused.
    """
    loading = Loading(origin=origin, name=name, sha256=sha256, by=by)
    loading.prepare(outcomes, progress)
    again = (lambda: outcomes) if isinstance(outcomes, Sequence) else None
    return loading.store(again, on_stored)


def _saved_at_same_time() -> list[str]:
    return [_("Someone saved the same record or slug at the same time. Load the file again.")]


@contextmanager
def _refusals() -> Iterator[None]:
    """Raise ActionRefused for errors after which the same file can be loaded again.

    Nothing of it is stored then, because all of it is stored in one transaction.
    """
    try:
        yield
    except IntegrityError as problem:
        raise ActionRefused(_saved_at_same_time()) from problem
    except (DatabaseError, OSError) as problem:
        sentences = {
            UnavailableReason.BUSY: _("The database is busy. Load the file again in a moment."),
            UnavailableReason.FULL: _("The disk is full. Make space, then load the file again."),
        }
        reason = unavailable_reason(problem)
        if reason is None or reason not in sentences:
            raise
        raise ActionRefused([sentences[reason]]) from problem


def _wait_for_other_imports() -> None:
    """Let one import run at a time: two that name the same new actor would add it twice.

    SQLite has one writing transaction anyway. On PostgreSQL this lock does not block readers.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE desk_importbatch IN SHARE ROW EXCLUSIVE MODE")


def _store(ready: ReadyRows, origin: str) -> None:
    """Store built rows. Raises ActionRefused if the plan does not hold any more."""
    stored = {name: row.pk for name, row in earlier_rows(origin, ready.earlier).items()}
    for name, key in ready.earlier.items():
        if stored.get(name) != key:
            raise ActionRefused(
                [_("%(name)s: another import changed this at the same time.") % {"name": name}]
            )
    ImportedRow.objects.filter(pk__in=[key for key in ready.earlier.values() if key]).delete()
    for overwrite in ready.overwritten:
        if reasons := _edit_conflicts(overwrite):
            raise ActionRefused(reasons)
        overwrite.statement.run()
    for model, keys in ready.emptied.items():
        _empty(model, keys)
    for write in ready.inserted:
        write.run()


def _edit_conflicts(overwrite: Overwrite) -> list[str]:
    """A sentence for each entry that was changed since. The others stay locked."""
    rows = overwrite.model._default_manager.select_for_update()
    keys = [entry.key for entry in overwrite.entries]
    drafts = rows.filter(state=WorkflowState.DRAFT, pk__in=keys)
    versions = dict(drafts.values_list("pk", "version"))
    return [
        _("“%(row)s” was edited or published since it was imported.") % {"row": entry.title}
        for entry in overwrite.entries
        if versions.get(entry.key) != entry.version
    ]


def _empty(model: type[models.Model], keys: list[int]) -> None:
    """Delete the citations, participations and links of changed entries: all are stored anew."""
    name = model._meta.model_name
    for relation in ("incidents", "topics", *OWN_RELATIONS.get(model, ())):
        through = getattr(model, relation).through
        through.objects.filter(**{f"{name}__in": keys}).delete()
    own_parts = (AccountOf, Figure, Participation) if model is Event else ()
    for part in (Citation, EntryLink, *own_parts):
        part._default_manager.filter(**{f"{name}__in": keys}).delete()
