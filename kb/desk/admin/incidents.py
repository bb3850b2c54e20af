"""Incidents, with their key moments, and topics."""

from __future__ import annotations

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from kb.desk.admin.base import DeskAdmin, DeskInline
from kb.desk.models import Incident, KeyMoment, Topic
from kb.desk.models.moments import MAX_MOMENTS


class KeyMomentInline(DeskInline):
    """The entries that tell an incident in a minute."""

    model = KeyMoment
    fk_name = "incident"
    fields = [("place", "event", "statement", "request")]
    max_num = MAX_MOMENTS
    verbose_name = _("key moment")
    verbose_name_plural = _("the incident in a minute: five to seven key moments")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[models.Model]:
        return super().get_queryset(request).select_related("event", "statement", "request")


@admin.register(Incident)
class IncidentAdmin(DeskAdmin):
    inlines = [KeyMomentInline]
    list_display = ["title", "state"]
    search_fields = ["title", "slug"]
    parts = (("", ["title", "slug", "summary"]),)


@admin.register(Topic)
class TopicAdmin(DeskAdmin):
    list_display = ["name", "state"]
    search_fields = ["name", "slug"]
    parts = (("", ["name", "slug"]),)
