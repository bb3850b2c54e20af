"""The links of an entry in its form: those that cannot be true are refused before a save."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.forms.formsets import DELETION_FIELD_NAME

from kb.desk.entry_graph import EntryInForm, form_errors
from kb.desk.models import EntryLink, Publishable

if TYPE_CHECKING:
    _InlineFormSet = forms.BaseInlineFormSet[models.Model, Publishable, Any]
else:
    _InlineFormSet = forms.BaseInlineFormSet


class LinkFormSet(_InlineFormSet):
    """The links of one entry. Refuses a circle, and links against the dates, with their names.

    It is checked whenever the entry is saved, because its date may have changed too.
    """

    def clean(self) -> None:
        super().clean()
        if any(form.errors for form in self.forms):
            return
        links = [
            (link.link_kind, link.target)
            for form in self.forms
            if not form.cleaned_data.get(DELETION_FIELD_NAME)
            if isinstance(link := form.instance, EntryLink) and link.target is not None
        ]
        if errors := form_errors(EntryInForm(self.instance, links)):
            raise ValidationError(errors)
