"""Deleting in the admin. It is refused while other rows depend on the record, and lists them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from kb.desk.admin.generics import ModelAdmin
from kb.desk.models import Publishable
from kb.desk.models.base import WorkflowState
from kb.desk.verbs.deleting import blocking_rows, delete
from kb.desk.verbs.exceptions import ActionRefused
from kb.desk.verbs.transfers.related_rows import RelatedRow

MAX_ROWS_LISTED = 20


class SafeDeleteMixin(ModelAdmin[Publishable]):
    """Deletes through ``verbs.deleting``, and lists the rows in the way with links."""

    def has_delete_permission(self, request: HttpRequest, obj: Publishable | None = None) -> bool:
        """A record that was ever published is withdrawn, never deleted."""
        if obj is not None and obj.state in (WorkflowState.PUBLISHED, WorkflowState.WITHDRAWN):
            return False
        return super().has_delete_permission(request, obj)

    def get_deleted_objects(
        self, objs: Sequence[Publishable] | QuerySet[Publishable], request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[Any]]:
        """Django's lists, except the last: the rows in the way are listed by relation."""
        rows = list(objs)
        to_delete, counts, permissions, _protected = super().get_deleted_objects(objs, request)
        blocking = [related for row in rows for related in blocking_rows(row, along=rows)]
        return to_delete, counts, permissions, related_row_lines(blocking)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        try:
            return super().delete_view(request, object_id, extra_context)
        except ActionRefused as refusal:
            return _refused(request, refusal)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        try:
            return super().changelist_view(request, extra_context)
        except ActionRefused as refusal:
            return _refused(request, refusal)

    def delete_model(self, request: HttpRequest, obj: Publishable) -> None:
        delete([obj], by=request.user)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Publishable]) -> None:
        delete(queryset, by=request.user)


def _refused(request: HttpRequest, refusal: ActionRefused) -> HttpResponse:
    """The same page again, with the reasons as messages."""
    for reason in refusal.reasons:
        messages.error(request, reason)
    return HttpResponseRedirect(request.path)


def related_row_lines(rows: Iterable[RelatedRow]) -> list[str | list[str]]:
    """Rows as nested lists: "3 × citations of it", then links to the pages they are edited on."""
    lines: list[str | list[str]] = []
    for label, group in rows_by_relation(rows).items():
        lines.append(f"{len(group)} × {label}")
        links: list[str] = [edit_link(row) for row in group[:MAX_ROWS_LISTED]]
        more = len(group) - MAX_ROWS_LISTED
        lines.append([*links, *([_("and %(more)s more") % {"more": more}] if more > 0 else [])])
    return lines


def rows_by_relation(rows: Iterable[RelatedRow]) -> dict[str, list[RelatedRow]]:
    """The rows by their relation to the record, in their order."""
    groups: dict[str, list[RelatedRow]] = {}
    for row in rows:
        groups.setdefault(str(capfirst(row.label)), []).append(row)
    return groups


def edit_page(related: RelatedRow) -> tuple[str, str, str]:
    """The address of the page on which a row is edited, that page's title, and the row's words.

    The words are "" where they would repeat the title.
    """
    owner = related.owners()[0]
    address = reverse(f"admin:desk_{owner.kind}_change", args=[owner.pk])
    is_part = owner != related.row and not type(related.row)._meta.auto_created
    words = str(related.row) if is_part else ""
    return address, str(owner), "" if words == str(owner) else words


def edit_link(related: RelatedRow) -> SafeString:
    """A row, as a link to the page on which it is edited."""
    address, title, words = edit_page(related)
    link = format_html('<a href="{}">{}</a>', address, title)
    return format_html("{}: {}", link, words) if words else link
