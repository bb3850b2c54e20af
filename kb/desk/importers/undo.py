"""Taking back what an import did, where nobody has built on it since."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core import serializers
from django.db import models, transaction
from django.utils import timezone

from kb.desk.importers.build import PARTS
from kb.desk.importers.dry_run import batched, existing_records
from kb.desk.models import Comment, Event, ImportBatch, ImportedRow, Publishable, Statement
from kb.desk.models.base import WorkflowState
from kb.desk.models.log import Action
from kb.desk.verbs.audit_log import record
from kb.desk.verbs.exceptions import ActionRefused

# Reasons beyond these are counted, not told.
MAX_REASONS = 20


def undo_import(batch: ImportBatch, *, by: Any = None) -> tuple[int, int]:
    """Delete every draft that a batch made, and give back what it changed, as it stood before.

    ``by`` is the account that undoes it, None for a command. Returns how many were deleted and how
    many given back. All or nothing. Raises Refused, naming them, where one was edited, published,
    remarked on or built upon since.
    """
    now = timezone.now()
    with transaction.atomic(durable=True):
        if not ImportBatch.objects.filter(pk=batch.pk, undone_at=None).update(undone_at=now):
            raise ActionRefused(["This import is undone already."])
        made: list[Any] = []
        changed: list[tuple[ImportedRow, Any]] = []
        reasons: list[str] = []
        for chunk in batched(batch.rows.order_by("pk").iterator()):
            things = existing_records(chunk)
            reasons += _worked_on(chunk, things)
            for row in chunk:
                thing = things.get(row.public_id)
                if thing is not None and row.is_new:
                    made.append(thing)
                elif thing is not None:
                    changed.append((row, thing))
        _refuse(reasons)
        batch.rows.all().delete()
        for row, thing in changed:
            _give_back(row, thing)
        _refuse(_named_by_others(made))
        said = f"import of {batch.name} undone"
        record([thing for _row, thing in changed], Action.UNDONE, by=by, note=said)
        record(made, Action.DELETED, by=by, note=said)
        _delete(made)
    batch.undone_at = now
    return len(made), len(changed)


def _refuse(reasons: list[str]) -> None:
    if reasons:
        more = len(reasons) - MAX_REASONS
        raise ActionRefused(reasons[:MAX_REASONS] + ([f"And {more:,} more."] if more > 0 else []))


def _worked_on(rows: Iterable[ImportedRow], things: dict[str, Publishable]) -> list[str]:
    remarked = set(
        Comment.objects.filter(public_id__in=list(things)).values_list("public_id", flat=True)
    )
    reasons = []
    for row in rows:
        thing = things.get(row.public_id)
        if thing is None:
            continue
        if thing.version != row.version or thing.state != WorkflowState.DRAFT:
            reasons.append(
                f"“{thing}” was edited, sent for review or published since: "
                "withdraw or delete it by hand first."
            )
        elif row.public_id in remarked:
            reasons.append(f"“{thing}” has remarks by now: delete it by hand first.")
    return reasons


def _named_by_others(made: list[Any]) -> list[str]:
    """Whatever else names these things in a list of several, which deleting would shorten."""
    keys: dict[type, set[int]] = {}
    for thing in made:
        keys.setdefault(type(thing), set()).add(thing.pk)
    reasons = []
    for model, gone in keys.items():
        for relation in model._meta.related_objects:
            if not relation.many_to_many or not relation.through._meta.auto_created:
                continue
            holder, field = relation.related_model, relation.field
            own, theirs = field.m2m_reverse_name(), field.m2m_column_name()
            for chunk in batched(sorted(gone)):
                held = relation.through.objects.filter(**{f"{own}__in": chunk})
                others = set(held.values_list(theirs, flat=True)) - keys.get(holder, set())
                reasons += [
                    f"“{one}” names something of this import by now: take it out there first."
                    for one in holder.objects.filter(pk__in=sorted(others)[:MAX_REASONS])
                ]
    return reasons


def _give_back(row: ImportedRow, thing: Any) -> None:
    """What stood there before, under a new version: the counter never runs backwards."""
    kept = row.before or {}
    for name in PARTS[thing.kind]:
        getattr(thing, name).all().delete()
    for found in serializers.deserialize("python", kept["rows"]):
        found.save()
    version = row.version + 1
    type(thing).objects.filter(pk=thing.pk).update(version=version)
    if ImportBatch.objects.filter(pk=kept["batch"]).exists():
        ImportedRow.objects.create(
            batch_id=kept["batch"],
            origin=row.origin,
            external_id=row.external_id,
            kind=row.kind,
            public_id=row.public_id,
            version=version,
            digest=kept["digest"],
            is_new=kept["is_new"],
            before=kept["before"],
        )


def _delete(made: list[Any]) -> None:
    """Entries first, since the others are named by them."""
    entries = [one for one in made if isinstance(one, Event | Statement)]
    others = [one for one in made if not isinstance(one, Event | Statement)]
    # Sources name their publishers, so kinds go in the order opposite to their making.
    by_kind: dict[type, list[int]] = {}
    for one in (*entries, *sorted(others, key=lambda one: one.kind != "source")):
        by_kind.setdefault(type(one), []).append(one.pk)
    for model, keys in by_kind.items():
        for chunk in batched(keys):
            try:
                model._default_manager.filter(pk__in=chunk).delete()
            except models.ProtectedError as problem:
                resting = sorted({f"“{one}”" for one in problem.protected_objects})[:5]
                raise ActionRefused(
                    [f"{', '.join(resting)} rests on something of this import by now."]
                ) from problem
