"""Publish a desk row, withdraw it, or send it for review."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from kb.desk.documents import MODELS, build_document
from kb.desk.models import (
    Citation,
    Event,
    Proposition,
    Publishable,
    ReviewRequest,
    Source,
    Statement,
    Transfer,
)
from kb.desk.models.base import WorkflowState
from kb.desk.models.log import Action
from kb.desk.models.position_checks import position_errors
from kb.desk.models.sources import relation_cycle
from kb.desk.verbs.audit_log import record
from kb.desk.verbs.exceptions import ActionRefused
from kb.desk.verbs.reviewing import lacks_approval
from kb.desk.verbs.saving import bump_version_or_fail, set_state
from kb.desk.verbs.snapshots import delete_snapshot, pending_revision, refresh_links
from kb.record.documents import Document, referenced_ids
from kb.record.models import Revision
from kb.record.publication_version import bump_version
from kb.record.publish import add_tombstone, append_revisions
from kb.record.vocabulary import Bearing, Change
from kb.text.markdown import MarkdownError, render_markdown

# Kinds that are published together with an entry that names them.
CARRIED_KINDS = ("actor", "source", "incident", "topic")
_CHANGES_WITH_NOTE = (Change.CORRECTION, Change.WITHDRAWAL, Change.MERGE)


@dataclass(frozen=True)
class PublishResult:
    """The new revision (None if nothing had changed), and the rows published along with it."""

    revision: Revision | None
    carried: list[Publishable]


def publish(
    thing: Publishable,
    *,
    by: Any,
    note: str = "",
    change: str | None = None,
    version: int | None = None,
) -> PublishResult:
    """Publish a saved desk row, together with the unpublished rows that it names.

    ``by`` is the user, or None for a command; ``change`` is update (the default) or correction;
    ``version``, if given, is the version that the editor saw. Raises ActionRefused or
    StaleVersion; then nothing has changed.
    """
    with transaction.atomic():
        bump_version()
        if version is not None:
            bump_version_or_fail(thing, version)
        carried = unpublished_dependencies([thing])
        reasons = publish_errors(thing, change=change, note=note)
        for row in carried:
            reasons += [
                f"{row} would be published as well, but: {reason}" for reason in publish_errors(row)
            ]
        # Built once, so that the approved document and the published one are the same bytes.
        documents = [build_document(row) for row in (*carried, thing)]
        if by is not None:
            reasons += _approval_errors([*carried, thing], documents)
        if reasons:
            raise ActionRefused(reasons)
        pending = [pending_revision(document, Change.UPDATE) for document in documents[:-1]]
        pending.append(pending_revision(documents[-1], change or Change.UPDATE, note.strip()))
        revisions = append_revisions(pending)
        refresh_links({revision.document["id"] for revision in pending})
        for row in (*carried, thing):
            set_state(row, WorkflowState.PUBLISHED, by)
        record(carried, Action.PUBLISHED, by=by, note=f"published with “{thing}”")
        record([thing], Action.PUBLISHED, by=by, note=note.strip())
    own_revisions = (row for row in revisions if row.public_id == thing.public_id)
    return PublishResult(next(own_revisions, None), carried)


def publish_all(things: Iterable[Publishable], *, by: Any) -> list[Revision]:
    """Publish rows that may name each other, as one publication version.

    Raises ActionRefused if one of them cannot be published; then none is.
    """
    things = list(things)
    with transaction.atomic():
        bump_version()
        rows = [*unpublished_dependencies(things), *things]
        reasons = [
            f"{row._meta.verbose_name} “{row}”: {reason}"
            for row in rows
            for reason in publish_errors(row)
        ]
        if reasons:
            raise ActionRefused(reasons)
        revisions = append_revisions(
            [pending_revision(build_document(row), Change.UPDATE) for row in rows]
        )
        refresh_links({row.public_id for row in rows})
        for row in rows:
            set_state(row, WorkflowState.PUBLISHED, by)
        record(rows, Action.PUBLISHED, by=by)
    return revisions


def withdraw(thing: Publishable, *, by: Any, note: str) -> Revision:
    """Replace a published record by a tombstone with the reason, and return its revision.

    Raises ActionRefused without a note, for a row that is not published, and for a source that
    is the only supporting one of a published entry.
    """
    with transaction.atomic():
        bump_version()
        reasons = [] if note.strip() else ["Give a reason for the withdrawal. Readers see it."]
        if thing.state != WorkflowState.PUBLISHED:
            reasons.append("Only published records can be withdrawn.")
        if isinstance(thing, Source):
            reasons += [
                (
                    f"This is the only source of “{entry}”. Add another source to the entry, or "
                    "withdraw the entry first."
                )
                for entry in citing_entries(thing)
            ]
        if reasons:
            raise ActionRefused(reasons)
        revision = add_tombstone(thing.public_id, Change.WITHDRAWAL, note.strip())
        delete_snapshot(thing.public_id)
        refresh_links({thing.public_id})
        set_state(thing, WorkflowState.WITHDRAWN, by)
        record([thing], Action.WITHDRAWN, by=by, note=note.strip())
    return revision


def send_for_review(thing: Publishable, *, by: Any) -> None:
    """Ask for a review of a draft, or of the changes to a published row.

    A published row stays published.
    """
    if thing.state == WorkflowState.DRAFT:
        with transaction.atomic():
            set_state(thing, WorkflowState.IN_REVIEW, by)
            record([thing], Action.SENT, by=by)
    elif thing.state == WorkflowState.PUBLISHED:
        with transaction.atomic():
            ReviewRequest.objects.update_or_create(
                public_id=thing.public_id, defaults={"asked_by": by}
            )
            record([thing], Action.SENT, by=by)


def _approval_errors(things: Iterable[Publishable], documents: Iterable[Document]) -> list[str]:
    """Return a reason for each row that a second person must approve first."""
    return [
        f"“{thing}”: {reason}"
        for thing, document in zip(things, documents, strict=True)
        if (reason := lacks_approval(thing, document))
    ]


def publish_errors(thing: Publishable, *, change: str | None = None, note: str = "") -> list[str]:
    """Return why this row cannot be published, as sentences; empty if it can."""
    reasons = []
    if change in _CHANGES_WITH_NOTE and not note.strip():
        reasons.append("A correction needs a note. Describe what was wrong.")
    if isinstance(thing, Event | Statement):
        supporting = thing.citations.filter(bearing=Bearing.SUPPORTS, via=None)
        if not supporting.exists():
            reasons.append(
                "A supporting citation is missing. Add a source that supports the entry and that "
                "you have read: one that is cited in another source does not count."
            )
    if isinstance(thing, Source):
        relations = thing.parents.select_related("parent")
        reasons += filter(None, (relation_cycle(thing, row.parent) for row in relations))
    if isinstance(thing, Statement | Proposition):
        reasons += position_errors(
            list(thing.stances.select_related("proposition", "statement", "source"))
        )
    if thing.state == WorkflowState.WITHDRAWN:
        reasons += [
            f"This record was merged into “{merge.target_title}”. Undo the merge instead."
            for merge in Transfer.objects.merges_of([thing.public_id])
        ]
    for field in ("summary", "note"):
        try:
            render_markdown(getattr(thing, field, ""))
        except MarkdownError as error:
            reasons.append(f"Cannot display the {field}: {error}")
    return reasons


def citing_entries(source: Source) -> list[Event | Statement]:
    """Return the published entries whose only supporting citations are to this source."""
    entries: list[Event | Statement] = []
    for model in (Event, Statement):
        rows = model.objects.published().filter(
            citations__source=source,
            citations__bearing=Bearing.SUPPORTS,
            citations__via=None,
        )
        for entry in rows.distinct():
            others = Citation.objects.filter(
                **{model.kind: entry},
                bearing=Bearing.SUPPORTS,
                via=None,
                source__state=WorkflowState.PUBLISHED,
            ).exclude(source=source)
            if not others.exists():
                entries.append(entry)
    return entries


def unpublished_dependencies(things: Iterable[Publishable]) -> list[Publishable]:
    """Return the unpublished actors, sources, incidents and topics that these rows name.

    Those that a returned row names are included too, and so on.
    """
    things = list(things)
    visited = {thing.public_id for thing in things}
    dependencies: list[Publishable] = []
    public_ids = _referenced_ids(things) - visited
    while public_ids:
        visited |= public_ids
        drafts = [
            row
            for kind in CARRIED_KINDS
            for row in MODELS[kind].objects.filter(
                public_id__in=public_ids,
                state__in=[WorkflowState.DRAFT, WorkflowState.IN_REVIEW],
            )
        ]
        dependencies += drafts
        public_ids = _referenced_ids(drafts) - visited
    return dependencies


def _referenced_ids(rows: Iterable[Publishable]) -> set[str]:
    return {public_id for row in rows for public_id in referenced_ids(build_document(row))}
