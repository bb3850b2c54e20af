"""The errors of a form as a list of links to their fields."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.html import strip_tags
from django.utils.text import capfirst


class ErrorLink(NamedTuple):
    """One error: the name of its field, the id of the element, and what is wrong."""

    label: str
    target: str
    message: str


def error_links(form: forms.BaseForm, formsets: Iterable[Any]) -> list[ErrorLink]:
    """The errors of the fields of a form and of its inlines, in the order of the page.

    Errors of the whole form are above the list, and have no field to go to.
    """
    links = list(_field_errors(form, ""))
    for formset in formsets:
        row_name = capfirst(str(formset.fk.model._meta.verbose_name))
        for number, row_form in enumerate(formset.forms, start=1):
            links += _field_errors(row_form, f"{row_name} {number}: ")
    return links


def _field_errors(form: forms.BaseForm, beginning: str) -> Iterator[ErrorLink]:
    if not form.is_bound:
        return
    for name, errors in form.errors.items():
        if name == NON_FIELD_ERRORS or name not in form.fields:
            continue
        bound = form[name]
        # A proposal for a date contains a button, which is at the field.
        messages = ValidationError(errors.as_data()).messages
        yield ErrorLink(f"{beginning}{bound.label}", bound.auto_id or name, strip_tags(messages[0]))
