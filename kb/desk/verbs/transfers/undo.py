"""Undo a merge or a split from the log: what went over goes back, on the desk and on the record.

What somebody has changed since stays as they left it, and is said. Refused while a later merge or
split stands that touched the same rows: that one is undone first.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.text import capfirst

from kb.desk.documents import MODELS
from kb.desk.models import Publishable, Transfer
from kb.desk.models.base import WorkflowState
from kb.desk.models.log import Action, TransferKind
from kb.desk.verbs.audit_log import record
from kb.desk.verbs.exceptions import ActionRefused
from kb.desk.verbs.saving import set_state
from kb.desk.verbs.snapshots import (
    delete_snapshot,
    published_document,
    refresh_links,
    save_snapshot,
)
from kb.desk.verbs.transfers.documents import apply_change
from kb.desk.verbs.transfers.related_rows import (
    bump_versions,
    model_for_table,
    recreate_row,
    related_rows,
    row_as_json,
    row_owners,
)
from kb.record import publish as door
from kb.record.documents import referenced_ids
from kb.record.publication_version import bump_version
from kb.record.vocabulary import Change


@dataclass
class UndoResult:
    """What went back, and what stays as it is, a sentence each."""

    back: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    owners: list[Publishable] = field(default_factory=list)


def stored_ends(transfer: Transfer) -> tuple[Any, Any]:
    """The two things of a merge or a split as they are stored; None where one was deleted."""
    rows = MODELS[transfer.kind]._default_manager
    found = {one.public_id: one for one in rows.filter(
        public_id__in=[transfer.origin, transfer.target])}  # fmt: skip
    return found.get(transfer.origin), found.get(transfer.target)


def is_transfer_public(transfer: Transfer) -> bool:
    """Whether readers saw it, so that they are told of the way back."""
    return bool(transfer.moved.get("documents"))


def undo_errors(transfer: Transfer, *, note: str = "") -> list[str]:
    """Why this cannot be undone, a sentence each; empty when it can."""
    if transfer.undone_at or not transfer.done_at:
        return ["It was undone already." if transfer.done_at else "It was never done."]
    reasons = [
        f"Undo what came after it first: {later}."
        for later in Transfer.objects.standing().filter(pk__gt=transfer.pk).order_by("-pk")
        if _builds_on(later, transfer)
    ]
    origin, target = stored_ends(transfer)
    for one, title in ((origin, transfer.origin_title), (target, transfer.target_title)):
        if one is None:
            reasons.append(f"“{title}” was deleted.")
    if is_transfer_public(transfer) and not note.strip():
        reasons.append("Say why it was wrong: readers are told.")
    if target is not None and transfer.how == TransferKind.SPLIT:
        came = touched_rows(transfer)
        added = [one for one in related_rows(target) if one.key not in came]
        if added:
            reasons.append(
                f"{len(added)} more rest on “{target}” by now: merge it into “{origin}” instead."
            )
    return reasons


def touched_rows(transfer: Transfer) -> set[tuple[str, int]]:
    """Every row that a merge or a split moved, dropped, made or found in its place."""
    moved = transfer.moved
    keys = {
        (one["table"], one["key"]) for name in ("rows", "dropped", "made") for one in moved[name]
    }
    keys |= {(one["table"], one["twin"]) for one in moved["dropped"] if one["twin"]}
    return keys | {(f"desk.{transfer.kind}", moved["keys"][0])}


def _builds_on(later: Transfer, transfer: Transfer) -> bool:
    is_same_thing = later.how == TransferKind.MERGE and later.origin in (
        transfer.origin,
        transfer.target,
    )
    return is_same_thing or bool(touched_rows(later) & touched_rows(transfer))


def preview_undo(transfer: Transfer) -> UndoResult:
    """What would go back and what would stay. Tried, and taken back."""
    with transaction.atomic():
        found = _rows_back(transfer)
        transaction.set_rollback(True)
    return found


def undo_transfer(transfer: Transfer, *, by: Any, note: str = "") -> UndoResult:
    """Let all that went over go back; the old address answers again. Raises Refused."""
    with transaction.atomic():
        transfer = Transfer.objects.select_for_update().get(pk=transfer.pk)
        # Whoever comes second waits here, and then finds it undone. SQLite has one writer anyway.
        reasons = undo_errors(transfer, note=note)
        if reasons:
            raise ActionRefused(reasons)
        origin, target = stored_ends(transfer)
        bump_versions([origin, target])
        found = _rows_back(transfer)
        owners = [one for one in found.owners if one not in (origin, target)]
        bump_versions(owners)
        if is_transfer_public(transfer):
            _documents_back(transfer, origin, note.strip(), found)
        if transfer.how == TransferKind.MERGE:
            set_state(origin, transfer.moved["state"], by)
        said = f"{transfer}" + (f": {note.strip()}" if note.strip() else "")
        remaining = [one for one in (origin, target) if one is not None]
        if transfer.how == TransferKind.SPLIT and _end_of_split(
            target, origin, said, note.strip(), by
        ):
            remaining = [origin]
        record(remaining, Action.UNDONE, by=by, note=said)
        record(owners, Action.FOLLOWED, by=by, note=f"undone: {said}")
        transfer.undone_at, transfer.undone_by = timezone.now(), by
        transfer.save(update_fields=["undone_at", "undone_by"])
    return found


def _end_of_split(target: Any, origin: Any, said: str, note: str, by: Any) -> bool:
    """Take away what a split had made: deleted if no reader saw it, else it leads to the origin."""
    if target.state == WorkflowState.PUBLISHED:
        bump_version()
        door.add_tombstone(target.public_id, Change.MERGE, note or said, into=origin.public_id)
        delete_snapshot(target.public_id)
        refresh_links({target.public_id})
        set_state(target, WorkflowState.WITHDRAWN, by)
        return False
    if target.state == WorkflowState.WITHDRAWN:
        return False
    if still := related_rows(target):
        raise ActionRefused([f"{len(still)} would still rest on “{target}”: merge it instead."])
    record([target], Action.DELETED, by=by, note=said)
    target.delete()
    return True


# --- On the desk ---------------------------------------------------------------------------------


def _rows_back(transfer: Transfer) -> UndoResult:
    found = UndoResult()
    for kept in reversed(transfer.moved["made"]):
        _unmake(kept, transfer, found)
    for moved in reversed(transfer.moved["rows"]):
        _move_back(moved, found)
    for kept in reversed(transfer.moved["dropped"]):
        _restore(kept, found)
    return found


def _move_back(moved: dict[str, Any], found: UndoResult) -> None:
    model = model_for_table(moved["table"])
    row = model._base_manager.filter(pk=moved["key"]).first()
    if row is None:
        found.left.append(f"{_called(model)} {moved['key']} was deleted since.")
        return
    back = {}
    for name, (was, now) in moved["fields"].items():
        if getattr(row, name) == now:
            back[name] = was
        else:
            field = model._meta.get_field(name.removesuffix("_id"))
            found.left.append(f"“{row}” names another {field.verbose_name} since: it stays.")
    if not back:
        return
    before = row_owners(row)
    try:
        with transaction.atomic():
            model._base_manager.filter(pk=row.pk).update(**back)
    except IntegrityError:
        found.left.append(f"“{row}” stays: its place is taken by now.")
        return
    row = model._base_manager.get(pk=row.pk)
    found.owners += [*before, *row_owners(row)]
    found.back.append(f"{_called(model)} “{row}”")


def _restore(kept: dict[str, Any], found: UndoResult) -> None:
    """Store again what was dropped as a duplicate."""
    model = model_for_table(kept["table"])
    lost = [
        one.name
        for one in model._meta.fields
        if one.is_relation
        and kept["fields"].get(one.name) is not None
        and not one.related_model._base_manager.filter(pk=kept["fields"][one.name]).exists()
    ]
    name = f"{_called(model)} {kept['key']}"
    if lost or model._base_manager.filter(pk=kept["key"]).exists():
        found.left.append(f"{name} stays away: what it belonged to was deleted.")
        return
    try:
        with transaction.atomic():
            recreate_row(kept)
    except IntegrityError:
        found.left.append(f"{name} stays away: it was entered again meanwhile.")
        return
    row = model._base_manager.get(pk=kept["key"])
    found.owners += row_owners(row)
    found.back.append(f"{_called(model)} “{row}”")


def _unmake(kept: dict[str, Any], transfer: Transfer, found: UndoResult) -> None:
    """Take away what a merge or a split had made itself, unless somebody has changed it."""
    if kept["table"] == f"desk.{transfer.kind}":
        return  # what a split made goes last, when nothing rests on it any more
    model = model_for_table(kept["table"])
    row = model._base_manager.filter(pk=kept["key"]).first()
    if row is None:
        return
    if row_as_json(row) != {name: kept[name] for name in ("table", "key", "fields")}:
        found.left.append(f"{_called(model)} “{row}” was changed since: it stays.")
        return
    found.owners += row_owners(row)
    row.delete()


def _called(model: Any) -> str:
    return str(model._meta.verbose_name).replace("-", " ")


# --- On the record -------------------------------------------------------------------------------


def _documents_back(transfer: Transfer, origin: Any, note: str, found: UndoResult) -> None:
    bump_version()
    said = f"{capfirst(str(transfer))} was undone: {note}"
    passing = []
    for kept in transfer.moved["documents"]:
        before, after = kept["before"], kept["after"]
        if before is None:
            continue  # what a split had made
        if after is None:
            save_snapshot(before)
            passing.append(door.PendingRevision(before, Change.CORRECTION, said))
            continue
        current = published_document(kept["id"])
        if current is None:
            continue  # withdrawn since
        back = apply_change(after, before, current)
        if transfer.target in referenced_ids(back) and not kept["named"]:
            found.left.append(f"“{back['title']}” was published again since: look at it.")
        if back != current:
            save_snapshot(back)
            is_end = back["id"] in (transfer.origin, transfer.target)
            passing.append(
                door.PendingRevision(back, Change.UPDATE if is_end else Change.LINK, said)
            )
    door.append_revisions(passing)
    refresh_links({one.document["id"] for one in passing})


def decline_transfer(transfer: Transfer, *, by: Any) -> None:
    """Turn a proposal down, or take one's own back. Raises Refused where it was decided."""
    asked = Transfer.objects.asked().filter(pk=transfer.pk)
    if not asked.update(undone_at=timezone.now(), undone_by=by):
        raise ActionRefused(["It was decided already."])
