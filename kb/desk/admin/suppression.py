"""Removal by order: the page of its steps, the list of requests, and the receipt."""

from __future__ import annotations

from typing import Any, TypedDict

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kb.desk.admin.forms import is_primary_key
from kb.desk.admin.generics import ModelAdmin
from kb.desk.admin.merging import DATABASE_LOCKED_MESSAGE
from kb.desk.admin.read_only import ReadOnlyMixin
from kb.desk.admin.record_page import RecordPage
from kb.desk.admin.review import PUBLISH_PERMISSION
from kb.desk.models import Publishable, SuppressionRequest
from kb.desk.suppression.removing import (
    Receipt,
    ask_for_suppression,
    confirm_suppression,
    decline_suppression,
    row_of_record,
)
from kb.desk.suppression.surfaces import OUT_OF_REACH, ROUTES
from kb.desk.verbs.exceptions import ActionRefused
from kb.record.models import Revision
from kb.record.suppression_vocabulary import (
    PARTS,
    SuppressedPart,
    SuppressionForm,
    SuppressionReason,
)
from kb.record.vocabulary import Label, RecordKind

# The steps, from the one that removes least. Each is the name of its button.
OUTCOME, NOINDEX, SHORTEN, NAME, TEXT = "outcome", "noindex", "shorten", "name", "text"


class SuppressContext(TypedDict):
    """What ``suppress.html`` is given. ``has_name`` is whether the record is that of an actor."""

    has_name: bool
    edit_url: str
    reasons: list[tuple[str, Label]]
    parts: list[tuple[str, Label]]
    versions: list[int]
    typed: QueryDict
    waiting: list[SuppressionRequest]


class ReceiptLine(TypedDict):
    """A line of the receipt: what was reached, and how many rows of it; None without a number."""

    label: str
    count: int | None


class SuppressionContext(TypedDict):
    """What ``suppression.html`` is given."""

    removal: SuppressionRequest
    what: str
    status: str
    record_url: str
    record_name: str
    may_decide: bool
    is_own: bool
    receipt: Receipt | None
    reached: list[ReceiptLine]
    others: list[str]
    unreachable: list[Label]


class SuppressPage(RecordPage):
    """The five steps in their order; the last four ask for a removal."""

    template = "admin/desk/suppress.html"

    def has_permission(self, request: HttpRequest, row: Publishable) -> bool:
        return bool(request.user.has_perm(PUBLISH_PERMISSION))

    def respond(self, request: HttpRequest, row: Publishable) -> HttpResponse:
        if request.method == "POST":
            try:
                removal = ask_for_suppression(row, by=request.user, **_choice(request.POST))
            except ActionRefused as refusal:
                for reason in refusal.reasons:
                    messages.error(request, reason)
            else:
                messages.success(
                    request, _("Asked for. Nothing is removed until a second person confirms it.")
                )
                return HttpResponseRedirect(_removal_url(removal))
        offered = (*PARTS[row.kind], SuppressedPart.ALL)
        numbers = Revision.objects.filter(public_id=row.public_id).exclude(superseded_at=None)
        context = SuppressContext(
            has_name=row.kind == RecordKind.ACTOR,
            edit_url=reverse(f"admin:desk_{row.kind}_change", args=[row.pk]),
            reasons=list(SuppressionReason.choices),
            parts=[(part.value, capfirst(part.label)) for part in offered],
            versions=list(numbers.order_by("number").values_list("number", flat=True)),
            typed=request.POST,
            waiting=[
                removal
                for removal in SuppressionRequest.objects.filter(public_id=row.public_id)
                if removal.is_open
            ],
        )
        return self.render(request, row, _("Remove by order: %(row)s") % {"row": row}, {**context})


class _Choice(TypedDict):
    part: str
    reason: str
    form: str
    replacement: str
    everywhere: bool
    version: int | None


def _choice(typed: QueryDict) -> _Choice:
    """What the pressed button asks for. Raises ActionRefused without a reason."""
    reason = typed.get("reason", "")
    if reason not in SuppressionReason.values:
        raise ActionRefused([_("Choose the reason. Its code is public.")])
    step, version = typed.get("step", ""), typed.get("version", "")
    forms = {SHORTEN: typed.get("form", "")}
    form = forms.get(step, SuppressionForm.MARKER.value)
    parts = {
        NOINDEX: SuppressedPart.NOINDEX.value,
        SHORTEN: SuppressedPart.NAMES.value,
        NAME: SuppressedPart.NAMES.value,
    }
    return {
        "part": parts.get(step, typed.get("part", "")),
        "reason": reason,
        "form": form if form in SuppressionForm.values else SuppressionForm.MARKER.value,
        "replacement": typed.get("replacement", "")[:120],
        "everywhere": step in (SHORTEN, NAME) or "everywhere" in typed,
        "version": int(version) if step == TEXT and is_primary_key(version) else None,
    }


def _removal_url(removal: SuppressionRequest) -> str:
    return reverse("admin:desk_suppressionrequest_change", args=[removal.pk])


@admin.register(SuppressionRequest)
class SuppressionAdmin(ReadOnlyMixin, ModelAdmin[SuppressionRequest]):
    """Requests for removals, and the page of each: confirm it, decline it, or read the receipt."""

    view_permission = PUBLISH_PERMISSION
    list_display = ["what", "reason", "status", "asked_by", "confirmed_by", "when"]
    list_filter = ["reason", "part"]
    list_select_related = ["asked_by", "confirmed_by", "declined_by"]
    search_fields = ["public_id"]
    list_per_page = 50
    show_full_result_count = False
    actions = None

    class Media:
        css = {"all": ["admin_desk/desk.css"]}

    @admin.display(description=gettext_lazy("removal by order"), ordering="public_id")
    def what(self, row: SuppressionRequest) -> str:
        return _what(row)

    @admin.display(description=gettext_lazy("status"))
    def status(self, row: SuppressionRequest) -> str:
        if row.declined_at:
            return _("declined")
        return _("done") if row.confirmed_at else _("waiting for confirmation")

    @admin.display(description=gettext_lazy("when"), ordering="asked_at")
    def when(self, row: SuppressionRequest) -> str:
        moment = row.declined_at or row.confirmed_at or row.asked_at
        return f"{date_format(moment, 'DATETIME_FORMAT')} UTC"

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """One request, with its buttons or its receipt."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = SuppressionRequest.objects.select_related("asked_by", "confirmed_by", "declined_by")
        removal = rows.filter(pk=object_id).first() if is_primary_key(object_id) else None
        if removal is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if request.method == "POST" and _press_button(request, removal):
            return HttpResponseRedirect(request.path)
        context = {
            **self.admin_site.each_context(request),
            "title": capfirst(_what(removal)),
            "opts": self.opts,
            **_context(request, removal, self.status(removal)),
        }
        return render(request, "admin/desk/suppression.html", context)


def _what(removal: SuppressionRequest) -> str:
    """ "statement k3v9x2mq, version 2: words and summary"."""
    kind = RecordKind(removal.kind).label
    record = f"{kind} {removal.public_id}"
    if removal.version:
        record = _("%(record)s, version %(number)d") % {
            "record": record,
            "number": removal.version,
        }
    return _("%(record)s: %(part)s") % {"record": record, "part": removal.get_part_display()}


def _context(request: HttpRequest, removal: SuppressionRequest, status: str) -> SuppressionContext:
    row = row_of_record(removal.kind, removal.public_id)
    receipt: Receipt | None = removal.receipt or None
    is_own = removal.asked_by_id == request.user.pk
    return {
        "removal": removal,
        "what": _what(removal),
        "status": status,
        "record_url": reverse(f"admin:desk_{row.kind}_change", args=[row.pk]) if row else "",
        "record_name": str(row) if row else removal.public_id,
        "may_decide": removal.is_open and not is_own,
        "is_own": removal.is_open and is_own,
        "receipt": receipt,
        "reached": _reached(receipt) if receipt else [],
        "others": receipt["others"] if receipt else [],
        "unreachable": [
            OUT_OF_REACH[name] for name in receipt["unreachable"] if name in OUT_OF_REACH
        ]
        if receipt
        else [],
    }


def _reached(receipt: Receipt) -> list[ReceiptLine]:
    lines: list[ReceiptLine] = [
        {"label": str(ROUTES[name].label), "count": None}
        for name in receipt["surfaces"]
        if name in ROUTES
    ]
    lines += [{"label": name, "count": count} for name, count in sorted(receipt["tables"].items())]
    lines.append({"label": _("stored exports on this machine"), "count": receipt["export_files"]})
    return lines


def _press_button(request: HttpRequest, removal: SuppressionRequest) -> bool:
    """Carry out the pressed button; whether it was not refused."""
    try:
        if "_confirm" in request.POST:
            confirm_suppression(removal, by=request.user)
            messages.success(request, _("Removed. The receipt is below."))
        elif "_decline" in request.POST:
            decline_suppression(removal, by=request.user)
            messages.success(request, _("Declined. Nothing was removed."))
        else:
            return False
    except ActionRefused as refusal:
        for reason in refusal.reasons:
            messages.error(request, reason)
        return False
    except OperationalError:
        messages.error(request, DATABASE_LOCKED_MESSAGE)
        return False
    return True
