"""Saving without overwriting what one has not seen."""

from typing import Any

from django.db import OperationalError, models

from kb.desk import row_snapshots
from kb.desk.models import Publishable, ReviewRequest, Transfer
from kb.desk.models.base import WorkflowState


class StaleVersion(Exception):
    """Somebody saved this after it was opened."""

    def __init__(self, thing: Publishable, current: int) -> None:
        self.current = current
        super().__init__(
            f"“{thing}” was saved by somebody else while you had it open (it is now version "
            f"{current}). Nothing of yours was stored: compare the two, then save again."
        )


def is_database_locked(problem: Exception) -> bool:
    """Whether the database gave up waiting for somebody else who writes (SQLite's own words)."""
    return isinstance(problem, OperationalError) and "locked" in str(problem)


def bump_version_or_fail(thing: Publishable, version: int) -> None:
    """Take the next version number, or raise StaleVersion if ``version`` is not the row's.

    One conditional UPDATE inside the caller's transaction: it locks the row on PostgreSQL, and
    on SQLite, where ``select_for_update`` does nothing, it is the only check that holds.
    """
    rows = type(thing)._default_manager.filter(pk=thing.pk)
    if not rows.filter(version=version).update(version=models.F("version") + 1):
        raise StaleVersion(thing, rows.values_list("version", flat=True).first() or 0)
    thing.version = version + 1


def set_state(thing: Publishable, state: str, by: Any) -> None:
    """Say where a thing stands on the way to the record. No word of it changes, nor its version."""
    thing.state = state
    if state != WorkflowState.IN_REVIEW:
        ReviewRequest.objects.filter(public_id=thing.public_id).delete()
    type(thing)._default_manager.filter(pk=thing.pk).update(state=state, updated_by=by)


def check_references(thing: Publishable, state: row_snapshots.State) -> None:
    """Raise StaleVersion where a saved row names what was merged into something else meanwhile.

    The form has checked that too. Here the merge that it could not see yet is over: what a row
    names is locked for the rest of the transaction, and a merge locks what it merges.
    """
    if Transfer.objects.merges_of(
        {one["id"] for one in row_snapshots.relations_in(state)}
    ).exists():
        raise StaleVersion(thing, thing.version)
