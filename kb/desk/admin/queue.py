"""The review queue: records of all kinds that wait for a second reader."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypedDict

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import CharField, F, OuterRef, QuerySet, Subquery, Value
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from kb.desk.admin.bulk_changes import BulkChangePage
from kb.desk.admin.generics import ModelAdmin
from kb.desk.admin.packages import PackagePage
from kb.desk.admin.read_only import ReadOnlyMixin
from kb.desk.documents import MODELS
from kb.desk.models import Approval, Publishable, ReviewRequest
from kb.desk.models.base import WorkflowState

QUEUE_PAGE_SIZE = 50


class QueueLine(TypedDict):
    """One row of the queue, for ``queue.html``."""

    row: Publishable
    kind: str
    since: datetime
    is_change: bool
    is_withdrawn: bool
    is_approved: bool
    url: str


def waiting_for_review() -> QuerySet[Any, tuple[str, int, datetime]]:
    """(kind, key, since when) of drafts in review, and of other rows with a request."""
    requests = ReviewRequest.objects.filter(public_id=OuterRef("public_id"))
    parts: list[QuerySet[Any, tuple[str, int, datetime]]] = []
    for kind, model in MODELS.items():
        name_of_kind = {"what": Value(kind, output_field=CharField())}
        drafts = model.objects.filter(state=WorkflowState.IN_REVIEW).annotate(
            since=F("updated_at"), **name_of_kind
        )
        changed = model.objects.filter(
            state__in=(WorkflowState.PUBLISHED, WorkflowState.WITHDRAWN),
            public_id__in=ReviewRequest.objects.values("public_id"),
        ).annotate(since=Subquery(requests.values("asked_at")[:1]), **name_of_kind)
        parts += [rows.order_by().values_list("what", "pk", "since") for rows in (drafts, changed)]
    return parts[0].union(*parts[1:], all=True).order_by("since", "what", "pk")


@admin.register(Approval)
class QueueAdmin(ReadOnlyMixin, ModelAdmin[Approval]):
    """One list for all kinds, the row that has waited longest first."""

    view_permission = "desk.change_statement"

    def get_urls(self) -> list[URLPattern]:
        package, bulk = (
            self.admin_site.admin_view(page(self).view) for page in (PackagePage, BulkChangePage)
        )
        return [
            path("package/", package, name="desk_approval_package"),
            path("bulk/", bulk, name="desk_approval_bulk"),
            *super().get_urls(),
        ]

    def has_view_permission(self, request: HttpRequest, obj: Approval | None = None) -> bool:
        return obj is None and super().has_view_permission(request)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        page = Paginator(waiting_for_review(), QUEUE_PAGE_SIZE).get_page(request.GET.get("p"))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Waiting for review"),
            "opts": self.opts,
            "page": page,
            "waiting": _queue_lines(list(page)),
        }
        return render(request, "admin/desk/queue.html", context)


def _queue_lines(keys: list[tuple[str, int, datetime]]) -> list[QueueLine]:
    """The lines of one page: a query for each kind, and one for approvals."""
    rows: dict[tuple[str, int], Publishable] = {}
    for kind in {kind for kind, _pk, _since in keys}:
        of_kind = MODELS[kind].objects.filter(pk__in=[pk for other, pk, _ in keys if other == kind])
        rows |= {(kind, row.pk): row for row in of_kind.select_related("updated_by")}
    ids = [row.public_id for row in rows.values()]
    approved = set(Approval.objects.filter(public_id__in=ids).values_list("public_id", flat=True))
    return [
        QueueLine(
            row=row,
            kind=str(row._meta.verbose_name),
            since=since,
            is_change=row.state == WorkflowState.PUBLISHED,
            is_withdrawn=row.state == WorkflowState.WITHDRAWN,
            is_approved=row.public_id in approved,
            url=reverse(f"admin:desk_{kind}_review", args=[pk]),
        )
        for kind, pk, since in keys
        if (row := rows.get((kind, pk)))
    ]
