"""What passes the door: publish, withdraw, send for review."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from kb.desk.documents import MODELS, build_document
from kb.desk.models import (
    Citation,
    Event,
    Publishable,
    ReviewRequest,
    Source,
    Statement,
    Transfer,
)
from kb.desk.models.base import WorkflowState
from kb.desk.models.log import Action
from kb.desk.verbs.audit_log import record
from kb.desk.verbs.exceptions import ActionRefused
from kb.desk.verbs.reviewing import lacks_approval
from kb.desk.verbs.saving import bump_version_or_fail, set_state
from kb.desk.verbs.snapshots import delete_snapshot, pending_revision, refresh_links
from kb.record import publish as door
from kb.record.documents import Document, referenced_ids
from kb.record.models import Revision
from kb.record.publication_version import bump_version
from kb.record.vocabulary import Bearing, Change
from kb.text.markdown import MarkdownError, render_markdown

# These go along with an entry that names them; entries and propositions never do.
CARRIED_KINDS = ("actor", "source", "incident", "topic")
_REASON_NEEDED = (Change.CORRECTION, Change.WITHDRAWAL, Change.MERGE)


@dataclass(frozen=True)
class PublishResult:
    """What a publication did: the new revision (None: nothing had changed), what went along."""

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
    """Put a saved desk row on the record, with what it names and is not there yet.

    ``by`` is the user, or None for a command; ``change`` is update (the default) or correction;
    ``version``, when given, is the one that the editor saw. Raises Refused with the reasons,
    or StaleVersion; then nothing has changed.
    """
    with transaction.atomic():
        bump_version()
        if version is not None:
            bump_version_or_fail(thing, version)
        carried = unpublished_dependencies([thing])
        reasons = publish_errors(thing, change=change, note=note)
        for one in carried:
            reasons += [f"{one} goes along, but: {reason}" for reason in publish_errors(one)]
        # Made once: what is compared with the approval is, byte for byte, what passes.
        documents = [build_document(one) for one in (*carried, thing)]
        if by is not None:
            reasons += _second_reader([*carried, thing], documents)
        if reasons:
            raise ActionRefused(reasons)
        passing = [pending_revision(one, Change.UPDATE) for one in documents[:-1]]
        passing.append(pending_revision(documents[-1], change or Change.UPDATE, note.strip()))
        made = door.append_revisions(passing)
        refresh_links({one.document["id"] for one in passing})
        for one in (*carried, thing):
            set_state(one, WorkflowState.PUBLISHED, by)
        record(carried, Action.PUBLISHED, by=by, note=f"along with “{thing}”")
        record([thing], Action.PUBLISHED, by=by, note=note.strip())
    revision = next((one for one in made if one.public_id == thing.public_id), None)
    return PublishResult(revision, carried)


def publish_all(things: Iterable[Publishable], *, by: Any) -> list[Revision]:
    """Publish many rows in one transaction and one epoch, each free to name any other."""
    things = list(things)
    with transaction.atomic():
        bump_version()
        together = [*unpublished_dependencies(things), *things]
        reasons = [
            f"{one._meta.verbose_name} “{one}”: {reason}"
            for one in together
            for reason in publish_errors(one)
        ]
        if reasons:
            raise ActionRefused(reasons)
        made = door.append_revisions(
            [pending_revision(build_document(one), Change.UPDATE) for one in together]
        )
        refresh_links({one.public_id for one in together})
        for one in together:
            set_state(one, WorkflowState.PUBLISHED, by)
        record(together, Action.PUBLISHED, by=by)
    return made


def withdraw(thing: Publishable, *, by: Any, note: str) -> Revision:
    """Replace a record by a tombstone that says why. Refused while anything rests on it."""
    with transaction.atomic():
        bump_version()
        reasons = [] if note.strip() else ["Say why it is withdrawn: readers are told."]
        if thing.state != WorkflowState.PUBLISHED:
            reasons.append("Only what is published can be withdrawn.")
        if isinstance(thing, Source):
            reasons += [
                f"“{entry}” rests on this source alone: give it another, or withdraw it first."
                for entry in citing_entries(thing)
            ]
        if reasons:
            raise ActionRefused(reasons)
        revision = door.add_tombstone(thing.public_id, Change.WITHDRAWAL, note.strip())
        delete_snapshot(thing.public_id)
        refresh_links({thing.public_id})
        set_state(thing, WorkflowState.WITHDRAWN, by)
        record([thing], Action.WITHDRAWN, by=by, note=note.strip())
    return revision


def send_for_review(thing: Publishable, *, by: Any) -> None:
    """Mark a draft, or changes to what is published, as ready to be read by somebody else.

    What is published stays published.
    """
    if thing.state == WorkflowState.DRAFT:
        with transaction.atomic():
            set_state(thing, WorkflowState.IN_REVIEW, by)
            record([thing], Action.SENT, by=by)
    elif thing.state == WorkflowState.PUBLISHED:
        with transaction.atomic():
            given = {"asked_by": by}
            ReviewRequest.objects.update_or_create(public_id=thing.public_id, defaults=given)
            record([thing], Action.SENT, by=by)


def _second_reader(things: Iterable[Publishable], documents: Iterable[Document]) -> list[str]:
    """What nobody but its author has read. A command, which has no account, answers for itself."""
    pairs = zip(things, documents, strict=True)
    found = ((one, lacks_approval(one, document)) for one, document in pairs)
    return [f"“{one}”: {reason}" for one, reason in found if reason]


def publish_errors(thing: Publishable, *, change: str | None = None, note: str = "") -> list[str]:
    """Why this row may not pass the door, in sentences; empty when it may."""
    reasons = []
    if change in _REASON_NEEDED and not note.strip():
        reasons.append("A correction needs a note that says what was wrong.")
    if isinstance(thing, Event | Statement):
        supporting = thing.citations.filter(bearing=Bearing.SUPPORTS)
        if not supporting.exists():
            reasons.append("It has no supporting citation: add the source that says so.")
    if thing.state == WorkflowState.WITHDRAWN:
        reasons += [
            f"It was merged into “{merge.target_title}”: undo that merge instead."
            for merge in Transfer.objects.merges_of([thing.public_id])
        ]
    for field in ("summary", "note"):
        try:
            render_markdown(getattr(thing, field, ""))
        except MarkdownError as problem:
            reasons.append(f"The {field} cannot be shown: {problem}")
    return reasons


def citing_entries(source: Source) -> list[Event | Statement]:
    """The published entries whose only supporting citations are to this source."""
    alone: list[Event | Statement] = []
    for model in (Event, Statement):
        rows = model.objects.published().filter(
            citations__source=source, citations__bearing=Bearing.SUPPORTS
        )
        for entry in rows.distinct():
            others = Citation.objects.filter(
                **{model.kind: entry},
                bearing=Bearing.SUPPORTS,
                source__state=WorkflowState.PUBLISHED,
            ).exclude(source=source)
            if not others.exists():
                alone.append(entry)
    return alone


def unpublished_dependencies(things: Iterable[Publishable]) -> list[Publishable]:
    """The unpublished actors, sources, incidents and topics that these name, however far."""
    seen = {one.public_id for one in things}
    carried: list[Publishable] = []
    names = {name for one in things for name in referenced_ids(build_document(one))} - seen
    while names:
        seen |= names
        found = [
            one
            for kind in CARRIED_KINDS
            for one in MODELS[kind].objects.filter(
                public_id__in=names, state__in=[WorkflowState.DRAFT, WorkflowState.IN_REVIEW]
            )
        ]
        carried += found
        names = {name for one in found for name in referenced_ids(build_document(one))} - seen
    return carried
