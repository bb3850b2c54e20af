"""Requests for comment in a file: their columns, what they lack, and old rows of silence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.core.exceptions import ValidationError

from kb.dates import DateError
from kb.desk.importers.row_dates import stated_date
from kb.desk.importers.rows import ImportRow
from kb.desk.models import Request, Statement
from kb.desk.models.base import WorkflowState, refuse_mixed_zones
from kb.record.vocabulary import SAID, RequestOutcome

# The values of ``outcome`` with which older files mark a statement that nobody made.
SILENT_OUTCOMES = frozenset({RequestOutcome.DECLINED, RequestOutcome.NO_REPLY})


def silence_as_request(row: ImportRow) -> ImportRow:
    """The row; a statement without words of anybody as the request that it stands for.

    Whoever was to speak was asked, by the first addressee.
    """
    if row.kind != Statement.kind or row.outcome not in SILENT_OUTCOMES:
        return row
    party = row.speaker or row.on_behalf_of
    return replace(
        row,
        kind=Request.kind,
        asked_by=next(iter(row.to), ""),
        asked=(party,) if party else (),
        text=row.text or ("" if party else row.speaker_label),
        speaker="",
        speaker_label="",
        on_behalf_of="",
        to=(),
    )


def fill_request(request: Request, row: ImportRow) -> list[str]:
    """Set the row's own fields, without its date and relations. Returns the errors."""
    request.outcome, request.text = row.outcome, row.text
    if not row.no_reply_by:
        return []
    when: Any  # the stubs expect the text of the column
    try:
        when = stated_date(
            row.no_reply_by,
            row.no_reply_phrase,
            row.no_reply_zone,
            row.no_reply_time,
            [source.exact for source in row.sources],
            row.figures,
        )
    except DateError as problem:
        return [f"no_reply_by: {problem}"]
    request.no_reply_by = when
    try:
        refuse_mixed_zones(request, "asked_on", "no_reply_by")
    except ValidationError as problem:
        return [f"{name}: {' '.join(texts)}" for name, texts in problem.message_dict.items()]
    return []


def request_problems(row: ImportRow) -> list[str]:
    """What is missing or contradictory in a row whose fields are valid one by one."""
    problems = []
    if row.outcome not in RequestOutcome.values:
        problems.append(
            f"“{row.outcome[:40]}” is not a valid outcome of a request. Choose one of: "
            f"{', '.join(RequestOutcome.values)}."
        )
    if not row.asked and not row.text:
        problems.append("A request needs the names of those who were asked.")
    if row.no_reply_by and row.outcome != RequestOutcome.NO_REPLY:
        problems.append("Only a request with the outcome no_reply has the date no_reply_by.")
    if row.answer and row.outcome != RequestOutcome.ANSWERED:
        problems.append("Only a request with the outcome answered has an answer.")
    return problems


def outcome_problems(row: ImportRow) -> list[str]:
    """A statement is what somebody said: it has no other outcome."""
    if row.outcome == SAID:
        return []
    return [f"“{row.outcome[:40]}” is not a valid outcome of a statement. Leave it empty."]


def missing_answers(rows: Iterable[ImportRow]) -> set[str]:
    """The answers that rows name and that are no statement of the file or the desk.

    ``rows`` are those that are planned together. Costs one query if a row names an answer.
    """
    chunk = list(rows)
    titles = {row.answer for row in chunk if row.answer}
    titles -= {row.title for row in chunk if row.kind == Statement.kind}
    return titles - answers_by_title(titles).keys() if titles else set()


def answers_by_title(titles: Iterable[str]) -> dict[str, Statement]:
    """The statements of the desk with these headlines; of several the oldest."""
    statements = Statement.objects.exclude(state=WorkflowState.WITHDRAWN)
    stored = statements.filter(headline__in=set(titles)).order_by("-pk")
    return {statement.headline: statement for statement in stored}
