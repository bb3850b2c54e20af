"""Merge a duplicate into what it duplicates: everything moves, and the old address redirects."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from kb.desk.documents import build_document
from kb.desk.models import Actor, ActorName, Publishable, Transfer
from kb.desk.models.base import WorkflowState
from kb.desk.models.log import Action, TransferKind
from kb.desk.verbs.audit_log import record
from kb.desk.verbs.exceptions import ActionRefused
from kb.desk.verbs.saving import set_state
from kb.desk.verbs.snapshots import (
    delete_snapshot,
    published_document,
    referencing_documents,
    save_snapshot,
)
from kb.desk.verbs.transfers.documents import document_change, merge_documents, replace_id
from kb.desk.verbs.transfers.related_rows import (
    MovedRows,
    RelatedRow,
    bump_versions,
    derivation_circle,
    is_actor_of_another_kind,
    move_rows,
    plan_move,
    related_rows,
    row_as_json,
)
from kb.record import publish as door
from kb.record.documents import Document
from kb.record.publication_version import bump_version
from kb.record.vocabulary import Change

CHANGED = "Something of it was changed since you looked: look at what would move again."


@dataclass
class MergePlan:
    """What a merge would do. ``digest`` stands for all that would move, as it is now."""

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
        seen = [[one.name, one.fields, one.drop, one.clear] for one in self.rows]
        return hashlib.sha256(json.dumps([seen, self.keeps_name]).encode()).hexdigest()

    @property
    def seen(self) -> str:
        """What the form of a preview sends back: all that would move, and both versions."""
        return f"{self.digest}.{self.thing.version}.{self.into.version}"


def prepare_merge(thing: Publishable, into: Publishable) -> MergePlan:
    """What merging the one into the other would do. Stores nothing."""
    rows = plan_move(related_rows(thing), thing, into)
    names = set()
    if isinstance(into, Actor):
        names = {str(into), *into.other_names.values_list("name", flat=True)}
        names |= {one.row.name for one in rows if isinstance(one.row, ActorName) and not one.drop}
    keeps_name = isinstance(into, Actor) and str(thing) not in names
    is_public = thing.state == WorkflowState.PUBLISHED
    documents = referencing_documents(thing.public_id) if is_public else {}
    return MergePlan(thing, into, rows, keeps_name, documents)


def merge_errors(
    thing: Publishable, into: Publishable, *, note: str = "", across: bool = False
) -> list[str]:
    """Why the one cannot be merged into the other, a sentence each; empty when it can."""
    if type(thing) is not type(into):
        return ["Choose another record of the same kind to merge into."]
    reasons = []
    if thing.pk == into.pk:
        reasons.append("It cannot be merged into itself: choose another.")
    elif broken := derivation_circle(thing, into):
        reasons.append(broken)
    if thing.state == WorkflowState.PUBLISHED and not note.strip():
        reasons.append("Say why the two are the same: readers are told.")
    if thing.state == WorkflowState.WITHDRAWN:
        reasons.append(f"“{thing}” was withdrawn or merged already.")
    if into.state == WorkflowState.WITHDRAWN:
        reasons.append(f"“{into}” was withdrawn or merged: choose what is there instead.")
    elif thing.state == WorkflowState.PUBLISHED and into.state != WorkflowState.PUBLISHED:
        reasons.append(f"Publish “{into}” first: readers are sent there.")
    if is_actor_of_another_kind(thing, into) and not across:
        kinds = [one.get_actor_kind_display() for one in (thing, into)]  # type: ignore[attr-defined]
        reasons.append(
            f"One is called {kinds[0]}, the other {kinds[1]}: say that they are one all the same."
        )
    return reasons


def needs_second_person(thing: Publishable) -> bool:
    """Whether one person proposes, and another does it."""
    return bool(settings.TWO_PERSONS) and thing.state == WorkflowState.PUBLISHED


def propose_merge(
    thing: Publishable, *, into: Publishable, by: Any, note: str, across: bool = False
) -> Transfer:
    """Ask that somebody else merge the two. Raises Refused where it could not be done."""
    reasons = merge_errors(thing, into, note=note, across=across)
    if Transfer.objects.asked().filter(origin=thing.public_id).exists():
        reasons.append("That somebody merges or splits it is proposed already.")
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
    """The columns of a transfer that name its two ends."""
    return {
        "kind": thing.kind,
        "origin": thing.public_id,
        "origin_title": str(thing),
        "target": into.public_id,
        "target_title": str(into),
    }


def check_second_person(thing: Publishable, asked: Transfer | None, by: Any) -> None:
    """Raise Refused where the rule of two persons wants somebody else. Commands are nobody."""
    if by is None or not needs_second_person(thing):
        return
    if asked is None or asked.asked_by_id == by.pk:
        raise ActionRefused(["Somebody else has to do it: what is published takes two persons."])


def merge(
    thing: Publishable,
    *,
    into: Publishable,
    by: Any,
    note: str,
    across: bool = False,
    seen: str = "",
    asked: Transfer | None = None,
) -> Transfer:
    """Move all that rests on ``thing`` to ``into``, and leave a redirect on the record.

    ``across`` says that actors of two kinds are meant; ``seen`` is ``Merging.seen`` of the
    preview, when there was one; ``asked`` is the proposal that this carries out. What is public
    of ``into`` gets what was public of ``thing``, and nothing else. Raises Refused.
    """
    with transaction.atomic():
        _check(thing, into, note, across)
        planned, owners = _claimed(thing, into, seen)
        thing, into = planned.thing, planned.into
        _check(thing, into, note, across)
        check_second_person(thing, asked, by)
        state = thing.state
        moved = move_rows(planned.rows, into)
        if planned.keeps_name:
            kept = ActorName.objects.create(actor=into, name=str(thing))
            moved.made.append(row_as_json(kept))
        set_state(thing, WorkflowState.WITHDRAWN, by)
        documents = _publish(planned, note.strip()) if state == WorkflowState.PUBLISHED else []
        said = f"“{thing}” into “{into}”" + (f": {note.strip()}" if note.strip() else "")
        record([thing, into], Action.MERGED, by=by, note=said)
        record(
            [one for one in owners if one not in (thing, into)],
            Action.FOLLOWED,
            by=by,
            note=f"merge of {said}",
        )
        done = asked or Transfer(how=TransferKind.MERGE, asked_by=by)
        for name, value in transfer_ends(thing, into).items():
            setattr(done, name, value)
        done.note, done.done_by, done.done_at = note.strip(), by, timezone.now()
        done.moved = undo_record(moved, thing, into, state, documents)
        done.save()
    return done


def _check(thing: Publishable, into: Publishable, note: str, across: bool) -> None:
    reasons = merge_errors(thing, into, note=note, across=across)
    if reasons:
        raise ActionRefused(reasons)


def undo_record(
    moved: MovedRows, thing: Publishable, into: Publishable, state: str, documents: list[Any]
) -> dict[str, Any]:
    """What undoing needs, as the column of a transfer keeps it."""
    return {
        "rows": moved.rows,
        "dropped": moved.dropped,
        "made": moved.made,
        "keys": [thing.pk, into.pk],
        "state": state,
        "documents": documents,
    }


def stored_row(thing: Any) -> Any:
    """The thing as it is stored now. Raises Refused where it was deleted."""
    found = type(thing)._default_manager.filter(pk=thing.pk).first()
    if found is None:
        raise ActionRefused([f"“{thing}” was deleted meanwhile."])
    return found


def _claimed(
    thing: Publishable, into: Publishable, seen: str
) -> tuple[MergePlan, list[Publishable]]:
    """The plan, with every page that it touches at its next version, and so locked.

    Raises Refused when what would move is not what was seen, or changes between the two looks.
    """
    first = prepare_merge(stored_row(thing), stored_row(into))
    if seen and first.seen != seen:
        raise ActionRefused([CHANGED])
    touched = [owner for one in first.rows for owner in one.owners()]
    owners = bump_versions([first.thing, first.into, *touched])
    again = prepare_merge(stored_row(thing), stored_row(into))
    versions = (first.thing.version + 1, first.into.version + 1)
    if again.digest != first.digest or versions != (again.thing.version, again.into.version):
        raise ActionRefused([CHANGED])
    return again, owners


def _publish(planned: MergePlan, note: str) -> list[dict[str, Any]]:
    """Let the record follow; return each document that changed, before and after."""
    thing, into = planned.thing, planned.into
    bump_version()
    # Again: a publication may have come in between.
    named = referencing_documents(thing.public_id)
    gone, kept = published_document(thing.public_id), published_document(into.public_id)
    said = f"“{thing}” was merged into “{into}”: {note}"
    door.add_tombstone(thing.public_id, Change.MERGE, note, into=into.public_id)
    delete_snapshot(thing.public_id)
    after = {name: replace_id(one, thing.public_id, into.public_id) for name, one in named.items()}
    before = {**named, into.public_id: kept}
    base = after.get(into.public_id, kept)
    after[into.public_id] = merge_documents(base, gone, build_document(stored_row(into)))
    for document in after.values():
        save_snapshot(document)
    door.append_revisions(
        [
            door.PendingRevision(
                one, Change.UPDATE if name == into.public_id else Change.LINK, said
            )
            for name, one in after.items()
        ]
    )
    changed = [document_change(before[name], one, into.public_id) for name, one in after.items()]
    return [{"id": thing.public_id, "before": gone, "after": None}, *changed]


def merged_row(thing: Any) -> Any:
    """What this is by now, however often it was merged; itself if it never was, None for None."""
    while thing is not None and thing.state == WorkflowState.WITHDRAWN:
        found = Transfer.objects.merges_of([thing.public_id]).first()
        if found is None:
            break
        thing = type(thing)._default_manager.filter(public_id=found.target).first()
    return thing


def merged_keys(model: type[Publishable]) -> dict[int, int]:
    """The keys of this kind that were merged away, each with the key of what it is by now."""
    merges = Transfer.objects.standing().filter(how=TransferKind.MERGE, kind=model.kind)
    into = dict(merges.values_list("origin", "target"))
    rows = model._default_manager.filter(public_id__in={*into, *into.values()})
    keys = dict(rows.values_list("public_id", "pk"))
    found = {}
    for origin, last in into.items():
        # A merge is refused where it would come round, so this ends.
        while last in into:
            last = into[last]
        if origin in keys and last in keys:
            found[keys[origin]] = keys[last]
    return found
