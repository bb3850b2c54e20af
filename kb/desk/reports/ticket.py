"""What the private page of a report shows: its steps, and the words of both sides."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

from django.urls import reverse
from django.utils.translation import gettext as _

from kb.desk.models import Report, ReportMessage, ReportStep
from kb.desk.models.reports import ReportAction, ReportState
from kb.desk.reports.forms import AdditionForm
from kb.desk.reports.subject import ReportSubject, report_subject
from kb.record.addresses import absolute_url
from kb.record.report_vocabulary import ReportOutcome, ReportReason


class TicketStep(TypedDict):
    """One line: what was done, and the message of the editor with it."""

    label: str
    at: datetime
    message: str


class TicketDecision(TypedDict):
    """The outcome, with the entry that came of it."""

    outcome: str
    reason: str
    sentence: str
    result: ReportSubject | None


class TicketContext(TypedDict):
    """What ``report/ticket.html`` is given."""

    report: Report
    subject: ReportSubject | None
    title: str
    description: str
    band: str
    address: str
    steps: list[TicketStep]
    decision: TicketDecision | None
    next_step: str
    additions: list[ReportMessage]
    form: AdditionForm
    problem: str
    has_words: bool


class StoredTicket(TypedDict):
    """The rows of one report."""

    report: Report
    messages: list[ReportMessage]
    steps: list[ReportStep]


def stored_ticket(report: Report) -> StoredTicket:
    """The rows of a report; call it in a block of ``reader_write()``."""
    return StoredTicket(
        report=report,
        messages=list(ReportMessage.objects.filter(report=report)),
        steps=list(ReportStep.objects.filter(report=report)),
    )


def ticket_context(
    ticket: StoredTicket, token: str, form: AdditionForm, problem: str = ""
) -> TicketContext:
    """``problem`` says why something was not stored."""
    report = ticket["report"]
    additions = [message for message in ticket["messages"] if message.by_reader and message.text]
    return TicketContext(
        report=report,
        subject=report_subject(report.about, str(report.about_version or "")),
        title=_("Your report"),
        description="",
        band=_band(report),
        address=absolute_url(reverse("report-ticket", args=[token])),
        steps=_steps(ticket),
        decision=_decision(report),
        next_step=_next_step(report),
        additions=additions,
        form=form,
        problem=problem,
        has_words=bool(report.text or additions),
    )


def _band(report: Report) -> str:
    bands = {
        ReportState.NEW: _("An editor will read it"),
        ReportState.TAKEN: _("An editor is reading it"),
        ReportState.ASKED: _("The editor has a question"),
        ReportState.DECIDED: _("It is decided"),
        ReportState.TAKEN_BACK: _("You have taken it back"),
    }
    return bands[ReportState(report.state)]


def _next_step(report: Report) -> str:
    steps = {
        ReportState.NEW: _("An editor reads it."),
        ReportState.TAKEN: _("Decision, with its reason."),
        ReportState.ASKED: _("Your answer, below."),
    }
    return steps.get(ReportState(report.state), "")


def _steps(ticket: StoredTicket) -> list[TicketStep]:
    """The steps that concern the reader. A question stands with the step that asked it."""
    labels = {
        ReportAction.RECEIVED: _("Received."),
        ReportAction.TAKEN: _("With an editor."),
        ReportAction.ASKED: _("The editor asks:"),
        ReportAction.ADDED: _("You added something."),
        ReportAction.DECIDED: _("Decided."),
        ReportAction.REOPENED: _("Opened again by an editor."),
        ReportAction.TAKEN_BACK: _("Taken back by you. Your words were deleted."),
    }
    questions = iter([message.text for message in ticket["messages"] if not message.by_reader])
    steps: list[TicketStep] = []
    for step in ticket["steps"]:
        action = ReportAction(step.done)
        if action in labels:
            message = next(questions, "") if action == ReportAction.ASKED else ""
            # An editor who takes over from another one is no news to the reader.
            if not (steps and steps[-1]["label"] == labels[action] and not message):
                steps.append(TicketStep(label=labels[action], at=step.at, message=message))
    return steps


def _decision(report: Report) -> TicketDecision | None:
    if not report.outcome:
        return None
    return TicketDecision(
        outcome=str(ReportOutcome(report.outcome).label),
        reason=str(ReportReason(report.reason).label),
        sentence=report.sentence,
        result=report_subject(report.result),
    )
