"""What waits on the desk, for its first page."""

from __future__ import annotations

from typing import Any

from django import template
from django.contrib import admin
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.text import capfirst

from kb.desk.admin.queue import waiting_for_review
from kb.desk.admin.todo_filters import TodoFilter
from kb.desk.documents import MODELS

register = template.Library()

# Beyond this many a list is long, and how long exactly is not worth counting.
MAX_COUNTED = 1000


@register.inclusion_tag("admin/desk/_waiting.html", takes_context=True)
def todo_lines(context: Any) -> dict[str, Any]:
    """Lines with a count and a link: the review queue, then what the lists still want.

    A query for each line, counted up to ``MOST_COUNTED``; none for what is not this editor's.
    """
    user = context["request"].user
    lines = []
    if user.has_perm("desk.change_statement"):
        url = reverse("admin:desk_approval_changelist")
        lines.append(
            {"said": "Waiting for review", "count": capped_count(waiting_for_review()), "url": url}
        )
    for kind, model in MODELS.items():
        if not user.has_perm(f"desk.change_{kind}"):
            continue
        needs = [one for one in admin.site._registry[model].list_filter if is_todo_filter(one)]
        for one in needs:
            for value, (words, rows) in one.wants.items():
                url = reverse(f"admin:desk_{kind}_changelist")
                name = capfirst(model._meta.verbose_name_plural)
                lines.append(
                    {
                        "said": f"{name} without {words}",
                        "count": capped_count(rows(model.objects.order_by())),
                        "url": f"{url}?{one.parameter_name}={value}",
                    }
                )
    return {"lines": lines}


def is_todo_filter(one: Any) -> bool:
    return isinstance(one, type) and issubclass(one, TodoFilter)


def capped_count(rows: QuerySet) -> str:
    """How many there are; "1,000+" beyond what is worth counting."""
    # A union cannot be cut off and counted; the queue is never that long.
    few = rows if rows.query.combinator else rows.values_list("pk")[: MAX_COUNTED + 1]
    count = few.count()
    return f"{MAX_COUNTED:,}+" if count > MAX_COUNTED else str(count)
