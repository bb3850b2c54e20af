"""Publish a desk row, withdraw it, or send it for review."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kb.desk.models import (
    Approval,
    Citation,
    Comment,
    Event,
    Proposition,
    Publishable,
    Request,
    ReviewRequest,
    Source,
    Statement,
    Transfer,
)
from kb.desk.models.base import WorkflowState
from kb.desk.models.log import Action
from kb.desk.models.position_checks import position_errors
from kb.desk.models.sources import relation_cycle
from kb.desk.quoting import check_quotation
from kb.desk.verbs.audit_log import record
from kb.desk.verbs.dependencies import document_for_readers, rows_with_documents
from kb.desk.verbs.displayed import DisplayedRows, changed_row_errors
from kb.desk.verbs.exceptions import ActionRefused
from kb.desk.verbs.ordering import refuse_impossible_order
from kb.desk.verbs.reviewing import lacks_approval
from kb.desk.verbs.saving import bump_version_or_fail, resolve, set_state, set_states
from kb.desk.verbs.snapshots import delete_snapshot, refresh_links, save_snapshots
from kb.record.documents import Document
from kb.record.models import Revision, Suppression
from kb.record.publication_version import bump_version
from kb.record.publish import (
    PendingRevision,
    add_tombstone,
    append_revisions,
    newly_live_ids,
)
from kb.record.vocabulary import CHANGE_HEADINGS, Change, Reliability
from kb.text.clean import length_problem
from kb.text.markdown import MarkdownError, render_markdown

MAX_NOTE_LENGTH = 2_000  # of a note for readers
MIN_POSITIONS = 2  # of a claim, when it is first published
# What is published only with a source that supports it.
CitingEntry: TypeAlias = Event | Statement | Request
# Events that nobody may state as facts: readers are told whose account they are.
_NEEDS_ACCOUNT = (Reliability.ONE_PARTY, Reliability.REPORTED)


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
    StaleVersion; then nothing has changed. What was withdrawn is published again as a change of
    its own kind, whatever ``change`` says, and needs a note.
    """
    if thing.state == WorkflowState.WITHDRAWN:
        change = Change.REPUBLISHED
    with transaction.atomic():
        bump_version()
        if version is not None:
            bump_version_or_fail(thing, version)
        carried, built = rows_with_documents([thing])
        reasons = publish_errors(thing, change=change, note=note, along=carried)
        for row in carried:
            reasons += [
                _("%(row)s would be published as well, but: %(reason)s")
                % {"row": row, "reason": reason}
                for reason in publish_errors(row)
            ]
        documents = [built[row.public_id] for row in (*carried, thing)]
        if by is not None:
            reasons += _approval_errors([*carried, thing], documents)
        if reasons:
            raise ActionRefused(reasons)
        save_snapshots(documents)
        pending = [PendingRevision(document, Change.UPDATE) for document in documents[:-1]]
        pending.append(PendingRevision(documents[-1], change or Change.UPDATE, note.strip()))
        revisions = append_revisions(pending)
        refresh_links(newly_live_ids(revisions))
        refuse_impossible_order({thing.public_id})
        set_states([*carried, thing], WorkflowState.PUBLISHED, by)
        record(carried, Action.PUBLISHED, by=by, note=f"published with “{thing}”")
        record([thing], Action.PUBLISHED, by=by, note=note.strip())
    own_revisions = (row for row in revisions if row.public_id == thing.public_id)
    return PublishResult(next(own_revisions, None), carried)


def publish_all(
    things: Iterable[Publishable],
    *,
    by: Any,
    needs_approval: bool = False,
    displayed: DisplayedRows | None = None,
) -> list[Revision]:
    """Publish rows that may name each other, as one publication version.

    With ``needs_approval``, the rule of the second person holds as in ``publish``. With
    ``displayed``, every row must be as it was displayed, those that go along too. Raises
    ActionRefused if one of them cannot be published; then none is.
    """
    things = list(things)
    with transaction.atomic():
        bump_version()
        carried, documents = rows_with_documents(things)
        rows = [*carried, *things]
        reasons = [] if displayed is None else changed_row_errors(rows, documents, displayed)
        reasons += [
            f"{row._meta.verbose_name} “{row}”: {reason}"
            for row in rows
            for reason in publish_errors(row, along=rows)
        ]
        if needs_approval:
            reasons += _approval_errors(rows, [documents[row.public_id] for row in rows])
        if reasons:
            raise ActionRefused(reasons)
        save_snapshots(documents.values())
        revisions = append_revisions(
            [PendingRevision(documents[row.public_id], Change.UPDATE) for row in rows]
        )
        refresh_links(newly_live_ids(revisions))
        refuse_impossible_order({row.public_id for row in rows})
        set_states(rows, WorkflowState.PUBLISHED, by)
        record(rows, Action.PUBLISHED, by=by)
    return revisions


def withdraw(thing: Publishable, *, by: Any, note: str, hides_title: bool = False) -> Revision:
    """Replace a published record by a tombstone with the reason, and return its revision.

    With ``hides_title`` readers see its kind and id in the place of its title, until it is
    published again.

    Raises ActionRefused without a note, for a row that is not published, and for a source that
    is the only supporting one of a published entry.
    """
    with transaction.atomic():
        bump_version()
        reasons = [] if note.strip() else [_("Give a reason for the withdrawal. Readers see it.")]
        reasons += [*_note_errors(note), *withdrawal_errors(thing)]
        if reasons:
            raise ActionRefused(reasons)
        revision = add_tombstone(
            thing.public_id, Change.WITHDRAWAL, note.strip(), hides_title=hides_title
        )
        delete_snapshot(thing.public_id)
        refresh_links({thing.public_id})
        # To publish it again takes a new approval.
        Approval.objects.filter(public_id=thing.public_id).delete()
        set_state(thing, WorkflowState.WITHDRAWN, by)
        record([thing], Action.WITHDRAWN, by=by, note=note.strip())
    return revision


def withdrawal_errors(thing: Publishable) -> list[str]:
    """Return why this row cannot be withdrawn, whatever the reason given; empty if it can."""
    reasons = []
    if thing.state != WorkflowState.PUBLISHED:
        reasons.append(_("Only published records can be withdrawn."))
    if isinstance(thing, Source):
        reasons += [
            _(
                "This is the only source of “%(entry)s”. Add another source to the entry, or "
                "withdraw the entry first."
            )
            % {"entry": entry}
            for entry in citing_entries(thing)
        ]
    return reasons


def send_for_review(thing: Publishable, *, by: Any) -> None:
    """Ask for a review of a draft, or of the changes to a published row.

    A published row stays published, and a withdrawn one withdrawn.
    """
    if thing.state == WorkflowState.DRAFT:
        with transaction.atomic():
            set_state(thing, WorkflowState.IN_REVIEW, by)
            record([thing], Action.SENT, by=by)
    elif thing.state in (WorkflowState.PUBLISHED, WorkflowState.WITHDRAWN):
        with transaction.atomic():
            ReviewRequest.objects.update_or_create(
                public_id=thing.public_id, defaults={"asked_by": by}
            )
            resolve(Comment.objects.change_requests().filter(public_id=thing.public_id), by)
            record([thing], Action.SENT, by=by)


def _approval_errors(things: Iterable[Publishable], documents: Iterable[Document]) -> list[str]:
    """Return a reason for each row that a second person must approve first."""
    return [
        f"“{thing}”: {reason}"
        for thing, document in zip(things, documents, strict=True)
        if (reason := lacks_approval(thing, document))
    ]


def publish_errors(
    thing: Publishable,
    *,
    change: str | None = None,
    note: str = "",
    along: Collection[Publishable] = (),
) -> list[str]:
    """Return why this row cannot be published, as sentences; empty if it can.

    ``along`` are the rows that would be published with it.
    """
    reasons = _note_errors(note)
    if change == Change.REPUBLISHED and not note.strip():
        reasons.append(
            _("This record was withdrawn. To publish it again, say why in the note for readers.")
        )
    elif change in CHANGE_HEADINGS and not note.strip():
        reasons.append(_("A correction needs a note. Describe what was wrong."))
    if isinstance(thing, CitingEntry) and not thing.citations.supporting().exists():
        reasons.append(
            _(
                "A supporting citation is missing. Add a source that supports the entry and that "
                "you have read: one that is cited in another source does not count."
            )
        )
    if isinstance(thing, Statement):
        reasons += check_quotation(thing).errors
    if isinstance(thing, Source):
        relations = thing.parents.select_related("parent")
        reasons += filter(None, (relation_cycle(thing, row.parent) for row in relations))
    if isinstance(thing, Statement | Proposition) and thing.stances.exists():
        reasons += position_errors(
            list(thing.stances.select_related("proposition", "statement", "source"))
        )
    if isinstance(thing, Proposition):
        reasons += _missing_position_errors(thing, along)
    if isinstance(thing, Event) and lacks_account(thing, thing.standing):
        reasons.append(
            _(
                "It is not recorded whose account this is. Add a statement or a source under "
                "“According to”, or change the reliability."
            )
        )
    if thing.state == WorkflowState.WITHDRAWN:
        if Suppression.objects.whole_records().filter(public_id=thing.public_id).exists():
            reasons.append(_("This record was removed by order. It cannot be published again."))
        reasons += [
            _("This record was merged into “%(title)s”. Undo the merge instead.")
            % {"title": merge.target_title}
            for merge in Transfer.objects.merges_of([thing.public_id])
        ]
    for field in ("summary", "note"):
        try:
            render_markdown(getattr(thing, field, ""))
        except MarkdownError as error:
            reasons.append(
                _("Cannot display the %(field)s: %(problem)s")
                % {"field": pgettext("field", field), "problem": error}
            )
    return reasons


def _note_errors(note: str) -> list[str]:
    """Return what is wrong with a note for readers."""
    problem = length_problem(note.strip(), MAX_NOTE_LENGTH)
    return [_("Note: %(message)s") % {"message": problem}] if problem else []


def lacks_account(event: Event, reliability: str) -> bool:
    """Whether an event of this reliability would lack the account that readers are told."""
    return reliability in _NEEDS_ACCOUNT and not event.according_to.exists()


def _missing_position_errors(claim: Proposition, along: Collection[Publishable]) -> list[str]:
    """Return why the positions of a claim are too few.

    A claim that is public stays correctable after a statement was withdrawn: publishing it again
    is refused only if readers would see fewer positions than now.
    """
    document = document_for_readers(claim, along)
    public = Revision.objects.live().filter(public_id=claim.public_id).first()
    least = min(MIN_POSITIONS, len(public.document["accounts"])) if public else MIN_POSITIONS
    count = len(document["accounts"])
    if count >= least:
        return []
    return [
        _(
            "Readers would see %(count)s of the %(needed)s positions that a claim needs. Publish "
            "at least two statements that take a position, then publish the claim."
        )
        % {"count": count, "needed": MIN_POSITIONS}
    ]


def citing_entries(source: Source) -> list[CitingEntry]:
    """Return the published entries whose only supporting citations are to this source."""
    entries: list[CitingEntry] = []
    for model in (Event, Statement, Request):
        supporting = Citation.objects.supporting().filter(**{model.kind: OuterRef("pk")})
        others = supporting.filter(source__state=WorkflowState.PUBLISHED).exclude(source=source)
        entries += model.objects.published().filter(
            Exists(supporting.filter(source=source)), ~Exists(others)
        )
    return entries
