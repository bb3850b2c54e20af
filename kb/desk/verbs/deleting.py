"""Delete rows that were never published and that no other row depends on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from kb.desk.models import Publishable
from kb.desk.models.base import WorkflowState
from kb.desk.models.log import Action
from kb.desk.verbs.audit_log import record
from kb.desk.verbs.exceptions import ActionRefused
from kb.desk.verbs.transfers.related_rows import RelatedRow, related_rows


def blocking_rows(thing: Publishable, *, along: Iterable[Publishable] = ()) -> list[RelatedRow]:
    """Return the rows that name a row and belong to another one that is not deleted with it.

    Its own rows (such as citations and other names) are deleted with it. ``along`` are the rows
    that are deleted at the same time.
    """
    deleted = [thing, *along]
    return [
        related
        for related in related_rows(thing)
        if any(owner not in deleted for owner in related.owners())
    ]


def delete(things: Iterable[Publishable], *, by: Any) -> int:
    """Delete these rows, log each with its last values, and return how many there were.

    Raises ActionRefused if another row depends on one of them, or one was ever published; then
    nothing is deleted.
    """
    with transaction.atomic():
        # Locked, so that a transaction that is about to name one of them waits for this one.
        rows = [
            type(thing)._default_manager.select_for_update().get(pk=thing.pk)
            for thing in sorted(things, key=lambda thing: (thing.kind, thing.pk))
        ]
        reasons = [
            _("“%(row)s” has been published. Withdraw it instead.") % {"row": row}
            for row in rows
            if row.state in (WorkflowState.PUBLISHED, WorkflowState.WITHDRAWN)
        ]
        for row in rows:
            blocking = blocking_rows(row, along=rows)
            if blocking:
                reasons.append(
                    _(
                        "Other records refer to “%(row)s” (%(count)s). Remove "
                        "these references first."
                    )
                    % {"row": row, "count": len(blocking)}
                )
        if reasons:
            raise ActionRefused(reasons)
        record(rows, Action.DELETED, by=by)
        try:
            with transaction.atomic():
                _delete(rows)
        except (IntegrityError, models.ProtectedError) as error:
            raise ActionRefused([_("Another record now refers to it. Try again.")]) from error
    return len(rows)


def _delete(rows: list[Publishable]) -> None:
    # Inline rows first, because the database protects the rows that they name.
    for row in rows:
        for related in related_rows(row):
            if not isinstance(related.row, Publishable):
                type(related.row)._base_manager.filter(pk=related.row.pk).delete()
    remaining = rows
    while remaining:
        blocked = []
        for row in remaining:
            try:
                row.delete()
            except models.ProtectedError:
                blocked.append(row)
        if len(blocked) == len(remaining):
            blocked[0].delete()  # raises ProtectedError
        remaining = blocked
