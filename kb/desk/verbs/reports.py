"""What editors do with reports from readers: take on, ask back, decide, and open again.

Each verb takes the row under a lock, refuses what has changed meanwhile, and adds a step to the log
of the report. A report is in the public log from the moment when an editor takes it on.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kb.desk.models import Citation, Report, ReportMessage, ReportStep, Source
from kb.desk.models.base import WorkflowState
from kb.desk.models.log import Action
from kb.desk.models.reports import ReportAction, ReportState
from kb.desk.verbs import audit_log
from kb.desk.verbs.exceptions import ActionRefused
from kb.record.models import HandledReport, Revision
from kb.record.publication_version import bump_version
from kb.record.report_vocabulary import (
    MAX_REPORT_LENGTH,
    MAX_SENTENCE_LENGTH,
    OUTCOME_REASONS,
    ReportOutcome,
    ReportReason,
)
from kb.text.clean import TextError, clean_line, clean_text, length_problem

logger = logging.getLogger(__name__)

# After a report was closed, its email address is deleted; its digest of a network address sooner.
DAYS_OF_EMAIL = 30
DAYS_OF_CLIENT = 2


def take_on(report: Report, *, by: Any) -> None:
    """Become the editor of an open report. Raises ActionRefused if it is closed."""
    with transaction.atomic():
        row = _open_row(report)
        _take(row, by)


def ask_back(report: Report, *, by: Any, text: str) -> None:
    """Put a question on the page of the report. Raises ActionRefused."""
    try:
        question = clean_text(text).strip()
    except TextError as problem:
        raise ActionRefused([str(problem)]) from problem
    if not question:
        raise ActionRefused([_("Write the question.")])
    if problem_text := length_problem(question, MAX_REPORT_LENGTH):
        raise ActionRefused([problem_text])
    with transaction.atomic():
        row = _open_row(report)
        if row.editor_id != by.pk:
            _take(row, by)
        now = timezone.now()
        ReportMessage.objects.create(report=row, by_reader=False, text=question, written_at=now)
        row.state = ReportState.ASKED
        row.save(update_fields=["state"])
        _add_step(row, ReportAction.ASKED, by)


def decide(
    report: Report, *, by: Any, outcome: str, reason: str, sentence: str = "", result: str = ""
) -> None:
    """Close a report with a decision that is public at once.

    ``result`` is the public id of the entry that was corrected; if empty, the one that the report
    is about. The result of a published reply is the statement made of it.

    Raises:
        ActionRefused: The reason is not one of the outcome, or nothing was published yet.
    """
    errors = _outcome_errors(outcome, reason)
    sentence, sentence_errors = _clean_sentence(sentence)
    errors += sentence_errors
    with transaction.atomic():
        row = _open_row(report)
        if not errors:
            result, errors = _result(row, outcome, result.strip())
        if errors:
            raise ActionRefused(errors)
        if row.editor_id != by.pk or not row.log_id:
            _take(row, by)
        now = timezone.now()
        row.state, row.closed_at = ReportState.DECIDED, now
        row.outcome, row.reason, row.sentence, row.result = outcome, reason, sentence, result
        row.save()
        HandledReport.objects.filter(public_id=row.log_id).update(
            decided_at=now,
            hours=int((now - row.received_at).total_seconds() // 3600),
            outcome=outcome,
            reason=reason,
            sentence=sentence,
            result=result,
        )
        bump_version()
        _add_step(row, ReportAction.DECIDED, by, note=f"{outcome}, {reason}")


def reopen(report: Report, *, by: Any) -> None:
    """Take a decision back: the report is open again, in the public log too."""
    with transaction.atomic():
        row = Report.objects.select_for_update().get(pk=report.pk)
        if row.state != ReportState.DECIDED:
            raise ActionRefused([_("This report is not decided. Reload the page.")])
        row.state, row.closed_at, row.editor = ReportState.TAKEN, None, by
        row.outcome = row.reason = row.sentence = row.result = ""
        row.save()
        HandledReport.objects.filter(public_id=row.log_id).update(
            decided_at=None, hours=None, outcome="", reason="", sentence="", result=""
        )
        bump_version()
        _add_step(row, ReportAction.REOPENED, by)


def make_source(report: Report, *, by: Any) -> Source:
    """The source for a statement with the words of a report: a draft, which says how they came.

    A second call returns the same source.
    """
    with transaction.atomic():
        row = _open_row(report)
        stored = Source.objects.filter(public_id=row.source).first() if row.source else None
        if stored is not None:
            return stored
        if not row.text:
            raise ActionRefused([_("The reader has deleted the words.")])
        day = row.received_at.date()
        # Stored texts are in English, whatever the language of the editor.
        source = Source.objects.create(
            slug=f"reply-{row.public_id}",
            title=f"Reply sent to {settings.SITE_NAME}",
            source_kind="document",
            published=day.isoformat(),
            note=(
                "Sent to us by the form “Report an error or reply”. We do not know that it has "
                "appeared elsewhere."
            ),
            created_by=by,
            updated_by=by,
        )
        audit_log.record([source], Action.ADDED, by=by)
        if row.editor_id != by.pk:
            _take(row, by)
        row.source = source.public_id
        row.save(update_fields=["source"])
        _add_step(row, ReportAction.SOURCE_MADE, by)
        return source


def tidy_reports() -> int:
    """Delete what is not needed any longer; returns how many email addresses were deleted.

    A report that its reader has taken back leaves the public log, if it was not decided.
    """
    now = timezone.now()
    Report.objects.exclude(client="").filter(
        received_at__lt=now - timedelta(days=DAYS_OF_CLIENT)
    ).update(client="")
    taken_back = Report.objects.filter(state=ReportState.TAKEN_BACK).exclude(log_id="")
    if taken_back.exists():
        with transaction.atomic():
            log_ids = list(taken_back.values_list("log_id", flat=True))
            HandledReport.objects.filter(public_id__in=log_ids).delete()
            taken_back.update(log_id="")
            bump_version()
    closed = Report.objects.exclude(email="").filter(
        closed_at__lt=now - timedelta(days=DAYS_OF_EMAIL)
    )
    return closed.update(email="")


def _open_row(report: Report) -> Report:
    """The stored row, locked. Raises ActionRefused if it is closed."""
    row = Report.objects.select_for_update().get(pk=report.pk)
    if not row.is_open:
        raise ActionRefused([_("This report is closed. Reload the page.")])
    return row


def _take(row: Report, by: Any) -> None:
    row.editor = by
    if row.state == ReportState.NEW:
        row.state = ReportState.TAKEN
    if not row.log_id:
        handled = HandledReport.objects.create(
            kind=row.kind, about=row.about, received_at=row.received_at
        )
        row.log_id = handled.public_id
        bump_version()
    row.save()
    _add_step(row, ReportAction.TAKEN, by)


def _add_step(row: Report, action: ReportAction, by: Any, note: str = "") -> None:
    ReportStep.objects.create(report=row, done=action, at=timezone.now(), by=by, note=note)
    fields = {
        "action": f"report {action.value}",
        "by": by.pk,
        "kind": "report",
        "id": row.public_id,
    }
    transaction.on_commit(partial(logger.info, "desk action", extra={"fields": fields}))


def _outcome_errors(outcome: str, reason: str) -> list[str]:
    if outcome not in ReportOutcome.values:
        return [_("Choose an outcome.")]
    if reason not in OUTCOME_REASONS[ReportOutcome(outcome)]:
        labels = " ".join(str(choice.label) for choice in OUTCOME_REASONS[ReportOutcome(outcome)])
        return [_("Choose a reason of this outcome: %(reasons)s") % {"reasons": labels}]
    return []


def _clean_sentence(sentence: str) -> tuple[str, list[str]]:
    try:
        text = clean_line(sentence)
    except TextError as problem:
        return "", [str(problem)]
    problem_text = length_problem(text, MAX_SENTENCE_LENGTH)
    return text, [problem_text] if problem_text else []


def _result(row: Report, outcome: str, result: str) -> tuple[str, list[str]]:
    """The public id of the entry that came of a report, and why it cannot be decided so."""
    if outcome == ReportOutcome.REPLY_PUBLISHED:
        statement = published_reply(row)
        if not statement:
            return "", [
                _("Publish the reply first: make a statement of it, with the source that was made.")
            ]
        return statement, []
    if outcome == ReportOutcome.CORRECTED:
        public_id = result or row.about
        changed = Revision.objects.filter(public_id=public_id, published_at__gte=row.received_at)
        if not public_id or not changed.exists():
            return "", [
                _("Publish the correction first, or name the id of the entry that was corrected.")
            ]
        return public_id, []
    return "", []


def published_reply(report: Report) -> str:
    """The public id of the published statement with the words of a report; "" if there is none."""
    if not report.source:
        return ""
    rows = Citation.objects.filter(
        source__public_id=report.source, statement__state=WorkflowState.PUBLISHED
    )
    return rows.order_by("pk").values_list("statement__public_id", flat=True).first() or ""


def reasons_by_outcome() -> list[tuple[str, list[tuple[str, str]]]]:
    """The reasons as groups of choices, by the label of their outcome."""
    return [
        (
            str(outcome.label),
            [(f"{outcome.value}:{reason.value}", str(reason.label)) for reason in reasons],
        )
        for outcome, reasons in OUTCOME_REASONS.items()
    ]


def split_choice(choice: str) -> tuple[str, str]:
    """The outcome and the reason of a choice of ``reasons_by_outcome``."""
    outcome, _colon, reason = choice.partition(":")
    known = outcome in ReportOutcome.values and reason in ReportReason.values
    return (outcome, reason) if known else ("", "")
