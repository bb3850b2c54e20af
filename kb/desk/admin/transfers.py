"""Merges and splits: their list, and a page for each on which it is decided on or undone."""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kb.desk.admin.doubles import doubles_page
from kb.desk.admin.forms import is_primary_key
from kb.desk.admin.generics import ModelAdmin
from kb.desk.admin.merging import (
    DATABASE_LOCKED_MESSAGE,
    MergePreview,
    RowGroup,
    add_undo_message,
    clean_note,
    grouped_rows,
    merge_preview,
)
from kb.desk.admin.read_only import ReadOnlyMixin
from kb.desk.admin.review import PUBLISH_PERMISSION
from kb.desk.models import Publishable, Transfer
from kb.desk.models.base import WorkflowState
from kb.desk.models.log import TransferKind
from kb.desk.verbs.exceptions import ActionRefused
from kb.desk.verbs.transfers import split, undo
from kb.desk.verbs.transfers.merge import merge, needs_second_person
from kb.desk.verbs.transfers.related_rows import model_for_table, relation_label


class ProposedSplit(TypedDict):
    """What a proposed split would move; only reasons where its record was deleted."""

    reasons: list[str]
    groups: NotRequired[list[RowGroup]]
    count: NotRequired[int]


class UndoPreview(TypedDict):
    """What a done transfer moved and, while it can be undone, what undoing would do."""

    moved: list[tuple[str, int]]
    reasons: NotRequired[list[str]]
    undoing: NotRequired[undo.UndoResult | None]
    count: NotRequired[int]


class TransferPage(TypedDict):
    """What ``transfer.html`` is given besides."""

    transfer: Transfer
    ends: list[str]
    is_public: bool
    is_merge: bool
    status: str
    typed: QueryDict
    may_decide: bool
    may_undo: bool


@admin.register(Transfer)
class TransferAdmin(ReadOnlyMixin, ModelAdmin[Transfer]):
    """Shows merges and splits, which are started from the pages of records."""

    view_permission = "desk.change_statement"
    list_display = ["what", "status", "asked_by", "done_by", "when"]
    list_filter = ["how", "kind"]
    list_select_related = ["asked_by", "done_by", "undone_by"]
    search_fields = ["origin_title", "target_title", "note"]
    list_per_page = 50
    show_full_result_count = False
    actions = None

    class Media:
        css = {"all": ["admin_desk/desk.css"]}

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(doubles_page)
        return [path("doubles/", view, name="desk_transfer_doubles"), *super().get_urls()]

    @admin.display(description=_("merge or split"), ordering="origin_title")
    def what(self, row: Transfer) -> str:
        return str(capfirst(row.label.removeprefix("the ")))

    @admin.display(description=_("status"))
    def status(self, row: Transfer) -> str:
        if row.undone_at:
            return gettext("undone") if row.done_at else gettext("declined")
        return gettext("done") if row.done_at else gettext("waiting for confirmation")

    @admin.display(description=_("when"), ordering="asked_at")
    def when(self, row: Transfer) -> str:
        moment = row.undone_at or row.done_at or row.asked_at
        return f"{date_format(moment, 'DATETIME_FORMAT')} UTC"

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """One merge or split: what moved or would move, and the buttons of this account."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = Transfer.objects.filter(pk=object_id).first() if is_primary_key(object_id) else None
        if row is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if request.method == "POST":
            response = _press_button(request, row)
            if response is not None:
                return response
            row.refresh_from_db()
        origin, target = undo.stored_ends(row)
        page = TransferPage(
            transfer=row,
            ends=[_end_link(origin, row.origin_title), _end_link(target, row.target_title)],
            is_public=undo.is_transfer_public(row),
            is_merge=row.how == TransferKind.MERGE,
            status=self.status(row),
            typed=request.POST,
            may_decide=_may_decide(request, row, origin),
            may_undo=_may_undo(request, row),
        )
        context = {
            **self.admin_site.each_context(request),
            "title": capfirst(row.label),
            "opts": self.opts,
            **page,
            **_preview(row, origin, target),
        }
        return render(request, "admin/desk/transfer.html", context)


def _may_decide(request: HttpRequest, row: Transfer, origin: Publishable | None) -> bool:
    if row.done_at or row.undone_at or not request.user.has_perm(PUBLISH_PERMISSION):
        return False
    is_own = row.asked_by_id == request.user.pk
    return origin is not None and not (is_own and needs_second_person(origin))


def _may_undo(request: HttpRequest, row: Transfer) -> bool:
    if not row.done_at or row.undone_at:
        return False
    permission = PUBLISH_PERMISSION if undo.is_transfer_public(row) else f"desk.change_{row.kind}"
    return request.user.has_perm(permission)


# --- The buttons -------------------------------------------------------------------------------


def _press_button(request: HttpRequest, row: Transfer) -> HttpResponse | None:
    """Carry out the pressed button. Return None if it was refused, or if there was no button."""
    try:
        note = clean_note(request.POST.get("note", ""))
        if "_undo" in request.POST:
            return _undo(request, row, note)
        if "_decline" in request.POST:
            return _decline(request, row)
        if "_do" in request.POST:
            return _carry_out(request, row)
    except ActionRefused as refusal:
        for reason in refusal.reasons:
            messages.error(request, reason)
    except OperationalError:
        messages.error(request, DATABASE_LOCKED_MESSAGE)
    return None


def _undo(request: HttpRequest, row: Transfer, note: str) -> HttpResponse:
    if row.done_at and not row.undone_at and not _may_undo(request, row):
        raise PermissionDenied
    result = undo.undo_transfer(row, by=request.user, note=note)
    messages.success(
        request,
        gettext("Undone. Rows restored: %(count)s.") % {"count": len(result.restored)},
    )
    for line in result.unchanged:
        messages.warning(request, line)
    return HttpResponseRedirect(request.path)


def _decline(request: HttpRequest, row: Transfer) -> HttpResponse:
    is_own = row.asked_by_id == request.user.pk
    if not (is_own or request.user.has_perm(PUBLISH_PERMISSION)):
        raise PermissionDenied
    undo.decline_transfer(row, by=request.user)
    messages.success(request, gettext("Proposal declined. Nothing changed."))
    return HttpResponseRedirect(request.path)


def _carry_out(request: HttpRequest, row: Transfer) -> HttpResponse:
    """Merge or split as proposed."""
    origin, target = undo.stored_ends(row)
    if row.done_at or row.undone_at or origin is None:
        raise ActionRefused([gettext("This proposal has already been decided.")])
    if not _may_decide(request, row, origin):
        raise PermissionDenied
    if row.how == TransferKind.MERGE:
        if target is None:
            raise ActionRefused([_deleted(row.target_title)])
        transfer = merge(
            origin,
            into=target,
            by=request.user,
            note=row.note,
            preview_token=request.POST.get("seen", "") or "?",
            proposal=row,
            across=bool(row.wanted.get("across")),
        )
    else:
        rows = row.wanted.get("rows", [])
        transfer, _new = split.split(
            origin, name=row.target_title, rows=rows, by=request.user, note=row.note, proposal=row
        )
    add_undo_message(
        request, transfer, gettext("Done: %(transfer)s.") % {"transfer": transfer.label}
    )
    return HttpResponseRedirect(request.path)


# --- What the page shows -----------------------------------------------------------------------


def _end_link(record: Publishable | None, title: str) -> str:
    """One of the two records, as a link where it still exists."""
    if record is None:
        return title
    address = reverse(f"admin:desk_{record.kind}_change", args=[record.pk])
    state = "" if record.state == WorkflowState.PUBLISHED else f", {record.get_state_display()}"
    return format_html('<a href="{}">{}</a>{}', address, record, state)


def _preview(
    row: Transfer, origin: Publishable | None, target: Publishable | None
) -> MergePreview | ProposedSplit | UndoPreview | dict[str, Any]:
    """What the transfer would move, or moved and would move back. Empty once it is declined."""
    if row.done_at is None:
        return {} if row.undone_at else _proposal(row, origin, target)
    if row.undone_at:
        return UndoPreview(moved=_moved_counts(row))
    reasons = undo.undo_errors(row, note="?")
    result = None if reasons else undo.preview_undo(row)
    return UndoPreview(
        moved=_moved_counts(row),
        reasons=reasons,
        undoing=result,
        count=len(result.restored) if result else 0,
    )


def _proposal(
    row: Transfer, origin: Publishable | None, target: Publishable | None
) -> MergePreview | ProposedSplit | dict[str, Any]:
    """What a proposal would move, as the rows are now."""
    if origin is None:
        return ProposedSplit(reasons=[_deleted(row.origin_title)])
    if row.how == TransferKind.MERGE:
        if target is None:
            return ProposedSplit(reasons=[_deleted(row.target_title)])
        typed = {"note": row.note, **({"across": "on"} if row.wanted.get("across") else {})}
        is_public = origin.state == WorkflowState.PUBLISHED
        return {**merge_preview(origin, target, typed=typed), "is_public": is_public}
    names = row.wanted.get("rows", [])
    going = [related for related in split.splittable_rows(origin) if related.name in names]
    return ProposedSplit(
        groups=grouped_rows(going),
        count=len(going),
        reasons=split.split_errors(origin, name=row.target_title, rows=names, note=row.note),
    )


def _moved_counts(row: Transfer) -> list[tuple[str, int]]:
    """(relation, number) of the rows that went over, and of those that did not need to."""
    counts: dict[str, int] = {}
    for moved_row in row.moved["rows"]:
        model = model_for_table(moved_row["table"])
        field = model._meta.get_field(next(iter(moved_row["fields"])).removesuffix("_id"))
        label = str(capfirst(relation_label(model, field.name)))
        counts[label] = counts.get(label, 0) + 1
    lines = list(counts.items())
    if row.moved["dropped"]:
        lines.append(
            (gettext("Not moved (duplicate or no longer valid)"), len(row.moved["dropped"]))
        )
    changed = [document for document in row.moved["documents"] if document["after"]]
    if changed:
        lines.append((gettext("Published documents that changed as well"), len(changed)))
    return lines


def _deleted(title: str) -> str:
    return gettext("“%(title)s” was deleted.") % {"title": title}
