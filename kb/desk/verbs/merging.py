"""Merge a duplicate into what it duplicates: everything moves, and the old address redirects."""

from __future__ import annotations

from typing import Any

from django.db import models, transaction

from kb.desk.models import Publishable, Reference, Snapshot
from kb.desk.models.base import State
from kb.desk.verbs.refusing import Refused
from kb.record import publish as door
from kb.record.documents import references
from kb.record.epoch import raise_epoch
from kb.record.models import Change


def merge(thing: Publishable, *, into: Publishable, by: Any, note: str) -> None:
    """Move all that rests on ``thing`` to ``into``, and leave a redirect on the record.

    What an event or a statement owns itself (citations, parts) moves on the desk and is public
    once ``into`` is published again; what others say of it is public at once. Raises Refused.
    """
    with transaction.atomic():
        raise_epoch()
        reasons = [] if note.strip() else ["Say why the two are the same: readers are told."]
        if type(thing) is not type(into) or thing.pk == into.pk:
            reasons.append("Choose another record of the same kind to merge into.")
        if thing.state == State.PUBLISHED and into.state != State.PUBLISHED:
            reasons.append(f"Publish “{into}” first: readers are sent there.")
        if reasons:
            raise Refused(reasons)
        for relation in thing._meta.related_objects:
            _move(relation, thing, into)
        if thing.state == State.PUBLISHED:
            door.bury(thing.public_id, Change.MERGE, note.strip(), into=into.public_id)
            Snapshot.objects.filter(public_id=thing.public_id).delete()
            _rename(thing.public_id, into.public_id)
        rows = type(thing)._default_manager.filter(pk=thing.pk)
        rows.update(state=State.WITHDRAWN, updated_by=by)


def _move(relation: Any, thing: Publishable, into: Publishable) -> None:
    """Point the rows of one foreign key, or the links of one many-to-many, at ``into``."""
    field = relation.field
    if relation.many_to_many:
        if not relation.through._meta.auto_created:
            return  # its rows have a foreign key of their own, and move by that
        for owner in relation.related_model._base_manager.filter(**{field.name: thing}):
            getattr(owner, field.name).remove(thing)
            getattr(owner, field.name).add(into)
        return
    for row in relation.related_model._base_manager.filter(**{field.name: thing}):
        if row.pk == into.pk and type(row) is type(into):
            setattr(row, field.name, None)  # what pointed at its own duplicate points at nothing
        else:
            setattr(row, field.name, into)
        if _exists_already(row):
            row.delete()
        else:
            row.save(update_fields=[field.name])


def _exists_already(row: models.Model) -> bool:
    """Whether a unique constraint says that the row, once moved, says nothing new."""
    for constraint in row._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint) and not constraint.condition:
            same = {name: getattr(row, name) for name in constraint.fields}
            if type(row)._base_manager.filter(**same).exclude(pk=row.pk).exists():
                return True
    return False


def _rename(old: str, new: str) -> None:
    """Let the published documents that name the old id name the new one, as links."""
    passing = []
    for snapshot in Snapshot.objects.filter(references__target=old):
        snapshot.document = _renamed(snapshot.document, old, new)
        snapshot.save(update_fields=["document"])
        snapshot.references.all().delete()
        Reference.objects.bulk_create(
            Reference(snapshot=snapshot, target=one)
            for one in sorted(references(snapshot.document))
        )
        passing.append(door.Passing(snapshot.document, Change.LINK))
    door.append(passing)


def _renamed(value: Any, old: str, new: str) -> Any:
    if isinstance(value, dict):
        return {key: _renamed(one, old, new) for key, one in value.items()}
    if isinstance(value, list):
        found = [_renamed(one, old, new) for one in value]
        return [one for place, one in enumerate(found) if one not in found[:place]]
    return new if value == old else value
