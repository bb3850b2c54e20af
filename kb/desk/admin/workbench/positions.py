"""Adding a position to a claim from a passage: what a statement, or the source, says about it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from kb.desk.admin.claims import StanceForm, StanceInline
from kb.desk.admin.publishing_buttons import press_button
from kb.desk.admin.workbench.fact_form import fact_layout
from kb.desk.admin.workbench.facts import ShowsFact, workbench_url
from kb.desk.admin.workbench.passage import Passage
from kb.desk.admin.workbench.passage_voice import statement_of
from kb.desk.admin.workbench.prefill import Prefill
from kb.desk.models import Proposition, Source, Stance
from kb.desk.models.source_texts import PassageKind
from kb.desk.verbs.positions import add_position
from kb.desk.verbs.saving import StaleVersion
from kb.desk.verbs.source_texts import mark_passage

FIELDS = (
    "proposition",
    "position",
    "statement",
    "exact",
    "dated",
    "dated_phrase",
    "number_low",
    "option",
    "actor",
    "note",
)
PERMISSIONS = ("desk.change_proposition", "desk.add_stance")


class PositionForm(StanceForm):
    """A position of a statement or, if none is chosen, of the report in the source."""

    source: Source | None = None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        self.instance.source = None if cleaned.get("statement") else self.source
        return cleaned


@dataclass(frozen=True)
class PositionFact:
    """A position that is made from a passage, as the page shows it."""

    source: Source
    passage: Passage | None
    kind: str = PassageKind.POSITION

    @property
    def filled(self) -> Prefill:
        """What the form is filled in with: the words, and the statement made from them."""
        passage = self.passage
        if passage is None:
            return Prefill({}, {})
        filled = Prefill({"exact": passage.exact}, {})
        filled.reasons["exact"] = _("Marked in the text.")
        statement = statement_of(passage)
        if statement is not None:
            filled.entry["statement"] = statement.pk
            filled.reasons["statement"] = _("Made from the same words.")
        else:
            filled.reasons["statement"] = _(
                "Without a statement it is the report of the source. An entry must cite the words."
            )
        return filled

    def respond(self, request: HttpRequest, show: ShowsFact) -> HttpResponse:
        """Show the form, or save what was sent. Raises PermissionDenied."""
        if not request.user.has_perms(PERMISSIONS):
            raise PermissionDenied
        is_sent = bool(request.POST)
        filled = self.filled
        form_class = self._form_class(request)
        form = form_class(request.POST) if is_sent else form_class(initial=filled.entry)
        form.source = self.source
        if request.method == "POST" and form.is_valid():
            try:
                return self._save(request, form)
            except StaleVersion as problem:
                form.add_error(None, str(problem))
        layout = fact_layout(self.kind, form, None, {} if is_sent else filled.reasons)
        return show(request, self, layout, {"form": form, "errors": form.errors})

    def _form_class(self, request: HttpRequest) -> type[PositionForm]:
        inline = StanceInline(Proposition, admin.site)
        form_class = forms.modelform_factory(
            Stance,
            form=PositionForm,
            fields=FIELDS,
            formfield_callback=partial(inline.formfield_for_dbfield, request=request),
        )
        return cast("type[PositionForm]", form_class)

    def _save(self, request: HttpRequest, form: PositionForm) -> HttpResponse:
        with transaction.atomic():
            form.save(commit=False)
            stance = add_position(form.instance, by=request.user)
            if self.passage is not None:
                passage = self.passage
                mark_passage(passage.text, passage.start, passage.end, self.kind, stance=stance)
        claim = stance.proposition
        address = reverse("admin:desk_proposition_change", args=[claim.pk])
        message = _("The position on “%(claim)s” was saved.") % {"claim": claim}
        messages.success(request, format_html('<a href="{}">{}</a>', address, message))
        press_button(request, claim)
        return HttpResponseRedirect(workbench_url(self.source, self.passage))
