"""The list of merges and splits; and of each, what moved, deciding on it, and undoing it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import capfirst

from kb.desk.admin.forms import is_primary_key
from kb.desk.admin.merging import BUSY, add_undo_message, clean_note, grouped_rows, merge_preview
from kb.desk.admin.review import PUBLISH
from kb.desk.models import Transfer
from kb.desk.models.base import WorkflowState
from kb.desk.models.log import TransferKind
from kb.desk.verbs.exceptions import ActionRefused
from kb.desk.verbs.transfers import split, undo
from kb.desk.verbs.transfers.merge import merge, needs_second_person
from kb.desk.verbs.transfers.related_rows import model_for_table, relation_label

RIGHT = "desk.change_statement"


@admin.register(Transfer)
class TransferAdmin(admin.ModelAdmin):
    """Read, decided and undone here; made from the pages of things."""

    list_display = ["what", "standing", "asked_by", "done_by", "when"]
    list_filter = ["how", "kind"]
    list_select_related = ["asked_by", "done_by", "undone_by"]
    search_fields = ["origin_title", "target_title", "note"]
    list_per_page = 50
    show_full_result_count = False
    actions = None

    class Media:
        css = {"all": ["admin_desk/desk.css"]}

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm(RIGHT)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description="what", ordering="origin_title")
    def what(self, row: Transfer) -> str:
        return capfirst(str(row).removeprefix("the "))

    @admin.display(description="how it stands")
    def standing(self, row: Transfer) -> str:
        if row.undone_at:
            return "undone" if row.done_at else "turned down"
        return "done" if row.done_at else "waits for somebody else"

    @admin.display(description="when", ordering="asked_at")
    def when(self, row: Transfer) -> str:
        return f"{row.undone_at or row.done_at or row.asked_at:%-d %B %Y, %H:%M} UTC"

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """One merge or split: what moved or would move, and the buttons that one may press."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = Transfer.objects.filter(pk=object_id).first() if is_primary_key(object_id) else None
        if row is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined,no-any-return]
        if request.method == "POST":
            done = self._decided(request, row)
            if done is not None:
                return done
            row.refresh_from_db()
        return render(request, "admin/desk/transfer.html", self._shown(request, row))

    def _shown(self, request: HttpRequest, row: Transfer) -> dict[str, Any]:
        origin, target = undo.stored_ends(row)
        ctx = {
            **self.admin_site.each_context(request),
            "title": capfirst(str(row)),
            "opts": self.opts,
            "transfer": row,
            "ends": [_end(origin, row.origin_title), _end(target, row.target_title)],
            "is_public": undo.is_transfer_public(row),
            "is_merge": row.how == TransferKind.MERGE,
            "standing": self.standing(row),
            "typed": request.POST,
            "may_decide": self._may_decide(request, row, origin),
            "may_undo": self._may_undo(request, row),
        }
        if row.done_at is None:
            return ctx | (_wanted(row, origin, target) if row.undone_at is None else {})
        ctx |= {"moved": _moved(row)}
        if row.undone_at is None:
            reasons = undo.undo_errors(row, note="?")
            found = None if reasons else undo.preview_undo(row)
            ctx |= {
                "reasons": reasons,
                "undoing": found,
                "count": len(found.restored) if found else 0,
            }
        return ctx

    def _may_decide(self, request: HttpRequest, row: Transfer, origin: Any) -> bool:
        if row.done_at or row.undone_at or not request.user.has_perm(PUBLISH):
            return False
        is_own = row.asked_by_id == request.user.pk
        return origin is not None and not (is_own and needs_second_person(origin))

    def _may_undo(self, request: HttpRequest, row: Transfer) -> bool:
        if not row.done_at or row.undone_at:
            return False
        right = PUBLISH if undo.is_transfer_public(row) else f"desk.change_{row.kind}"
        return request.user.has_perm(right)

    def _decided(self, request: HttpRequest, row: Transfer) -> HttpResponse | None:
        """Do what the button says; None where it was refused or says nothing."""
        try:
            note = clean_note(request.POST.get("note", ""))
            if "_undo" in request.POST:
                return self._undone(request, row, note)
            if "_decline" in request.POST:
                return self._declined(request, row)
            if "_do" in request.POST:
                return self._done(request, row)
        except ActionRefused as refusal:
            for reason in refusal.reasons:
                messages.error(request, reason)
        except OperationalError:
            messages.error(request, BUSY)
        return None

    def _undone(self, request: HttpRequest, row: Transfer, note: str) -> HttpResponse:
        if row.done_at and not row.undone_at and not self._may_undo(request, row):
            raise PermissionDenied
        found = undo.undo_transfer(row, by=request.user, note=note)
        messages.success(request, f"Undone: {len(found.restored)} went back.")
        for line in found.unchanged:
            messages.warning(request, line)
        return HttpResponseRedirect(request.path)

    def _declined(self, request: HttpRequest, row: Transfer) -> HttpResponse:
        is_own = row.asked_by_id == request.user.pk
        if not (is_own or request.user.has_perm(PUBLISH)):
            raise PermissionDenied
        undo.decline_transfer(row, by=request.user)
        messages.success(request, "Turned down: nothing was moved.")
        return HttpResponseRedirect(request.path)

    def _done(self, request: HttpRequest, row: Transfer) -> HttpResponse:
        origin, target = undo.stored_ends(row)
        if row.done_at or row.undone_at or origin is None:
            raise ActionRefused(["It was decided already."])
        if not self._may_decide(request, row, origin):
            raise PermissionDenied
        if row.how == TransferKind.MERGE:
            if target is None:
                raise ActionRefused([f"“{row.target_title}” was deleted."])
            seen = request.POST.get("seen", "") or "?"
            done = merge(
                origin, into=target, by=request.user, note=row.note, preview_token=seen,
                proposal=row, across=bool(row.wanted.get("across")),
            )  # fmt: skip
        else:
            rows = row.wanted.get("rows", [])
            done, _new = split.split(
                origin,
                name=row.target_title,
                rows=rows,
                by=request.user,
                note=row.note,
                proposal=row,
            )
        add_undo_message(request, done, f"Done: {done}.")
        return HttpResponseRedirect(request.path)


def _end(thing: Any, title: str) -> str:
    """One of the two things, as a link where it is still there."""
    if thing is None:
        return title
    address = reverse(f"admin:desk_{thing.kind}_change", args=[thing.pk])
    state = "" if thing.state == WorkflowState.PUBLISHED else f", {thing.get_state_display()}"
    return format_html('<a href="{}">{}</a>{}', address, thing, state)


def _wanted(row: Transfer, origin: Any, target: Any) -> dict[str, Any]:
    """What a proposal would move, as things are now."""
    if origin is None:
        return {"reasons": [f"“{row.origin_title}” was deleted."]}
    if row.how == TransferKind.MERGE:
        if target is None:
            return {"reasons": [f"“{row.target_title}” was deleted."]}
        typed = {"note": row.note, **({"across": "on"} if row.wanted.get("across") else {})}
        is_public = origin.state == WorkflowState.PUBLISHED
        return merge_preview(origin, target, typed=typed) | {"is_public": is_public}
    wanted = row.wanted.get("rows", [])
    going = [one for one in split.splittable_rows(origin) if one.name in wanted]
    name, note = row.target_title, row.note
    return {
        "groups": grouped_rows(going),
        "count": len(going),
        "reasons": split.split_errors(origin, name=name, rows=wanted, note=note),
    }


def _moved(row: Transfer) -> list[tuple[str, int]]:
    """(what, how many) of the rows that went over, and of those that were there already."""
    counts: dict[str, int] = {}
    for one in row.moved["rows"]:
        model = model_for_table(one["table"])
        field = model._meta.get_field(next(iter(one["fields"])).removesuffix("_id"))
        said = relation_label(model, field.name)
        counts[capfirst(said)] = counts.get(capfirst(said), 0) + 1
    found = list(counts.items())
    if row.moved["dropped"]:
        found.append(("Were there already, or had no place any more", len(row.moved["dropped"])))
    changed = [one for one in row.moved["documents"] if one["after"]]
    if changed:
        found.append(("Published documents that followed", len(changed)))
    return found
