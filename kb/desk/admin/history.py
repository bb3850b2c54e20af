"""The page "History" of one thing: every version that was saved, compared in words, put back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from kb.desk.admin.forms import is_primary_key
from kb.desk.models import AuditEntry, Publishable
from kb.desk.row_snapshots import current_names, snapshot_changes
from kb.desk.verbs.exceptions import ActionRefused
from kb.desk.verbs.restoring import restore
from kb.desk.verbs.saving import StaleVersion

VERSIONS_PER_PAGE = 20
# As many as can be chosen to compare; the address takes any.
MAX_CHOICES = 300


class HistoryMixin:
    """Puts the log of the desk in the place of Django's own history page."""

    object_history_template = "admin/desk/history.html"

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        """All versions, the newest first; ``old`` and ``new`` choose two to compare."""
        row = self.get_object(request, object_id) if is_primary_key(object_id) else None  # type: ignore[attr-defined]
        if row is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined,no-any-return]
        if not self.has_view_or_change_permission(request, row):  # type: ignore[attr-defined]
            raise PermissionDenied
        if request.method == "POST":
            return self._put_back(request, row)
        return render(request, self.object_history_template, self._versions(request, row))

    def _versions(self, request: HttpRequest, row: Publishable) -> dict[str, Any]:
        every = AuditEntry.objects.of(row.public_id).select_related("saved_by")
        page = Paginator(every, VERSIONS_PER_PAGE).get_page(request.GET.get("page"))
        shown = list(page.object_list)
        stated = every.filter(state__isnull=False)
        older = stated.filter(pk__lt=shown[-1].pk).first() if shown else None
        latest = stated.first()
        old, new = (self._chosen(request, stated, name) for name in ("old", "new"))
        states = [one.state for one in (*shown, older, old, new) if one and one.state]
        names = current_names(states)
        return {
            **self.admin_site.each_context(request),  # type: ignore[attr-defined]
            "title": f"History: {row}",
            "opts": self.opts,  # type: ignore[attr-defined]
            "original": row,
            "page": page,
            "lines": version_lines(row.kind, shown, older, names),
            "choices": stated.defer("state")[:MAX_CHOICES],
            "old": old,
            "new": new,
            "compared": snapshot_changes(row.kind, old.state, new.state, names)
            if old and new
            else [],
            "latest": latest,
            "may_restore": self.has_change_permission(request, row),  # type: ignore[attr-defined]
            "began_with": every.last(),
        }

    def _chosen(self, request: HttpRequest, stated: Any, name: str) -> AuditEntry | None:
        key = request.GET.get(name, "")
        return stated.filter(pk=key).first() if is_primary_key(key) else None

    def _put_back(self, request: HttpRequest, row: Publishable) -> HttpResponse:
        if not self.has_change_permission(request, row):  # type: ignore[attr-defined]
            raise PermissionDenied
        key, version = (request.POST.get(name, "") for name in ("edition", "version"))
        edition = (
            AuditEntry.objects.of(row.public_id)
            .filter(pk=key if is_primary_key(key) else 0)
            .first()
        )
        try:
            if edition is None:
                raise ActionRefused(["There is no such version to restore."])
            seen = int(version) if is_primary_key(version) else 0
            restore(row, edition, by=request.user, version=seen)
        except ActionRefused as refusal:
            for reason in refusal.reasons:
                messages.error(request, reason)
        except StaleVersion as stale:
            messages.error(request, str(stale))
        except IntegrityError:
            messages.error(request, "It cannot be restored: its place is taken by now.")
        else:
            said = f"“{row}” is on the desk as it was in version {edition.version}."
            messages.success(request, f"{said} Readers see it when you publish it.")
            address = reverse(f"admin:desk_{row.kind}_change", args=[row.pk])
            return HttpResponseRedirect(address)
        return HttpResponseRedirect(request.path)


def version_lines(
    kind: str, shown: list[AuditEntry], older: AuditEntry | None, names: dict[str, str]
) -> list[dict[str, Any]]:
    """Each version with the fields in which it differs from the one before it."""
    lines = []
    stated = [one for one in (*shown, older) if one and one.state is not None]
    for edition in shown:
        before = next((one for one in stated if one.pk < edition.pk), None)
        differing: list[Any] = []
        if edition.state is not None and before is not None:
            differing = snapshot_changes(kind, before.state, edition.state, names)
        lines.append({
            "edition": edition,
            "before": before if edition.state is not None else None,
            "is_first": edition.state is not None and before is None,
            "changes": differing,
        })  # fmt: skip
    return lines
