"""The admin of what the timeline consists of: events and statements, and how they are grouped."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.options import InlineModelAdmin
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from kb.desk.admin.base import DeskAdmin, DeskInline
from kb.desk.admin.dates import date_column, date_reading_line
from kb.desk.admin.entry_form import EntryForm
from kb.desk.admin.forms import DeskForm
from kb.desk.admin.link_forms import LinkFormSet
from kb.desk.admin.preview import EntryPreview
from kb.desk.admin.quick_entry import initial_from_source, next_form_url, requested_source
from kb.desk.admin.quoting import QuotedOnceFormSet
from kb.desk.admin.todo_filters import EventTodoFilter, StatementTodoFilter
from kb.desk.models import (
    AccountOf,
    Citation,
    EntryLink,
    Event,
    Figure,
    Participation,
    Publishable,
    Request,
    Statement,
)


class CitationInline(DeskInline):
    """The evidence. No entry is published without a citation that supports it."""

    model = Citation
    fields = [
        ("source", "bearing", "via"),
        "exact",
        ("locator", "position"),
        ("language", "translator"),
        "note",
    ]

    def get_extra(self, request: HttpRequest, obj: Publishable | None = None, **kwargs: Any) -> int:
        return 0 if isinstance(obj, Event | Statement | Request) and obj.citations.exists() else 1

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[models.Model]:
        return super().get_queryset(request).select_related("source")


class EventCitationInline(CitationInline):
    fk_name = "event"


class StatementCitationInline(CitationInline):
    fk_name = "statement"
    formset = QuotedOnceFormSet
    fields = [
        ("source", "bearing", "via"),
        "exact",
        ("quoted", "wording", "language", "translator"),
        ("locator", "position"),
        ("said", "said_phrase", "said_time", "said_zone", "addressee"),
        "note",
    ]


class LinkInline(DeskInline):
    """What the entry is to other entries: it follows them, answers them and so on."""

    model = EntryLink
    formset = LinkFormSet
    fields = [
        ("link_kind", "to_event", "to_statement", "to_request"),
        ("source", "inferred"),
        "exact",
    ]
    verbose_name = "link to another entry"
    verbose_name_plural = "links to other entries"

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[models.Model]:
        rows = super().get_queryset(request)
        return rows.select_related("to_event", "to_statement", "to_request", "source")


class EventLinkInline(LinkInline):
    fk_name = "event"


class StatementLinkInline(LinkInline):
    fk_name = "statement"


class AccountOfInline(DeskInline):
    model = AccountOf
    fk_name = "event"
    fields = [("statement", "source")]
    verbose_name = "account"
    verbose_name_plural = "according to"

    def get_extra(self, request: HttpRequest, obj: Publishable | None = None, **kwargs: Any) -> int:
        return 0 if isinstance(obj, Event) and obj.according_to.exists() else 1

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[models.Model]:
        return super().get_queryset(request).select_related("statement", "source")


class FigureInline(DeskInline):
    model = Figure
    fk_name = "event"
    fields = [
        ("label", "number_bound", "number_low", "number_high", "unit"),
        ("source", "locator"),
        "exact",
    ]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[models.Model]:
        return super().get_queryset(request).select_related("source")


class ParticipationInline(DeskInline):
    model = Participation
    fk_name = "event"
    fields = [("actor", "role")]
    verbose_name = "participant"
    verbose_name_plural = "participants"

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[models.Model]:
        return super().get_queryset(request).select_related("actor")


class EntryAdmin(DeskAdmin):
    """What entries have besides: a preview, warnings, and entry by source.

    ``?source=`` in the address of an empty form fills it in from that source, and the button
    "Save, and add another" leads on to the next entry from the same source. The work is done in
    ``preview`` and ``quick_entry``.
    """

    form = EntryForm

    class Media:
        css = {"all": ["css/faces.css"]}
        js = ["admin_desk/preview.js"]

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(EntryPreview(self).view)
        name = f"desk_{self.opts.model_name}_card"
        return [path("card/", view, name=name), *super().get_urls()]

    def get_form(
        self,
        request: HttpRequest,
        obj: Publishable | None = None,
        change: bool = False,
        **kwargs: Any,
    ) -> type[DeskForm]:
        form_class = super().get_form(request, obj, change, **kwargs)
        if issubclass(form_class, EntryForm):
            form_class.address_source = request.GET.get("source", "")
        return form_class

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, str | list[str]]:
        initial = super().get_changeform_initial_data(request)
        return initial_from_source(self.model, requested_source(request), initial)

    def get_formset_kwargs(
        self,
        request: HttpRequest,
        obj: Publishable,
        inline: InlineModelAdmin[Any, Publishable],
        prefix: str,
    ) -> dict[str, Any]:
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        # Not for a form that was sent: a row that equals its initial data would not be saved.
        if request.method == "GET" and not obj.pk and inline.model in (Citation, AccountOf):
            source = requested_source(request)
            if source is not None:
                words = request.GET.get("exact", "") if inline.model is Citation else ""
                kwargs["initial"] = [{"source": source.pk} | ({"exact": words} if words else {})]
        return kwargs

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Publishable | None = None,
    ) -> HttpResponse:
        context["again"] = f"Save and add another {self.opts.verbose_name} from this source"
        EntryPreview(self).add_to_context(context, obj)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def response_add(
        self, request: HttpRequest, obj: Publishable, post_url_continue: str | None = None
    ) -> HttpResponse:
        if "_again" in request.POST:
            return _to_next_form(request, obj)
        return super().response_add(request, obj, post_url_continue)

    def response_change(self, request: HttpRequest, obj: Publishable) -> HttpResponse:
        if "_again" in request.POST:
            return _to_next_form(request, obj)
        return super().response_change(request, obj)


def _to_next_form(request: HttpRequest, row: Publishable) -> HttpResponse:
    """To an empty form with what the next entry from the same source shares with this one."""
    address = reverse(f"admin:desk_{row.kind}_change", args=[row.pk])
    message = format_html(
        '<a href="{}">{}</a> was saved. You can add another one below.', address, row
    )
    messages.success(request, message)
    return HttpResponseRedirect(next_form_url(row))


@admin.register(Event)
class EventAdmin(EntryAdmin):
    list_display = ["title", "happened_words", "standing", "state"]
    list_filter = [EventTodoFilter, "state", "standing", "incidents", "topics"]
    search_fields = ["title", "summary", "slug"]
    inlines = [
        AccountOfInline,
        ParticipationInline,
        EventCitationInline,
        FigureInline,
        EventLinkInline,
    ]
    date_readings = ("happened_reading",)
    parts = (
        ("", ["title", "slug", "standing", "summary"]),
        (
            "When",
            [("happened", "happened_phrase", "happened_time", "happened_zone"), "happened_reading"],
        ),
        ("Where", [("place_name", "place_wikidata"), ("latitude", "longitude")]),
        ("Part of", ["incidents", "topics"]),
    )
    happened_words = date_column("happened")
    happened_reading = date_reading_line("happened")


@admin.register(Statement)
class StatementAdmin(EntryAdmin):
    class Media:
        js = ["admin_desk/quotation.js"]

    list_display = ["headline", "voice", "said_words", "form", "state"]
    list_filter = [
        StatementTodoFilter,
        "state",
        "form",
        "citations__wording",
        "attribution",
        "incidents",
        "topics",
    ]
    list_select_related = ["speaker"]
    search_fields = ["headline", "text", "original_text", "speaker__name", "speaker_label", "slug"]
    inlines = [StatementCitationInline, StatementLinkInline]
    date_readings = ("said_reading",)
    parts = (
        (
            "Speaker → on behalf of → addressees → outlet",
            [
                ("speaker", "speaker_label"),
                ("attribution", "role_as_of", "identity"),
                "joint_speakers",
                ("on_behalf_of", "attributed_by"),
                "joint_principals",
                ("same_speaker", "same_speaker_certainty"),
                "addressees",
                "channel",
            ],
        ),
        (
            "Text of the statement",
            [
                "headline",
                "slug",
                "form",
                "text",
                "override_reason",
                "language",
                "original_text",
                "original_language",
            ],
        ),
        ("When", [("said", "said_phrase", "said_time", "said_zone"), "said_reading"]),
        ("Where", [("place_name", "place_wikidata"), ("latitude", "longitude")]),
        ("About", ["about", "in_reply_to", "incidents", "topics"]),
    )
    said_words = date_column("said")
    said_reading = date_reading_line("said")

    @admin.display(description="who", ordering="speaker__name")
    def voice(self, row: Statement) -> str:
        return str(row.speaker or row.speaker_label)
