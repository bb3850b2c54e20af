"""Stores the drafts of an import plan: all of them or none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from django.db import IntegrityError, OperationalError, connection, models, transaction
from django.utils.translation import gettext as _

from kb.desk.importers.build import JOINT_RELATIONS, ReadyRows, RowBuilder, names_fingerprint
from kb.desk.importers.bulk_write import ReservedKeys, assign_keys
from kb.desk.importers.dry_run import REFUSE, SAME, ImportOutcome, batched, earlier_rows
from kb.desk.importers.pending import PendingParts
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
    Statement: ("addressees", *JOINT_RELATIONS),
    Request: ("asked", "about", "claims"),
}


def no_progress(_: object) -> None:
    """The callback that does nothing."""


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
    """Store the drafts of a plan, in one transaction.

    For a list, all rows are built first, and the write lock of the database is held only while
    they are written. Outcomes that come one by one, which may be too many for memory, are built
    in chunks while the lock is held. ``progress`` is called with the number of rows done, and
    ``on_stored`` at the end of the transaction. Raises ActionRefused if a row was refused, or if
    what a row depends on has changed since it was planned.
    """
    batch = ImportBatch(origin=origin, name=name[:200], sha256=sha256, loaded_by=by)
    assign_keys([batch], ReservedKeys())
    fingerprint = names_fingerprint()
    built: Iterable[ReadyRows] | None = None
    pending = PendingParts()
    changed: list[Publishable] = []
    if isinstance(outcomes, Sequence):
        built = list(_built_chunks(outcomes, RowBuilder(batch, by, ahead=True), progress, pending))
    try:
        with transaction.atomic(durable=True):
            _wait_for_other_imports()
            if built is None or fingerprint != names_fingerprint():
                # Somebody has added or merged a record that rows may name: build them again.
                builder = RowBuilder(batch, by, ahead=False)
                pending = PendingParts()
                built = _built_chunks(outcomes, builder, progress, pending)
            batch.save(force_insert=True)
            for chunk in built:
                _store(chunk, origin)
                changed += [entry for _write, entries in chunk.overwritten for entry in entries]
            pending.store(changed, batch)
            clear_imported(changed)
            on_stored(batch)
    except OperationalError as problem:
        if unavailable_reason(problem) is not UnavailableReason.BUSY:
            raise
        raise ActionRefused(
            [_("The database is busy. Load the file again in a moment.")]
        ) from problem
    except IntegrityError as problem:
        raise ActionRefused(
            [_("Someone saved the same record or slug at the same time. Load the file again.")]
        ) from problem
    return batch


def _built_chunks(
    outcomes: Iterable[ImportOutcome],
    builder: RowBuilder,
    progress: Callable[[int], None],
    pending: PendingParts,
) -> Iterator[ReadyRows]:
    """Build the rows a chunk at a time, and add what is stored last to ``pending``."""
    done = 0
    for chunk in batched(outcomes):
        if refused := [str(outcome) for outcome in chunk if outcome.action == REFUSE]:
            raise ActionRefused(refused)
        if changing := [outcome for outcome in chunk if outcome.action != SAME]:
            ready = builder.build(changing)
            pending.add(changing, builder.named)
            yield ready
        done += len(chunk)
        progress(done)


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
    for write, entries in ready.overwritten:
        if reasons := _edit_conflicts(entries):
            raise ActionRefused(reasons)
        write.run()
    for model, keys in ready.emptied.items():
        _empty(model, keys)
    for write in ready.inserted:
        write.run()


def _edit_conflicts(entries: Sequence[Publishable]) -> list[str]:
    """A sentence for each entry that was changed since. The others stay locked."""
    drafts = type(entries[0]).objects.select_for_update().filter(state=WorkflowState.DRAFT)
    keys = [entry.pk for entry in entries]
    versions = dict(drafts.filter(pk__in=keys).values_list("pk", "version"))
    return [
        _("“%(row)s” was edited or published since it was imported.") % {"row": entry}
        for entry in entries
        if versions.get(entry.pk) != entry.version - 1
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
