"""The queue of reports from readers, and the page on which one of them is answered."""

from __future__ import annotations

from typing import Any, TypedDict
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from kb.desk.admin.forms import is_primary_key
from kb.desk.admin.generics import ModelAdmin
from kb.desk.admin.read_only import ReadOnlyMixin
from kb.desk.admin.review import PUBLISH_PERMISSION
from kb.desk.documents import MODELS
from kb.desk.models import Publishable, Report, ReportMessage, ReportStep, Source
from kb.desk.models.reports import OPEN_STATES, ReportState
from kb.desk.verbs.exceptions import ActionRefused
from kb.desk.verbs.reports import (
    ask_back,
    decide,
    make_source,
    published_reply,
    reasons_by_outcome,
    reopen,
    split_choice,
    take_on,
    tidy_reports,
)
from kb.record.models import Revision
from kb.record.report_vocabulary import (
    REPORT_KIND_LABELS,
    ReportKind,
    ReportOutcome,
    ReportReason,
)

HANDLE_PERMISSION = "desk.handle_report"
MAX_TITLE = 60


class ReportSubjectRow(TypedDict):
    """The record that a report is about, for its page at the desk."""

    title: str
    kind: str
    edit_url: str
    version: int


class ReportPageContext(TypedDict):
    """What ``report.html`` is given."""

    subject: ReportSubjectRow | None
    kind_label: str
    report_messages: list[ReportMessage]
    steps: list[ReportStep]
    choices: list[tuple[str, list[tuple[str, str]]]]
    typed: QueryDict
    source: Source | None
    statement_url: str
    reply: str
    is_open: bool
    is_decided: bool
    may_publish: bool
    may_make_source: bool


class StateFilter(admin.SimpleListFilter):
    """What is left to do comes first: without a choice, the open reports."""

    title = pgettext_lazy("report", "state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("all", gettext_lazy("All")), *ReportState.choices]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        if value == "all":
            return queryset
        if value in ReportState.values:
            return queryset.filter(state=value)
        return queryset.filter(state__in=OPEN_STATES)

    def choices(self, changelist: Any) -> Any:
        links = list(super().choices(changelist))
        links[0]["display"] = _("Open")
        return iter(links)


@admin.register(Report)
class ReportAdmin(ReadOnlyMixin, ModelAdmin[Report]):
    """The queue: open reports, those that have waited longest first."""

    view_permission = HANDLE_PERMISSION
    list_display = ["beginning", "kind_label", "about_title", "received_at", "state", "editor"]
    list_filter = [StateFilter, "kind", "outcome"]
    list_select_related = ["editor"]
    search_fields = ["public_id", "about", "text"]
    ordering = ["pk"]
    list_per_page = 50
    show_full_result_count = False
    actions = ["set_aside_as_spam"]

    class Media:
        css = {"all": ["admin_desk/desk.css"]}

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if request.method == "GET" and self.has_view_permission(request):
            tidy_reports()
        return super().changelist_view(request, extra_context)

    def has_publish_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(PUBLISH_PERMISSION)

    @admin.action(description=gettext_lazy("Set aside as spam"), permissions=["publish"])
    def set_aside_as_spam(self, request: HttpRequest, queryset: QuerySet[Report]) -> None:
        """Decide the chosen reports that are open; each is counted, and none is listed."""
        rows = list(queryset.filter(state__in=OPEN_STATES))
        for report in rows:
            outcome, reason = ReportOutcome.SET_ASIDE, ReportReason.SPAM
            decide(report, by=request.user, outcome=outcome, reason=reason)
        message = ngettext(
            "%(n)s report was set aside.", "%(n)s reports were set aside.", len(rows)
        )
        messages.success(request, message % {"n": len(rows)})

    @admin.display(description=gettext_lazy("report"))
    def beginning(self, row: Report) -> str:
        return Truncator(row.text).chars(MAX_TITLE) or _("(deleted by the reader)")

    @admin.display(description=gettext_lazy("kind"), ordering="kind")
    def kind_label(self, row: Report) -> str:
        return str(REPORT_KIND_LABELS[ReportKind(row.kind)])

    def get_queryset(self, request: HttpRequest) -> QuerySet[Report]:
        """With the title of the record that each report is about."""
        title = Revision.objects.current().filter(public_id=OuterRef("about")).values("title")[:1]
        return super().get_queryset(request).annotate(title=Subquery(title))

    @admin.display(description=pgettext_lazy("report", "about"), ordering="about")
    def about_title(self, row: Any) -> str:
        return Truncator(row.title or row.about).chars(MAX_TITLE) or _("the site")

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The page of one report; a pressed button is carried out."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        report = self._report(object_id)
        if request.method == "POST":
            target = _press_button(request, report)
            if target:
                return HttpResponseRedirect(target)
            report.refresh_from_db()
        context = {
            **self.admin_site.each_context(request),
            "title": _("Report from a reader"),
            "opts": self.opts,
            "original": report,
            **_page_context(request, report),
        }
        return render(request, "admin/desk/report/report.html", context)

    def _report(self, key: str) -> Report:
        rows = Report.objects.select_related("editor")
        report = rows.filter(pk=key).first() if is_primary_key(key) else None
        if report is None:
            raise Http404
        return report


def _page_context(request: HttpRequest, report: Report) -> ReportPageContext:
    account: Any = request.user
    row = desk_row(report.about)
    source = Source.objects.filter(public_id=report.source).first() if report.source else None
    return ReportPageContext(
        subject=_subject(report, row),
        kind_label=str(ReportKind(report.kind).label),
        report_messages=list(report.messages.all()),
        steps=list(report.steps.select_related("by")),
        choices=reasons_by_outcome(),
        typed=request.POST,
        source=source,
        statement_url=_statement_url(source, row) if source else "",
        reply=published_reply(report),
        is_open=report.is_open,
        is_decided=report.state == ReportState.DECIDED,
        may_publish=account.has_perm(PUBLISH_PERMISSION),
        may_make_source=account.has_perm("desk.add_source")
        and account.has_perm("desk.add_statement"),
    )


def desk_row(public_id: str) -> Publishable | None:
    """The row of the desk with this public id; None if there is none."""
    if not public_id:
        return None
    for model in MODELS.values():
        if row := model.objects.filter(public_id=public_id).first():
            return row
    return None


def _subject(report: Report, row: Publishable | None) -> ReportSubjectRow | None:
    if row is None:
        return None
    return ReportSubjectRow(
        title=str(row),
        kind=row.kind,
        edit_url=reverse(f"admin:desk_{row.kind}_change", args=[row.pk]),
        version=report.about_version or 0,
    )


def _statement_url(source: Source, row: Publishable | None) -> str:
    """The form of a statement with the words of the report: see ``initial_from_source``."""
    query = {"source": str(source.pk)}
    if row is not None and row.kind == "statement":
        query["in_reply_to"] = str(row.pk)
    elif row is not None and row.kind == "event":
        query["about"] = str(row.pk)
    return f"{reverse('admin:desk_statement_add')}?{urlencode(query)}"


def _press_button(request: HttpRequest, report: Report) -> str:
    """Carry out the pressed button. Returns where to go, "" with messages if it was refused."""
    try:
        if "_take" in request.POST:
            take_on(report, by=request.user)
            message = _("You are the editor of this report.")
        elif "_ask" in request.POST:
            ask_back(report, by=request.user, text=request.POST.get("question", ""))
            message = _("The question is shown on the page of the reader.")
        elif "_decide" in request.POST:
            _require(request, PUBLISH_PERMISSION)
            outcome, reason = split_choice(request.POST.get("decision", ""))
            decide(
                report,
                by=request.user,
                outcome=outcome,
                reason=reason,
                sentence=request.POST.get("sentence", ""),
                result=request.POST.get("result", ""),
            )
            message = _("The decision is public in the log of reports.")
        elif "_reopen" in request.POST:
            _require(request, PUBLISH_PERMISSION)
            reopen(report, by=request.user)
            message = _("The report is open again.")
        elif "_statement" in request.POST:
            _require(request, "desk.add_source")
            source = make_source(report, by=request.user)
            return _statement_url(source, desk_row(report.about))
        else:
            return ""
    except ActionRefused as refusal:
        for reason_text in refusal.reasons:
            messages.error(request, reason_text)
        return ""
    messages.success(request, message)
    return request.path


def _require(request: HttpRequest, permission: str) -> None:
    if not request.user.has_perm(permission):
        raise PermissionDenied
