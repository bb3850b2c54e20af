"""Writes the audit log of the desk. Nothing else adds entries to it.

Call ``record`` in the transaction of the change, after its last row is stored: the admin does so
when the inline rows of a form are saved too, and the verbs and importers do likewise.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from django.db import transaction

from kb.desk.models import AuditEntry, Publishable
from kb.desk.models.log import Action
from kb.desk.row_snapshots import RowSnapshot, snapshots_by_id
from kb.desk.verbs.notifying import notify

logger = logging.getLogger(__name__)

AUDIT_BATCH_SIZE = 500
# Actions that change the state of a row, but none of its values.
ACTIONS_WITHOUT_SNAPSHOT = (
    Action.SENT, Action.SENT_BACK, Action.PUBLISHED, Action.WITHDRAWN, Action.REMOVED
)  # fmt: skip


def record(
    things: Iterable[Publishable], action: str, *, by: Any, note: str = ""
) -> dict[str, RowSnapshot]:
    """Add an audit entry for each row, with its snapshot unless the action changes no value.

    Returns the snapshots by public id. One INSERT for up to 500 rows.
    """
    rows = list({thing.public_id: thing for thing in things}.values())
    snapshots: dict[str, RowSnapshot] = {}
    for start in range(0, len(rows), AUDIT_BATCH_SIZE):
        batch = rows[start : start + AUDIT_BATCH_SIZE]
        batch_snapshots = {} if action in ACTIONS_WITHOUT_SNAPSHOT else snapshots_by_id(batch)
        versions = stored_versions(batch)
        AuditEntry.objects.bulk_create(
            _entry(
                row,
                action,
                by,
                note,
                batch_snapshots.get(row.public_id),
                versions.get(row.public_id, row.version),
            )
            for row in batch
        )
        snapshots |= batch_snapshots
    if rows:
        transaction.on_commit(partial(_log, rows, action, by))
        transaction.on_commit(partial(notify, rows, action, by), robust=True)
    return snapshots


def audit_entry(
    thing: Publishable, action: str, *, by: Any, note: str, state: RowSnapshot
) -> AuditEntry:
    """Return the unsaved audit entry of one row, for callers that store many rows at once."""
    return _entry(thing, action, by, note, state, thing.version)


def _log(things: Sequence[Publishable], action: str, by: Any) -> None:
    """One line in the server's log for an action that has been committed: ids, no words."""
    fields: dict[str, object] = {"action": str(action), "by": getattr(by, "pk", None)}
    if len(things) == 1:
        fields |= {"kind": things[0].kind, "id": things[0].public_id}
    else:
        fields["count"] = len(things)
    logger.info("desk action", extra={"fields": fields})


def _entry(
    thing: Publishable, action: str, by: Any, note: str, state: RowSnapshot | None, version: int
) -> AuditEntry:
    return AuditEntry(
        public_id=thing.public_id,
        kind=thing.kind,
        version=version,
        done=action,
        note=note,
        state=state,
        saved_by=by,
    )


def stored_versions(things: Iterable[Publishable]) -> dict[str, int]:
    """Return the stored version of each row, by public id; one query for each kind."""
    keys_by_model: dict[type[Publishable], list[int]] = {}
    for thing in things:
        keys_by_model.setdefault(type(thing), []).append(thing.pk)
    return {
        public_id: version
        for model, keys in keys_by_model.items()
        for public_id, version in model._default_manager.filter(pk__in=keys).values_list(
            "public_id", "version"
        )
    }
