"""The admins of the kinds of lines: their forms are filled in from a line and show no page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from kb.desk.admin.entries import EventCitationInline, ParticipationInline
from kb.desk.admin.publishing_buttons import press_button
from kb.desk.admin.workbench.fact_form import FactLayout
from kb.desk.admin.workbench.facts import (
    FACT_ADMINS,
    EventFactAdmin,
    Fact,
    FactAdmin,
    RequestFactAdmin,
    StatementFactAdmin,
    workbench_url,
)
from kb.desk.admin.workbench.passage import Passage
from kb.desk.admin.workbench.prefill import Prefill
from kb.desk.models import Citation, Publishable, Source
from kb.desk.verbs.source_texts import remove_mark


class LineAdmin(FactAdmin):
    """The admin of a kind of entry whose form is filled in from a line.

    It also changes stored entries. ``is_unmarked`` removes the mark of the words that were cited.
    """

    is_taken = True
    is_unmarked = False
    refusal: dict[str, Any] | None = None

    def keep_refusal(
        self, request: HttpRequest, fact: Fact, layout: FactLayout, context: dict[str, Any]
    ) -> HttpResponse:
        """What is shown instead of a page: nothing; the line shows the errors in ``context``."""
        self.refusal = context
        return HttpResponse()

    def save_related(
        self,
        request: HttpRequest,
        form: forms.ModelForm[Publishable],
        formsets: list[forms.BaseInlineFormSet[Any, Publishable, Any]],
        change: bool,
    ) -> None:
        if change and (self.passage is not None or self.is_unmarked):
            citations = Citation.objects.filter(**{self.kind: form.instance}, source=self.source)
            for citation in citations.order_by("pk")[:1]:
                remove_mark(citation)
        super().save_related(request, form, formsets, change)

    def response_change(self, request: HttpRequest, obj: Publishable) -> HttpResponse:
        self.saved_rows.append(obj)
        if press_button(request, obj) and "_publish" not in request.POST:
            messages.success(request, _("“%(title)s” was saved.") % {"title": obj})
        return HttpResponseRedirect(workbench_url(self.source))


class StatementLineAdmin(LineAdmin, StatementFactAdmin):
    pass


class EventLineAdmin(LineAdmin, EventFactAdmin):
    inlines = [EventCitationInline, ParticipationInline]


class RequestLineAdmin(LineAdmin, RequestFactAdmin):
    pass


LINE_ADMINS: dict[str, type[LineAdmin]] = {
    admin_class.kind: admin_class
    for admin_class in (StatementLineAdmin, EventLineAdmin, RequestLineAdmin)
}


def line_admin(
    kind: str, source: Source, passage: Passage | None, filled: Prefill | None
) -> LineAdmin:
    """The admin that saves a line of this kind; ``filled`` is what a new entry begins with."""
    _admin, model = FACT_ADMINS[kind]
    fact = LINE_ADMINS[kind](model, admin.site)
    fact.source, fact.passage, fact._prefill = source, passage, filled
    fact.show = fact.keep_refusal
    return fact
