"""The page on which chosen rows get an incident, a topic or a reliability, or are withdrawn.

It lists what would change and what is refused, with links. Nothing is stored before its button is
pressed. A single row is withdrawn here too, so that what depends on it is seen first.
"""

from __future__ import annotations

from typing import Any, TypedDict

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from kb.desk.admin.autocomplete import ManyToManyAutocomplete
from kb.desk.admin.forms import is_primary_key
from kb.desk.admin.generics import ModelAdmin
from kb.desk.admin.package_lines import chosen_keys, form_url, report_refusals
from kb.desk.admin.review import PUBLISH_PERMISSION, report_late_replicas
from kb.desk.models import Approval, Event, Incident, Publishable, Topic
from kb.desk.models.base import WorkflowState
from kb.desk.verbs.bulk_changes import (
    BulkChangeResult,
    add_to_group,
    change_rows,
    group_errors,
    published_dependants,
    reliability_errors,
    set_reliability,
    withdraw_with_note,
)
from kb.desk.verbs.packages import rows_of
from kb.desk.verbs.publishing import withdrawal_errors
from kb.record.vocabulary import Reliability
from kb.text.clean import TextError, clean_text

INCIDENT, TOPIC, RELIABILITY, WITHDRAWAL = "incident", "topic", "standing", "withdraw"
TITLES = {
    INCIDENT: gettext_lazy("Add to an incident"),
    TOPIC: gettext_lazy("Add to a topic"),
    RELIABILITY: gettext_lazy("Set the reliability"),
    WITHDRAWAL: gettext_lazy("Withdraw"),
}
# The fields of an event that the choosers are made for.
_GROUP_FIELDS: dict[str, tuple[str, type[Publishable]]] = {
    INCIDENT: ("incidents", Incident),
    TOPIC: ("topics", Topic),
}
MAX_CHOSEN_ROWS = 200
MAX_DEPENDANTS_SHOWN = 10


class BulkLine(TypedDict):
    """One chosen row: why it is refused, or what depends on it."""

    row: Publishable
    kind: str
    url: str
    reasons: list[str]
    dependants: list[tuple[str, str]]
    more: int


class BulkContext(TypedDict):
    """What the template ``bulk_change.html`` is given."""

    action: str
    going: list[BulkLine]
    refused: list[BulkLine]
    chooser: forms.Widget | None
    chooser_html: str
    chosen: str
    rows: list[str]
    button: str
    typed_note: str
    hides_title: bool


class BulkChangePage:
    """The view of ``bulk/``, below the review queue: ``?do=withdraw&row=event:1&row=event:2``."""

    def __init__(self, model_admin: ModelAdmin[Approval]) -> None:
        self.model_admin = model_admin

    def view(self, request: HttpRequest) -> HttpResponse:
        """Show what would change, or change it. Raises PermissionDenied and Http404."""
        action = request.GET.get("do", "")
        if not self.model_admin.has_view_permission(request):
            raise PermissionDenied
        if action not in TITLES:
            raise Http404
        if action == WITHDRAWAL and not request.user.has_perm(PUBLISH_PERMISSION):
            raise PermissionDenied
        rows = chosen_rows(request)
        if request.method == "POST":
            result = self._change(request, action, rows)
            if result is not None:
                _report(request, action, result)
                return HttpResponseRedirect(_url_after(rows))
            rows = chosen_rows(request)
        context = {
            **self.model_admin.admin_site.each_context(request),
            "title": TITLES[action],
            "opts": self.model_admin.opts,
            "media": self.model_admin.media,
            **self._context(request, action, rows),
        }
        return render(request, "admin/desk/bulk_change.html", context)

    def _change(
        self, request: HttpRequest, action: str, rows: list[Publishable]
    ) -> BulkChangeResult | None:
        """Change the rows. Return None, with a message, if something has to be chosen first."""
        account: Any = request.user
        if action == WITHDRAWAL:
            try:
                note = clean_text(request.POST.get("note", "")).strip()
            except TextError as error:
                messages.error(request, str(error))
                return None
            if not note:
                messages.error(request, _("Give a reason for the withdrawal. Readers see it."))
                return None
            result = change_rows(
                rows,
                withdraw_with_note(note, by=account, hides_title="hide_title" in request.POST),
            )
            if result.changed:
                report_late_replicas(request)
            return result
        target = chosen_target(action, request.POST.get("to", ""))
        if target is None:
            messages.error(request, _("Choose a value first."))
            return None
        if isinstance(target, str):
            return change_rows(rows, set_reliability(target, by=account))
        return change_rows(rows, add_to_group(target, by=account))

    def _context(self, request: HttpRequest, action: str, rows: list[Publishable]) -> BulkContext:
        chosen = request.GET.get("to", "")
        target = chosen_target(action, chosen)
        dependants = published_dependants(rows) if action == WITHDRAWAL else {}
        lines = [_line(row, action, target, dependants.get(row.public_id, [])) for row in rows]
        going = [line for line in lines if not line["reasons"]]
        widget = self._chooser(action)
        return BulkContext(
            action=action,
            going=going,
            refused=[line for line in lines if line["reasons"]],
            chooser=widget,
            chooser_html=widget.render("to", [chosen], {"id": "id_to"}) if widget else "",
            chosen=chosen if target is not None else "",
            rows=request.GET.getlist("row"),
            button=_button(action, target, len(going)),
            typed_note=request.POST.get("note", ""),
            hides_title="hide_title" in request.POST,
        )

    def _chooser(self, action: str) -> forms.Widget | None:
        if action == RELIABILITY:
            return forms.Select(choices=[("", "---------"), *Reliability.choices])
        if action not in _GROUP_FIELDS:
            return None
        name, model = _GROUP_FIELDS[action]
        field = Event._meta.get_field(name)
        widget = ManyToManyAutocomplete(field, self.model_admin.admin_site)
        widget.allow_multiple_selected = False
        rows = model._default_manager.exclude(state=WorkflowState.WITHDRAWN)
        chooser: forms.Widget = forms.ModelChoiceField(rows, widget=widget).widget
        return chooser


def chosen_rows(request: HttpRequest) -> list[Publishable]:
    """The rows of the address that this account can change, at most ``MAX_CHOSEN_ROWS``."""
    chosen = [
        (kind, key)
        for kind, keys in chosen_keys(request.GET).items()
        for key in keys
        if request.user.has_perm(f"desk.change_{kind}")
    ]
    return rows_of(chosen[:MAX_CHOSEN_ROWS])


def chosen_target(action: str, value: str) -> Incident | Topic | str | None:
    """The incident, topic or reliability that was chosen; None if there is no such."""
    if action == RELIABILITY:
        return value if value in Reliability.values else None
    if action == INCIDENT and is_primary_key(value):
        return Incident.objects.exclude(state=WorkflowState.WITHDRAWN).filter(pk=value).first()
    if action == TOPIC and is_primary_key(value):
        return Topic.objects.exclude(state=WorkflowState.WITHDRAWN).filter(pk=value).first()
    return None


def _line(
    row: Publishable,
    action: str,
    target: Incident | Topic | str | None,
    dependants: list[Publishable],
) -> BulkLine:
    if action == WITHDRAWAL:
        reasons = withdrawal_errors(row)
    elif action == RELIABILITY:
        reasons = reliability_errors(row, target if isinstance(target, str) else "")
    else:
        reasons = group_errors(row, None if isinstance(target, str) else target)
    return BulkLine(
        row=row,
        kind=str(capfirst(row._meta.verbose_name)),
        url=form_url(row),
        reasons=reasons,
        dependants=[
            (form_url(dependant), str(dependant)) for dependant in dependants[:MAX_DEPENDANTS_SHOWN]
        ],
        more=max(0, len(dependants) - MAX_DEPENDANTS_SHOWN),
    )


def _button(action: str, target: Incident | Topic | str | None, count: int) -> str:
    words: dict[str, object] = {"count": count, "target": target or ""}
    if action == WITHDRAWAL:
        return ngettext("Withdraw %(count)d", "Withdraw %(count)d", count) % words
    if action == RELIABILITY:
        words["target"] = Reliability(target).label if isinstance(target, str) else ""
        return (
            ngettext("Set %(count)d to “%(target)s”", "Set %(count)d to “%(target)s”", count)
            % words
        )
    return ngettext("Add %(count)d to “%(target)s”", "Add %(count)d to “%(target)s”", count) % words


def _report(request: HttpRequest, action: str, result: BulkChangeResult) -> None:
    count = len(result.changed)
    if count:
        if action == WITHDRAWAL:
            message = ngettext(
                "%(count)d record was withdrawn. Its page now shows your reason.",
                "%(count)d records were withdrawn. Their pages now show your reason.",
                count,
            ) % {"count": count}
        else:
            message = ngettext(
                "%(count)d record was changed. Readers see it when it is published.",
                "%(count)d records were changed. Readers see it when they are published.",
                count,
            ) % {"count": count}
            url = package_url(result.changed)
            message = format_html(
                '{} <a href="{}">{}</a>', message, url, _("Publish or send for review")
            )
        messages.success(request, message)
    report_refusals(request, result.refused)


def _url_after(rows: list[Publishable]) -> str:
    """To the review page of a single row, or to the list of the first."""
    if len(rows) == 1:
        return reverse(f"admin:desk_{rows[0].kind}_review", args=[rows[0].pk])
    if rows:
        return reverse(f"admin:desk_{rows[0].kind}_changelist")
    return reverse("admin:desk_approval_changelist")


def package_url(rows: list[Publishable]) -> str:
    """The address of the package of these rows."""
    query = urlencode([("row", f"{row.kind}:{row.pk}") for row in rows])
    return f"{reverse('admin:desk_approval_package')}?{query}"
