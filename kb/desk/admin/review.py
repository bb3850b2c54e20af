"""The page on which a draft is read, remarked on, approved, published or withdrawn."""

from __future__ import annotations

from typing import TypedDict

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict

from kb.desk.admin.forms import is_primary_key
from kb.desk.admin.preview import PreviewContext, preview_context
from kb.desk.admin.record_page import RecordPage
from kb.desk.documents import build_document
from kb.desk.models import Approval, Comment, Event, Publishable, Request, Statement
from kb.desk.models.base import WorkflowState
from kb.desk.verbs.dependencies import unpublished_dependencies
from kb.desk.verbs.exceptions import ActionRefused
from kb.desk.verbs.publishing import publish, publish_errors, withdraw
from kb.desk.verbs.reviewing import add_comment, approve, lacks_approval, unpublished_changes
from kb.desk.verbs.saving import StaleVersion
from kb.desk.warnings import row_warnings
from kb.record.document_diff import Piece
from kb.record.documents import digest
from kb.record.late_replicas import late_replicas
from kb.record.publication_version import current_number

APPROVE_PERMISSION, PUBLISH_PERMISSION = "desk.approve_draft", "desk.publish_record"


class ChangedField(TypedDict):
    """A field that publishing would change, and the pieces of its old and new text."""

    label: str
    pieces: list[Piece]


class ReviewContext(TypedDict):
    """What the template ``review.html`` is given."""

    preview: PreviewContext | None
    sha256: str
    is_public: bool
    changes: list[ChangedField]
    carried: list[Publishable]
    reasons: list[str]
    warnings: list[str]
    approval: Approval | None
    comments: QuerySet[Comment]
    may_approve: bool
    may_publish: bool
    typed: QueryDict


class ReviewPage(RecordPage):
    """What publishing would change, what others remarked, and the buttons of this account."""

    template = "admin/desk/review.html"

    def has_permission(self, request: HttpRequest, row: Publishable) -> bool:
        return self.model_admin.has_view_or_change_permission(request, row)

    def respond(self, request: HttpRequest, row: Publishable) -> HttpResponse:
        if request.method == "POST":
            if _press_button(request, row):
                return HttpResponseRedirect(request.path)
            # A verb that was refused may have changed the version in memory.
            row.refresh_from_db()
        return self.render(request, row, f"Review: {row}", _context(request, row))


def _context(request: HttpRequest, row: Publishable) -> ReviewContext:
    document = build_document(row)
    missing_approval = lacks_approval(row, document)
    carried = unpublished_dependencies([row])
    reasons = publish_errors(row, along=carried)
    comments = Comment.objects.filter(public_id=row.public_id).select_related("written_by")
    return ReviewContext(
        preview=preview_context(row) if isinstance(row, Event | Statement | Request) else None,
        sha256=digest(document),
        is_public=row.state == WorkflowState.PUBLISHED,
        changes=[
            ChangedField(label=difference.field.replace("_", " "), pieces=difference.pieces)
            for difference in unpublished_changes(row)
        ],
        carried=carried,
        reasons=[*reasons, *([missing_approval] if missing_approval else [])],
        warnings=row_warnings(row),
        approval=Approval.objects.filter(public_id=row.public_id).first(),
        comments=comments,
        may_approve=request.user.has_perm(APPROVE_PERMISSION),
        may_publish=request.user.has_perm(PUBLISH_PERMISSION),
        typed=request.POST,
    )


def _press_button(request: HttpRequest, row: Publishable) -> bool:
    """Carry out the pressed button. Return False, with messages, if it was refused."""
    note = request.POST.get("note", "")
    version = request.POST.get("version", "")
    opened_version = int(version) if is_primary_key(version) else 0
    try:
        if "_comment" in request.POST:
            add_comment(row, text=request.POST.get("comment", ""), by=request.user)
            message = "Your remark was saved."
        elif "_approve" in request.POST:
            _require_permission(request, APPROVE_PERMISSION)
            sha256 = request.POST.get("sha256", "")
            approve(row, by=request.user, version=opened_version, sha256=sha256)
            message = f"“{row}” was approved."
        elif "_publish" in request.POST:
            _require_permission(request, PUBLISH_PERMISSION)
            change = request.POST.get("change") or None
            publish(row, by=request.user, note=note, change=change, version=opened_version)
            message = f"“{row}” was published."
        elif "_withdraw" in request.POST:
            _require_permission(request, PUBLISH_PERMISSION)
            withdraw(row, by=request.user, note=note)
            message = f"“{row}” was withdrawn. Its page now shows your reason."
        else:
            return False
    except ActionRefused as refusal:
        for reason in refusal.reasons:
            messages.error(request, reason)
        return False
    except StaleVersion:
        messages.error(
            request, "Someone saved this after you opened it. Read the new version first."
        )
        return False
    messages.success(request, message)
    if "_withdraw" in request.POST:
        _report_late_replicas(request)
    return True


def _report_late_replicas(request: HttpRequest) -> None:
    """Wait until all replicas show the withdrawal; name those that do not show it yet."""
    for server in late_replicas(current_number()):
        messages.warning(
            request,
            f"The database server {server} does not show the withdrawal yet. Readers whom it "
            "serves may still see the content. Tell the administrator of the site.",
        )


def _require_permission(request: HttpRequest, permission: str) -> None:
    """Raise PermissionDenied where the account does not have this permission."""
    if not request.user.has_perm(permission):
        raise PermissionDenied
