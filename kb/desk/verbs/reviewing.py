"""What happens to a draft between its author and the door: read, remarked on, approved."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction

from kb.desk.documents import MODELS, build_document
from kb.desk.models import Approval, Comment, Publishable, Snapshot
from kb.desk.models.base import WorkflowState
from kb.desk.verbs.exceptions import ActionRefused
from kb.record.document_diff import Difference, document_differences
from kb.record.documents import Document, digest, referenced_ids

MAX_COMMENT_LENGTH = 4000


def approve(thing: Publishable, *, by: Any, version: int, seen: str = "") -> Approval:
    """Say that somebody else's work is fit to be published as it stands.

    ``version`` is the one that was read, ``seen`` the digest of the document that was: what is
    edited on another's page (a role, a position) counts too. Raises Refused for one's own work,
    for what was saved since, and for what was withdrawn.
    """
    with transaction.atomic():
        current = type(thing)._default_manager.select_for_update().get(pk=thing.pk)
        reasons = []
        sha256 = digest(build_document(current))
        if current.version != version or seen not in ("", sha256):
            reasons.append("It was saved again since you opened it: read what is there now.")
        if by.pk in author_keys(current):
            reasons.append("Nobody approves their own work: ask somebody else.")
        if current.state == WorkflowState.WITHDRAWN:
            reasons.append("It was withdrawn.")
        if reasons:
            raise ActionRefused(reasons)
        approval, _ = Approval.objects.update_or_create(
            public_id=current.public_id,
            defaults={"sha256": sha256, "approved_by": by},
        )
    return approval


def author_keys(thing: Publishable) -> set[int]:
    """The keys of the accounts whose work the present text is.

    Who saved it last; and who began it, as long as it was never published.
    """
    authors = {thing.updated_by_id}
    if thing.state in (WorkflowState.DRAFT, WorkflowState.IN_REVIEW):
        authors.add(thing.created_by_id)
    return {one for one in authors if one}


def lacks_approval(thing: Publishable, document: Document | None = None) -> str:
    """Why a second person has yet to read this, as a sentence; "" when nobody has to.

    ``document`` is what would be published, where it was made already.
    """
    if not settings.TWO_PERSONS:
        return ""
    approval = Approval.objects.filter(public_id=thing.public_id).first()
    if approval is None or approval.approved_by_id in author_keys(thing):
        return "Nobody but its author has approved it."
    if approval.sha256 != digest(document or build_document(thing)):
        return "It was changed after it was approved: it has to be approved again."
    return ""


def add_comment(thing: Publishable, *, text: str, by: Any) -> Comment:
    """Keep a remark. Raises Refused for an empty one and for characters that no text may hold."""
    made = Comment(public_id=thing.public_id, text=text.strip(), written_by=by)
    if len(made.text) > MAX_COMMENT_LENGTH:
        raise ActionRefused([f"A remark has at most {MAX_COMMENT_LENGTH:,} characters."])
    try:
        made.full_clean()
    except ValidationError as problem:
        raise ActionRefused(problem.messages) from problem
    made.save()
    return made


def unpublished_changes(thing: Publishable) -> list[Difference]:
    """What publishing would change for readers, field by field; all of it for what is new."""
    seen = Snapshot.objects.filter(public_id=thing.public_id).first()
    now = build_document(thing)
    before: Document = seen.document if seen else {}
    titles = _titles(referenced_ids(now) | (referenced_ids(before) if before else set()))
    return document_differences(before, now, lambda _name, text: titles.get(text, text))


def _titles(public_ids: set[str]) -> dict[str, str]:
    return {
        one.public_id: str(one)
        for model in MODELS.values()
        for one in model.objects.filter(public_id__in=public_ids)
    }
