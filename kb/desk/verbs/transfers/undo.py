"""Undo a merge or a split: restore the rows on the desk, and the documents on the record.

What was changed since is kept and reported. A later merge or split of the same rows must be undone
first.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, cast

from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from kb.desk.documents import MODELS
from kb.desk.models import Publishable, Transfer
from kb.desk.models.base import WorkflowState
from kb.desk.models.log import Action, TransferKind
from kb.desk.verbs.audit_log import record
from kb.desk.verbs.exceptions import ActionRefused
from kb.desk.verbs.ordering import refuse_impossible_order
from kb.desk.verbs.saving import set_state
from kb.desk.verbs.snapshots import (
    delete_snapshot,
    published_document,
    refresh_links,
    save_snapshot,
)
from kb.desk.verbs.transfers.documents import apply_change
from kb.desk.verbs.transfers.merge import UndoRecord
from kb.desk.verbs.transfers.related_rows import (
    MovedRow,
    RowKey,
    StoredRow,
    bump_versions,
    model_for_table,
    recreate_row,
    related_rows,
    row_as_json,
    row_owners,
)
from kb.record.documents import Document, referenced_ids
from kb.record.publication_version import bump_version
from kb.record.publish import (
    PendingRevision,
    add_tombstone,
    append_revisions,
    newly_live_ids,
)
from kb.record.vocabulary import Change


@dataclass
class UndoResult:
    """What an undo restores and what it leaves unchanged, a text each; and the owners of rows."""

    restored: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    owners: list[Publishable] = field(default_factory=list)


def stored_ends(transfer: Transfer) -> tuple[Publishable | None, Publishable | None]:
    """Return origin and target as they are stored; None for one that was deleted."""
    rows = MODELS[transfer.kind]._default_manager.filter(
        public_id__in=[transfer.origin, transfer.target]
    )
    ends = {row.public_id: row for row in rows}
    return ends.get(transfer.origin), ends.get(transfer.target)


def is_transfer_public(transfer: Transfer) -> bool:
    """Return whether published documents were changed, so that an undo must tell readers why."""
    return bool(transfer.moved.get("documents"))


def undo_errors(transfer: Transfer, *, note: str = "") -> list[str]:
    """Return why this cannot be undone, as sentences; empty if it can."""
    if transfer.undone_at or not transfer.done_at:
        return [
            _("This has already been undone.") if transfer.done_at else _("This has not been done.")
        ]
    reasons = [
        _("Undo the later changes first: %(later)s.") % {"later": later.label}
        for later in Transfer.objects.in_effect().filter(pk__gt=transfer.pk).order_by("-pk")
        if _depends_on(later, transfer)
    ]
    origin, target = stored_ends(transfer)
    for end, title in ((origin, transfer.origin_title), (target, transfer.target_title)):
        if end is None:
            reasons.append(_("“%(title)s” was deleted.") % {"title": title})
    if is_transfer_public(transfer) and not note.strip():
        reasons.append(_("Give a reason why it was wrong. Readers see it."))
    if target is not None and transfer.how == TransferKind.SPLIT:
        moved = touched_rows(transfer)
        added = [related for related in related_rows(target) if related.key not in moved]
        if added:
            reasons.append(
                _(
                    "More records now refer to “%(target)s” (%(count)s). Merge "
                    "it into “%(origin)s” instead."
                )
                % {"target": target, "count": len(added), "origin": origin}
            )
    return reasons


def touched_rows(transfer: Transfer) -> set[RowKey]:
    """Return every row that a merge or split moved, dropped, created, or kept as a duplicate."""
    moved: UndoRecord = transfer.moved
    rows = [*moved["rows"], *moved["dropped"], *moved["made"]]
    keys = {(row["table"], row["key"]) for row in rows}
    keys |= {(row["table"], twin) for row in moved["dropped"] if (twin := row.get("twin"))}
    return keys | {(f"desk.{transfer.kind}", moved["keys"][0])}


def _depends_on(later: Transfer, transfer: Transfer) -> bool:
    is_of_same_row = later.how == TransferKind.MERGE and later.origin in (
        transfer.origin,
        transfer.target,
    )
    return is_of_same_row or bool(touched_rows(later) & touched_rows(transfer))


def preview_undo(transfer: Transfer) -> UndoResult:
    """Return what an undo would restore. Does it in a transaction and rolls that back."""
    with transaction.atomic():
        result = _restore_rows(transfer)
        transaction.set_rollback(True)
    return result


def undo_transfer(transfer: Transfer, *, by: Any, note: str = "") -> UndoResult:
    """Undo a merge or a split; the old address works again.

    Raises ActionRefused; then nothing has changed.
    """
    with transaction.atomic():
        # A second undo waits for this lock, and then is refused. SQLite has only one writer.
        transfer = Transfer.objects.select_for_update().get(pk=transfer.pk)
        reasons = undo_errors(transfer, note=note)
        origin, target = stored_ends(transfer)
        if reasons or origin is None or target is None:
            raise ActionRefused(reasons)
        bump_versions([origin, target])
        result = _restore_rows(transfer)
        owners = [owner for owner in result.owners if owner not in (origin, target)]
        bump_versions(owners)
        if is_transfer_public(transfer):
            _restore_documents(transfer, note.strip(), result)
        if transfer.how == TransferKind.MERGE:
            set_state(origin, transfer.moved["state"], by)
        summary = f"{transfer}" + (f": {note.strip()}" if note.strip() else "")
        remaining = [origin, target]
        if transfer.how == TransferKind.SPLIT and _remove_target(
            target, origin, summary, note.strip(), by
        ):
            remaining = [origin]
        record(remaining, Action.UNDONE, by=by, note=summary)
        record(owners, Action.FOLLOWED, by=by, note=f"undone: {summary}")
        transfer.undone_at, transfer.undone_by = timezone.now(), by
        transfer.save(update_fields=["undone_at", "undone_by"])
    return result


def _remove_target(
    target: Publishable, origin: Publishable, summary: str, note: str, by: Any
) -> bool:
    """Remove the row that a split created. Returns whether it was deleted.

    A published row is withdrawn, and its address redirects to the origin.
    """
    if target.state == WorkflowState.PUBLISHED:
        bump_version()
        add_tombstone(target.public_id, Change.MERGE, note or summary, into=origin.public_id)
        delete_snapshot(target.public_id)
        refresh_links({target.public_id})
        set_state(target, WorkflowState.WITHDRAWN, by)
        return False
    if target.state == WorkflowState.WITHDRAWN:
        return False
    if related := related_rows(target):
        raise ActionRefused(
            [
                _("Other records would still refer to “%(target)s” (%(count)s). Merge it instead.")
                % {"target": target, "count": len(related)}
            ]
        )
    record([target], Action.DELETED, by=by, note=summary)
    target.delete()
    return True


# --- On the desk ---------------------------------------------------------------------------------


def _restore_rows(transfer: Transfer) -> UndoResult:
    moved: UndoRecord = transfer.moved
    result = UndoResult()
    for created in reversed(moved["made"]):
        _delete_created(created, transfer, result)
    for moved_row in reversed(moved["rows"]):
        _move_back(moved_row, result)
    for dropped in reversed(moved["dropped"]):
        _restore_dropped(dropped, result)
    return result


def _move_back(moved: MovedRow, result: UndoResult) -> None:
    """Give the foreign keys of a row their old values, unless somebody has changed them since."""
    model = model_for_table(moved["table"])
    row = model._base_manager.filter(pk=moved["key"]).first()
    if row is None:
        result.unchanged.append(
            _("%(kind)s %(key)s has been deleted.")
            % {"kind": _model_name(model), "key": moved["key"]}
        )
        return
    values = {}
    for column, (old, new) in moved["fields"].items():
        if getattr(row, column) == new:
            values[column] = old
        else:
            key = _field(model, column.removesuffix("_id"))
            result.unchanged.append(
                _("“%(row)s” was not changed because it now has another %(field)s.")
                % {"row": row, "field": key.verbose_name}
            )
    if not values:
        return
    old_owners = row_owners(row)
    try:
        with transaction.atomic():
            model._base_manager.filter(pk=row.pk).update(**values)
    except IntegrityError:
        result.unchanged.append(
            _("“%(row)s” was not moved because its place is now taken.") % {"row": row}
        )
        return
    row = model._base_manager.get(pk=row.pk)
    result.owners += [*old_owners, *row_owners(row)]
    result.restored.append(f"{_model_name(model)} “{row}”")


def _field(model: type[models.Model], name: str) -> models.Field[Any, Any]:
    return cast("models.Field[Any, Any]", model._meta.get_field(name))


def _restore_dropped(dropped: StoredRow, result: UndoResult) -> None:
    """Store a row again that was dropped as a duplicate."""
    model = model_for_table(dropped["table"])
    name = f"{_model_name(model)} {dropped['key']}"
    is_taken = model._base_manager.filter(pk=dropped["key"]).exists()
    if is_taken or _has_deleted_relation(model, dropped):
        result.unchanged.append(
            _("%(name)s was not restored because its parent record was deleted.") % {"name": name}
        )
        return
    try:
        with transaction.atomic():
            recreate_row(dropped)
    except IntegrityError:
        result.unchanged.append(
            _("%(name)s was not restored because it was entered again.") % {"name": name}
        )
        return
    row = model._base_manager.get(pk=dropped["key"])
    result.owners += row_owners(row)
    result.restored.append(f"{_model_name(model)} “{row}”")


def _has_deleted_relation(model: type[models.Model], stored: StoredRow) -> bool:
    for key in model._meta.fields:
        related_key = stored["fields"].get(key.name)
        if not key.is_relation or related_key is None:
            continue
        related = cast("type[models.Model]", key.related_model)
        if not related._base_manager.filter(pk=related_key).exists():
            return True
    return False


def _delete_created(created: StoredRow, transfer: Transfer, result: UndoResult) -> None:
    """Delete a row that a merge or split created, unless somebody has changed it since."""
    if created["table"] == f"desk.{transfer.kind}":
        return  # the new row of a split is removed last, when no row names it any more
    model = model_for_table(created["table"])
    row = model._base_manager.filter(pk=created["key"]).first()
    if row is None:
        return
    if row_as_json(row) != created:
        result.unchanged.append(
            _("%(kind)s “%(row)s” was not removed because it has been edited.")
            % {"kind": _model_name(model), "row": row}
        )
        return
    result.owners += row_owners(row)
    row.delete()


def _model_name(model: type[models.Model]) -> str:
    return str(model._meta.verbose_name).replace("-", " ")


# --- On the record -------------------------------------------------------------------------------


def _restore_documents(transfer: Transfer, note: str, result: UndoResult) -> None:
    """Append revisions that undo the changes to published documents."""
    bump_version()
    moved: UndoRecord = transfer.moved
    revision_note = f"{capfirst(str(transfer))} was undone: {note}"
    pending = []
    for change in moved["documents"]:
        before, after = change["before"], change["after"]
        if before is None:
            continue  # the new document of a split
        if after is None:
            removed = cast("Document", before)
            save_snapshot(removed)
            pending.append(PendingRevision(removed, Change.CORRECTION, revision_note))
            continue
        current = published_document(change["id"])
        if current is None:
            continue  # withdrawn since
        document = apply_change(after, before, current)
        if transfer.target in referenced_ids(document) and not change.get("named"):
            result.unchanged.append(
                _("“%(title)s” has been republished. Check it.") % {"title": document["title"]}
            )
        if document != current:
            save_snapshot(document)
            is_end = document["id"] in (transfer.origin, transfer.target)
            pending.append(
                PendingRevision(document, Change.UPDATE if is_end else Change.LINK, revision_note)
            )
    refresh_links(newly_live_ids(append_revisions(pending)))
    refuse_impossible_order({revision.document["id"] for revision in pending})


def decline_transfer(transfer: Transfer, *, by: Any) -> None:
    """Decline a proposal, or withdraw one's own. Raises ActionRefused if it is decided already."""
    proposals = Transfer.objects.proposed().filter(pk=transfer.pk)
    if not proposals.update(undone_at=timezone.now(), undone_by=by):
        raise ActionRefused([_("This proposal has already been decided.")])
