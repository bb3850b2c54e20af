"""The page on which a draft is read, remarked on, approved, published or withdrawn."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path

from kb.desk.admin.forms import is_primary_key
from kb.desk.admin.preview import preview_context
from kb.desk.documents import build_document
from kb.desk.models import Approval, Comment, Event, Publishable, Statement
from kb.desk.models.base import WorkflowState
from kb.desk.verbs.exceptions import ActionRefused
from kb.desk.verbs.publishing import publish, publish_errors, unpublished_dependencies, withdraw
from kb.desk.verbs.reviewing import add_comment, approve, lacks_approval, unpublished_changes
from kb.desk.verbs.saving import StaleVersion
from kb.record.documents import digest

APPROVE, PUBLISH = "desk.approve_draft", "desk.publish_record"


class ReviewMixin:
    """Adds the page of review to the admin of one kind of thing."""

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.review)  # type: ignore[attr-defined]
        name = f"desk_{self.opts.model_name}_review"  # type: ignore[attr-defined]
        return [path("<str:key>/review/", view, name=name), *super().get_urls()]  # type: ignore[misc]

    def review(self, request: HttpRequest, key: str) -> HttpResponse:
        """What publishing would change, what others said, and the buttons that one may press."""
        row = self.get_object(request, key) if is_primary_key(key) else None  # type: ignore[attr-defined]
        if row is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, key)  # type: ignore[attr-defined]
        if not self.has_view_or_change_permission(request, row):  # type: ignore[attr-defined]
            raise PermissionDenied
        if request.method == "POST":
            if self._done(request, row):
                return HttpResponseRedirect(request.path)
            # A verb that was refused may have counted up the version in memory.
            row.refresh_from_db()
        return render(request, "admin/desk/review.html", self._shown(request, row))

    def _shown(self, request: HttpRequest, row: Publishable) -> dict[str, Any]:
        document = build_document(row)
        missing = lacks_approval(row, document)
        return {
            "seen": preview_context(row) if isinstance(row, Event | Statement) else None,
            "sha256": digest(document),
            **self.admin_site.each_context(request),  # type: ignore[attr-defined]
            "title": f"Review: {row}",
            "opts": self.opts,  # type: ignore[attr-defined]
            "original": row,
            "is_public": row.state == WorkflowState.PUBLISHED,
            "changes": [
                {"label": one.field.replace("_", " "), "pieces": one.pieces}
                for one in unpublished_changes(row)
            ],
            "carried": unpublished_dependencies([row]),
            "reasons": [*publish_errors(row), *([missing] if missing else [])],
            "approval": Approval.objects.filter(public_id=row.public_id).first(),
            "comments": Comment.objects.filter(public_id=row.public_id).select_related(
                "written_by"
            ),
            "may_approve": request.user.has_perm(APPROVE),
            "may_publish": request.user.has_perm(PUBLISH),
            "typed": request.POST,
        }

    def _done(self, request: HttpRequest, row: Publishable) -> bool:
        """Do what the button says. False, with the reasons said, when it was refused."""
        note = request.POST.get("note", "")
        version = request.POST.get("version", "")
        seen = int(version) if is_primary_key(version) else 0
        try:
            if "_comment" in request.POST:
                add_comment(row, text=request.POST.get("comment", ""), by=request.user)
                said = "Your remark is kept."
            elif "_approve" in request.POST:
                self._must_have(request, APPROVE)
                read = request.POST.get("sha256", "")
                approve(row, by=request.user, version=seen, sha256=read)
                said = f"“{row}” is approved as it stands."
            elif "_publish" in request.POST:
                self._must_have(request, PUBLISH)
                change = request.POST.get("change") or None
                publish(row, by=request.user, note=note, change=change, version=seen)
                said = f"“{row}” is on the record."
            elif "_withdraw" in request.POST:
                self._must_have(request, PUBLISH)
                withdraw(row, by=request.user, note=note)
                said = f"“{row}” is withdrawn. Its address says so, with your reason."
            else:
                return False
        except ActionRefused as refusal:
            for reason in refusal.reasons:
                messages.error(request, reason)
            return False
        except StaleVersion:
            messages.error(request, "It was saved again since you opened it: read it first.")
            return False
        messages.success(request, said)
        return True

    def _must_have(self, request: HttpRequest, right: str) -> None:
        if not request.user.has_perm(right):
            raise PermissionDenied
