"""Delete what was never published and nothing rests on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, models, transaction

from kb.desk.models import Publishable
from kb.desk.models.base import WorkflowState
from kb.desk.models.log import Action
from kb.desk.verbs.audit_log import record
from kb.desk.verbs.exceptions import ActionRefused
from kb.desk.verbs.transfers.related_rows import RelatedRow, related_rows


def blocking_rows(thing: Publishable, *, along: Iterable[Publishable] = ()) -> list[RelatedRow]:
    """The rows that rest on a thing and are on the page of another that stays.

    Its own rows (its citations, its other names) go with it; ``along`` goes at the same time.
    """
    going = [thing, *along]
    return [one for one in related_rows(thing) if any(owner not in going for owner in one.owners())]


def delete(things: Iterable[Publishable], *, by: Any) -> int:
    """Delete these together, each kept in the log as it last was; return how many.

    Raises Refused where anything rests on one of them, or was on the record. All or nothing.
    """
    with transaction.atomic():
        # Locked, so that whoever is about to name one of them waits, and then finds it gone.
        every = [
            type(one)._default_manager.select_for_update().get(pk=one.pk)
            for one in sorted(things, key=lambda one: (one.kind, one.pk))
        ]
        reasons = [
            f"“{one}” has been on the record: withdraw it instead."
            for one in every
            if one.state in (WorkflowState.PUBLISHED, WorkflowState.WITHDRAWN)
        ]
        for one in every:
            found = blocking_rows(one, along=every)
            if found:
                reasons.append(f"{len(found)} others rest on “{one}”.")
        if reasons:
            raise ActionRefused(reasons)
        record(every, Action.DELETED, by=by)
        try:
            with transaction.atomic():
                _delete(every)
        except (IntegrityError, models.ProtectedError) as problem:
            raise ActionRefused(["Something came to rest on it meanwhile."]) from problem
    return len(every)


def _delete(things: list[Publishable]) -> None:
    # Rows on their own pages first: the database protects what they name.
    for thing in things:
        for one in related_rows(thing):
            if not isinstance(one.row, Publishable):
                type(one.row)._base_manager.filter(pk=one.row.pk).delete()
    waiting = things
    while waiting:
        blocked = []
        for thing in waiting:
            try:
                thing.delete()
            except models.ProtectedError:
                blocked.append(thing)
        if len(blocked) == len(waiting):
            blocked[0].delete()
        waiting = blocked
