"""The admin of claims, with the positions that statements and sources take on them."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from kb.desk.admin.base import DeskAdmin, DeskInline
from kb.desk.admin.dates import date_reading_line
from kb.desk.admin.todo_filters import ClaimTodoFilter
from kb.desk.models import Proposition, Stance


class StanceInline(DeskInline):
    model = Stance
    fk_name = "proposition"
    shared_with = "statement"
    fields = [
        ("statement", "source"),
        ("position", "option", "actor"),
        "exact",
        ("number_bound", "number_low", "number_high"),
        ("dated", "dated_phrase", "dated_reading"),
        "note",
    ]
    readonly_fields = ["dated_reading"]
    dated_reading = date_reading_line("dated")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Model]:
        return super().get_queryset(request).select_related("proposition")


@admin.register(Proposition)
class PropositionAdmin(DeskAdmin):
    list_display = ["text", "question", "incident", "state"]
    list_filter = [ClaimTodoFilter, "state", "question", "incident"]
    list_select_related = ["incident"]
    search_fields = ["text", "slug", "incident__title"]
    prepopulated_fields = {"slug": ["text"]}
    inlines = [StanceInline]
    parts = (("", ["text", "slug", ("question", "unit"), "options", "incident", "events"]),)
