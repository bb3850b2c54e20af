"""Approving a draft, commenting on it, and showing what publishing it would change."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from kb.desk.documents import MODELS, build_document
from kb.desk.models import (
    Approval,
    Comment,
    Publishable,
    ReviewRequest,
    Snapshot,
    Transfer,
)
from kb.desk.models.base import WorkflowState
from kb.desk.models.log import Action
from kb.desk.verbs.audit_log import record
from kb.desk.verbs.exceptions import ActionRefused
from kb.desk.verbs.saving import resolve
from kb.record.document_diff import Difference, document_differences
from kb.record.documents import Document, digest, referenced_ids

MAX_COMMENT_LENGTH = 4000


def approve(thing: Publishable, *, by: Any, version: int, sha256: str = "") -> Approval:
    """Approve the work of somebody else for publication.

    ``version`` is the version that was read. ``sha256`` is the digest of the document that was
    read: the document also changes with rows that are edited on other pages, such as roles and
    positions. Raises ActionRefused for one's own work, for a row that was saved since, and for one
    that was merged into another.
    """
    with transaction.atomic():
        current = type(thing)._default_manager.select_for_update().get(pk=thing.pk)
        reasons = []
        current_sha256 = digest(build_document(current))
        if current.version != version or sha256 not in ("", current_sha256):
            reasons.append(_("Someone saved this after you opened it. Read the new version first."))
        if by.pk in author_keys(current):
            reasons.append(_("You cannot approve your own work. Ask someone else."))
        if Transfer.objects.merges_of([current.public_id]).exists():
            reasons.append(_("This record was merged into another."))
        if reasons:
            raise ActionRefused(reasons)
        approval, _is_new = Approval.objects.update_or_create(
            public_id=current.public_id,
            defaults={"sha256": current_sha256, "approved_by": by},
        )
    return approval


def author_keys(thing: Publishable) -> set[int]:
    """Return the primary keys of the accounts that count as authors of the current text.

    The one who saved it last; and the one who created it, until it is published.
    """
    authors = {thing.updated_by_id}
    if thing.state in (WorkflowState.DRAFT, WorkflowState.IN_REVIEW):
        authors.add(thing.created_by_id)
    return {key for key in authors if key}


def lacks_approval(thing: Publishable, document: Document | None = None) -> str:
    """Return why a second person must approve this first, as a sentence; "" if nobody must.

    ``document`` is the document that would be published, if the caller has built it already.
    """
    if not settings.TWO_PERSONS:
        return ""
    approval = Approval.objects.filter(public_id=thing.public_id).first()
    if approval is None or approval.approved_by_id in author_keys(thing):
        return _("This needs approval from someone other than its author.")
    if approval.sha256 != digest(document or build_document(thing)):
        return _("This was changed after it was approved. It needs approval again.")
    return ""


def add_comment(
    thing: Publishable, *, text: str, by: Any, field: str = "", asks_for_changes: bool = False
) -> Comment:
    """Store a remark on a record, or on one field of its form.

    Raises ActionRefused for an empty or too long text, or bad characters.
    """
    comment = Comment(
        public_id=thing.public_id,
        field=field,
        text=text.strip(),
        asks_for_changes=asks_for_changes,
        written_by=by,
    )
    if len(comment.text) > MAX_COMMENT_LENGTH:
        raise ActionRefused(
            [
                _("A remark can have at most %(number)s characters.")
                % {"number": f"{MAX_COMMENT_LENGTH:,}"}
            ]
        )
    try:
        comment.full_clean()
    except ValidationError as error:
        raise ActionRefused(error.messages) from error
    comment.save()
    return comment


def is_waiting(thing: Publishable) -> bool:
    """Whether a draft, or the changes to a published row, were sent for review."""
    if thing.state in (WorkflowState.PUBLISHED, WorkflowState.WITHDRAWN):
        return ReviewRequest.objects.filter(public_id=thing.public_id).exists()
    return thing.state == WorkflowState.IN_REVIEW


def request_changes(thing: Publishable, *, text: str, by: Any, field: str = "") -> Comment:
    """Send a draft, or the changes to a published row, back to its author with a remark.

    An approval is dropped. The author stays the author. Raises ActionRefused without a reason,
    and for what was not sent for review.
    """
    with transaction.atomic():
        current = type(thing)._default_manager.select_for_update().get(pk=thing.pk)
        if not is_waiting(current):
            raise ActionRefused([_("This is not waiting for review, so it cannot be sent back.")])
        if not text.strip():
            raise ActionRefused([_("Say in a remark what should be changed.")])
        comment = add_comment(current, text=text, by=by, field=field, asks_for_changes=True)
        ReviewRequest.objects.filter(public_id=current.public_id).delete()
        Approval.objects.filter(public_id=current.public_id).delete()
        if current.state == WorkflowState.IN_REVIEW:
            # Without `updated_by`: who sends it back is no author.
            type(thing)._default_manager.filter(pk=thing.pk).update(state=WorkflowState.DRAFT)
        record([current], Action.SENT_BACK, by=by, note=comment.text)
    return comment


def resolve_comments(thing: Publishable, keys: Collection[int], *, by: Any) -> int:
    """Mark remarks of a row as settled. Returns the number of those that were not yet."""
    return resolve(Comment.objects.filter(public_id=thing.public_id, pk__in=keys), by)


def unpublished_changes(thing: Publishable) -> list[Difference]:
    """Return what publishing would change for readers, field by field."""
    return changes_by_id([build_document(thing)])[thing.public_id]


def changes_by_id(documents: Collection[Document]) -> dict[str, list[Difference]]:
    """Return the same for several documents, by public id, with one look-up of all titles."""
    ids = [document["id"] for document in documents]
    published: dict[str, Document] = dict(
        Snapshot.objects.filter(public_id__in=ids).values_list("public_id", "document")
    )
    public_ids = {
        public_id
        for document in (*documents, *published.values())
        for public_id in referenced_ids(document)
    }
    titles = _titles(public_ids)
    return {
        document["id"]: document_differences(
            published.get(document["id"]), document, lambda _name, text: titles.get(text, text)
        )
        for document in documents
    }


def _titles(public_ids: set[str]) -> dict[str, str]:
    return {
        row.public_id: str(row)
        for model in MODELS.values()
        for row in model.objects.filter(public_id__in=public_ids)
    }
