"""Merge a duplicate into another row: related rows are moved, the old address redirects."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypedDict

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kb.desk.documents import build_document
from kb.desk.models import Actor, ActorName, Citation, Publishable, Transfer
from kb.desk.models.base import WorkflowState
from kb.desk.models.log import Action, TransferKind
from kb.desk.verbs.audit_log import record
from kb.desk.verbs.exceptions import ActionRefused
from kb.desk.verbs.ordering import refuse_impossible_order
from kb.desk.verbs.saving import set_state
from kb.desk.verbs.snapshots import (
    delete_snapshot,
    live_document,
    public_title,
    referencing_documents,
    save_snapshot,
)
from kb.desk.verbs.transfers.documents import (
    DocumentChange,
    document_change,
    merge_documents,
    replace_id,
)
from kb.desk.verbs.transfers.related_rows import (
    MovedRow,
    MovedRows,
    RelatedRow,
    StoredRow,
    bump_versions,
    derivation_circle,
    is_actor_of_another_kind,
    move_rows,
    plan_move,
    related_rows,
    row_as_json,
)
from kb.record.documents import Document
from kb.record.publication_version import bump_version
from kb.record.publish import PendingRevision, add_tombstone, append_revisions
from kb.record.vocabulary import Change

PLAN_CHANGED = gettext_lazy(
    "Something changed after you opened this page. Check the preview again."
)


class UndoRecord(TypedDict):
    """What undoing a merge or a split needs: the column ``Transfer.moved``.

    ``keys`` are the primary keys of origin and target, ``state`` is that of the origin before.
    """

    rows: list[MovedRow]
    dropped: list[StoredRow]
    made: list[StoredRow]
    keys: list[int]
    state: str
    documents: list[DocumentChange]


@dataclass
class MergePlan:
    """What merging ``thing`` into ``into`` would do.

    ``keeps_name`` says that the name of an actor becomes another name of the target;
    ``documents`` are the published documents that would change.
    """

    thing: Publishable
    into: Publishable
    rows: list[RelatedRow]
    keeps_name: bool
    documents: dict[str, Document]

    @property
    def is_public(self) -> bool:
        return self.thing.state == WorkflowState.PUBLISHED

    @property
    def digest(self) -> str:
        """The SHA-256 of all that would be moved."""
        # Whether, not why: the reason is in the language of the editor.
        rows = [[row.name, row.fields, bool(row.drop), row.clear] for row in self.rows]
        return hashlib.sha256(json.dumps([rows, self.keeps_name]).encode()).hexdigest()

    @property
    def preview_token(self) -> str:
        """What the form of a preview sends back: the digest, and both versions."""
        return f"{self.digest}.{self.thing.version}.{self.into.version}"


def prepare_merge(thing: Publishable, into: Publishable) -> MergePlan:
    """Return what merging a row into another would do. Stores nothing."""
    rows = plan_move(related_rows(thing), thing, into)
    for related in rows:
        if isinstance(related.row, Citation) and "statement" in related.fields:
            related.unquote = related.row.quoted
    names = set()
    if isinstance(into, Actor):
        names = {str(into), *into.other_names.values_list("name", flat=True)}
        names |= {
            related.row.name
            for related in rows
            if isinstance(related.row, ActorName) and not related.drop
        }
    keeps_name = isinstance(into, Actor) and str(thing) not in names
    is_public = thing.state == WorkflowState.PUBLISHED
    documents = referencing_documents(thing.public_id) if is_public else {}
    return MergePlan(thing, into, rows, keeps_name, documents)


def merge_errors(
    thing: Publishable, into: Publishable, *, note: str = "", across: bool = False
) -> list[str]:
    """Return why a row cannot be merged into another, as sentences; empty if it can.

    ``across`` allows a merge of actors of different kinds.
    """
    if type(thing) is not type(into):
        return [_("Choose another record of the same kind to merge into.")]
    reasons = []
    if thing.pk == into.pk:
        reasons.append(_("A record cannot be merged into itself. Choose another record."))
    elif circle := derivation_circle(thing, into):
        reasons.append(circle)
    if thing.state == WorkflowState.PUBLISHED and not note.strip():
        reasons.append(_("Give a reason why the two are the same. Readers see it."))
    if thing.state == WorkflowState.WITHDRAWN:
        reasons.append(_("“%(thing)s” has already been withdrawn or merged.") % {"thing": thing})
    if into.state == WorkflowState.WITHDRAWN:
        reasons.append(
            _("“%(into)s” has been withdrawn or merged. Choose another record.") % {"into": into}
        )
    elif thing.state == WorkflowState.PUBLISHED and into.state != WorkflowState.PUBLISHED:
        reasons.append(
            _("Publish “%(into)s” first, because readers will be redirected to it.")
            % {"into": into}
        )
    if not across and is_actor_of_another_kind(thing, into):
        kinds = [
            actor.get_actor_kind_display() for actor in (thing, into) if isinstance(actor, Actor)
        ]
        reasons.append(
            _(
                "The two have different kinds (%(kind)s and %(other)s). "
                "Confirm that they are the same."
            )
            % {"kind": kinds[0], "other": kinds[1]}
        )
    return reasons


def needs_second_person(thing: Publishable) -> bool:
    """Return whether one person must propose a merge or split of it and another confirm it."""
    return bool(settings.TWO_PERSONS) and thing.state == WorkflowState.PUBLISHED


def propose_merge(
    thing: Publishable, *, into: Publishable, by: Any, note: str, across: bool = False
) -> Transfer:
    """Propose a merge that somebody else must confirm. Raises ActionRefused if it is impossible."""
    reasons = merge_errors(thing, into, note=note, across=across)
    if Transfer.objects.proposed().filter(origin=thing.public_id).exists():
        reasons.append(_("A merge or split of this record has already been proposed."))
    if reasons:
        raise ActionRefused(reasons)
    return Transfer.objects.create(
        how=TransferKind.MERGE,
        **transfer_ends(thing, into),
        note=note.strip(),
        wanted={"across": across},
        asked_by=by,
    )


def transfer_ends(thing: Publishable, into: Publishable) -> dict[str, str]:
    """Return the values of a transfer that name its two ends, with the titles that readers see.

    Call it before anything is published: the note of an undo, which is public, has these titles.
    """
    return {
        "kind": thing.kind,
        "origin": thing.public_id,
        "origin_title": public_title(thing),
        "target": into.public_id,
        "target_title": public_title(into),
    }


def check_second_person(thing: Publishable, proposal: Transfer | None, by: Any) -> None:
    """Raise ActionRefused if the rule of two persons requires somebody else to do it.

    Management commands (by=None) are exempt.
    """
    if by is None or not needs_second_person(thing):
        return
    if proposal is None or proposal.asked_by_id == by.pk:
        raise ActionRefused(
            [_("You cannot confirm your own proposal. Another publisher must confirm it.")]
        )


def merge(
    thing: Publishable,
    *,
    into: Publishable,
    by: Any,
    note: str,
    across: bool = False,
    preview_token: str = "",
    proposal: Transfer | None = None,
) -> Transfer:
    """Move everything that names ``thing`` to ``into``, and leave a redirect on the record.

    ``across`` allows a merge of actors of different kinds; ``preview_token`` is that of the plan
    that the editor saw, if there was a preview; ``proposal`` is the transfer to carry out. The
    published document of ``into`` gets what was published of ``thing``, and nothing else.
    Raises ActionRefused; then nothing has changed.
    """
    with transaction.atomic():
        _check(thing, into, note, across)
        plan, owners = _locked_plan(thing, into, preview_token)
        thing, into = plan.thing, plan.into
        _check(thing, into, note, across)
        check_second_person(thing, proposal, by)
        state, ends = thing.state, transfer_ends(thing, into)
        moved = move_rows(plan.rows, into)
        if plan.keeps_name and isinstance(into, Actor):
            name = ActorName.objects.create(actor=into, name=str(thing))
            moved.created.append(row_as_json(name))
        set_state(thing, WorkflowState.WITHDRAWN, by)
        documents = _publish(plan, note.strip()) if state == WorkflowState.PUBLISHED else []
        summary = f"“{thing}” into “{into}”" + (f": {note.strip()}" if note.strip() else "")
        record([thing, into], Action.MERGED, by=by, note=summary)
        record(
            [owner for owner in owners if owner not in (thing, into)],
            Action.FOLLOWED,
            by=by,
            note=f"merge of {summary}",
        )
        transfer = proposal or Transfer(how=TransferKind.MERGE, asked_by=by)
        for column, value in ends.items():
            setattr(transfer, column, value)
        transfer.note, transfer.done_by, transfer.done_at = note.strip(), by, timezone.now()
        transfer.moved = undo_record(moved, thing, into, state, documents)
        transfer.save()
    return transfer


def _check(thing: Publishable, into: Publishable, note: str, across: bool) -> None:
    reasons = merge_errors(thing, into, note=note, across=across)
    if reasons:
        raise ActionRefused(reasons)


def undo_record(
    moved: MovedRows,
    thing: Publishable,
    into: Publishable,
    state: str,
    documents: list[DocumentChange],
) -> UndoRecord:
    """Return what undoing needs, as it is stored in the column ``moved`` of a transfer."""
    return {
        "rows": moved.rows,
        "dropped": moved.dropped,
        "made": moved.created,
        "keys": [thing.pk, into.pk],
        "state": state,
        "documents": documents,
    }


def stored_row(thing: Publishable) -> Publishable:
    """Return the row as it is stored now. Raises ActionRefused if it was deleted."""
    row = type(thing)._default_manager.filter(pk=thing.pk).first()
    if row is None:
        raise ActionRefused([_("“%(thing)s” has been deleted.") % {"thing": thing}])
    return row


def _locked_plan(
    thing: Publishable, into: Publishable, preview_token: str
) -> tuple[MergePlan, list[Publishable]]:
    """Return the plan, and the owners of its rows: at their next version, and so locked.

    Raises ActionRefused if the plan is not the one of the preview, or changes during locking.
    """
    first = prepare_merge(stored_row(thing), stored_row(into))
    if preview_token and first.preview_token != preview_token:
        raise ActionRefused([str(PLAN_CHANGED)])
    row_owners = [owner for related in first.rows for owner in related.owners()]
    owners = bump_versions([first.thing, first.into, *row_owners])
    second = prepare_merge(stored_row(thing), stored_row(into))
    versions = (first.thing.version + 1, first.into.version + 1)
    if second.digest != first.digest or versions != (second.thing.version, second.into.version):
        raise ActionRefused([str(PLAN_CHANGED)])
    return second, owners


def _publish(plan: MergePlan, note: str) -> list[DocumentChange]:
    """Append the revisions of a merge; return each document that changed, before and after."""
    thing, into = plan.thing, plan.into
    bump_version()
    # Read again: something may have been published since the plan was made.
    referencing = referencing_documents(thing.public_id)
    removed, target = live_document(thing.public_id), live_document(into.public_id)
    revision_note = f"“{removed['title']}” was merged into “{target['title']}”: {note}"
    add_tombstone(thing.public_id, Change.MERGE, note, into=into.public_id)
    delete_snapshot(thing.public_id)
    after = {
        public_id: replace_id(document, thing.public_id, into.public_id)
        for public_id, document in referencing.items()
    }
    before: Mapping[str, Document] = {**referencing, into.public_id: target}
    base = after.get(into.public_id, target)
    after[into.public_id] = merge_documents(base, removed, build_document(stored_row(into)))
    for document in after.values():
        save_snapshot(document)
    append_revisions(
        [
            PendingRevision(
                document,
                Change.UPDATE if public_id == into.public_id else Change.LINK,
                revision_note,
            )
            for public_id, document in after.items()
        ]
    )
    refuse_impossible_order(after.keys())
    changes = [
        document_change(before[public_id], document, into.public_id)
        for public_id, document in after.items()
    ]
    return [{"id": thing.public_id, "before": removed, "after": None}, *changes]


def merged_row(thing: Publishable | None) -> Publishable | None:
    """Return the row that this one was merged into, over any number of merges.

    The row itself if it was never merged; None for None, or if the last one was deleted.
    """
    while thing is not None and thing.state == WorkflowState.WITHDRAWN:
        transfer = Transfer.objects.merges_of([thing.public_id]).first()
        if transfer is None:
            break
        thing = type(thing)._default_manager.filter(public_id=transfer.target).first()
    return thing


def merged_keys(model: type[Publishable]) -> dict[int, int]:
    """Return the primary keys of merged rows of this kind, each with the key of its target.

    Over any number of merges. Rows that were deleted are left out.
    """
    merges = Transfer.objects.in_effect().filter(how=TransferKind.MERGE, kind=model.kind)
    targets = dict(merges.values_list("origin", "target"))
    rows = model._default_manager.filter(public_id__in={*targets, *targets.values()})
    keys = dict(rows.values_list("public_id", "pk"))
    merged = {}
    for origin, target in targets.items():
        # This ends, because a merge that would make a circle is refused.
        while target in targets:
            target = targets[target]
        if origin in keys and target in keys:
            merged[keys[origin]] = keys[target]
    return merged
