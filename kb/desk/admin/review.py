"""The page on which a draft is read, remarked on, approved, published or withdrawn."""

from __future__ import annotations

from typing import Any, TypedDict

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.utils.translation import gettext as _

from kb.desk.admin.forms import is_primary_key
from kb.desk.admin.package_lines import (
    ChangedField,
    PackageLine,
    document_field_label,
    package_lines,
    posted_rows,
)
from kb.desk.admin.preview import PreviewContext, preview_context
from kb.desk.admin.record_page import RecordPage
from kb.desk.admin.remarks import (
    RemarkLine,
    field_labels,
    remark_lines,
    remarks_of,
    resolved_keys,
)
from kb.desk.models import Approval, Event, Publishable, Request, Statement
from kb.desk.models.base import WorkflowState
from kb.desk.verbs.dependencies import rows_with_documents
from kb.desk.verbs.displayed import DisplayedRow, displayed_rows
from kb.desk.verbs.exceptions import ActionRefused
from kb.desk.verbs.packages import PlannedRow, approve_with_dependencies
from kb.desk.verbs.publishing import publish, publish_errors
from kb.desk.verbs.reviewing import (
    add_comment,
    author_keys,
    is_waiting,
    lacks_approval,
    request_changes,
    resolve_comments,
    unpublished_changes,
)
from kb.desk.verbs.saving import StaleVersion
from kb.desk.warnings import row_warnings
from kb.record.documents import digest
from kb.record.late_replicas import late_replicas
from kb.record.publication_version import current_number

APPROVE_PERMISSION, PUBLISH_PERMISSION = "desk.approve_draft", "desk.publish_record"


MAX_FIELD_LENGTH = 60  # of the name of a field that a remark is about


class ReviewContext(TypedDict):
    """What the template ``review.html`` is given."""

    preview: PreviewContext | None
    sha256: str
    is_public: bool
    is_withdrawn: bool
    changes: list[ChangedField]
    along: list[PackageLine]
    reasons: list[str]
    warnings: list[str]
    approval: Approval | None
    remarks: list[RemarkLine]
    field_labels: list[tuple[str, str]]
    may_send_back: bool
    may_approve: bool
    may_publish: bool
    # Whether one button approves this row with all that goes along, and publishes them.
    publishes_approved: bool
    count: int
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
        labels = field_labels(getattr(self.model_admin, "parts", ()), type(row))
        return self.render(
            request, row, _("Review: %(row)s") % {"row": row}, _context(request, row, labels)
        )


def _context(request: HttpRequest, row: Publishable, labels: dict[str, str]) -> ReviewContext:
    account: Any = request.user
    carried, documents = rows_with_documents([row])
    document = documents[row.public_id]
    missing_approval = lacks_approval(row, document)
    reasons = publish_errors(row, along=carried)
    along = [
        PlannedRow(
            other,
            documents[other.public_id],
            lacks_approval(other, documents[other.public_id]),
            account.pk in author_keys(other),
            [(other, texts)] if (texts := publish_errors(other)) else [],
        )
        for other in carried
    ]
    may_approve = account.has_perm(APPROVE_PERMISSION)
    is_mendable = bool(reasons) or any(line.errors for line in along)
    waits_for_others = any(
        (reason and is_own)
        for reason, is_own in (
            (missing_approval, account.pk in author_keys(row)),
            *((line.approval, line.is_own) for line in along),
        )
    )
    return ReviewContext(
        preview=preview_context(row) if isinstance(row, Event | Statement | Request) else None,
        sha256=digest(document),
        is_public=row.state == WorkflowState.PUBLISHED,
        is_withdrawn=row.state == WorkflowState.WITHDRAWN,
        changes=[
            ChangedField(label=document_field_label(difference.field), pieces=difference.pieces)
            for difference in unpublished_changes(row)
        ],
        along=package_lines(along),
        reasons=[*reasons, *([missing_approval] if missing_approval else [])],
        warnings=row_warnings(row),
        approval=Approval.objects.filter(public_id=row.public_id).first(),
        remarks=remark_lines(remarks_of(row), labels, request.POST),
        field_labels=list(labels.items()),
        may_send_back=may_approve and is_waiting(row),
        may_approve=may_approve,
        may_publish=account.has_perm(PUBLISH_PERMISSION),
        publishes_approved=(
            may_approve
            and bool(missing_approval or any(line.approval for line in along))
            and not is_mendable
            and not waits_for_others
        ),
        count=1 + len(along),
        typed=request.POST,
    )


def _press_button(request: HttpRequest, row: Publishable) -> bool:
    """Carry out the pressed button. Return False, with messages, if it was refused."""
    note, text = request.POST.get("note", ""), request.POST.get("comment", "")
    field = request.POST.get("field", "")[:MAX_FIELD_LENGTH]
    version = request.POST.get("version", "")
    opened_version = int(version) if is_primary_key(version) else 0
    try:
        if "_comment" in request.POST:
            add_comment(row, text=text, by=request.user, field=field)
            message = _("Your remark was saved.")
        elif "_request_changes" in request.POST:
            _require_permission(request, APPROVE_PERMISSION)
            request_changes(row, text=text, by=request.user, field=field)
            message = _("“%(row)s” was sent back to its author.") % {"row": row}
        elif "_resolve" in request.POST:
            # Shown again without a redirect, so that what is typed below stays.
            resolve_comments(row, resolved_keys(request.POST, "_resolve"), by=request.user)
            return False
        elif "_approve" in request.POST:
            _require_permission(request, APPROVE_PERMISSION)
            message = _approve(request, row, opened_version)
        elif "_approve_publish" in request.POST:
            _require_permission(request, APPROVE_PERMISSION)
            _require_permission(request, PUBLISH_PERMISSION)
            message = _approve_and_publish(request, row, opened_version)
        elif "_publish" in request.POST:
            _require_permission(request, PUBLISH_PERMISSION)
            change = request.POST.get("change") or None
            publish(row, by=request.user, note=note, change=change, version=opened_version)
            message = _("“%(row)s” was published.") % {"row": row}
        else:
            return False
    except ActionRefused as refusal:
        for reason in refusal.reasons:
            messages.error(request, reason)
        return False
    except StaleVersion:
        messages.error(
            request, _("Someone saved this after you opened it. Read the new version first.")
        )
        return False
    messages.success(request, message)
    return True


def _approve(request: HttpRequest, row: Publishable, version: int) -> str:
    """Approve the row and what its page showed as going along. Returns the message."""
    shown = DisplayedRow(row.kind, row.pk, version, request.POST.get("sha256", ""))
    along = displayed_rows(posted_rows(request.POST, "along"))
    others = approve_with_dependencies(row, by=request.user, displayed=shown, along=along)
    if not others:
        return _("“%(row)s” was approved.") % {"row": row}
    names = ", ".join(f"“{other}”" for other in others)
    return _("“%(row)s” was approved, and with it %(names)s.") % {"row": row, "names": names}


def _approve_and_publish(request: HttpRequest, row: Publishable, version: int) -> str:
    """Approve the row with what goes along, and publish them; both or nothing."""
    note, change = request.POST.get("note", ""), request.POST.get("change") or None
    with transaction.atomic():
        _approve(request, row, version)
        row.refresh_from_db()
        result = publish(row, by=request.user, note=note, change=change, version=version)
    message = _("“%(row)s” was approved and published.") % {"row": row}
    if not result.carried:
        return message
    names = ", ".join(f"{carried._meta.verbose_name} “{carried}”" for carried in result.carried)
    return f"{message} " + _("Also published: %(names)s.") % {"names": names}


def report_late_replicas(request: HttpRequest) -> None:
    """Wait until all replicas show the withdrawal; name those that do not show it yet."""
    for server in late_replicas(current_number()):
        messages.warning(
            request,
            _(
                "The database server %(server)s does not show the withdrawal yet. Readers whom it "
                "serves may still see the content. Tell the administrator of the site."
            )
            % {"server": server},
        )


def _require_permission(request: HttpRequest, permission: str) -> None:
    """Raise PermissionDenied where the account does not have this permission."""
    if not request.user.has_perm(permission):
        raise PermissionDenied
