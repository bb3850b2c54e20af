"""Columns and filters of every list: the source of an entry, and who saved a row last, and when."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kb.desk.admin.forms import is_primary_key
from kb.desk.admin.generics import ModelAdmin
from kb.desk.models import Citation, Publishable, Source

CITING_KINDS = ("event", "statement", "request")
MAX_ACCOUNTS_LISTED = 50


class SavedByFilter(admin.SimpleListFilter):
    """Rows that one account saved last: one's own, or those of somebody else."""

    title = gettext_lazy("saved by")
    parameter_name = "by"

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]
    ) -> list[tuple[str, str]]:
        accounts = get_user_model()._default_manager.filter(is_staff=True, is_active=True)
        others = accounts.exclude(pk=request.user.pk or 0).order_by("username")[
            :MAX_ACCOUNTS_LISTED
        ]
        return [(str(request.user.pk), _("me")), *((str(row.pk), str(row)) for row in others)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        key = self.value() or ""
        return queryset.filter(updated_by=key) if is_primary_key(key) else queryset


class SourceFilter(admin.SimpleListFilter):
    """Entries that cite one source. It is shown where an address names the source."""

    title = gettext_lazy("source")
    parameter_name = "source"

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]
    ) -> list[tuple[str, str]]:
        key = request.GET.get(self.parameter_name, "")
        source = Source.objects.filter(pk=key).first() if is_primary_key(key) else None
        return [(key, str(source))] if source else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        key = self.value() or ""
        return queryset.filter(citations__source=key).distinct() if key else queryset


class ListColumnsMixin(ModelAdmin[Publishable]):
    """Adds the columns and filters to those that an admin class declares."""

    def _has_sources(self) -> bool:
        return self.opts.model_name in CITING_KINDS

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        columns = ["first_source"] if self._has_sources() else []
        return [*super().get_list_display(request), *columns, "saved_by", "saved_at"]

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        filters: list[Any] = [SavedByFilter, "updated_at"]
        if self._has_sources():
            filters.append(SourceFilter)
        return [*super().get_list_filter(request), *filters]

    def get_list_select_related(self, request: HttpRequest) -> list[str]:
        joins = super().get_list_select_related(request)
        return [*(joins if isinstance(joins, list | tuple) else ()), "updated_by"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        if not self._has_sources():
            return rows
        citations = Citation.objects.filter(**{str(self.opts.model_name): OuterRef("pk")})
        title = Subquery(citations.order_by("pk").values("source__title")[:1])
        annotated: QuerySet[Any] = rows.annotate(source_title=title)
        return annotated

    @admin.display(description=gettext_lazy("source"), ordering="source_title")
    def first_source(self, row: Any) -> str:
        return row.source_title or "–"

    @admin.display(description=gettext_lazy("saved by"), ordering="updated_by")
    def saved_by(self, row: Publishable) -> str:
        return str(row.updated_by or _("a command"))

    @admin.display(description=gettext_lazy("last saved"), ordering="updated_at")
    def saved_at(self, row: Publishable) -> str:
        return f"{row.updated_at:%d %B %Y, %H:%M}"
