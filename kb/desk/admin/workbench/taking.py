"""Taking proposals: drafts are made from them as they are, and all at once are undone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypedDict

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kb.desk.admin.saving import request_state
from kb.desk.admin.workbench.facts import FactAdmin, ShowsFact, fact_admin, workbench_url
from kb.desk.admin.workbench.passage import Passage
from kb.desk.admin.workbench.shown_proposal import ShownProposal
from kb.desk.documents import MODELS
from kb.desk.models import Publishable, Source, SourceText
from kb.desk.models.base import WorkflowState
from kb.desk.verbs.deleting import delete
from kb.desk.verbs.exceptions import ActionRefused


class TakenRow(TypedDict):
    """A row that was made, as the session stores it."""

    kind: str
    key: int


def take_proposals(
    request: HttpRequest,
    source: Source,
    text: SourceText,
    proposals: list[ShownProposal],
    show: ShowsFact,
) -> HttpResponse:
    """Make a draft of each proposal, in order. One alone that is refused is shown in its form.

    Several go on without those that are refused; a message names these.
    """
    drafts: list[Publishable] = []
    for proposal in proposals:
        passage = Passage(text, proposal.start, proposal.end)
        fact = fact_admin(proposal.kind, source, passage, show)
        fact.is_taken = True
        request_state(request).POST = sent_as_filled(fact, request)
        response = fact.add_view(request)
        if fact.saved_rows:
            drafts += fact.saved_rows
        elif len(proposals) == 1:
            return response
        else:
            message = _("Not taken, check it in the form: %(proposal)s")
            messages.warning(request, message % {"proposal": proposal.summary})
    if drafts:
        remember_taken(request, source, drafts)
    last = proposals[-1]
    address = workbench_url(source)
    return HttpResponseRedirect(f"{address}?after={last.end}")


def remember_taken(request: HttpRequest, source: Source, drafts: Iterable[Publishable]) -> None:
    """Note what was made last from a source, for ``undo_taking``."""
    rows = [TakenRow(kind=row.kind, key=row.pk) for row in drafts]
    request.session[_session_key(source)] = rows


def sent_as_filled(
    fact: FactAdmin, request: HttpRequest, row: Publishable | None = None
) -> QueryDict:
    """What a browser would send if its editor changed nothing in the form of a fact.

    It is the form of a stored ``row``, or else that of a new one as it is filled in.
    """
    form_class = fact.get_form(request, row, change=row is not None)
    form = form_class(instance=row) if row else form_class(initial=fact.filled.entry)
    formsets, _inlines = fact._create_formsets(request, form.instance, change=row is not None)
    data = QueryDict(mutable=True)
    for part in (form, *(formset.management_form for formset in formsets)):
        _add_fields(data, part)
    for formset in formsets:
        for row in formset.forms:
            _add_fields(data, row)
    passage = fact.passage
    if passage is not None:
        data.update({"make": fact.kind, "_save": "1"})
    return data


def _add_fields(data: QueryDict, form: Any) -> None:
    for bound in form:
        value = bound.value()
        if isinstance(value, list | tuple):
            data.setlist(bound.html_name, [str(item) for item in value])
        elif value is True:
            data[bound.html_name] = "on"
        elif value is not None and value is not False:
            data[bound.html_name] = str(getattr(value, "edtf", value))


def taken_rows(request: HttpRequest, source: Source) -> list[Publishable]:
    """The drafts made last, from proposals or lines, that nobody has changed since."""
    stored: list[TakenRow] = request.session.get(_session_key(source), [])
    rows: list[Publishable] = []
    account: Any = request.user
    for kind in {row["kind"] for row in stored}:
        keys = [row["key"] for row in stored if row["kind"] == kind]
        unchanged = MODELS[kind]._default_manager.filter(
            pk__in=keys, version=1, state=WorkflowState.DRAFT, created_by=account
        )
        rows += list(unchanged)
    return rows


def undo_taking(request: HttpRequest, source: Source) -> HttpResponse:
    """Delete what was made last, from proposals or lines."""
    rows = taken_rows(request, source)
    request.session.pop(_session_key(source), None)
    try:
        count = delete(rows, by=request.user)
    except ActionRefused as refusal:
        for reason in refusal.reasons:
            messages.error(request, reason)
    else:
        message = ngettext(
            "Undone: %(count)d draft was deleted.", "Undone: %(count)d drafts were deleted.", count
        )
        messages.success(request, message % {"count": count})
    return HttpResponseRedirect(f"{workbench_url(source)}#proposals")


def _session_key(source: Source) -> str:
    return f"taken:{source.public_id}"
