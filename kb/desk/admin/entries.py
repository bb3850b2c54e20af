"""The pages of what the timeline is made of: events and statements, and how they are grouped."""

from typing import Any

from django.contrib import admin

from kb.desk.admin.base import DeskAdmin, DeskInline, date_column, date_reading_line
from kb.desk.admin.preview import PreviewMixin
from kb.desk.admin.quick_entry import SourceFirstMixin
from kb.desk.admin.todo_filters import EventTodoFilter, StatementTodoFilter
from kb.desk.models import Citation, Event, Incident, Participation, Statement, Topic


class CitationInline(DeskInline):
    """Why we may say so. Nothing is published without one that supports it."""

    model = Citation
    fields = [("source", "bearing"), "exact", "locator", "note"]

    def get_extra(self, request: Any, obj: Any = None, **kwargs: Any) -> int:
        return 0 if obj and obj.citations.exists() else 1

    def get_queryset(self, request: Any) -> Any:
        return super().get_queryset(request).select_related("source")


class EventCitationInline(CitationInline):
    fk_name = "event"


class StatementCitationInline(CitationInline):
    fk_name = "statement"


class ParticipationInline(DeskInline):
    model = Participation
    fk_name = "event"
    fields = [("actor", "role")]
    verbose_name = "part taken"
    verbose_name_plural = "who took part"

    def get_queryset(self, request: Any) -> Any:
        return super().get_queryset(request).select_related("actor")


@admin.register(Event)
class EventAdmin(SourceFirstMixin, PreviewMixin, DeskAdmin):
    list_display = ["title", "happened_words", "standing", "state"]
    list_filter = [EventTodoFilter, "state", "standing", "incidents", "topics"]
    search_fields = ["title", "summary", "slug"]
    prepopulated_fields = {"slug": ["title"]}
    inlines = [ParticipationInline, EventCitationInline]
    date_readings = ("happened_reading",)
    parts = (
        ("", ["title", "slug", "standing", "summary"]),
        ("When", [("happened", "happened_phrase", "happened_zone"), "happened_reading"]),
        ("Part of", ["incidents", "topics"]),
    )
    happened_words = date_column("happened")
    happened_reading = date_reading_line("happened")


@admin.register(Statement)
class StatementAdmin(SourceFirstMixin, PreviewMixin, DeskAdmin):
    list_display = ["headline", "voice", "said_words", "form", "outcome", "state"]
    list_filter = [
        StatementTodoFilter,
        "state",
        "form",
        "wording",
        "attribution",
        "outcome",
        "incidents",
        "topics",
    ]
    list_select_related = ["speaker"]
    search_fields = ["headline", "text", "original_text", "speaker__name", "speaker_label", "slug"]
    prepopulated_fields = {"slug": ["headline"]}
    inlines = [StatementCitationInline]
    date_readings = ("said_reading",)
    parts = (
        (
            "Who → for whom → to whom → where",
            [
                ("speaker", "speaker_label"),
                ("attribution", "role_as_of"),
                "on_behalf_of",
                "addressees",
                "channel",
            ],
        ),
        (
            "The words",
            [
                "headline",
                "slug",
                ("form", "wording", "outcome"),
                "text",
                "language",
                "original_text",
                "original_language",
            ],
        ),
        ("When", [("said", "said_phrase", "said_zone"), "said_reading"]),
        ("About", ["about", "in_reply_to", "incidents", "topics"]),
    )
    said_words = date_column("said")
    said_reading = date_reading_line("said")

    @admin.display(description="who", ordering="speaker__name")
    def voice(self, row: Statement) -> str:
        return str(row.speaker or row.speaker_label)


@admin.register(Incident)
class IncidentAdmin(DeskAdmin):
    list_display = ["title", "state"]
    search_fields = ["title", "slug"]
    prepopulated_fields = {"slug": ["title"]}
    parts = (("", ["title", "slug", "summary"]),)


@admin.register(Topic)
class TopicAdmin(DeskAdmin):
    list_display = ["name", "state"]
    search_fields = ["name", "slug"]
    prepopulated_fields = {"slug": ["name"]}
    parts = (("", ["name", "slug"]),)
