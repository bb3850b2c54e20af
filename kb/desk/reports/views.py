"""The views of the form, and of the private page of a report."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kb.desk.reports.forms import AdditionForm, ReportForm
from kb.desk.reports.privacy import is_from_other_site, make_private, without_referrer
from kb.desk.reports.receiving import (
    NotAccepted,
    SentReport,
    add_message,
    find_report,
    store_report,
    take_back,
)
from kb.desk.reports.subject import report_subject
from kb.desk.reports.ticket import StoredTicket, stored_ticket, ticket_context
from kb.desk.reports.tokens import is_genuine, new_form_token, ticket_token, token_problem
from kb.desk.verbs.notifying import notify_report
from kb.record.client_address import client_digest
from kb.record.reader_writes import WriteUnavailable, reader_write
from kb.record.report_vocabulary import MAX_REPORT_LENGTH

RETRY_SECONDS = {429: "3600", 503: "10"}
PAGE_METHODS = ["GET", "HEAD", "POST"]


def _not_stored() -> str:
    return _(
        "It cannot be stored at the moment. Your text is below: send it again in a few minutes."
    )


def _other_site() -> str:
    return _("Another site has sent this form. Check your text and send it again.")


@require_http_methods(PAGE_METHODS)
def report(request: HttpRequest) -> HttpResponse:
    """The form, empty or with what was refused; a report that is stored leads to its page.

    The server for readers may go away after the report is stored, and the request is made again:
    the token of the form makes it the same report.
    """
    if request.method != "POST":
        return _form_page(request, ReportForm(initial={"kind": "error"}), new_form_token())
    form = ReportForm(request.POST)
    form_token = request.POST.get("form_token", "")
    if is_from_other_site(request):
        return _refuse(request, form, form_token, 403, _other_site())
    if not form.is_valid():
        return _refuse(request, form, form_token, 400)
    if problem := token_problem(form_token):
        return _refuse(request, form, form_token, 400, problem)
    sent = SentReport(
        form.cleaned_data["kind"],
        form.cleaned_data["text"],
        form.cleaned_data["source_url"],
        form.cleaned_data["email"],
        report_subject(request.POST.get("about", ""), request.POST.get("version", "")),
    )
    token = ticket_token(form_token, sent.content())
    now = timezone.now()
    try:
        with reader_write():
            stored = store_report(sent, token, client_digest(request, "report"), now)
    except NotAccepted as refusal:
        return _refuse(request, form, form_token, 429, str(refusal))
    except WriteUnavailable:
        return _refuse(request, form, form_token, 503, _not_stored())
    if stored is not None:
        notify_report(stored)
    return _to_ticket(token)


def _refuse(
    request: HttpRequest, form: ReportForm, form_token: str, status: int, problem: str = ""
) -> HttpResponse:
    """The form with all that was typed, and with what to do."""
    token = form_token if is_genuine(form_token) else new_form_token()
    return _form_page(request, form, token, status, problem)


def _form_page(
    request: HttpRequest, form: ReportForm, token: str, status: int = 200, problem: str = ""
) -> HttpResponse:
    asked = request.POST if request.method == "POST" else request.GET
    context = {
        "form": form,
        "form_token": token,
        "subject": report_subject(asked.get("about", ""), asked.get("version", "")),
        "problem": problem,
        "limit": f"{MAX_REPORT_LENGTH:,}",
        "path": reverse("report"),
    }
    return _page(request, "report/form.html", context, status)


def _page(
    request: HttpRequest, template: str, context: dict[str, Any], status: int
) -> HttpResponse:
    response = render(request, template, context, status=status)
    if status in RETRY_SECONDS:
        response.headers["Retry-After"] = RETRY_SECONDS[status]
    return make_private(response)


def _to_ticket(token: str) -> HttpResponse:
    response = HttpResponseRedirect(reverse("report-ticket", args=[token]))
    response.status_code = 303
    return without_referrer(response)


def _ticket(token: str) -> StoredTicket:
    """The rows of the report with this address. Raises Http404, WriteUnavailable."""
    with reader_write():
        stored = find_report(token)
        if stored is None:
            raise Http404
        return stored_ticket(stored)


@require_http_methods(PAGE_METHODS)
def ticket(request: HttpRequest, token: str) -> HttpResponse:
    """The private page: what became of the report, and a form to add something.

    Whoever knows its address may do all that it offers, so no other site can misuse it.
    """
    form, problem, status = AdditionForm(), "", 200
    if request.method == "POST":
        form = AdditionForm(request.POST)
        status, problem = _add(request, token, form)
        if status == 303:
            return _to_ticket(token)
    try:
        rows = _ticket(token)
    except WriteUnavailable:
        return without_referrer(_page(request, "report/busy.html", {"form": form}, 503))
    context = {**ticket_context(rows, token, form, problem), "limit": f"{MAX_REPORT_LENGTH:,}"}
    return without_referrer(_page(request, "report/ticket.html", context, status))


def _add(request: HttpRequest, token: str, form: AdditionForm) -> tuple[int, str]:
    """Store an addition: the status, and what to do if it was not stored."""
    if is_from_other_site(request):
        return 403, _other_site()
    if not form.is_valid():
        return 400, ""
    try:
        with reader_write():
            stored = find_report(token)
            if stored is None:
                raise Http404
            if not stored.is_open:
                raise NotAccepted(_("This report is closed. Send a new report instead."))
            add_message(stored, form.cleaned_data["text"])
    except NotAccepted as refusal:
        return 429, str(refusal)
    except WriteUnavailable:
        return 503, _not_stored()
    return 303, ""


@require_http_methods(PAGE_METHODS)
def take_back_page(request: HttpRequest, token: str) -> HttpResponse:
    """Asks whether all words of the reader shall be deleted, and deletes them."""
    problem, status = "", 200
    if request.method == "POST":
        if is_from_other_site(request):
            problem, status = _other_site(), 403
        else:
            try:
                with reader_write():
                    stored = find_report(token)
                    if stored is None:
                        raise Http404
                    take_back(stored)
            except WriteUnavailable:
                problem, status = _not_stored(), 503
            else:
                return _to_ticket(token)
    try:
        rows = _ticket(token)
    except WriteUnavailable:
        return without_referrer(_page(request, "report/busy.html", {}, 503))
    context = {"report": rows["report"], "token": token, "problem": problem}
    return without_referrer(_page(request, "report/take_back.html", context, status))
