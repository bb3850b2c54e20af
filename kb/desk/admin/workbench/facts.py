"""Making an entry from a passage, with the form and the saving of its own admin."""

from __future__ import annotations

from typing import Any, ClassVar, Protocol, cast
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.options import InlineModelAdmin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from kb.desk.admin.entries import (
    EntryAdmin,
    EventAdmin,
    EventCitationInline,
    StatementAdmin,
    StatementCitationInline,
)
from kb.desk.admin.entry_form import EntryForm
from kb.desk.admin.forms import DeskForm
from kb.desk.admin.publishing_buttons import press_button
from kb.desk.admin.requests import RequestAdmin, RequestCitationInline
from kb.desk.admin.workbench.fact_form import (
    FactLayout,
    FactStatementForm,
    fact_layout,
    save_new_actors,
)
from kb.desk.admin.workbench.passage import Passage
from kb.desk.admin.workbench.prefill import InitialData, Prefill, prefill
from kb.desk.models import Citation, Event, Publishable, Request, Source, Statement
from kb.desk.verbs.publishing import lacks_account
from kb.desk.verbs.source_texts import mark_passage


class Fact(Protocol):
    """What is made from a passage, as the page shows it."""

    @property
    def kind(self) -> str: ...
    @property
    def source(self) -> Source: ...
    @property
    def passage(self) -> Passage | None: ...
    @property
    def filled(self) -> Prefill: ...


class ShowsFact(Protocol):
    """Renders the workbench with the form of a fact.

    ``context`` has the ``form``, its ``errors``, and the formset of ``citations`` if there is one.
    """

    def __call__(
        self, request: HttpRequest, fact: Fact, layout: FactLayout, context: dict[str, Any]
    ) -> HttpResponse: ...


class FactAdmin(EntryAdmin):
    """The admin of a kind of entry, on the workbench: it only adds, from one passage.

    Everything else is the entry's own admin: its form, its checks, its inlines, its log.
    """

    kind: ClassVar[str]
    source: Source
    passage: Passage | None
    show: ShowsFact
    # A proposal is taken as it is: its form is made here and was not sent by a browser.
    is_taken = False
    _prefill: Prefill | None = None

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.saved_rows: list[Publishable] = []  # what was saved, new actors first

    @property
    def filled(self) -> Prefill:
        """What the form is filled in with."""
        if self._prefill is None:
            empty = Prefill({}, {"source": self.source.pk})
            self._prefill = prefill(self.kind, self.passage) if self.passage else empty
        return self._prefill

    def get_form(
        self,
        request: HttpRequest,
        obj: Publishable | None = None,
        change: bool = False,
        **kwargs: Any,
    ) -> type[DeskForm]:
        form_class = super().get_form(request, obj, change, **kwargs)
        if issubclass(form_class, EntryForm):
            form_class.address_source = str(self.source.pk)
        return form_class

    def get_changeform_initial_data(self, request: HttpRequest) -> InitialData:  # type: ignore[override]
        return self.filled.entry

    def get_formset_kwargs(
        self,
        request: HttpRequest,
        obj: Publishable,
        inline: InlineModelAdmin[Any, Publishable],
        prefix: str,
    ) -> dict[str, Any]:
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        is_filling = request.method == "GET" or (self.is_taken and "make" not in request.POST)
        if is_filling:
            for name in ("data", "files", "save_as_new"):
                kwargs.pop(name, None)
        if is_filling and inline.model is Citation:
            kwargs["initial"] = [self.filled.citation]
        return kwargs

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Publishable | None = None,
    ) -> HttpResponse:
        form = context["adminform"].form
        formsets = [inline.formset for inline in context["inline_admin_formsets"]]
        formset = formsets[0]
        citation = formset.forms[0] if formset.forms else None
        reasons = {} if form.is_bound else self.filled.reasons
        layout = fact_layout(self.kind, form, citation, reasons)
        fact_context = {
            "form": form,
            "citations": formset,
            "formsets": formsets,
            "errors": context["errors"],
            "card_url": reverse(f"admin:desk_{self.kind}_card"),
        }
        return self.show(request, self, layout, fact_context)

    def save_related(
        self,
        request: HttpRequest,
        form: forms.ModelForm[Publishable],
        formsets: list[forms.BaseInlineFormSet[Any, Publishable, Any]],
        change: bool,
    ) -> None:
        super().save_related(request, form, formsets, change)
        citations = Citation.objects.filter(**{self.kind: form.instance}, source=self.source)
        citation = citations.order_by("pk").first()
        if citation is not None and self.passage is not None:
            passage = self.passage
            mark_passage(passage.text, passage.start, passage.end, self.kind, citation=citation)

    def response_add(
        self, request: HttpRequest, obj: Publishable, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Back to the same place of the text, whether or not the pressed button was refused."""
        self.saved_rows.append(obj)
        if press_button(request, obj) and "_publish" not in request.POST:
            address = reverse(f"admin:desk_{self.kind}_change", args=[obj.pk])
            message = _("%(kind)s “%(title)s” was saved as a draft.")
            words = message % {"kind": obj._meta.verbose_name, "title": obj}
            messages.success(request, format_html('<a href="{}">{}</a>', address, words))
        return HttpResponseRedirect(workbench_url(self.source, self.passage))


class StatementFactAdmin(FactAdmin, StatementAdmin):
    kind = "statement"
    form = FactStatementForm
    inlines = [StatementCitationInline]

    def save_model(
        self,
        request: HttpRequest,
        obj: Publishable,
        form: forms.ModelForm[Publishable],
        change: bool,
    ) -> None:
        if isinstance(obj, Statement):
            for actor in save_new_actors(obj, by=request.user):
                self.saved_rows.append(actor)
                message = _("“%(name)s” was created. It is published together with the statement.")
                messages.info(request, message % {"name": actor})
        super().save_model(request, obj, form, change)


class EventFactAdmin(FactAdmin, EventAdmin):
    kind = "event"
    inlines = [EventCitationInline]

    def save_related(
        self,
        request: HttpRequest,
        form: forms.ModelForm[Publishable],
        formsets: list[forms.BaseInlineFormSet[Any, Publishable, Any]],
        change: bool,
    ) -> None:
        """Add whose account it is, where readers are told that."""
        event, account = cast(Event, form.instance), self.filled.account
        if account is not None and lacks_account(event, event.standing):
            account.event = event
            account.save()
        super().save_related(request, form, formsets, change)


class RequestFactAdmin(FactAdmin, RequestAdmin):
    kind = "request"
    inlines = [RequestCitationInline]


FACT_ADMINS: dict[str, tuple[type[FactAdmin], type[Publishable]]] = {
    "statement": (StatementFactAdmin, Statement),
    "event": (EventFactAdmin, Event),
    "request": (RequestFactAdmin, Request),
}


def fact_admin(kind: str, source: Source, passage: Passage | None, show: ShowsFact) -> FactAdmin:
    """The admin that makes an entry of this kind from a passage of a source."""
    admin_class, model = FACT_ADMINS[kind]
    fact: FactAdmin = admin_class(model, admin.site)
    fact.source, fact.passage, fact.show = source, passage, show
    return fact


def workbench_url(source: Source, passage: Passage | None = None) -> str:
    """The address of the workbench, at the paragraph of a passage."""
    address = reverse("admin:desk_source_workbench", args=[source.pk])
    if passage is None:
        return address
    query = urlencode({"at": passage.end, "text_number": passage.text.number})
    return f"{address}?{query}#paragraph-{passage.paragraph}"
