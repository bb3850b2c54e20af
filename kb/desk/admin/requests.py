"""The admin of requests for comment: who asked whom, and what became of it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kb.desk.admin.dates import date_column, date_reading_line
from kb.desk.admin.entries import CitationInline, EntryAdmin, LinkInline
from kb.desk.admin.entry_form import EntryForm
from kb.desk.admin.todo_filters import RequestTodoFilter
from kb.desk.models import Request
from kb.desk.models.requests import request_slug_words


class RequestForm(EntryForm):
    """A request. Its slug is made from who asked whom."""

    def slug_text(self, cleaned: dict[str, Any]) -> str:
        asked_by = str(cleaned.get("asked_by") or "")
        return request_slug_words(asked_by, [str(actor) for actor in cleaned.get("asked") or ()])


class RequestCitationInline(CitationInline):
    fk_name = "request"


class RequestLinkInline(LinkInline):
    fk_name = "request"


@admin.register(Request)
class RequestAdmin(EntryAdmin):
    form = RequestForm
    list_display = ["headline", "asked_on_words", "outcome", "state"]
    list_filter = [RequestTodoFilter, "state", "outcome", "incidents", "topics"]
    search_fields = ["slug", "text", "asked_by__name", "asked__name"]
    inlines = [RequestCitationInline, RequestLinkInline]
    date_readings = ("asked_on_reading", "no_reply_by_reading")
    parts = (
        (
            "",
            [
                ("asked_by", "asked"),
                ("asked_on", "outcome", "no_reply_by"),
                "asked_on_reading",
                "no_reply_by_reading",
                "answer",
                "text",
                "claims",
                "incidents",
            ],
        ),
    )
    rare_parts = (
        (
            _("Wording of the dates, times"),
            [
                ("asked_on_phrase", "asked_on_time", "asked_on_zone"),
                ("no_reply_by_phrase", "no_reply_by_time", "no_reply_by_zone"),
            ],
        ),
        (_("About, topics, address"), ["about", "topics", "slug"]),
    )
    asked_on_words = date_column("asked_on")
    asked_on_reading = date_reading_line("asked_on")
    no_reply_by_reading = date_reading_line("no_reply_by")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the names that the headline of each row is made from."""
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.select_related("asked_by").prefetch_related("asked")

    @admin.display(description=pgettext_lazy("field", "request"), ordering="slug")
    def headline(self, row: Request) -> str:
        return str(row)
