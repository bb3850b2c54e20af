"""Stores what readers send. Call each function in a block of ``reader_write()``."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.utils import timezone

from kb.desk.models import Report, ReportMessage, ReportStep
from kb.desk.models.reports import OPEN_STATES, ReportAction, ReportState
from kb.desk.reports.limits import count_one_at_a_time, limit_problem, message_problem
from kb.desk.reports.subject import ReportSubject
from kb.desk.reports.tokens import ticket_digest


class NotAccepted(Exception):
    """Nothing was stored. The message says what to do."""


class SentReport(NamedTuple):
    """What the form has sent, valid and normalised."""

    kind: str
    text: str
    source_url: str
    email: str
    subject: ReportSubject | None

    def content(self) -> tuple[str, ...]:
        """All of it as texts, to tell whether the same is sent again."""
        about = (self.subject.public_id, str(self.subject.version)) if self.subject else ("", "")
        return (self.kind, self.text, self.source_url, self.email, *about)


def store_report(sent: SentReport, token: str, client: str, now: datetime) -> Report | None:
    """Store a report; None if it is stored already.

    Raises:
        NotAccepted: The limits are reached.
    """
    count_one_at_a_time()
    if Report.objects.filter(ticket_sha256=ticket_digest(token)).exists():
        return None
    if problem := limit_problem(client, now):
        raise NotAccepted(problem)
    report = Report.objects.create(
        ticket_sha256=ticket_digest(token),
        kind=sent.kind,
        about=sent.subject.public_id if sent.subject else "",
        about_version=sent.subject.version if sent.subject else None,
        text=sent.text,
        source_url=sent.source_url,
        email=sent.email,
        client=client,
        received_at=now,
    )
    ReportStep.objects.create(report=report, done=ReportAction.RECEIVED, at=now)
    return report


def find_report(token: str) -> Report | None:
    """The report whose page has this token."""
    return Report.objects.filter(ticket_sha256=ticket_digest(token)).first()


def add_message(report: Report, text: str) -> None:
    """Add a text of the reader to an open report. The same text sent twice is added once.

    Raises:
        NotAccepted: The limits are reached.
    """
    messages = ReportMessage.objects.filter(report=report, by_reader=True)
    last = messages.order_by("-pk").first()
    if last is not None and last.text == text:
        return
    if problem := message_problem(report):
        raise NotAccepted(problem)
    now = timezone.now()
    ReportMessage.objects.create(report=report, by_reader=True, text=text, written_at=now)
    ReportStep.objects.create(report=report, done=ReportAction.ADDED, at=now)
    asked = Report.objects.filter(pk=report.pk, state=ReportState.ASKED)
    asked.update(state=ReportState.TAKEN)


def take_back(report: Report) -> None:
    """Remove every word of the reader. A report that is open is closed; a decision stays."""
    now = timezone.now()
    row = Report.objects.filter(pk=report.pk)
    row.update(text="", source_url="", email="")
    ReportMessage.objects.filter(report=report).update(text="")
    if row.filter(state__in=OPEN_STATES).update(state=ReportState.TAKEN_BACK, closed_at=now):
        ReportStep.objects.create(report=report, done=ReportAction.TAKEN_BACK, at=now)
