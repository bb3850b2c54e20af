"""Split what is really two: a new thing is made, and chosen rows go over to it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from kb.desk.documents import MODELS, build_document
from kb.desk.models import Publishable, Transfer
from kb.desk.models.base import WorkflowState
from kb.desk.models.log import Action, TransferKind
from kb.desk.row_snapshots import editable_fields
from kb.desk.verbs import publishing
from kb.desk.verbs.audit_log import record
from kb.desk.verbs.exceptions import ActionRefused
from kb.desk.verbs.reviewing import unpublished_changes
from kb.desk.verbs.saving import StaleVersion, set_state
from kb.desk.verbs.snapshots import (
    pending_revision,
    published_document,
    referencing_documents,
    refresh_links,
    save_snapshot,
)
from kb.desk.verbs.transfers.documents import apply_change, document_change
from kb.desk.verbs.transfers.merge import (
    CHANGED,
    check_second_person,
    stored_row,
    transfer_ends,
    undo_record,
)
from kb.desk.verbs.transfers.related_rows import (
    RelatedRow,
    bump_versions,
    move_rows,
    related_rows,
    row_as_json,
)
from kb.record import publish as door
from kb.record.documents import Document
from kb.record.publication_version import bump_version
from kb.record.vocabulary import Change
from kb.text.slugs import unique_slug

# The field that names a thing of each kind.
NAMED_BY = {
    "actor": "name",
    "source": "title",
    "incident": "title",
    "topic": "name",
    "event": "title",
    "statement": "headline",
    "proposition": "text",
}
# What is true of one of the two at most, and so is not copied.
OF_ONE = {
    "actor": {"summary", "wikidata", "website"},
    "source": {"url", "archive_url", "archived_on", "accessed_on"},
}
# Both stay in the stories and under the topics that the one was in.
SHARED = ("incidents", "topics")


def splittable_rows(thing: Publishable) -> list[RelatedRow]:
    """The rows of which each may go over, or stay. What both would have is not among them."""
    shared = {f"desk.{thing.kind}_{name}" for name in SHARED}
    return [
        one
        for one in related_rows(thing)
        if one.table not in shared or thing.kind not in one.fields
    ]


def split_errors(
    thing: Publishable, *, name: str, rows: Collection[str], note: str = ""
) -> list[str]:
    """Why it cannot be split so, a sentence each; empty when it can."""
    reasons = []
    if thing.state == WorkflowState.WITHDRAWN:
        reasons.append(f"“{thing}” was withdrawn or merged.")
    if not rows:
        reasons.append("Choose what goes over: nothing is chosen.")
    try:
        model = MODELS[thing.kind]
        named = model._meta.get_field(NAMED_BY[thing.kind])
        named.clean(name.strip(), None)
    except ValidationError as problem:
        reasons += [f"The new name: {one}" for one in problem.messages]
    if thing.state == WorkflowState.PUBLISHED:
        if not note.strip():
            reasons.append("Say why they are two: readers are told.")
        if unpublished_changes(thing):
            reasons.append(
                f"“{thing}” was edited since it was published, and a split is public at once: "
                "publish or take back the edits first."
            )
    return reasons


def propose_split(
    thing: Publishable, *, name: str, rows: Collection[str], by: Any, note: str
) -> Transfer:
    """Ask that somebody else split it so. Raises Refused where it could not be done."""
    reasons = split_errors(thing, name=name, rows=rows, note=note)
    if Transfer.objects.asked().filter(origin=thing.public_id).exists():
        reasons.append("That somebody merges or splits it is proposed already.")
    if reasons:
        raise ActionRefused(reasons)
    return Transfer.objects.create(
        how=TransferKind.SPLIT,
        kind=thing.kind,
        origin=thing.public_id,
        origin_title=str(thing),
        target_title=name.strip(),
        note=note.strip(),
        wanted={"rows": sorted(rows)},
        asked_by=by,
    )


def split(
    thing: Publishable,
    *,
    name: str,
    rows: Collection[str],
    by: Any,
    note: str,
    version: int | None = None,
    asked: Transfer | None = None,
) -> tuple[Transfer, Publishable]:
    """Make a new thing of this name, and let ``rows`` (``Resting.name``) go over to it.

    ``version`` is the one that was seen. What is public is so at once: the new thing too, unless
    it lacks a citation. Raises Refused, or StaleVersion.
    """
    with transaction.atomic():
        _check(thing, name, rows, note)
        chosen, owners = _claimed(thing, rows, version)
        thing = stored_row(thing)
        _check(thing, name, rows, note)
        check_second_person(thing, asked, by)
        state = thing.state
        documents = _Following(thing, owners) if state == WorkflowState.PUBLISHED else None
        new, made = _made(thing, name.strip(), by)
        moved = move_rows(chosen, new)
        moved.made += made
        changed = documents.publish(new, note.strip(), by) if documents else []
        said = f"“{new}” from “{thing}”" + (f": {note.strip()}" if note.strip() else "")
        record([thing, new], Action.SPLIT, by=by, note=said)
        others = [one for one in owners if one != thing]
        record(others, Action.FOLLOWED, by=by, note=f"split of {said}")
        done = asked or Transfer(how=TransferKind.SPLIT, asked_by=by)
        for column, value in transfer_ends(thing, new).items():
            setattr(done, column, value)
        done.note, done.done_by, done.done_at = note.strip(), by, timezone.now()
        done.moved = undo_record(moved, thing, new, state, changed)
        done.save()
    return done, new


def _check(thing: Publishable, name: str, rows: Collection[str], note: str) -> None:
    reasons = split_errors(thing, name=name, rows=rows, note=note)
    if reasons:
        raise ActionRefused(reasons)


def _claimed(
    thing: Publishable, names: Collection[str], version: int | None
) -> tuple[list[RelatedRow], list[Publishable]]:
    """The chosen rows, with every page that they are on at its next version, and so locked."""
    current = stored_row(thing)
    if version is not None and current.version != version:
        raise StaleVersion(current, current.version)
    chosen = [one for one in splittable_rows(current) if one.name in names]
    if len(chosen) != len(set(names)):
        raise ActionRefused([CHANGED])
    owners = bump_versions([current, *(owner for one in chosen for owner in one.owners())])
    again = [one for one in splittable_rows(stored_row(thing)) if one.name in names]
    if [(one.name, one.fields) for one in again] != [(one.name, one.fields) for one in chosen]:
        raise ActionRefused([CHANGED])
    return again, owners


def _made(thing: Any, name: str, by: Any) -> tuple[Any, list[dict[str, Any]]]:
    """The new thing, stored; and what was made, for undoing."""
    left_out = {"slug", NAMED_BY[thing.kind], *OF_ONE.get(thing.kind, ())}
    copied = [one.name for one in editable_fields(type(thing)) if one.name not in left_out]
    new = type(thing)(**{one: getattr(thing, one) for one in copied})
    setattr(new, NAMED_BY[thing.kind], name)
    rows = type(thing)._default_manager
    new.slug = unique_slug(name, new.public_id, lambda slug: rows.filter(slug=slug).exists())
    new.created_by = new.updated_by = by
    try:
        new.full_clean()
    except ValidationError as problem:
        raise ActionRefused(problem.messages) from problem
    new.save()
    made = [row_as_json(new)]
    for shared in SHARED:
        if hasattr(thing, shared) and thing.kind in ("event", "statement"):
            getattr(new, shared).set(getattr(thing, shared).all())
            through = getattr(type(thing), shared).through
            made += [row_as_json(row) for row in through.objects.filter(**{thing.kind: new})]
    return new, made


class _Following:
    """The published documents that a split changes: how they stand before, and after."""

    def __init__(self, thing: Publishable, owners: list[Publishable]) -> None:
        self.thing = thing
        self.named = referencing_documents(thing.public_id)
        kept = published_document(thing.public_id)
        self.snapshots: dict[str, Document] = {**self.named, thing.public_id: kept}
        self.rows = self._rows({one.public_id for one in owners})
        self.before = {one.public_id: build_document(one) for one in self.rows}

    def _rows(self, owners: set[str]) -> list[Publishable]:
        """The desk rows behind the documents that may change: owners, and questions with them."""
        wanted = {
            name: one["kind"]
            for name, one in self.snapshots.items()
            if name in owners or one["kind"] == "proposition" or name == self.thing.public_id
        }
        return [
            row
            for kind in sorted(set(wanted.values()))
            for row in MODELS[kind]._default_manager.filter(
                public_id__in=[name for name, one in wanted.items() if one == kind]
            )
        ]

    def publish(self, new: Any, note: str, by: Any) -> list[dict[str, Any]]:
        """Publish what follows, and the new thing; return the documents before and after."""
        bump_version()
        said = f"“{new}” was split off from “{self.thing}”: {note}"
        thing = stored_row(self.thing)
        if lacking := publishing.publish_errors(thing):
            raise ActionRefused([f"“{thing}” must keep what it rests on: {one}" for one in lacking])
        changed = []
        passing = []
        if not publishing.publish_errors(new):
            passing.append(pending_revision(build_document(new), Change.UPDATE, said))
            changed.append({"id": new.public_id, "before": None, "after": {}})
            set_state(new, WorkflowState.PUBLISHED, by)
        for row in self.rows:
            snapshot = published_document(row.public_id)
            now = build_document(type(row)._default_manager.get(pk=row.pk))
            after = apply_change(self.before[row.public_id], now, snapshot)
            if snapshot is None or after == snapshot:
                continue
            save_snapshot(after)
            is_end = row.public_id == thing.public_id
            passing.append(
                door.PendingRevision(after, Change.UPDATE if is_end else Change.LINK, said)
            )
            changed.append(document_change(snapshot, after, new.public_id))
        door.append_revisions(passing)
        refresh_links({one.document["id"] for one in passing})
        # Readers are told of the way back even where no document changed.
        return changed or [{"id": thing.public_id, "before": {}, "after": {}, "named": False}]
