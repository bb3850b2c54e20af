"""The citations of a statement's form: one of them gives the words that are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.forms.formsets import DELETION_FIELD_NAME
from django.utils.translation import gettext as _

from kb.desk.models import Citation, Publishable, Statement
from kb.desk.quoting import mark_quotable

if TYPE_CHECKING:
    CitationFormSet = forms.BaseInlineFormSet[
        models.Model, Publishable, forms.ModelForm[models.Model]
    ]
else:  # the class of Django takes no parameters when it runs
    CitationFormSet = forms.BaseInlineFormSet


class QuotedOnceFormSet(CitationFormSet):
    """Citations of which one at most is quoted."""

    def clean(self) -> None:
        super().clean()
        quoted = [
            form
            for form in self.forms
            if form.cleaned_data.get("quoted") and not form.cleaned_data.get(DELETION_FIELD_NAME)
        ]
        if len(quoted) > 1:
            raise ValidationError(
                _("Only one citation can give the words that are shown. Unmark the others.")
            )

    def save(self, commit: bool = True) -> Any:
        if self.instance.pk and any(form.has_changed() for form in self.forms):
            # The forms are saved one by one, and the mark may move from a later to an earlier one.
            Citation.objects.filter(statement=self.instance.pk, quoted=True).update(quoted=False)
            for form in self.initial_forms:
                row = form.instance
                if isinstance(row, Citation) and row.quoted and not form.has_changed():
                    Citation.objects.filter(pk=row.pk).update(quoted=True)
        saved = super().save(commit)
        if commit and isinstance(self.instance, Statement):
            # The form may mark none: then it is the first one that has the words.
            citation = mark_quotable(self.instance, self.instance.citations.all())
            if citation is not None:
                citation.save(update_fields=["quoted"])
        return saved
