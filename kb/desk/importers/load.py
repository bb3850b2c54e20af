"""Making drafts of what a plan says: all of them or none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db import IntegrityError, OperationalError, connection, models, transaction

from kb.desk.importers.build import ReadyRows, RowBuilder, names_fingerprint
from kb.desk.importers.bulk_write import assign_keys
from kb.desk.importers.dry_run import REFUSE, SAME, ImportOutcome, batched, earlier_rows
from kb.desk.models import Citation, Event, ImportBatch, ImportedRow, Participation
from kb.desk.models.base import WorkflowState
from kb.desk.verbs.exceptions import ActionRefused
from kb.desk.verbs.saving import is_database_locked


def no_progress(_: Any) -> None:
    """What is done where nobody asked for more."""


def load_rows(
    outcomes: Iterable[ImportOutcome],
    *,
    origin: str,
    name: str,
    sha256: str,
    by: Any = None,
    progress: Callable[[int], None] = no_progress,
    also: Callable[[ImportBatch], None] = no_progress,
) -> ImportBatch:
    """Make the drafts that a plan says, in one transaction of their own.

    Of a list everything is made ready beforehand, and the database's write lock is held for the
    writing alone. Outcomes that come one by one, of which there may be more than memory has room
    for, are made ready some hundred at a time while it is held. ``also`` is called inside the
    transaction. Raises Refused if a row was refused, or if what a row rests on has changed since
    it was planned.
    """
    batch = ImportBatch(origin=origin, name=name[:200], sha256=sha256, loaded_by=by)
    assign_keys([batch])
    seen, ready = names_fingerprint(), None
    if isinstance(outcomes, Sequence):
        ready = list(_ready(outcomes, RowBuilder(batch, by, ahead=True), progress))
    try:
        with transaction.atomic(durable=True):
            _wait_for_others()
            if ready is None or seen != names_fingerprint():
                # Somebody made or merged what may be named here: who is who is asked again.
                ready = _ready(outcomes, RowBuilder(batch, by, ahead=False), progress)
            batch.save(force_insert=True)
            for chunk in ready:
                _store(chunk, origin)
            also(batch)
    except OperationalError as problem:
        if not is_database_locked(problem):
            raise
        raise ActionRefused(
            ["Somebody else is storing a lot just now. Load it again."]
        ) from problem
    except IntegrityError as problem:
        raise ActionRefused(
            ["Somebody stored the same thing, or the same address, meanwhile. Load it again."]
        ) from problem
    return batch


def _ready(
    outcomes: Iterable[ImportOutcome], making: RowBuilder, progress: Callable[[int], None]
) -> Iterable[ReadyRows]:
    done = 0
    for chunk in batched(outcomes):
        if refused := [str(one) for one in chunk if one.action == REFUSE]:
            raise ActionRefused(refused)
        if wanted := [one for one in chunk if one.action != SAME]:
            yield making.ready(wanted)
        done += len(chunk)
        progress(done)


def _wait_for_others() -> None:
    """One import at a time: two that name the same new actor would make her twice.

    On SQLite the transaction itself is alone. PostgreSQL: readers of the table are not kept.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE desk_importbatch IN SHARE ROW EXCLUSIVE MODE")


def _store(ready: ReadyRows, origin: str) -> None:
    """Store what was made ready, or raise Refused where it is not so any more."""
    known = {name: row.pk for name, row in earlier_rows(origin, ready.earlier).items()}
    for name, key in ready.earlier.items():
        if known.get(name) != key:
            raise ActionRefused([f"{name}: another import was here meanwhile."])
    ImportedRow.objects.filter(pk__in=[key for key in ready.earlier.values() if key]).delete()
    for write, things in ready.overwritten:
        if taken := _taken(things):
            raise ActionRefused(taken)
        write.run()
    for model, keys in ready.emptied.items():
        _empty(model, keys)
    for write in ready.inserted:
        write.run()


def _taken(things: list[Any]) -> list[str]:
    """Whom somebody else was faster with. The others are kept for us until the end."""
    drafts = type(things[0]).objects.select_for_update().filter(state=WorkflowState.DRAFT)
    now = dict(drafts.filter(pk__in=[one.pk for one in things]).values_list("pk", "version"))
    return [
        f"“{one}” was edited or published since it was imported."
        for one in things
        if now.get(one.pk) != one.version - 1
    ]


def _empty(model: type[models.Model], keys: list[int]) -> None:
    """Of what a changed thing had stood beside it, nothing is left; its row names what has."""
    name = model._meta.model_name
    for several in ("incidents", "topics", *(() if model is Event else ("addressees",))):
        through = getattr(model, several).through
        through.objects.filter(**{f"{name}__in": keys}).delete()
    for part in (Citation, *((Participation,) if model is Event else ())):
        part.objects.filter(**{f"{name}__in": keys}).delete()  # type: ignore[attr-defined]
