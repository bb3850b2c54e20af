"""The list of what waits to be read by somebody else, whatever its kind."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import CharField, F, OuterRef, QuerySet, Subquery, Value
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from kb.desk.documents import MODELS
from kb.desk.models import Approval, ReviewRequest
from kb.desk.models.base import WorkflowState

QUEUE_PAGE_SIZE = 50


def waiting_for_review() -> QuerySet:
    """(kind, key, since when) of drafts in review and of published things with a request."""
    asked = ReviewRequest.objects.filter(public_id=OuterRef("public_id"))
    parts = []
    for kind, model in MODELS.items():
        told = {"what": Value(kind, output_field=CharField())}
        drafts = model.objects.filter(state=WorkflowState.IN_REVIEW).annotate(
            since=F("updated_at"), **told
        )
        changed = model.objects.filter(
            state=WorkflowState.PUBLISHED, public_id__in=ReviewRequest.objects.values("public_id")
        ).annotate(since=Subquery(asked.values("asked_at")[:1]), **told)
        parts += [one.order_by().values_list("what", "pk", "since") for one in (drafts, changed)]
    return parts[0].union(*parts[1:], all=True).order_by("since", "what", "pk")


@admin.register(Approval)
class QueueAdmin(admin.ModelAdmin):
    """One list for all kinds, the one that waits longest first."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None and request.user.has_perm("desk.change_statement")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        page = Paginator(waiting_for_review(), QUEUE_PAGE_SIZE).get_page(request.GET.get("p"))
        ctx = {
            **self.admin_site.each_context(request),
            "title": "Waiting for review",
            "opts": self.opts,
            "page": page,
            "waiting": _told(list(page)),
        }
        return render(request, "admin/desk/queue.html", ctx)


def _told(lines: list[tuple[str, int, Any]]) -> list[dict[str, Any]]:
    """The lines of one page with their things: a query for each kind, and one for approvals."""
    found = {}
    for kind in {what for what, _pk, _since in lines}:
        rows = MODELS[kind].objects.filter(pk__in=[pk for what, pk, _ in lines if what == kind])
        found |= {(kind, one.pk): one for one in rows.select_related("updated_by")}
    ids = [one.public_id for one in found.values()]
    approved = set(Approval.objects.filter(public_id__in=ids).values_list("public_id", flat=True))
    told = []
    for kind, pk, since in lines:
        if thing := found.get((kind, pk)):
            told.append(
                {
                    "thing": thing,
                    "kind": thing._meta.verbose_name,
                    "since": since,
                    "is_change": thing.state == WorkflowState.PUBLISHED,
                    "is_approved": thing.public_id in approved,
                    "url": reverse(f"admin:desk_{kind}_review", args=[pk]),
                }
            )
    return told
