"""Split a row in two: a new row is created, and chosen related rows are moved to it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kb.desk.documents import MODELS, build_document
from kb.desk.models import Publishable, Transfer
from kb.desk.models.base import WorkflowState
from kb.desk.models.log import Action, TransferKind
from kb.desk.row_snapshots import editable_fields
from kb.desk.verbs import publishing
from kb.desk.verbs.audit_log import record
from kb.desk.verbs.exceptions import ActionRefused
from kb.desk.verbs.ordering import refuse_impossible_order
from kb.desk.verbs.reviewing import unpublished_changes
from kb.desk.verbs.saving import StaleVersion, set_state
from kb.desk.verbs.snapshots import (
    live_document,
    pending_revision,
    published_document,
    referencing_documents,
    refresh_links,
    save_snapshot,
)
from kb.desk.verbs.transfers.documents import DocumentChange, apply_change, document_change
from kb.desk.verbs.transfers.merge import (
    PLAN_CHANGED,
    check_second_person,
    stored_row,
    transfer_ends,
    undo_record,
)
from kb.desk.verbs.transfers.related_rows import (
    RelatedRow,
    StoredRow,
    bump_versions,
    move_rows,
    related_rows,
    row_as_json,
)
from kb.record.documents import Document
from kb.record.publication_version import bump_version
from kb.record.publish import PendingRevision, append_revisions, newly_live_ids
from kb.record.vocabulary import ENTRY_KINDS, Change
from kb.text.slugs import unique_slug

# The field with the name or title, by kind.
NAME_FIELDS = {
    "actor": "name",
    "source": "title",
    "incident": "title",
    "topic": "name",
    "event": "title",
    "statement": "headline",
    "request": "slug",  # its headline is made from data
    "proposition": "text",
}
# Fields that can be true of one of the two only, and so are not copied.
FIELDS_NOT_COPIED = {
    "actor": {"summary", "wikidata", "website"},
    "source": {"url", "archive_url", "archived_on", "accessed_on"},
}
# Relations that both rows keep.
SHARED_RELATIONS = ("incidents", "topics")


def splittable_rows(thing: Publishable) -> list[RelatedRow]:
    """Return the related rows that can be moved in a split: all but those of SHARED_RELATIONS."""
    shared = {f"desk.{thing.kind}_{name}" for name in SHARED_RELATIONS}
    return [
        related
        for related in related_rows(thing)
        if related.table not in shared or thing.kind not in related.fields
    ]


def split_errors(
    thing: Publishable, *, name: str, rows: Collection[str], note: str = ""
) -> list[str]:
    """Return why it cannot be split like this, as sentences; empty if it can."""
    reasons = []
    if thing.state == WorkflowState.WITHDRAWN:
        reasons.append(_("“%(thing)s” has been withdrawn or merged.") % {"thing": thing})
    if not rows:
        reasons.append(_("Choose the rows to move to the new record."))
    try:
        field = MODELS[thing.kind]._meta.get_field(NAME_FIELDS[thing.kind])
        cast("models.Field[str, str]", field).clean(name.strip(), None)
    except ValidationError as error:
        reasons += [_("New name: %(message)s") % {"message": message} for message in error.messages]
    if thing.state == WorkflowState.PUBLISHED:
        if not note.strip():
            reasons.append(_("Give a reason why these are two records. Readers see it."))
        if unpublished_changes(thing):
            reasons.append(
                _(
                    "“%(thing)s” has unpublished edits, and a split is published "
                    "immediately. Publish or revert the edits first."
                )
                % {"thing": thing}
            )
    return reasons


def propose_split(
    thing: Publishable, *, name: str, rows: Collection[str], by: Any, note: str
) -> Transfer:
    """Propose a split that somebody else must confirm. Raises ActionRefused if it is impossible."""
    reasons = split_errors(thing, name=name, rows=rows, note=note)
    if Transfer.objects.proposed().filter(origin=thing.public_id).exists():
        reasons.append(_("A merge or split of this record has already been proposed."))
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
    proposal: Transfer | None = None,
) -> tuple[Transfer, Publishable]:
    """Create a new row with this name, and move ``rows`` (values of ``RelatedRow.name``) to it.

    ``version`` is the version that the editor saw; ``proposal`` is the transfer to carry out. If
    ``thing`` is public, the changes are public at once, and so is the new row unless it lacks a
    citation. Raises ActionRefused or StaleVersion; then nothing has changed.
    """
    with transaction.atomic():
        _check(thing, name, rows, note)
        chosen, owners = _locked_rows(thing, rows, version)
        thing = stored_row(thing)
        _check(thing, name, rows, note)
        check_second_person(thing, proposal, by)
        state = thing.state
        publication = _SplitPublication(thing, owners) if state == WorkflowState.PUBLISHED else None
        new, created = _create(thing, name.strip(), by)
        moved = move_rows(chosen, new)
        moved.created += created
        documents = publication.publish(new, note.strip(), by) if publication else []
        summary = f"“{new}” from “{thing}”" + (f": {note.strip()}" if note.strip() else "")
        record([thing, new], Action.SPLIT, by=by, note=summary)
        others = [owner for owner in owners if owner != thing]
        record(others, Action.FOLLOWED, by=by, note=f"split of {summary}")
        transfer = proposal or Transfer(how=TransferKind.SPLIT, asked_by=by)
        for column, value in transfer_ends(thing, new).items():
            setattr(transfer, column, value)
        transfer.note, transfer.done_by, transfer.done_at = note.strip(), by, timezone.now()
        transfer.moved = undo_record(moved, thing, new, state, documents)
        transfer.save()
    return transfer, new


def _check(thing: Publishable, name: str, rows: Collection[str], note: str) -> None:
    reasons = split_errors(thing, name=name, rows=rows, note=note)
    if reasons:
        raise ActionRefused(reasons)


def _locked_rows(
    thing: Publishable, names: Collection[str], version: int | None
) -> tuple[list[RelatedRow], list[Publishable]]:
    """Return the chosen rows, and their owners: at their next version, and so locked."""
    current = stored_row(thing)
    if version is not None and current.version != version:
        raise StaleVersion(current, current.version)
    first = [related for related in splittable_rows(current) if related.name in names]
    if len(first) != len(set(names)):
        raise ActionRefused([str(PLAN_CHANGED)])
    owners = bump_versions([current, *(owner for related in first for owner in related.owners())])
    second = [related for related in splittable_rows(stored_row(thing)) if related.name in names]
    if [(row.name, row.fields) for row in second] != [(row.name, row.fields) for row in first]:
        raise ActionRefused([str(PLAN_CHANGED)])
    return second, owners


def _create(thing: Publishable, name: str, by: Any) -> tuple[Publishable, list[StoredRow]]:
    """Store the new row. Returns it, and all rows that were created, for undoing."""
    model = type(thing)
    not_copied = {"slug", NAME_FIELDS[thing.kind], *FIELDS_NOT_COPIED.get(thing.kind, ())}
    copied = [field.name for field in editable_fields(model) if field.name not in not_copied]
    new = model(**{field: getattr(thing, field) for field in copied})
    setattr(new, NAME_FIELDS[thing.kind], name)
    rows = model._default_manager
    new.slug = unique_slug(name, new.public_id, lambda slug: rows.filter(slug=slug).exists())
    new.created_by = new.updated_by = by
    try:
        new.full_clean()
    except ValidationError as error:
        raise ActionRefused(error.messages) from error
    new.save()
    created = [row_as_json(new)]
    for name_of_relation in SHARED_RELATIONS if thing.kind in ENTRY_KINDS else ():
        getattr(new, name_of_relation).set(getattr(thing, name_of_relation).all())
        through = getattr(model, name_of_relation).through
        created += [row_as_json(row) for row in through.objects.filter(**{thing.kind: new})]
    return new, created


class _SplitPublication:
    """The published documents that a split changes. Create it before the rows are moved."""

    def __init__(self, thing: Publishable, owners: list[Publishable]) -> None:
        self.thing = thing
        snapshots = referencing_documents(thing.public_id)
        snapshots[thing.public_id] = live_document(thing.public_id)
        self.rows = self._affected_rows(snapshots, {owner.public_id for owner in owners})
        self.before = {row.public_id: build_document(row) for row in self.rows}

    def _affected_rows(self, snapshots: dict[str, Document], owners: set[str]) -> list[Publishable]:
        """Return the desk rows whose documents may change: the owners, and claims."""
        kinds: dict[str, str] = {
            public_id: document["kind"]
            for public_id, document in snapshots.items()
            if public_id in owners
            or document["kind"] == "proposition"
            or public_id == self.thing.public_id
        }
        return [
            row
            for kind in sorted(set(kinds.values()))
            for row in MODELS[kind]._default_manager.filter(
                public_id__in=[public_id for public_id, name in kinds.items() if name == kind]
            )
        ]

    def publish(self, new: Publishable, note: str, by: Any) -> list[DocumentChange]:
        """Publish the new row and the changed documents; return each before and after."""
        bump_version()
        revision_note = f"“{new}” was split from “{self.thing}”: {note}"
        thing = stored_row(self.thing)
        if errors := publishing.publish_errors(thing):
            raise ActionRefused(
                [
                    _("“%(thing)s” must keep what it needs: %(reason)s")
                    % {"thing": thing, "reason": reason}
                    for reason in errors
                ]
            )
        changes: list[DocumentChange] = []
        pending = []
        if not publishing.publish_errors(new):
            pending.append(pending_revision(build_document(new), Change.UPDATE, revision_note))
            changes.append({"id": new.public_id, "before": None, "after": {}})
            set_state(new, WorkflowState.PUBLISHED, by)
        for row in self.rows:
            snapshot = published_document(row.public_id)
            if snapshot is None:
                continue
            document = build_document(type(row)._default_manager.get(pk=row.pk))
            after = apply_change(self.before[row.public_id], document, snapshot)
            if after == snapshot:
                continue
            save_snapshot(after)
            change = Change.UPDATE if row.public_id == thing.public_id else Change.LINK
            pending.append(PendingRevision(after, change, revision_note))
            changes.append(document_change(snapshot, after, new.public_id))
        refresh_links(newly_live_ids(append_revisions(pending)))
        refuse_impossible_order({revision.document["id"] for revision in pending})
        # Never empty: an undo must tell readers why, even if no document changed.
        return changes or [{"id": thing.public_id, "before": {}, "after": {}, "named": False}]
