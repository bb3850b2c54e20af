"""What the templates of the desk's forms ask: which parts are folded, and the line of a row."""

from __future__ import annotations

from copy import copy
from typing import Any

from django import template
from django.contrib.admin.helpers import Fieldset, InlineAdminForm
from django.core.exceptions import FieldDoesNotExist
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from kb.desk.invisible_characters import INVISIBLE_CHARACTERS, Invisible
from kb.desk.models import Citation

register = template.Library()

# Stored rows of an inline are closed if there are more of them.
MAX_OPEN_ROWS = 2
MAX_LINE_LENGTH = 160


@register.simple_tag
def invisible_characters() -> tuple[Invisible, ...]:
    """The invisible characters that a form names."""
    return INVISIBLE_CHARACTERS


@register.filter
def is_filled(fieldset: Fieldset) -> bool:
    """Whether a field of this part has an error, or another value than an empty form has."""
    fields: list[Any] = [field for line in fieldset for field in line if not field.is_readonly]
    return any(field.field.errors or _has_own_value(field.field) for field in fields)


def _has_own_value(bound: Any) -> bool:
    """Whether somebody chose the value. A slug is made by the desk."""
    if bound.name == "slug":
        return False
    value = bound.value()
    value = getattr(value, "edtf", value)
    if value in (None, "", [], (), False):
        return False
    model = getattr(bound.form._meta, "model", None)
    try:
        model_field = model._meta.get_field(bound.name) if model else None
    except FieldDoesNotExist:
        return True
    default = getattr(model_field, "default", None)
    return str(value) != str(default)


@register.filter
def unnamed(fieldset: Fieldset) -> Fieldset:
    """The same part without its heading, which is the summary above it."""
    part = copy(fieldset)
    vars(part)["name"] = None
    return part


@register.filter
def is_open(row: InlineAdminForm) -> bool:
    """Whether the fields of a row of an inline are shown: new rows, errors, and short lists."""
    is_short = row.formset.initial_form_count() <= MAX_OPEN_ROWS
    return is_short or row.original is None or bool(row.form.errors)


@register.filter
def row_line(row: InlineAdminForm) -> str:
    """A stored row of an inline in one line: for a citation what it cites, and its words."""
    citation = row.original
    if not isinstance(citation, Citation):
        return str(citation)
    source = str(citation.source)
    if citation.via:
        names = {"source": source, "relay": citation.via}
        source = _("%(source)s, as cited in %(relay)s") % names
    parts = [source, citation.get_bearing_display(), citation.locator]
    parts.append(f"“{citation.exact}”" if citation.exact else "")
    return Truncator(" · ".join(part for part in parts if part)).chars(MAX_LINE_LENGTH)
