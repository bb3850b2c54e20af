"""Incidents and topics, which group entries."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from kb.desk.models.base import Publishable, name_field
from kb.text.clean import validate_text


class Incident(Publishable):
    """A group of entries about the same incident."""

    kind = "incident"

    title = name_field()
    summary = models.TextField(blank=True, validators=[validate_text], help_text=_("Markdown."))

    class Meta:
        ordering = ["title", "pk"]

    def __str__(self) -> str:
        return self.title


class Topic(Publishable):
    """A tag of entries."""

    kind = "topic"

    name = name_field(80)

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name
