"""The admin of claims, with the positions that statements and sources take on them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kb.desk.admin.base import DeskAdmin, DeskInline
from kb.desk.admin.dates import date_reading_line
from kb.desk.admin.generics import ModelForm
from kb.desk.admin.todo_filters import ClaimTodoFilter
from kb.desk.documents.parts import decimal_text
from kb.desk.models import Proposition, Stance
from kb.desk.models.position_checks import position_number, typed_number, words_error
from kb.text.numbers import MAX_NUMBER_TEXT, NumberError


class StanceForm(ModelForm[Model]):
    """A position. Its number is one line of text, such as "2–3 million"."""

    instance: Stance

    number_low = forms.CharField(
        label=_("Number"),
        required=False,
        max_length=MAX_NUMBER_TEXT,
        help_text=_(
            "For how many: the number as the source words it, such as “about "
            "1,200” or “2–3 million”, without what is counted."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["number_low"] = number_text(self.instance)
        self.fields["dated"].help_text = gettext("For when. %(help)s") % {
            "help": self.fields["dated"].help_text
        }
        self.fields["actor"].help_text = gettext("For who: the actor that the position gives.")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        text = cleaned.get("number_low") or ""
        cleaned["number_low"] = None
        self.instance.number_high, self.instance.number_bound = None, ""
        if text.strip():
            try:
                self._read_number(text, cleaned)
            except (NumberError, ValidationError) as problem:
                self.add_error("number_low", ValidationError(problem_lines(problem)))
        return cleaned

    def _read_number(self, text: str, cleaned: dict[str, Any]) -> None:
        number = position_number(cleaned.get("proposition"), text)
        cleaned["number_low"] = number.low
        self.instance.number_high, self.instance.number_bound = number.high, number.bound

    def _post_clean(self) -> None:
        """Ask for the words of a position. One from before that nobody changed may lack them."""
        super()._post_clean()
        if self.errors or not self.has_changed():
            return
        if problem := words_error(self.instance):
            self.add_error("exact", problem)


def problem_lines(problem: NumberError | ValidationError) -> list[str]:
    return problem.messages if isinstance(problem, ValidationError) else [str(problem)]


def number_text(stance: Stance) -> str:
    """The number of a position as it can be typed; "" if it has none."""
    low, high = decimal_text(stance.number_low), decimal_text(stance.number_high)
    return typed_number(low, high, stance.number_bound)


class StanceInline(DeskInline):
    model = Stance
    form = StanceForm
    fk_name = "proposition"
    shared_with = "statement"
    fields = [
        ("statement", "source"),
        "position",
        "exact",
        ("dated", "dated_phrase", "dated_reading"),
        "option",
        "number_low",
        "actor",
        "note",
    ]
    readonly_fields = ["dated_reading"]
    dated_reading = date_reading_line("dated")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Model]:
        return super().get_queryset(request).select_related("proposition")


@admin.register(Proposition)
class PropositionAdmin(DeskAdmin):
    list_display = ["text", "question", "incident", "state"]
    list_filter = [ClaimTodoFilter, "state", "question", "incident"]
    list_select_related = ["incident"]
    search_fields = ["text", "slug", "incident__title"]
    inlines = [StanceInline]

    class Media:
        js = ["admin_desk/claim_values.js"]

    parts = (("", ["text", "slug", "question", "options", "unit", "incident", "events"]),)
