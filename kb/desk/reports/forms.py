"""The forms of readers. What is typed is normalised as texts of the desk are, and never cut."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kb.record.report_vocabulary import MAX_REPORT_LENGTH, ReportKind
from kb.text.clean import TextError, clean_text, length_problem
from kb.text.links import LinkError, safe_url


class PlainTextField(forms.CharField):
    """A text of several lines. Has no limit in the browser, which would cut what is pasted."""

    widget = forms.Textarea

    def to_python(self, value: str | None) -> str:
        try:
            text = clean_text(value or "").strip()
        except TextError as problem:
            raise ValidationError(str(problem)) from problem
        if message := length_problem(text, MAX_REPORT_LENGTH):
            raise ValidationError(message)
        return text


class ReportForm(forms.Form):
    """A report. ``website`` is not shown to people: a program that fills it in is refused."""

    kind = forms.ChoiceField(
        choices=ReportKind.choices,
        error_messages={
            "required": gettext_lazy("Choose one of the four."),
            "invalid_choice": gettext_lazy("Choose one of the four."),
        },
    )
    text = PlainTextField(
        error_messages={"required": gettext_lazy("Write what it should say.")},
    )
    source_url = forms.CharField(required=False)
    email = forms.EmailField(
        required=False,
        max_length=254,
        error_messages={
            "invalid": gettext_lazy("This is not an email address. Correct it or leave it empty.")
        },
    )
    website = forms.CharField(required=False)

    def clean_source_url(self) -> str:
        url: str = self.cleaned_data["source_url"]
        try:
            return safe_url(url) if url else ""
        except LinkError as problem:
            raise ValidationError(str(problem)) from problem

    def clean_website(self) -> str:
        if self.cleaned_data["website"]:
            raise ValidationError(_("Leave this field empty, and send the form again."))
        return ""


class AdditionForm(forms.Form):
    """What a reader adds to a report."""

    text = PlainTextField(error_messages={"required": gettext_lazy("Write what you want to add.")})
