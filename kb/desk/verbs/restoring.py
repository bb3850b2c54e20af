"""Put an earlier version back on the desk. Readers see nothing of it until it is published."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction

from kb.dates import FuzzyDate, FuzzyDateField
from kb.desk.documents import MODELS
from kb.desk.models import Edition, Publishable
from kb.desk.models.base import WorkflowState as Standing
from kb.desk.models.log import Action
from kb.desk.row_snapshots import (
    BORROWED,
    ROWS,
    State,
    editable_fields,
    is_relation,
    plain_relations,
    relations_in,
)
from kb.desk.verbs.audit_log import record
from kb.desk.verbs.exceptions import ActionRefused
from kb.desk.verbs.saving import bump_version_or_fail
from kb.desk.verbs.transfers.merge import merged_row
from kb.desk.verbs.transfers.related_rows import bump_versions, row_owners


def restore(thing: Publishable, edition: Edition, *, by: Any, version: int) -> Publishable:
    """Give the desk row the state that it had, as a new version; return the row.

    ``version`` is the one that the editor saw. What was merged since is named as what it is now;
    rows that belong to another thing's page stay as they are. Raises StaleVersion, or Refused
    where something that the version names was deleted or withdrawn, or its place is taken.
    """
    with transaction.atomic():
        if edition.public_id != thing.public_id or edition.state is None:
            raise ActionRefused(["There is no such version to restore."])
        bump_version_or_fail(thing, version)
        # As it is stored, and not as a page had it in its hands.
        row = type(thing)._default_manager.get(pk=thing.pk)
        known, reasons = _known(edition.state)
        if reasons:
            raise ActionRefused(reasons)
        _fill(row, edition.state, known)
        row.updated_by = by
        try:
            row.full_clean()
        except ValidationError as problem:
            raise ActionRefused(_said(problem)) from problem
        row.save()
        for link in plain_relations(type(row)):
            named = edition.state.get(link.name, ())
            getattr(row, link.name).set([known[one["id"]] for one in named])
        touched = _put_back_rows(row, edition.state, known)
        others = bump_versions([one for one in touched if one != row])
        said = f"as of version {edition.version}"
        record([row], Action.RESTORED, by=by, note=said)
        record(others, Action.FOLLOWED, by=by, note=f"“{row}” restored {said}")
    return row


def _known(state: State) -> tuple[dict[str, Publishable], list[str]]:
    """The rows behind the public ids of a state; and a sentence for each that is none any more."""
    named = {one["id"]: one for one in relations_in(state)}
    known: dict[str, Publishable] = {}
    reasons = []
    for public_id, one in named.items():
        row = merged_row(MODELS[one["kind"]]._default_manager.filter(public_id=public_id).first())
        what = f"{MODELS[one['kind']]._meta.verbose_name} “{one['name']}”"
        if row is None:
            reasons.append(f"This version names the {what}, which was deleted.")
        elif row.state == Standing.WITHDRAWN:
            reasons.append(f"This version names the {what}, which was withdrawn.")
        else:
            known[public_id] = row
    return known, reasons


def _fill(row: Any, values: dict[str, Any], known: dict[str, Publishable]) -> None:
    """Set the fields that a state has; those that came to the program later stay."""
    for field in editable_fields(type(row)):
        if field.name not in values:
            continue
        value = values[field.name]
        if isinstance(field, FuzzyDateField):
            value = FuzzyDate.from_json(value)
        elif is_relation(value):
            value = known[value["id"]]
        elif value and isinstance(field, models.DateField):
            value = date.fromisoformat(value)
        setattr(row, field.name, value)


def _put_back_rows(thing: Any, state: State, known: dict[str, Publishable]) -> list[Publishable]:
    """Let the rows of the thing be those of the state, by key; return whose pages changed."""
    touched: list[Publishable] = []
    for accessor, owner, _label in ROWS.get(thing.kind, ()):
        if accessor in BORROWED or accessor not in state:
            continue
        manager = getattr(thing, accessor)
        present = {row.pk: row for row in manager.all()}
        wanted = {one["key"]: one for one in state[accessor]}
        for key in present.keys() - wanted.keys():
            touched += row_owners(present[key])
            present[key].delete()
        for key, values in wanted.items():
            row = present.get(key)
            if row is None:
                # With the key that it had, unless it went over to another thing meanwhile.
                is_free = not manager.model._base_manager.filter(pk=key).exists()
                row = manager.model(**({"pk": key} if is_free else {}))
            else:
                touched += row_owners(row)
            setattr(row, owner, thing)
            _fill(row, values, known)
            try:
                row.full_clean(exclude=["id"])
            except ValidationError as problem:
                raise ActionRefused(_said(problem)) from problem
            row.save()
            touched += row_owners(row)
    return touched


def _said(problem: ValidationError) -> list[str]:
    return [f"It cannot be restored: {one}" for one in problem.messages]
