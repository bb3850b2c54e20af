"""The admin of sources."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from kb.desk.admin.article_text_field import USE_PERMISSION
from kb.desk.admin.base import DeskAdmin, DeskInline
from kb.desk.admin.dates import date_column, date_reading_line
from kb.desk.admin.quick_entry import (
    SourceForm,
    ask_for_copy,
    fetched_article,
    forget_fetched_article,
    save_new_publisher,
    selected_words_url,
)
from kb.desk.admin.source_checks import checks_line
from kb.desk.admin.source_from_page import SourceFromPage
from kb.desk.admin.todo_filters import SourceTodoFilter
from kb.desk.admin.workbench.facts import workbench_url
from kb.desk.admin.workbench.page import WorkbenchPage
from kb.desk.admin.workbench.texts import SourceTextPage
from kb.desk.models import Publishable, Source, SourceRelation
from kb.desk.verbs.source_texts import store_text


class SourceRelationInline(DeskInline):
    model = SourceRelation
    fk_name = "source"
    fields = [("parent", "derivation"), "note"]
    verbose_name_plural = _("earlier sources")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Model]:
        return super().get_queryset(request).select_related("parent")


@admin.register(Source)
class SourceAdmin(DeskAdmin):
    form = SourceForm
    list_display = ["title", "source_kind", "publisher", "published_words", "state"]
    list_filter = [SourceTodoFilter, "state", "source_kind", "parents__derivation", "language"]
    list_select_related = ["publisher"]
    search_fields = ["title", "url", "byline", "publisher__name", "slug"]
    inlines = [SourceRelationInline]
    date_readings = ("published_reading",)
    parts = (
        (
            "",
            [
                "title",
                "slug",
                "source_kind",
                "url",
                "publisher",
                "new_publisher",
                "byline",
                "language",
            ],
        ),
        (
            _("Published"),
            [
                ("published", "published_phrase", "published_time", "published_zone"),
                "published_reading",
            ],
        ),
        (_("Kept"), ["accessed_on", ("archive_url", "archived_on"), "checks"]),
        (_("Notes"), ["note"]),
    )
    published_words = date_column("published")
    published_reading = date_reading_line("published")
    checks = checks_line

    def get_readonly_fields(
        self, request: HttpRequest, obj: Publishable | None = None
    ) -> list[str]:
        return [*super().get_readonly_fields(request, obj), "checks"]

    def get_fieldsets(self, request: HttpRequest, obj: Publishable | None = None) -> Any:
        """The text is asked for with a new source; later it is changed on its own page."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is not None or not request.user.has_perm(USE_PERMISSION):
            return fieldsets
        first, *others = fieldsets
        text = (_("Text"), {"fields": ["article_text"]})
        return [first, text, *others]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, str | list[str]]:
        """What the address says, and the text of the page that was fetched for it."""
        initial = super().get_changeform_initial_data(request)
        return {**initial, "article_text": fetched_article(request, request.GET.get("url", ""))}

    def get_urls(self) -> list[URLPattern]:
        views = (
            ("from/", "from", SourceFromPage(self).view),
            ("<str:key>/workbench/", "workbench", WorkbenchPage(self).view),
            ("<str:key>/text/", "text", SourceTextPage(self).view),
        )
        return [
            path(route, self.admin_site.admin_view(view), name=f"desk_source_{name}")
            for route, name, view in views
        ] + super().get_urls()

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Publishable | None = None,
    ) -> HttpResponse:
        if isinstance(obj, Source):
            context["selected_words_url"] = selected_words_url(request, obj)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def save_model(
        self,
        request: HttpRequest,
        obj: Publishable,
        form: forms.ModelForm[Publishable],
        change: bool,
    ) -> None:
        if isinstance(obj, Source) and isinstance(form, SourceForm):
            save_new_publisher(request, obj, form)
        super().save_model(request, obj, form, change)
        if isinstance(obj, Source):
            ask_for_copy(request, obj)
            text = form.cleaned_data.get("article_text")
            if text and not change and request.user.has_perm(USE_PERMISSION):
                store_text(obj, text, by=request.user)
                forget_fetched_article(request)

    def response_add(
        self, request: HttpRequest, obj: Publishable, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Go on at the workbench if the text was pasted."""
        response = super().response_add(request, obj, post_url_continue)
        is_draft = "_save" in request.POST and "_popup" not in request.POST
        if is_draft and isinstance(obj, Source) and obj.texts.exists():
            return HttpResponseRedirect(workbench_url(obj))
        return response
