"""Dates in the admin: as a column of a list, as a line of a form, and in messages after a save."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy

from kb.dates import FuzzyDate


def date_reading(when: FuzzyDate) -> str:
    """How a date was read: "Mid-2023 (1 May – 31 August)"."""
    return str(capfirst(when.span_words()))


def date_column(field: str, description: str = "") -> Callable[[Any, models.Model], str]:
    """A column for ``list_display`` that shows the date in words. ``field`` is its field."""

    @admin.display(
        description=description or pgettext_lazy("field", field.replace("_", " ")),
        ordering=f"{field}_earliest",
    )
    def column(self: Any, row: models.Model) -> str:
        return str(getattr(row, field).words())

    return column


def date_reading_line(field: str) -> Callable[[Any, models.Model | None], str]:
    """A read-only line for a form that shows how the stored date was read."""

    @admin.display(description=gettext_lazy("Read as"))
    def line(self: Any, row: models.Model | None) -> str:
        when = getattr(row, field, None)
        if isinstance(when, FuzzyDate) and when.edtf:
            return date_reading(when)
        return gettext(
            "No date yet. Enter it in plain language. After you save, this "
            "shows how the date was read."
        )

    return line


def readings_in(form: forms.ModelForm[Any]) -> list[str]:
    """A sentence for each date that the form has changed: how it was read, and by which rule."""
    lines = []
    for name in form.changed_data if form.is_bound else []:
        when = getattr(form, "cleaned_data", {}).get(name)
        if isinstance(when, FuzzyDate) and when.edtf:
            sentence = (
                gettext("%(field)s: read as %(reading)s, using rule %(rule)s.")
                if when.rule
                else gettext("%(field)s: read as %(reading)s.")
            )
            field = capfirst(str(form[name].label))
            values = {"field": field, "reading": date_reading(when), "rule": when.rule}
            lines.append(sentence % values)
    return lines
