"""The workbench of a source: read its text, mark a passage, make a fact from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from django.contrib import messages
from django.forms import Media
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from kb.desk.admin.autocomplete import ForeignKeyAutocomplete
from kb.desk.admin.forms import is_primary_key
from kb.desk.admin.record_page import RecordPage
from kb.desk.admin.workbench.entered import entered_rows
from kb.desk.admin.workbench.fact_form import FactLayout
from kb.desk.admin.workbench.facts import FACT_ADMINS, FactAdmin, fact_admin
from kb.desk.admin.workbench.last_names import last_names
from kb.desk.admin.workbench.marked_text import (
    KIND_LETTERS,
    KIND_NAMES,
    MarkedSpan,
    marked_paragraphs,
)
from kb.desk.admin.workbench.passage import Passage, PassageError, read_passage
from kb.desk.admin.workbench.texts import USE_PERMISSION, SourceTextForm
from kb.desk.models import Citation, Publishable, Source, SourceText
from kb.desk.verbs.source_texts import current_text

# The parameter that asks for the form of a fact alone, without the page around it.
ONLY_FORM = "form"


class WorkbenchPage(RecordPage):
    """The text of a source with the form of a fact.

    ``make`` is the kind of fact; ``start`` and ``end``, or ``paragraph``, ``from_word`` and
    ``to_word``, are the passage that it is made from. A POST saves the fact.
    """

    template = "admin/desk/source/workbench.html"

    def has_permission(self, request: HttpRequest, row: Publishable) -> bool:
        return super().has_permission(request, row) and request.user.has_perm(USE_PERMISSION)

    def respond(self, request: HttpRequest, row: Publishable) -> HttpResponse:
        source = cast(Source, row)
        is_sent = bool(request.POST)
        data = request.POST if is_sent else request.GET
        kind = data.get("make", "")
        if kind not in FACT_ADMINS:
            return self._show(request, source, {"at": data.get("at", "")})
        try:
            passage = _passage(source, data)
        except PassageError as problem:
            if is_sent:  # what was typed is more important than where it comes from
                return self._fact(request, source, kind, None)
            messages.error(request, str(problem))
            return self._show(request, source, {"typed": data})
        return self._fact(request, source, kind, passage)

    def _fact(
        self, request: HttpRequest, source: Source, kind: str, passage: Passage | None
    ) -> HttpResponse:
        return fact_admin(kind, source, passage, self._show_fact).add_view(request)

    def _show_fact(
        self, request: HttpRequest, fact: FactAdmin, layout: FactLayout, context: dict[str, Any]
    ) -> HttpResponse:
        form = context["adminform"].form
        fact_context = {
            "fact": fact,
            "layout": layout,
            "form": form,
            "citations": context["citations"],
            "errors": context["errors"],
            "passage": fact.passage,
            "letter": KIND_LETTERS[fact.kind],
            "kind_name": KIND_NAMES[fact.kind],
            "names": last_names(fact.source),
            "can_publish": request.user.has_perm("desk.publish_record"),
        }
        if request.GET.get("part") == ONLY_FORM and request.method == "GET":
            return render(request, "admin/desk/source/workbench/_fact.html", fact_context)
        return self._show(request, fact.source, fact_context)

    def _show(
        self, request: HttpRequest, source: Source, context: Mapping[str, object]
    ) -> HttpResponse:
        text = current_text(source)
        entered = entered_rows(source, text)
        spans = [row.span for row in entered if row.span is not None]
        passage = context.get("passage")
        if isinstance(passage, Passage) and passage.text == text:
            spans.append(MarkedSpan(passage.start, passage.end, "selected"))
        page_context = {
            "text": text,
            "paragraphs": marked_paragraphs(text.body, spans) if text else [],
            "entered": entered,
            "kinds": [
                (kind, KIND_LETTERS[kind], KIND_NAMES[kind])
                for kind in KIND_NAMES
                if kind in FACT_ADMINS
            ],
            "text_form": SourceTextForm(),
            "media": self._media(),
            **context,
        }
        return self.render(request, source, _("Workbench"), page_context)

    def _media(self) -> Media:
        """The scripts and styles of any form of a fact, which may be fetched later."""
        widget = ForeignKeyAutocomplete(
            Citation._meta.get_field("source"), self.model_admin.admin_site
        )
        return self.model_admin.media + widget.media


def _passage(source: Source, data: Mapping[str, str]) -> Passage:
    """The passage that a request names, in the version of the text that it names.

    Raises PassageError.
    """
    number = data.get("text_number", "")
    text: SourceText | None = current_text(source)
    if is_primary_key(number):
        text = source.texts.filter(number=number).first()
    if text is None or not text.body:
        raise PassageError(_("The text of this source was deleted."))
    return read_passage(text, data)
