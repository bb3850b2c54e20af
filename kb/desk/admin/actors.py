"""The admin of actors, with their other names and their roles."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from kb.desk.admin.base import DeskAdmin, DeskInline
from kb.desk.admin.dates import date_reading_line
from kb.desk.models import Actor, ActorName, Affiliation


class ActorNameInline(DeskInline):
    model = ActorName
    fk_name = "actor"
    fields = [("name", "name_kind", "language")]
    verbose_name = _("other name")


class RoleHeldInline(DeskInline):
    """The roles of a person."""

    model = Affiliation
    fk_name = "person"
    shared_with = "organisation"
    verbose_name = _("role")
    verbose_name_plural = _("roles (for a person)")
    fields = [
        ("organisation", "title"),
        ("since", "since_phrase", "since_reading"),
        ("until", "until_phrase", "until_reading"),
    ]
    readonly_fields = ["since_reading", "until_reading"]
    since_reading = date_reading_line("since")
    until_reading = date_reading_line("until")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Model]:
        return super().get_queryset(request).select_related("person", "organisation")


class PeopleInline(RoleHeldInline):
    """The same rows on the page of the organisation."""

    fk_name = "organisation"
    shared_with = "person"
    verbose_name = _("affiliated person")
    verbose_name_plural = _("affiliated people (for an organisation)")
    fields = [
        ("person", "title"),
        ("since", "since_phrase", "since_reading"),
        ("until", "until_phrase", "until_reading"),
    ]


@admin.register(Actor)
class ActorAdmin(DeskAdmin):
    list_display = ["name", "actor_kind", "part_of", "state"]
    list_filter = ["state", "actor_kind"]
    list_select_related = ["part_of"]
    search_fields = ["name", "other_names__name", "slug"]
    inlines = [ActorNameInline, RoleHeldInline, PeopleInline]
    parts = (
        ("", ["name", "slug", "actor_kind", "part_of", "summary"]),
        (_("Elsewhere"), ["wikidata", "website"]),
    )
