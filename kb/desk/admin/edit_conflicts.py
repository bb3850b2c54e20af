"""Conflicts of a form with other editors: what differs, and rows that were deleted."""

from __future__ import annotations

from typing import Any, NamedTuple

from django import forms
from django.db import models
from django.http import QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from kb.dates import FuzzyDate
from kb.desk.admin.dates import date_reading
from kb.record.document_diff import Piece, diff_pieces


class StoredAndTyped(NamedTuple):
    """One field as it is stored now, and the pieces in which the typed text differs from that."""

    label: str
    stored: str
    pieces: list[Piece]


def stored_and_typed(form: forms.ModelForm[Any]) -> list[StoredAndTyped]:
    """Every field in which the form differs from its row."""
    row = type(form.instance)._default_manager.filter(pk=form.instance.pk).first()
    if row is None:
        return []
    names = {field.name for field in (*row._meta.fields, *row._meta.many_to_many)}
    lines = []
    for name in form.changed_data:
        if name in names and name != "version":
            stored, typed = stored_label(row, name), typed_label(form, name)
            label = capfirst(str(form[name].label))
            lines.append(StoredAndTyped(label, stored, diff_pieces(stored, typed)))
    return lines


def stored_rows(formset: forms.BaseInlineFormSet[Any, Any, Any]) -> list[StoredAndTyped]:
    """The same for the rows of a formset, and a line for each row that was added meanwhile."""
    name = capfirst(str(formset.get_queryset().model._meta.verbose_name))
    lines = [
        line._replace(label=f"{name} “{form.instance}”: {line.label}")
        for form in formset.initial_forms
        for line in stored_and_typed(form)
    ]
    sent_keys = {form.instance.pk for form in formset.initial_forms}
    added = [row for row in formset.get_queryset() if row.pk not in sent_keys]
    note = _("It is kept when you save.")
    label = _("%(kind)s added by someone else") % {"kind": name}
    return lines + [StoredAndTyped(label, str(row), [("same", note)]) for row in added]


def typed_label(form: forms.ModelForm[Any], name: str) -> str:
    """One typed value as an editor would read it; as it was typed where it is not valid."""
    value = form.cleaned_data.get(name) if hasattr(form, "cleaned_data") else None
    if value is None and name in form.errors:
        return str(form[name].value() or _("(empty)"))
    field = form.instance._meta.get_field(name)
    if field.many_to_many:
        label = "; ".join(str(row) for row in value or ())
    elif isinstance(value, FuzzyDate):
        label = value.edtf and date_reading(value)
    elif getattr(field, "choices", None):
        label = str(dict(field.flatchoices).get(value, value or ""))
    else:
        label = "" if value is None else str(value)
    return label or _("(empty)")


def stored_label(row: models.Model, name: str) -> str:
    """One stored value as an editor would read it."""
    field = row._meta.get_field(name)
    value = getattr(row, name)
    if field.many_to_many:
        label = "; ".join(str(related) for related in value.all())
    elif isinstance(value, FuzzyDate):
        label = value.edtf and date_reading(value)
    elif getattr(field, "choices", None):
        label = str(getattr(row, f"get_{name}_display")())
    else:
        label = "" if value is None else str(value)
    return label or _("(empty)")


def with_new_rows(data: QueryDict, prefix: str, existing: set[str]) -> QueryDict:
    """The data of a formset, in which rows that are no longer stored have become new rows.

    ``existing`` holds the keys of the stored rows. Somebody may delete a citation while somebody
    else edits it; Django would drop that row from the form, with everything typed in it.
    """
    total_name, initial_name = f"{prefix}-TOTAL_FORMS", f"{prefix}-INITIAL_FORMS"
    try:
        total, initial = (int(str(data[name])) for name in (total_name, initial_name))
    except (KeyError, ValueError):
        return data
    if not 0 <= initial <= total <= forms.formsets.DEFAULT_MAX_NUM:
        return data
    deleted = [row for row in range(initial) if data.get(f"{prefix}-{row}-id") not in existing]
    if not deleted:
        return data
    remaining = [row for row in range(initial) if row not in deleted]
    order = {old: new for new, old in enumerate([*remaining, *deleted, *range(initial, total)])}
    renumbered = data.copy()
    numbers = set(map(str, order))
    for name in data:
        number, _, field = name.removeprefix(f"{prefix}-").partition("-")
        if name.startswith(f"{prefix}-") and field and number in numbers:
            renumbered.pop(name, None)
    for old, new in order.items():
        start = f"{prefix}-{old}-"
        for name in data:
            if name.startswith(start):
                field = name.removeprefix(start)
                is_deleted_key = field == "id" and old in deleted
                values = [""] if is_deleted_key else data.getlist(name)
                renumbered.setlist(f"{prefix}-{new}-{field}", values)
    renumbered[initial_name] = str(len(remaining))
    return renumbered


def without_parent_keys(data: QueryDict, prefix: str, parent: str) -> QueryDict:
    """The data of a formset without the key of the parent row, which was deleted."""
    changed = data.copy()
    for name in data:
        if name.startswith(f"{prefix}-") and name.endswith(f"-{parent}"):
            changed[name] = ""
    return changed
