"""One change to several rows: an incident or topic is added, the reliability set, or all withdrawn.

Each row is changed by itself, or refused with the reasons; the rest goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from kb.desk.documents import MODELS
from kb.desk.models import (
    Event,
    Incident,
    Publishable,
    Reference,
    Request,
    Snapshot,
    Statement,
    Topic,
)
from kb.desk.models.base import WorkflowState
from kb.desk.models.log import Action
from kb.desk.verbs.audit_log import record
from kb.desk.verbs.exceptions import ActionRefused
from kb.desk.verbs.packages import Refusals
from kb.desk.verbs.publishing import lacks_account, withdraw
from kb.desk.verbs.saving import StaleVersion, bump_version_or_fail


@dataclass
class BulkChangeResult:
    """The rows that were changed, and why each of the others was not."""

    changed: list[Publishable] = field(default_factory=list)
    refused: Refusals = field(default_factory=list)


# What is to be done with a row; it raises ActionRefused.
RowChange = Callable[[Publishable], None]


def change_rows(rows: Iterable[Publishable], change: RowChange) -> BulkChangeResult:
    """Change each row in its own transaction."""
    result = BulkChangeResult()
    for row in rows:
        try:
            with transaction.atomic():
                change(row)
        except ActionRefused as refusal:
            result.refused.append((row, refusal.reasons))
        except StaleVersion:
            reason = _("Someone saved this at the same moment. Try again.")
            result.refused.append((row, [reason]))
        else:
            result.changed.append(row)
    return result


def group_errors(row: Publishable, group: Incident | Topic | None) -> list[str]:
    """Return why a row cannot be added to this incident or topic; without one, to any."""
    if not isinstance(row, Event | Statement | Request):
        return [_("Only events, statements and requests for comment can be added.")]
    if row.state == WorkflowState.WITHDRAWN:
        return [_("It was withdrawn.")]
    if group is not None and _groups(row, group).filter(pk=group.pk).exists():
        return [_("It is in “%(group)s” already.") % {"group": group}]
    return []


def add_to_group(group: Incident | Topic, *, by: Any) -> RowChange:
    """The change that adds rows to an incident or a topic."""

    def change(row: Publishable) -> None:
        if errors := group_errors(row, group):
            raise ActionRefused(errors)
        bump_version_or_fail(row, row.version)
        if isinstance(row, Event | Statement | Request):
            _groups(row, group).add(group)
        _saved(row, by)

    return change


def reliability_errors(row: Publishable, reliability: str) -> list[str]:
    """Return why the reliability of a row cannot be set to this value; "" stands for any."""
    if not isinstance(row, Event):
        return [_("Only events have a reliability.")]
    if row.state == WorkflowState.WITHDRAWN:
        return [_("It was withdrawn.")]
    if not reliability:
        return []
    if row.standing == reliability:
        return [_("It has this reliability already.")]
    if lacks_account(row, reliability):
        return [
            _(
                "It is not recorded whose account this is. Add a statement or a source under "
                "“According to” first."
            )
        ]
    return []


def set_reliability(reliability: str, *, by: Any) -> RowChange:
    """The change that sets the reliability of events."""

    def change(row: Publishable) -> None:
        if errors := reliability_errors(row, reliability):
            raise ActionRefused(errors)
        bump_version_or_fail(row, row.version)
        Event.objects.filter(pk=row.pk).update(standing=reliability)
        _saved(row, by)

    return change


def withdraw_with_note(note: str, *, by: Any, hides_title: bool = False) -> RowChange:
    """The change that withdraws rows, all with the same reason and with or without their titles."""

    def change(row: Publishable) -> None:
        withdraw(row, by=by, note=note, hides_title=hides_title)

    return change


def published_dependants(rows: Iterable[Publishable]) -> dict[str, list[Publishable]]:
    """The published rows that readers see each of these in, by its public id.

    They stay, and no longer name it after a withdrawal. Rows of the list itself are left out.
    """
    ids = {row.public_id for row in rows}
    pairs = list(
        Reference.objects.filter(target__in=ids)
        .exclude(snapshot__in=ids)
        .order_by("pk")
        .values_list("target", "snapshot_id")
    )
    named: dict[str, Publishable] = {}
    snapshots = Snapshot.objects.filter(pk__in={snapshot for _target, snapshot in pairs})
    kinds: dict[str, list[str]] = {}
    for public_id, kind in snapshots.values_list("public_id", "kind"):
        kinds.setdefault(kind, []).append(public_id)
    for kind, public_ids in kinds.items():
        for row in MODELS[kind]._default_manager.filter(public_id__in=public_ids):
            named[row.public_id] = row
    dependants: dict[str, list[Publishable]] = {}
    for target, snapshot in pairs:
        if snapshot in named:
            dependants.setdefault(target, []).append(named[snapshot])
    return dependants


def _groups(row: Event | Statement | Request, group: Incident | Topic) -> Any:
    return row.incidents if isinstance(group, Incident) else row.topics


def _saved(row: Publishable, by: Any) -> None:
    type(row)._default_manager.filter(pk=row.pk).update(updated_by=by)
    row.refresh_from_db()
    record([row], Action.SAVED, by=by)
