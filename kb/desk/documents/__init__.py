"""Builds the documents of desk rows, with references to drafts included."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from django.conf import settings
from django.utils import translation

from kb.desk.documents.claims import proposition_document
from kb.desk.documents.entries import event_document, request_document, statement_document
from kb.desk.documents.records import (
    actor_document,
    incident_document,
    source_document,
    topic_document,
)
from kb.desk.models import (
    Actor,
    Event,
    Incident,
    Proposition,
    Publishable,
    Request,
    Source,
    Statement,
    Topic,
)
from kb.record.documents import Document


def build_document(thing: Publishable) -> Document:
    """Return the document of a desk row, saved or from a form, as if all it names were public."""
    # Documents are stored in one language, whatever the language of the request.
    with translation.override(settings.LANGUAGE_CODE):
        return cast("Document", _BUILDERS[thing.kind](thing))


_BUILDERS: dict[str, Callable[[Any], Mapping[str, object]]] = {
    "actor": actor_document,
    "source": source_document,
    "incident": incident_document,
    "topic": topic_document,
    "event": event_document,
    "statement": statement_document,
    "request": request_document,
    "proposition": proposition_document,
}
MODELS: dict[str, type[Publishable]] = {
    model.kind: model
    for model in (Actor, Source, Incident, Topic, Event, Statement, Request, Proposition)
}
