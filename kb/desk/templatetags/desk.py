"""What is left to do, for the first page of the desk, and the bookmark that begins a source."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypedDict

from django import template
from django.contrib import admin
from django.db.models import QuerySet
from django.template import Context
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from kb.desk.admin.dashboard import DashboardContext, dashboard_context
from kb.desk.admin.queue import waiting_for_review
from kb.desk.admin.quick_entry import bookmark_script
from kb.desk.admin.todo_filters import TodoFilter
from kb.desk.documents import MODELS
from kb.desk.models import Publishable, Transfer
from kb.record.pending_index import pending_count

register = template.Library()

# Rows beyond this number are not counted.
MAX_COUNTED = 1000


class TodoLine(TypedDict):
    """One line: what is left to do, how often, and the list of it."""

    label: str
    count: str
    url: str


class TodoContext(TypedDict):
    """What is left to do, and how many entries are still found by the earlier name of a record."""

    lines: list[TodoLine]
    pending_entries: str


@register.inclusion_tag("admin/desk/_dashboard.html", takes_context=True)
def dashboard(context: Context) -> DashboardContext:
    """The lists of the account: drafts, and what waits for it or for others."""
    return dashboard_context(context["request"].user)


@register.inclusion_tag("admin/desk/_todo_lines.html", takes_context=True)
def todo_lines(context: Context) -> TodoContext:
    """Lines with a count and a link: the review queue, then what the rows of each list lack.

    A query for each line, counted up to ``MAX_COUNTED``; none for what this account cannot change.
    """
    user = context["request"].user
    lines = []
    if user.has_perm("desk.change_statement"):
        lines.append(
            TodoLine(
                label=_("In review"),
                count=capped_count(waiting_for_review()),
                url=reverse("admin:desk_approval_changelist"),
            )
        )
        lines.append(
            TodoLine(
                label=_("Merges and splits that wait for a second person"),
                count=capped_count(Transfer.objects.proposed().order_by()),
                url=reverse("admin:desk_transfer_changelist"),
            )
        )
    for kind, model in MODELS.items():
        if not user.has_perm(f"desk.change_{kind}"):
            continue
        changelist_url = reverse(f"admin:desk_{kind}_changelist")
        name = capfirst(str(model._meta.verbose_name_plural))
        for todo_filter in todo_filters_of(model):
            lines += [
                TodoLine(
                    label=_("%(name)s without %(label)s") % {"name": name, "label": label},
                    count=capped_count(select(model.objects.order_by())),
                    url=f"{changelist_url}?{todo_filter.parameter_name}={value}",
                )
                for value, (label, select) in todo_filter.selections.items()
            ]
    return {"lines": lines, "pending_entries": capped_number(pending_count(MAX_COUNTED))}


@register.simple_tag(takes_context=True)
def bookmark_url(context: Context) -> str:
    """The address of the bookmark that begins a source with the page that a browser shows."""
    page_url: str = context["request"].build_absolute_uri(reverse("admin:desk_source_from"))
    return bookmark_script(page_url)


def todo_filters_of(model: type[Publishable]) -> Iterator[type[TodoFilter]]:
    """The to-do filters of a model's list in the admin."""
    for list_filter in admin.site._registry[model].list_filter:
        if isinstance(list_filter, type) and issubclass(list_filter, TodoFilter):
            yield list_filter


def capped_count(rows: QuerySet[Any, Any]) -> str:
    """The number of rows; "1,000+" beyond ``MAX_COUNTED``."""
    # A union cannot be sliced and counted. The review queue, the only union, is never that long.
    few = rows if rows.query.combinator else rows.values_list("pk")[: MAX_COUNTED + 1]
    return capped_number(few.count()) or "0"


def capped_number(count: int) -> str:
    """A number, "1,000+" beyond ``MAX_COUNTED``, "" for none."""
    if count > MAX_COUNTED:
        return f"{MAX_COUNTED:,}+"
    return str(count) if count else ""
