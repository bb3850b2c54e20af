"""Relations are chosen by typing, never from a list of all rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.admin.options import BaseModelAdmin
from django.contrib.admin.widgets import (
    AutocompleteMixin as AutocompleteWidget,
)
from django.contrib.admin.widgets import (
    AutocompleteSelect,
    AutocompleteSelectMultiple,
)
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from kb.dates import FuzzyDateFormField
from kb.desk.admin.forms import MultilineField, is_primary_key
from kb.desk.admin.generics import ModelChoiceField, ModelMultipleChoiceField
from kb.desk.models import Publishable, Transfer
from kb.desk.models.base import WorkflowState

if TYPE_CHECKING:
    AnyModelAdmin = BaseModelAdmin[Any]
else:
    AnyModelAdmin = BaseModelAdmin


class KnownKeysMixin(AutocompleteWidget):
    """Draws a value that cannot be a key without asking the database, where that would fail.

    The list comes from the page ``choices`` of the model. ``can_create`` adds lines to create a row
    (``create_choice.js``).
    """

    can_create = False

    def get_url(self) -> str:
        options = self.field.remote_field.model._meta
        address = reverse(f"admin:{options.app_label}_{options.model_name}_choices")
        return f"{address}?create=1" if self.can_create else address

    def optgroups(
        self, name: str, value: Sequence[str], attr: dict[str, Any] | None = None
    ) -> list[tuple[str | None, list[dict[str, Any]], int | None]]:
        return super().optgroups(name, [key for key in value if is_primary_key(key)], attr)


class ForeignKeyAutocomplete(KnownKeysMixin, AutocompleteSelect):
    """The autocomplete of a foreign key."""


class ManyToManyAutocomplete(KnownKeysMixin, AutocompleteSelectMultiple):
    """The autocomplete of a many-to-many relation."""


def refuse_merged(rows: Iterable[models.Model]) -> None:
    """Raise ValidationError, naming what to choose instead, for rows that were merged away."""
    withdrawn = [
        row.public_id
        for row in rows
        if isinstance(row, Publishable) and row.state == WorkflowState.WITHDRAWN
    ]
    errors = [
        _("“%(origin)s” was merged into “%(target)s”. Choose “%(target)s” instead.")
        % {"origin": merge.origin_title, "target": merge.target_title}
        for merge in Transfer.objects.merges_of(withdrawn)
    ]
    if errors:
        raise ValidationError(errors, code="merged")


class RowChoiceField(ModelChoiceField[models.Model]):
    """The choice of one row. Refuses a row that was merged into another, and names the other."""

    def clean(self, value: Any) -> models.Model | None:
        row: models.Model | None = super().clean(value)
        refuse_merged([] if row is None else [row])
        return row


class RowsChoiceField(ModelMultipleChoiceField[models.Model]):
    """The choice of several rows.

    Refuses a value that cannot be a key: Django would ask the database for it, which fails.
    """

    def clean(self, value: Any) -> Any:
        for key in value if isinstance(value, list | tuple) else []:
            if not is_primary_key(key):
                raise ValidationError(
                    self.error_messages["invalid_pk_value"],
                    code="invalid_pk_value",
                    params={"pk": key},
                )
        rows = super().clean(value)
        refuse_merged(rows)
        return rows


class AutocompleteMixin(AnyModelAdmin):
    """Fields of an admin or an inline: autocompletes for relations, a hint for dates."""

    formfield_overrides = {models.TextField: {"form_class": MultilineField}}

    def get_autocomplete_fields(self, request: HttpRequest) -> list[str]:
        return [
            field.name
            for field in model_fields(self.opts.model)
            if field.remote_field and field.editable
        ]

    def formfield_for_dbfield(
        self, db_field: models.Field[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> forms.Field | None:
        form_field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(form_field, FuzzyDateFormField):
            form_field.help_text = form_field.help_text or FuzzyDateFormField().help_text
            # Marks the field for `date_preview.js`.
            form_field.widget.attrs["data-reads-date"] = ""
        return form_field

    def formfield_for_foreignkey(
        self, db_field: models.ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> forms.ModelChoiceField[Any] | None:
        widget = ForeignKeyAutocomplete(db_field, self.admin_site)
        widget.can_create = True
        kwargs.setdefault("widget", widget)
        kwargs.setdefault("form_class", RowChoiceField)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(
        self, db_field: models.ManyToManyField[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> forms.ModelMultipleChoiceField[Any] | None:
        widget = ManyToManyAutocomplete(db_field, self.admin_site)
        widget.can_create = True
        kwargs.setdefault("widget", widget)
        kwargs.setdefault("form_class", RowsChoiceField)
        return super().formfield_for_manytomany(db_field, request, **kwargs)


def model_fields(model: type[models.Model]) -> Iterator[models.Field[Any, Any]]:
    """The fields of a model that a form can have: its columns, and its many-to-many relations."""
    yield from model._meta.fields
    yield from model._meta.many_to_many
