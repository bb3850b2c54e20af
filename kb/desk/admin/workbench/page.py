"""The workbench of a source: read its text, mark a passage, make a fact from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import urlencode

from django.contrib import messages
from django.forms import Media
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from kb.desk.admin.article_text_field import USE_PERMISSION
from kb.desk.admin.autocomplete import ForeignKeyAutocomplete
from kb.desk.admin.forms import is_primary_key
from kb.desk.admin.record_page import RecordPage
from kb.desk.admin.review import PUBLISH_PERMISSION
from kb.desk.admin.workbench.entered import count_unpublished, entered_rows
from kb.desk.admin.workbench.fact_form import FactLayout
from kb.desk.admin.workbench.facts import Fact, fact_admin, workbench_url
from kb.desk.admin.workbench.last_names import last_names
from kb.desk.admin.workbench.lines.filling import fill_line
from kb.desk.admin.workbench.lines.line import LINES, line_key
from kb.desk.admin.workbench.lines.table import SentLines, line_tables, save_lines
from kb.desk.admin.workbench.lines.text_names import names_in_text
from kb.desk.admin.workbench.marked_text import (
    KIND_LETTERS,
    KIND_NAMES,
    MarkedSpan,
    marked_paragraphs,
)
from kb.desk.admin.workbench.passage import Passage, PassageError, read_passage
from kb.desk.admin.workbench.positions import PositionFact
from kb.desk.admin.workbench.proposals import dismiss_proposal, open_proposals
from kb.desk.admin.workbench.shown_proposal import ShownProposal
from kb.desk.admin.workbench.taking import take_proposals, taken_rows, undo_taking
from kb.desk.admin.workbench.texts import SourceTextForm
from kb.desk.models import Citation, Publishable, Source, SourceText
from kb.desk.models.source_texts import PassageKind
from kb.desk.verbs.source_texts import current_text

# The parameter that asks for the form of a fact alone, without the page around it.
ONLY_FORM = "form"
# The same parameter, for what the words of a line fill in.
ONE_LINE = "line"
# The button that saves the lines and leads on to the package of the source.
PUBLISH_ALL = "_publish_all"


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
        if LINES in request.POST and "make" not in request.POST:
            return self._save_lines(request, source)
        if request.GET.get("part") == ONE_LINE:
            return fill_line(request, source)
        if request.method == "POST" and (response := self._decide(request, source)):
            return response
        is_sent = bool(request.POST)
        data = request.POST if is_sent else request.GET
        kind = data.get("make", "")
        if kind not in KIND_NAMES:
            return self._show(request, source, {"at": data.get("at", "")})
        try:
            passage = _passage(source, data)
        except PassageError as problem:
            if is_sent:  # what was typed is more important than where it comes from
                return self._fact(request, source, kind, None)
            messages.error(request, str(problem))
            return self._show(request, source, {"typed": data})
        return self._fact(request, source, kind, passage)

    def _save_lines(self, request: HttpRequest, source: Source) -> HttpResponse:
        """Save the lines that were sent; go on to the last one, or to publishing all of them."""
        sent = save_lines(request, source, current_text(source))
        if sent.refused:
            return self._show(request, source, {"sent_lines": sent})
        if PUBLISH_ALL in request.POST:
            address = reverse("admin:desk_approval_package")
            return HttpResponseRedirect(f"{address}?{urlencode({'source': source.pk})}")
        address = workbench_url(source)
        if sent.last is None:
            messages.info(request, _("Nothing was changed in the lines."))
            return HttpResponseRedirect(f"{address}#lines")
        return HttpResponseRedirect(f"{address}?line={line_key(sent.last)}#lines")

    def _fact(
        self, request: HttpRequest, source: Source, kind: str, passage: Passage | None
    ) -> HttpResponse:
        if kind == PassageKind.POSITION:
            return PositionFact(source, passage).respond(request, self._show_fact)
        return fact_admin(kind, source, passage, self._show_fact).add_view(request)

    def _decide(self, request: HttpRequest, source: Source) -> HttpResponse | None:
        """Take or dismiss proposals, or undo it; None for a form that is about something else.

        Only proposals that are open in the current text, and whose key was sent, are acted on.
        """
        if "undo" in request.POST:
            return undo_taking(request, source)
        keys = request.POST.getlist("chosen") if "take_chosen" in request.POST else []
        keys += request.POST.getlist("take")
        dismissed = request.POST.get("dismiss", "")
        if not keys and not dismissed and "take_chosen" not in request.POST:
            return None
        text = current_text(source)
        proposals = self._open_proposals(source, text) if text else []
        if text and dismissed:
            for proposal in proposals:
                if proposal.key == dismissed:
                    by = request.user
                    dismiss_proposal(source, text.body, proposal, by=by)
            start = dismissed.partition("-")[0]
            return HttpResponseRedirect(f"{workbench_url(source)}?after={start}")
        chosen = [proposal for proposal in proposals if proposal.key in keys and proposal.is_ready]
        if text is None or not chosen:
            messages.warning(request, _("Choose proposals that are still open."))
            return HttpResponseRedirect(f"{workbench_url(source)}#proposals")
        return take_proposals(request, source, text, chosen, self._show_fact)

    def _open_proposals(self, source: Source, text: SourceText) -> list[ShownProposal]:
        entered = entered_rows(source, text)
        return open_proposals(text, [row.span for row in entered if row.span is not None])

    def _show_fact(
        self, request: HttpRequest, fact: Fact, layout: FactLayout, context: dict[str, Any]
    ) -> HttpResponse:
        fact_context = {
            **context,
            "fact": fact,
            "layout": layout,
            "passage": fact.passage,
            "letter": KIND_LETTERS[fact.kind],
            "kind_name": KIND_NAMES[fact.kind],
            "names": last_names(fact.source),
        }
        if request.GET.get("part") == ONLY_FORM and request.method == "GET":
            fact_context["can_publish"] = request.user.has_perm(PUBLISH_PERMISSION)
            return render(request, "admin/desk/source/workbench/_fact.html", fact_context)
        return self._show(request, fact.source, fact_context)

    def _show(
        self, request: HttpRequest, source: Source, context: Mapping[str, object]
    ) -> HttpResponse:
        text = current_text(source)
        entered = entered_rows(source, text)
        spans = [row.span for row in entered if row.span is not None]
        proposals = open_proposals(text, spans) if text else []
        spans += [MarkedSpan(shown.start, shown.end, "proposed") for shown in proposals]
        passage = context.get("passage")
        if isinstance(passage, Passage) and passage.text == text:
            spans.append(MarkedSpan(passage.start, passage.end, "selected"))
        sent_lines = cast("SentLines | None", context.get("sent_lines"))
        page_context = {
            "text": text,
            "line_tables": line_tables(request, source, text, sent_lines),
            "known_names": names_in_text(text),
            "saved_line": request.GET.get("line", ""),
            "can_publish": request.user.has_perm(PUBLISH_PERMISSION),
            "paragraphs": marked_paragraphs(text.body, spans) if text else [],
            "entered": entered,
            "unpublished": count_unpublished(entered),
            "proposals": proposals,
            "next_proposal": _next_proposal(proposals, request.GET.get("after", "")),
            "taken": taken_rows(request, source),
            "kinds": [(kind, KIND_LETTERS[kind], name) for kind, name in KIND_NAMES.items()],
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
        return self.model_admin.media + widget.media + Media(js=["admin_desk/preview.js"])


def _next_proposal(proposals: list[ShownProposal], after: str) -> str:
    """The key of the first proposal after a position, which takes the focus; "" without one."""
    if not is_primary_key(after):
        return ""
    return next((shown.key for shown in proposals if shown.start >= int(after)), "")


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
