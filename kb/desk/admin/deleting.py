"""Deleting on the desk: refused while anything rests on the thing, and it says what."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from kb.desk.models import Publishable
from kb.desk.models.base import WorkflowState
from kb.desk.verbs.deleting import blocking_rows, delete
from kb.desk.verbs.exceptions import ActionRefused
from kb.desk.verbs.transfers.related_rows import RelatedRow

MAX_ROWS_LISTED = 20


class SafeDeleteMixin:
    """Adds to the admin of one kind: a list in words of what stands in the way of deleting it."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What has been on the record is withdrawn, never deleted."""
        if obj is not None and obj.state in (WorkflowState.PUBLISHED, WorkflowState.WITHDRAWN):
            return False
        return bool(super().has_delete_permission(request, obj))  # type: ignore[misc]

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[Any, ...]:
        """As Django has it; but what is in the way is said by what it is, with links."""
        things = list(objs)
        to_delete, counts, perms, _protected = super().get_deleted_objects(objs, request)  # type: ignore[misc]
        blocking = [one for thing in things for one in blocking_rows(thing, along=things)]
        return to_delete, counts, perms, related_row_lines(blocking)

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().delete_view(request, *args, **kwargs)  # type: ignore[misc]
        except ActionRefused as refusal:
            return self._not_deleted(request, refusal)

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().changelist_view(request, *args, **kwargs)  # type: ignore[misc]
        except ActionRefused as refusal:
            return self._not_deleted(request, refusal)

    def _not_deleted(self, request: HttpRequest, refusal: ActionRefused) -> HttpResponse:
        for reason in refusal.reasons:
            messages.error(request, reason)
        return HttpResponseRedirect(request.path)

    def delete_model(self, request: HttpRequest, obj: Publishable) -> None:
        delete([obj], by=request.user)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        delete(queryset, by=request.user)


def related_row_lines(rows: Iterable[RelatedRow]) -> list[Any]:
    """What rests on a thing as nested lists: "3 citations of it", and the pages they are on."""
    groups = rows_by_relation(rows)
    lines: list[Any] = []
    for said, some in groups.items():
        lines.append(f"{len(some)} × {said}")
        named = [edit_link(one) for one in some[:MAX_ROWS_LISTED]]
        more = len(some) - MAX_ROWS_LISTED
        lines.append([*named, *([f"and {more} more"] if more > 0 else [])])
    return lines


def rows_by_relation(rows: Iterable[RelatedRow]) -> dict[str, list[RelatedRow]]:
    """The rows by what they are to the thing, in their order."""
    groups: dict[str, list[RelatedRow]] = {}
    for one in rows:
        groups.setdefault(capfirst(one.label), []).append(one)
    return groups


def edit_page(one: RelatedRow) -> tuple[str, str, str]:
    """The address of the page on which a row is edited, that page's title, and the row's words.

    The words are "" where they would say the title again.
    """
    owner = one.owners()[0]
    address = reverse(f"admin:desk_{owner.kind}_change", args=[owner.pk])
    is_part = owner != one.row and not type(one.row)._meta.auto_created
    words = str(one.row) if is_part else ""
    return address, str(owner), "" if words == str(owner) else words


def edit_link(one: RelatedRow) -> SafeString:
    """A row, as a link to the page on which it is edited."""
    address, title, words = edit_page(one)
    link = format_html('<a href="{}">{}</a>', address, title)
    return format_html("{}: {}", link, words) if words else link
