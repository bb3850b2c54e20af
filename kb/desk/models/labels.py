"""The labels of fields and the names of models as messages.

Django makes a label from the name of a field, such as “on behalf of”. These labels become messages
here, in one place: no field needs a ``verbose_name`` that repeats its name, and no migration
contains one. A field or model with a ``verbose_name`` of its own keeps it.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models
from django.utils.translation import pgettext_lazy

from kb.record.vocabulary import Label

# For the catalogue only: what editors see of the labels that Django makes.
FIELD_LABELS = (
    pgettext_lazy("field", "about"),
    pgettext_lazy("field", "accessed on"),
    pgettext_lazy("field", "actor"),
    pgettext_lazy("field", "actors"),
    pgettext_lazy("field", "addressee"),
    pgettext_lazy("field", "addressees"),
    pgettext_lazy("field", "answer"),
    pgettext_lazy("field", "approved at"),
    pgettext_lazy("field", "approved by"),
    pgettext_lazy("field", "archived on"),
    pgettext_lazy("field", "asked"),
    pgettext_lazy("field", "asked at"),
    pgettext_lazy("field", "asked by"),
    pgettext_lazy("field", "asked on"),
    pgettext_lazy("field", "attributed by"),
    pgettext_lazy("field", "attribution"),
    pgettext_lazy("field", "bearing"),
    pgettext_lazy("field", "byline"),
    pgettext_lazy("field", "channel"),
    pgettext_lazy("field", "claims"),
    pgettext_lazy("field", "created at"),
    pgettext_lazy("field", "created by"),
    pgettext_lazy("field", "dated"),
    pgettext_lazy("field", "done by"),
    pgettext_lazy("field", "event"),
    pgettext_lazy("field", "events"),
    pgettext_lazy("field", "form"),
    pgettext_lazy("field", "happened"),
    pgettext_lazy("field", "headline"),
    pgettext_lazy("field", "in reply to"),
    pgettext_lazy("field", "incident"),
    pgettext_lazy("field", "incidents"),
    pgettext_lazy("field", "joint principals"),
    pgettext_lazy("field", "joint speakers"),
    pgettext_lazy("field", "label"),
    pgettext_lazy("field", "language"),
    pgettext_lazy("field", "latitude"),
    pgettext_lazy("field", "locator"),
    pgettext_lazy("field", "longitude"),
    pgettext_lazy("field", "name"),
    pgettext_lazy("field", "no reply by"),
    pgettext_lazy("field", "note"),
    pgettext_lazy("field", "number bound"),
    pgettext_lazy("field", "number high"),
    pgettext_lazy("field", "number low"),
    pgettext_lazy("field", "on behalf of"),
    pgettext_lazy("field", "option"),
    pgettext_lazy("field", "options"),
    pgettext_lazy("field", "organisation"),
    pgettext_lazy("field", "origin"),
    pgettext_lazy("field", "original language"),
    pgettext_lazy("field", "original text"),
    pgettext_lazy("field", "outcome"),
    pgettext_lazy("field", "parent"),
    pgettext_lazy("field", "part of"),
    pgettext_lazy("field", "person"),
    pgettext_lazy("field", "place"),
    pgettext_lazy("field", "place name"),
    pgettext_lazy("field", "position"),
    pgettext_lazy("field", "published"),
    pgettext_lazy("field", "publisher"),
    pgettext_lazy("field", "question"),
    pgettext_lazy("field", "request"),
    pgettext_lazy("field", "role"),
    pgettext_lazy("field", "role as of"),
    pgettext_lazy("field", "said"),
    pgettext_lazy("field", "same speaker"),
    pgettext_lazy("field", "since"),
    pgettext_lazy("field", "slug"),
    pgettext_lazy("field", "source"),
    pgettext_lazy("field", "speaker"),
    pgettext_lazy("field", "speaker label"),
    pgettext_lazy("field", "standing"),
    pgettext_lazy("field", "state"),
    pgettext_lazy("field", "statement"),
    pgettext_lazy("field", "summary"),
    pgettext_lazy("field", "text"),
    pgettext_lazy("field", "title"),
    pgettext_lazy("field", "to event"),
    pgettext_lazy("field", "to request"),
    pgettext_lazy("field", "to statement"),
    pgettext_lazy("field", "topics"),
    pgettext_lazy("field", "translator"),
    pgettext_lazy("field", "unit"),
    pgettext_lazy("field", "until"),
    pgettext_lazy("field", "updated at"),
    pgettext_lazy("field", "updated by"),
    pgettext_lazy("field", "version"),
    pgettext_lazy("field", "website"),
    pgettext_lazy("field", "wording"),
)
MODEL_NAMES = (
    pgettext_lazy("model", "actor"),
    pgettext_lazy("model", "actors"),
    pgettext_lazy("model", "actor name"),
    pgettext_lazy("model", "actor names"),
    pgettext_lazy("model", "affiliation"),
    pgettext_lazy("model", "affiliations"),
    pgettext_lazy("model", "incident"),
    pgettext_lazy("model", "incidents"),
    pgettext_lazy("model", "topic"),
    pgettext_lazy("model", "topics"),
    pgettext_lazy("model", "event"),
    pgettext_lazy("model", "events"),
    pgettext_lazy("model", "participation"),
    pgettext_lazy("model", "participations"),
    pgettext_lazy("model", "source"),
    pgettext_lazy("model", "sources"),
    pgettext_lazy("model", "earlier source"),
    pgettext_lazy("model", "earlier sources"),
    pgettext_lazy("model", "statement"),
    pgettext_lazy("model", "statements"),
    pgettext_lazy("model", "citation"),
    pgettext_lazy("model", "citations"),
    pgettext_lazy("model", "figure"),
    pgettext_lazy("model", "figures"),
    pgettext_lazy("model", "import"),
    pgettext_lazy("model", "imports"),
    pgettext_lazy("model", "entry link"),
    pgettext_lazy("model", "entry links"),
    pgettext_lazy("model", "key moment"),
    pgettext_lazy("model", "key moments"),
    pgettext_lazy("model", "approval"),
    pgettext_lazy("model", "review queue"),
    pgettext_lazy("model", "comment"),
    pgettext_lazy("model", "comments"),
)
# What is shown for tables that keep an earlier name, and for abbreviations in names of fields.
CURRENT_WORDS = {
    "archive url": pgettext_lazy("field", "archive URL"),
    "url": pgettext_lazy("field", "URL"),
    "proposition": pgettext_lazy("model", "claim"),
    "propositions": pgettext_lazy("model", "claims"),
    "stance": pgettext_lazy("model", "position"),
    "stances": pgettext_lazy("model", "positions"),
}


def translate_labels(desk_models: Iterable[type[models.Model]]) -> None:
    """Make messages of all labels that are plain text: those of fields, and names of models.

    Called once, when the models are complete. Migrations do not see it: they compare what the
    models declare.
    """
    for model in desk_models:
        for field in (*model._meta.local_fields, *model._meta.local_many_to_many):
            if isinstance(field.verbose_name, str):
                field.verbose_name = _label("field", field.verbose_name)
        plural = str(model._meta.verbose_name_plural)
        if isinstance(model._meta.verbose_name, str):
            model._meta.verbose_name = _label("model", model._meta.verbose_name)
            model._meta.verbose_name_plural = _label("model", plural)


def _label(context: str, name: str) -> Label:
    return CURRENT_WORDS.get(name) or pgettext_lazy(context, name)
