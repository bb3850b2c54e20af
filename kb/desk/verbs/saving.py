"""Saving with a version check, so that nobody overwrites changes that they have not seen."""

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from kb.desk import row_snapshots
from kb.desk.models import Comment, Publishable, ReviewRequest, Transfer
from kb.desk.models.base import WorkflowState
from kb.desk.models.reviews import CommentQuerySet
from kb.record.chunks import in_chunks


class StaleVersion(Exception):
    """Somebody else saved the row after it was opened. ``current`` is the stored version."""

    def __init__(self, thing: Publishable, current: int) -> None:
        self.current = current
        super().__init__(
            _(
                "Someone else saved “%(row)s” while you had it open (it is now version "
                "%(version)s). Your changes were not saved. Compare the two versions, then save "
                "again."
            )
            % {"row": thing, "version": current}
        )


def bump_version_or_fail(thing: Publishable, version: int) -> None:
    """Take the next version number. Raises StaleVersion if ``version`` is not the stored one.

    One conditional UPDATE in the caller's transaction: it locks the row on PostgreSQL. On SQLite,
    where ``select_for_update`` does nothing, this is the only check that works.
    """
    rows = type(thing)._default_manager.filter(pk=thing.pk)
    if not rows.filter(version=version).update(version=models.F("version") + 1):
        raise StaleVersion(thing, rows.values_list("version", flat=True).first() or 0)
    thing.version = version + 1


def set_state(thing: Publishable, state: str, by: Any) -> None:
    """Store the workflow state of a row. Its other values and its version do not change."""
    set_states([thing], state, by)


def set_states(things: Iterable[Publishable], state: str, by: Any) -> None:
    """Store the workflow state of rows; two queries for up to 500 of one kind."""
    keys_by_model: dict[type[Publishable], list[int]] = {}
    public_ids = []
    for thing in things:
        thing.state = state
        keys_by_model.setdefault(type(thing), []).append(thing.pk)
        public_ids.append(thing.public_id)
    if state != WorkflowState.IN_REVIEW:
        for ids in in_chunks(public_ids):
            ReviewRequest.objects.filter(public_id__in=ids).delete()
    if state != WorkflowState.DRAFT:
        for ids in in_chunks(public_ids):
            resolve(Comment.objects.change_requests().filter(public_id__in=ids), by)
    for model, keys in keys_by_model.items():
        for chunk in in_chunks(keys):
            model._default_manager.filter(pk__in=chunk).update(state=state, updated_by=by)


def resolve(comments: CommentQuerySet, by: Any) -> int:
    """Mark those of the remarks as settled that are not yet. Returns their number."""
    return comments.unresolved().update(resolved_at=timezone.now(), resolved_by=by)


def check_references(thing: Publishable, state: row_snapshots.RowSnapshot) -> None:
    """Raise StaleVersion if a saved row names a row that was merged into another meanwhile.

    The form has checked this too, but a merge may have ended since. From here on it cannot: what
    a row names is locked for the rest of the transaction, and a merge locks what it merges.
    """
    public_ids = {relation["id"] for relation in row_snapshots.relations_in(state)}
    if Transfer.objects.merges_of(public_ids).exists():
        raise StaleVersion(thing, thing.version)
