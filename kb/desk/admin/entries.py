"""The admin of what the timeline consists of: events and statements, and how they are grouped."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin.options import InlineModelAdmin
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kb.desk.admin.base import DeskAdmin, DeskInline
from kb.desk.admin.dates import date_column, date_reading_line
from kb.desk.admin.entry_form import EntryForm
from kb.desk.admin.forms import DeskForm
from kb.desk.admin.link_forms import LinkFormSet
from kb.desk.admin.preview import EntryPreview
from kb.desk.admin.publishing_buttons import PUBLISH_NEXT, press_button
from kb.desk.admin.quick_entry import initial_from_source, next_form_url, requested_source
from kb.desk.admin.quoting import QuotedOnceFormSet
from kb.desk.admin.report_words import initial_from_report, words_of_source
from kb.desk.admin.statement_form import StatementEntryForm
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
    fields = [("source", "bearing", "locator"), "exact"]
    rare_fields: ClassVar[tuple[str | tuple[str, ...], ...]] = (
        ("via", "position"),
        ("language", "translator"),
        "note",
    )

    def get_extra(self, request: HttpRequest, obj: Publishable | None = None, **kwargs: Any) -> int:
        return 0 if isinstance(obj, Event | Statement | Request) and obj.citations.exists() else 1

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[models.Model]:
        return super().get_queryset(request).select_related("source", "via")


class EventCitationInline(CitationInline):
    fk_name = "event"


class StatementCitationInline(CitationInline):
    fk_name = "statement"
    formset = QuotedOnceFormSet
    fields = [("source", "bearing", "locator"), "exact", ("wording", "quoted")]
    rare_fields = (
        ("via", "position"),
        ("language", "translator"),
        ("said", "said_phrase", "said_time", "said_zone"),
        "addressee",
        "note",
    )


class LinkInline(DeskInline):
    """What the entry is to other entries: it follows them, answers them and so on."""

    model = EntryLink
    formset = LinkFormSet
    fields = [
        ("link_kind", "to_event", "to_statement", "to_request"),
        ("source", "inferred"),
        "exact",
    ]
    verbose_name = _("link to another entry")
    verbose_name_plural = _("links to other entries")

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
    verbose_name = _("account")
    verbose_name_plural = _("according to")

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
    verbose_name = _("participant")
    verbose_name_plural = _("participants")

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
        source = requested_source(request)
        initial = initial_from_report(request, self.model, source, initial)
        return initial_from_source(self.model, source, initial)

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
                words = words_of_source(request, source) if inline.model is Citation else ""
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
        context["again"] = _("Save and next from this source")
        EntryPreview(self).add_to_context(context, obj)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def response_add(
        self, request: HttpRequest, obj: Publishable, post_url_continue: str | None = None
    ) -> HttpResponse:
        if next_form := self._next_form(request, obj):
            return next_form
        return super().response_add(request, obj, post_url_continue)

    def response_change(self, request: HttpRequest, obj: Publishable) -> HttpResponse:
        if next_form := self._next_form(request, obj):
            return next_form
        return super().response_change(request, obj)

    def _next_form(self, request: HttpRequest, obj: Publishable) -> HttpResponse | None:
        """The next form, if a button for it was pressed; this form if publishing was refused."""
        if PUBLISH_NEXT in request.POST:
            is_published = press_button(request, obj)
            return _to_next_form(request, obj) if is_published else self._form_again(obj)
        return _to_next_form(request, obj) if "_again" in request.POST else None


def _to_next_form(request: HttpRequest, row: Publishable) -> HttpResponse:
    """To an empty form with what the next entry from the same source shares with this one."""
    address = reverse(f"admin:desk_{row.kind}_change", args=[row.pk])
    message = format_html(
        gettext("{link} was saved. You can add another one below."),
        link=format_html('<a href="{}">{}</a>', address, row),
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
    parts = (("", ["title", ("happened", "standing"), "happened_reading", "summary", "incidents"]),)
    rare_parts = (
        (
            _("Wording of the date, time, place"),
            [
                ("happened_phrase", "happened_time", "happened_zone"),
                ("place_name", "place_wikidata"),
                ("latitude", "longitude"),
            ],
        ),
        (_("Topics, address"), ["topics", "slug"]),
    )
    happened_words = date_column("happened")
    happened_reading = date_reading_line("happened")


@admin.register(Statement)
class StatementAdmin(EntryAdmin):
    form = StatementEntryForm

    class Media:
        js = ["admin_desk/quotation.js", "admin_desk/defaults.js"]

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
            "",
            [
                "text",
                ("speaker", "role_as_of", "on_behalf_of"),
                ("speaker_label", "attribution", "addressees"),
                ("said", "form", "channel"),
                "said_reading",
                "headline",
                "incidents",
            ],
        ),
    )
    rare_parts = (
        (_("Answers, about, topics"), [("in_reply_to", "about"), "topics"]),
        (
            _("Several speakers, uncertain speaker, reported speech"),
            [
                ("joint_speakers", "joint_principals"),
                ("attributed_by", "identity"),
                ("same_speaker", "same_speaker_certainty"),
            ],
        ),
        (
            _("Language, original text, reason to publish without the negation"),
            [("language", "original_language"), "original_text", "override_reason"],
        ),
        (
            _("Wording of the date, time, place, address"),
            [
                ("said_phrase", "said_time", "said_zone"),
                ("place_name", "place_wikidata"),
                ("latitude", "longitude"),
                "slug",
            ],
        ),
    )
    said_words = date_column("said")
    said_reading = date_reading_line("said")

    @admin.display(description=_("who"), ordering="speaker__name")
    def voice(self, row: Statement) -> str:
        return str(row.speaker or row.speaker_label)
