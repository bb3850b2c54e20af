"""The lists of the dashboard: drafts and what waits for whom, and the reports from readers.

The number of queries does not depend on the number of rows: two for each list, one for each kind
of record that is shown, two for remarks and packages, and two for reports from readers.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypedDict

from django.db.models import CharField, Count, Exists, F, OuterRef, Q, QuerySet, Value
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from kb.desk.admin.reports import HANDLE_PERMISSION
from kb.desk.admin.review import APPROVE_PERMISSION
from kb.desk.documents import MODELS
from kb.desk.models import Citation, Comment, Publishable, Report, ReviewRequest, Source
from kb.desk.models.base import WorkflowState
from kb.desk.verbs.draft_selection import CITING_KINDS, is_sent

MAX_ROWS_SHOWN = 6
MAX_PACKAGES_SHOWN = 4
MIN_PACKAGE_SIZE = 2

# (kind, key, when it was saved last)
RowKey = tuple[str, int, datetime]


class DashboardRow(TypedDict):
    """One row of a list: where it leads, who saved it, and the newest remark on it."""

    title: str
    kind: str
    url: str
    by: str
    at: datetime
    remark: Comment | None


class PackageLink(TypedDict):
    """A source of which several entries wait for review."""

    title: str
    count: int
    url: str


class DashboardList(TypedDict):
    """One of the four lists, for ``_dashboard.html``."""

    name: str
    title: str
    empty: str
    count: int
    rows: list[DashboardRow]
    more: int
    more_url: str
    packages: list[PackageLink]


class ReportList(TypedDict):
    """The reports from readers that wait for an editor, the oldest first."""

    count: int
    rows: list[Report]
    url: str


class DashboardContext(TypedDict):
    """What ``_dashboard.html`` is given."""

    lists: list[DashboardList]
    reports: ReportList | None
    is_empty_desk: bool


def dashboard_context(account: Any) -> DashboardContext:
    """The lists of an account; those that it cannot act on are left out."""
    reports = _reports() if account.has_perm(HANDLE_PERMISSION) else None
    if not account.has_perm("desk.change_statement"):
        return DashboardContext(lists=[], reports=reports, is_empty_desk=False)
    mine = Q(updated_by=account) | Q(created_by=account)
    requests = Comment.objects.change_requests().filter(public_id=OuterRef("public_id"))
    sent_back = Q(Exists(requests))
    asked = ReviewRequest.objects.filter(public_id=OuterRef("public_id"), asked_by=account)
    waits_for_others = is_sent() & (mine | Q(Exists(asked)))
    # Who created a row counts as an author until it is published.
    authored = Q(updated_by=account) | Q(created_by=account, state=WorkflowState.IN_REVIEW)
    conditions: dict[str, Q] = {
        "back": ~Q(state=WorkflowState.IN_REVIEW) & mine & sent_back,
        "waiting": is_sent() & ~authored,
        "drafts": Q(state=WorkflowState.DRAFT) & mine & ~sent_back,
        "others": waits_for_others,
    }
    if not account.has_perm(APPROVE_PERMISSION):
        del conditions["waiting"]
    keys = {name: _newest(condition) for name, condition in conditions.items()}
    rows = _rows({key for newest, _count in keys.values() for key in newest})
    remarks = _newest_remarks([row.public_id for row in rows.values()])
    lists = [
        DashboardList(
            name=name,
            title=LIST_TITLES[name](),
            empty=EMPTY_TEXTS[name](),
            count=count,
            rows=[
                _line(rows[kind, key], at, name, remarks)
                for kind, key, at in newest
                if (kind, key) in rows
            ],
            more=max(0, count - MAX_ROWS_SHOWN),
            more_url=reverse("admin:desk_approval_changelist")
            if name in ("waiting", "others")
            else "",
            packages=_packages(conditions[name]) if name == "waiting" else [],
        )
        for name, (newest, count) in keys.items()
    ]
    is_empty_desk = not Source.objects.exists()
    return DashboardContext(lists=lists, reports=reports, is_empty_desk=is_empty_desk)


LIST_TITLES: dict[str, Callable[[], str]] = {
    "back": lambda: _("Sent back to me"),
    "waiting": lambda: _("Waiting for me"),
    "drafts": lambda: _("My drafts"),
    "others": lambda: _("Waiting for others"),
}
EMPTY_TEXTS: dict[str, Callable[[], str]] = {
    "back": lambda: _("Nothing. A draft that a reviewer sends back appears here with the remark."),
    "waiting": lambda: _("Nothing waits for your review."),
    "drafts": lambda: _(
        "You have no drafts. Add a source by its address, then enter what it says."
    ),
    "others": lambda: _("Nothing. What you send for review appears here until it is published."),
}


def _reports() -> ReportList:
    waiting = Report.objects.waiting()
    return ReportList(
        count=waiting.count(),
        rows=list(waiting.order_by("pk")[:MAX_ROWS_SHOWN]),
        url=reverse("admin:desk_report_changelist"),
    )


def _newest(condition: Q) -> tuple[list[RowKey], int]:
    """The keys of the newest rows of all kinds that fulfil a condition, and the number of all."""
    parts = [
        model.objects.filter(condition)
        .order_by()
        .annotate(what=Value(kind, output_field=CharField()), at=F("updated_at"))
        .values_list("what", "pk", "at")
        for kind, model in MODELS.items()
    ]
    union: QuerySet[Any, RowKey] = parts[0].union(*parts[1:], all=True)
    count = union.count()
    return list(union.order_by("-at", "what", "-pk")[:MAX_ROWS_SHOWN]), count


def _rows(keys: set[RowKey]) -> dict[tuple[str, int], Publishable]:
    """The rows of these keys: a query for each kind, whether any of it is shown or not."""
    rows: dict[tuple[str, int], Publishable] = {}
    for kind, model in MODELS.items():
        kind_keys = [key for other, key, _at in keys if other == kind]
        of_kind: QuerySet[Any] = model.objects.filter(pk__in=[*kind_keys, 0])
        of_kind = of_kind.select_related("updated_by")
        if kind == "request":
            of_kind = of_kind.select_related("asked_by").prefetch_related("asked")
        rows |= {(kind, row.pk): row for row in of_kind}
    return rows


def _newest_remarks(public_ids: list[str]) -> dict[str, Comment]:
    """The newest unresolved remark on each row, by public id."""
    comments = Comment.objects.unresolved().filter(public_id__in=public_ids)
    return {
        comment.public_id: comment
        for comment in comments.select_related("written_by").order_by("pk")
    }


def _line(row: Publishable, at: datetime, name: str, remarks: dict[str, Comment]) -> DashboardRow:
    page = "review" if name in ("waiting", "others") else "change"
    return DashboardRow(
        title=str(row),
        kind=str(capfirst(row._meta.verbose_name)),
        url=reverse(f"admin:desk_{row.kind}_{page}", args=[row.pk]),
        by=str(row.updated_by or _("a command")),
        at=at,
        remark=remarks.get(row.public_id),
    )


def _packages(condition: Q) -> list[PackageLink]:
    """The sources of which several entries fulfil the condition, those with most first."""
    waiting = Q(pk=None)
    for kind in CITING_KINDS:
        entries = MODELS[kind].objects.filter(condition).values("pk")
        waiting |= Q(**{f"{kind}__in": entries})
    rows = (
        Citation.objects.filter(waiting)
        .values("source_id", "source__title")
        .annotate(
            count=sum(
                (Count(kind, distinct=True) for kind in CITING_KINDS[1:]),
                Count(CITING_KINDS[0], distinct=True),
            )
        )
        .filter(count__gte=MIN_PACKAGE_SIZE)
        .order_by("-count", "source_id")[:MAX_PACKAGES_SHOWN]
    )
    page = reverse("admin:desk_approval_package")
    return [
        PackageLink(
            title=row["source__title"],
            count=row["count"],
            url=f"{page}?source={row['source_id']}&sent=1",
        )
        for row in rows
    ]
