"""Restore an earlier version of a desk row. Readers see it only after it is published."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _

from kb.dates import FuzzyDate, FuzzyDateField
from kb.desk.documents import MODELS
from kb.desk.entry_graph import desk_errors
from kb.desk.models import AuditEntry, Citation, Publishable
from kb.desk.models.base import WorkflowState
from kb.desk.models.log import Action
from kb.desk.row_snapshots import (
    INLINE_ROWS,
    REVERSE_ROWS,
    RelationValue,
    RowSnapshot,
    editable_fields,
    inline_rows,
    is_relation,
    plain_relations,
    relations_in,
)
from kb.desk.verbs.audit_log import record
from kb.desk.verbs.exceptions import ActionRefused
from kb.desk.verbs.saving import bump_version_or_fail
from kb.desk.verbs.transfers.merge import merged_row
from kb.desk.verbs.transfers.related_rows import bump_versions, row_owners


def restore(thing: Publishable, entry: AuditEntry, *, by: Any, version: int) -> Publishable:
    """Give the desk row the values of an audit entry, as a new version; return the row.

    ``version`` is the version that the editor saw. A relation to a row that was merged since
    becomes a relation to the merged one; rows that are edited on other pages are not changed.
    Raises StaleVersion, and ActionRefused if a related row was deleted or withdrawn, or if the
    values are no longer valid.
    """
    with transaction.atomic():
        if entry.public_id != thing.public_id or entry.state is None:
            raise ActionRefused(
                [_("This version does not exist. Choose another version to restore.")]
            )
        snapshot: RowSnapshot = entry.state
        bump_version_or_fail(thing, version)
        # The stored row: the one of the caller may have other values in memory.
        row = type(thing)._default_manager.get(pk=thing.pk)
        related, reasons = _related_rows(snapshot)
        if reasons:
            raise ActionRefused(reasons)
        _set_fields(row, snapshot, related)
        row.updated_by = by
        try:
            row.full_clean()
        except ValidationError as error:
            raise ActionRefused(_validation_reasons(error)) from error
        row.save()
        for field in plain_relations(type(row)):
            relations = cast("list[RelationValue]", snapshot.get(field.name, []))
            getattr(row, field.name).set([related[relation["id"]] for relation in relations])
        changed_owners = _restore_inline_rows(row, snapshot, related)
        if reasons := desk_errors([row.public_id]):
            raise ActionRefused(reasons)
        others = bump_versions([owner for owner in changed_owners if owner != row])
        note = f"restored from version {entry.version}"
        record([row], Action.RESTORED, by=by, note=note)
        record(others, Action.FOLLOWED, by=by, note=f"“{row}” restored {note}")
    return row


def _related_rows(snapshot: RowSnapshot) -> tuple[dict[str, Publishable], list[str]]:
    """Return the current row for each public id in a snapshot; and a reason for each without."""
    relations = {relation["id"]: relation for relation in relations_in(snapshot)}
    related: dict[str, Publishable] = {}
    reasons = []
    for public_id, relation in relations.items():
        model = MODELS[relation["kind"]]
        row = merged_row(model._default_manager.filter(public_id=public_id).first())
        label = f"{model._meta.verbose_name} “{relation['name']}”"
        if row is None:
            reasons.append(
                _("This version refers to the %(label)s, which was deleted.") % {"label": label}
            )
        elif row.state == WorkflowState.WITHDRAWN:
            reasons.append(
                _("This version refers to the %(label)s, which was withdrawn.") % {"label": label}
            )
        else:
            related[public_id] = row
    return related, reasons


def _set_fields(row: models.Model, values: RowSnapshot, related: Mapping[str, Publishable]) -> None:
    """Set the fields that are in a snapshot. Fields that were added to the model later stay."""
    for field in editable_fields(type(row)):
        if field.name not in values:
            continue
        value: Any = values[field.name]
        if isinstance(field, FuzzyDateField):
            value = FuzzyDate.from_json(value)
        elif is_relation(value):
            value = related[value["id"]]
        elif value and isinstance(field, models.DateField):
            value = date.fromisoformat(value)
        setattr(row, field.name, value)


def _restore_inline_rows(
    thing: Publishable, snapshot: RowSnapshot, related: Mapping[str, Publishable]
) -> list[Publishable]:
    """Make the inline rows those of the snapshot, by key; return the owners of changed rows."""
    owners: list[Publishable] = []
    for accessor, owner, _label in INLINE_ROWS.get(thing.kind, ()):
        if accessor in REVERSE_ROWS or accessor not in snapshot:
            continue
        manager = getattr(thing, accessor)
        present = {row.pk: row for row in manager.all()}
        if manager.model is Citation and owner == "statement":
            # The rows are saved one by one, and the mark may move between them.
            manager.update(quoted=False)
        restored = {row["key"]: row for row in inline_rows(snapshot, accessor)}
        for key in present.keys() - restored.keys():
            owners += row_owners(present[key])
            present[key].delete()
        for key, values in restored.items():
            row = present.get(key)
            if row is None:
                # With its earlier key, unless the row was moved to another owner meanwhile.
                is_free = not manager.model._base_manager.filter(pk=key).exists()
                row = manager.model(**({"pk": key} if is_free else {}))
            else:
                owners += row_owners(row)
            setattr(row, owner, thing)
            _set_fields(row, values, related)
            try:
                row.full_clean(exclude=["id"])
            except ValidationError as error:
                raise ActionRefused(_validation_reasons(error)) from error
            row.save()
            owners += row_owners(row)
    return owners


def _validation_reasons(error: ValidationError) -> list[str]:
    return [_("Cannot restore: %(message)s") % {"message": message} for message in error.messages]
