"""The page of a package: what goes, what goes along, what is refused, and one button.

A package is everything unpublished of a source, an incident or an import, or the rows chosen in a
list. With the rule of the second person it is sent for review, and approved, on the same page.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypedDict

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kb.desk.admin.forms import is_primary_key
from kb.desk.admin.generics import ModelAdmin
from kb.desk.admin.package_lines import (
    PackageLine,
    chosen_keys,
    form_url,
    package_lines,
    posted_rows,
    report_refusals,
)
from kb.desk.admin.review import APPROVE_PERMISSION, PUBLISH_PERMISSION
from kb.desk.documents import MODELS
from kb.desk.models import Approval, ImportBatch, Incident, Source
from kb.desk.verbs.bulk_publishing import publish_drafts
from kb.desk.verbs.displayed import DisplayedRow, displayed_rows
from kb.desk.verbs.draft_selection import KINDS, DraftKeys, draft_keys
from kb.desk.verbs.packages import (
    PackagePlan,
    approve_displayed,
    send_back_displayed,
    send_displayed,
)

# A page of more rows would take seconds to plan. The rest follows when these are published.
MAX_PACKAGE_ROWS = 200


@dataclass(frozen=True)
class PackageSelection:
    """What the address of a package page asks for: its title, where it leads back, its rows."""

    title: str
    back_url: str
    back_title: str
    keys: DraftKeys


class PackageContext(TypedDict):
    """What the template ``package.html`` is given."""

    selection: PackageSelection
    going: list[PackageLine]
    along: list[PackageLine]
    waiting: list[PackageLine]
    refused: list[PackageLine]
    total: int
    count: int
    more: int
    to_send: int
    to_approve: int
    waits: int
    typed_remark: str
    may_publish: bool
    may_approve: bool
    publish_label: str
    approve_label: str
    send_label: str


class PackagePage:
    """The view of ``package/``, below the review queue."""

    def __init__(self, model_admin: ModelAdmin[Approval]) -> None:
        self.model_admin = model_admin

    def view(self, request: HttpRequest) -> HttpResponse:
        """Show the package that the address selects, or carry out the pressed button.

        Raises PermissionDenied for an account that cannot edit, Http404 for what does not exist.
        """
        if not self.model_admin.has_view_permission(request):
            raise PermissionDenied
        selection = selected_package(request)
        if request.method == "POST" and carry_out(request):
            return HttpResponseRedirect(request.get_full_path())
        context = {
            **self.model_admin.admin_site.each_context(request),
            "title": selection.title,
            "opts": self.model_admin.opts,
            **_context(request, selection),
        }
        return render(request, "admin/desk/package.html", context)


def selected_package(request: HttpRequest) -> PackageSelection:
    """The package of ``?source=``, ``?incident=``, ``?import=`` or ``?row=kind:key``.

    With ``&sent=1``, only what was sent for review. Kinds that this account cannot change are left
    out.
    """
    only_sent = "sent" in request.GET
    back_url = reverse("admin:desk_approval_changelist")
    back_title = _("Review queue")
    if "source" in request.GET:
        source = get_object_or_404(Source, pk=_key(request, "source"))
        keys = draft_keys(source=source, with_changes=True, only_sent=only_sent)
        title = _("Publish all of this source: %(title)s") % {"title": source}
        back_url, back_title = form_url(source), str(source)
    elif "incident" in request.GET:
        incident = get_object_or_404(Incident, pk=_key(request, "incident"))
        keys = draft_keys(incident=incident, with_changes=True, only_sent=only_sent)
        title = _("Publish all of this incident: %(title)s") % {"title": incident}
        back_url, back_title = form_url(incident), str(incident)
    elif "import" in request.GET:
        batch = get_object_or_404(ImportBatch, pk=_key(request, "import"))
        keys = draft_keys(batch=batch, with_changes=True, only_sent=only_sent)
        title = _("Publish all of this import: %(title)s") % {"title": batch.name}
        back_url = reverse("admin:desk_importbatch_change", args=[batch.pk])
        back_title = str(batch)
    else:
        keys = chosen_keys(request.GET)
        title = _("Publish the chosen records")
    left_out = {(kind, key) for kind, kind_keys in chosen_keys(request.GET, "without").items()
                for key in kind_keys}  # fmt: skip
    allowed = {
        kind: [key for key in kind_keys if (kind, key) not in left_out]
        for kind, kind_keys in keys.items()
        if request.user.has_perm(f"desk.change_{kind}")
    }
    return PackageSelection(title, back_url, back_title, allowed)


def _key(request: HttpRequest, name: str) -> str:
    key = request.GET.get(name, "")
    if not is_primary_key(key):
        raise Http404
    return key


def planned_package(request: HttpRequest, keys: DraftKeys) -> tuple[PackagePlan, int]:
    """The plan of up to ``MAX_PACKAGE_ROWS`` rows, and how many there are in all."""
    plan = PackagePlan(by=request.user, approves=request.user.has_perm(APPROVE_PERMISSION))
    total, room = sum(map(len, keys.values())), MAX_PACKAGE_ROWS
    for kind in KINDS:
        kind_keys = keys.get(kind, [])[:room]
        room -= len(kind_keys)
        rows = MODELS[kind]._default_manager.filter(pk__in=kind_keys).order_by("pk")
        for row in rows.select_related("updated_by"):
            plan.add(row)
    return plan, total


def _context(request: HttpRequest, selection: PackageSelection) -> PackageContext:
    plan, total = planned_package(request, selection.keys)
    going, along, waiting, refused = map(
        package_lines,
        (
            plan.going,
            plan.along,
            [line for line in plan.refused if not line.errors],
            [line for line in plan.refused if line.errors],
        ),
    )
    to_approve = sum(bool(line.approval) for line in plan.rows)
    to_send = sum(line["to_send"] for line in (*going, *waiting))
    count = plan.count
    return PackageContext(
        selection=selection,
        going=going,
        along=along,
        waiting=waiting,
        refused=refused,
        total=total,
        count=count,
        more=max(0, total - MAX_PACKAGE_ROWS),
        to_send=to_send,
        to_approve=to_approve,
        waits=sum(line["is_sent"] for line in (*going, *along, *waiting, *refused)),
        typed_remark=request.POST.get("remark", ""),
        may_publish=request.user.has_perm(PUBLISH_PERMISSION),
        may_approve=request.user.has_perm(APPROVE_PERMISSION),
        publish_label=(
            ngettext("Approve and publish %(count)d", "Approve and publish %(count)d", count)
            if to_approve
            else ngettext("Publish %(count)d", "Publish %(count)d", count)
        )
        % {"count": count},
        approve_label=ngettext("Approve %(count)d", "Approve %(count)d", to_approve)
        % {"count": to_approve},
        send_label=ngettext("Send %(count)d for review", "Send %(count)d for review", to_send)
        % {"count": to_send},
    )


def carry_out(request: HttpRequest) -> bool:
    """Publish, approve, send or send back what the form displayed, and say what became of it.

    Return False if a remark was typed and not used, so that the page can show it again.
    """
    buttons: dict[str, Callable[[HttpRequest], None]] = {
        "_publish": _publish,
        "_approve": _approve,
        "_review": _send,
        "_request_changes": _send_back,
    }
    for name, press in buttons.items():
        if name in request.POST:
            press(request)
            break
    is_used = "_request_changes" in request.POST and bool(request.POST.get("remark", "").strip())
    return is_used or not request.POST.get("remark")


def posted(request: HttpRequest, *names: str) -> list[DisplayedRow]:
    """The rows that the form displayed and that this account can change."""
    return [
        row
        for name in names
        for row in posted_rows(request.POST, name)
        if request.user.has_perm(f"desk.change_{row.kind}")
    ]


def _publish(request: HttpRequest) -> None:
    """Publish the displayed rows, after approving those that need it and were shown so."""
    _require(request, PUBLISH_PERMISSION)
    displayed = displayed_rows(posted(request, "asked", "along"))
    if request.user.has_perm(APPROVE_PERMISSION) and "approves" in request.POST:
        report_refusals(request, approve_displayed(displayed, by=request.user).refused)
    keys: DraftKeys = {}
    for row in posted(request, "asked"):
        keys.setdefault(row.kind, []).append(row.key)
    result = publish_drafts(keys, by=request.user, displayed=displayed)
    if result.published:
        message = ngettext(
            "%(count)d record was published.", "%(count)d records were published.", result.published
        )
        messages.success(request, message % {"count": result.published})
    report_refusals(request, result.refused)


def _approve(request: HttpRequest) -> None:
    _require(request, APPROVE_PERMISSION)
    displayed = displayed_rows(posted(request, "asked", "along"))
    result = approve_displayed(displayed, by=request.user)
    message = ngettext(
        "%(count)d record was approved.", "%(count)d records were approved.", result.done
    )
    messages.success(request, message % {"count": result.done})
    report_refusals(request, result.refused)


def _send(request: HttpRequest) -> None:
    count = send_displayed(displayed_rows(posted(request, "draft")), by=request.user)
    message = ngettext(
        "%(count)d record was sent for review.", "%(count)d records were sent for review.", count
    )
    messages.success(request, message % {"count": count})


def _send_back(request: HttpRequest) -> None:
    """Send every displayed row that waits for review back to its author, all with one remark."""
    _require(request, APPROVE_PERMISSION)
    text = request.POST.get("remark", "")
    rows = displayed_rows(posted(request, "sent"))
    result = send_back_displayed(rows, text=text, by=request.user)
    if result.done:
        message = ngettext(
            "%(count)d record was sent back to its author.",
            "%(count)d records were sent back to their authors.",
            result.done,
        )
        messages.success(request, message % {"count": result.done})
    report_refusals(request, result.refused)


def _require(request: HttpRequest, permission: str) -> None:
    if not request.user.has_perm(permission):
        raise PermissionDenied
