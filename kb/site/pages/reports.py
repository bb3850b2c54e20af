"""The context of the public log of reports from readers: figures, and every decision."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TypedDict

from django.db.models import Count
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from kb.record.addresses import PLURALS, record_path
from kb.record.history import is_tombstone
from kb.record.models import HandledReport, Revision
from kb.record.report_vocabulary import (
    REPORT_KIND_LABELS,
    ReportKind,
    ReportOutcome,
    ReportReason,
)
from kb.record.revision_headlines import revision_headlines
from kb.site.http.parameters import ANY_TEXT, clean_cursor, clean_parameters
from kb.site.pages.changes import LaterPages
from kb.site.pages.corrections import path_with_parameters
from kb.site.pages.page_meta import Head, page_head
from kb.site.pages.sentences import as_sentence

PAGE_SIZE = 50
OPEN = ""


class DecisionRow(TypedDict):
    """One decision. ``about`` is "" for a report about the whole site."""

    id: str
    on: datetime
    received: datetime
    kind: str
    outcome: str
    reason: str
    sentence: str
    about: str
    about_url: str
    result: str
    result_url: str


class ReportsContext(TypedDict):
    """What ``reports/reports.html`` is given."""

    title: str
    description: str
    figures: str
    decisions: list[DecisionRow]
    pages: LaterPages
    head: Head
    nav: str


def reports_cursor(request: HttpRequest) -> int:
    """The cursor of the page, 0 for the first. Raises InvalidParameters."""
    values = clean_parameters(request, {"after": ANY_TEXT})
    return clean_cursor(request.GET, values["after"])


def reports_context(request: HttpRequest, cursor: int) -> ReportsContext:
    """Decisions, the newest first. ``cursor`` is the key of the last one of the page before."""
    description = _(
        "What readers have reported, what was decided, and why. Their words stay private."
    )
    rows = _decided(cursor)
    path = reverse("reports")
    is_last = len(rows) <= PAGE_SIZE
    rows = rows[:PAGE_SIZE]
    return {
        "title": _("Reports from readers"),
        "description": description,
        "figures": _figures(),
        "decisions": _decision_rows(rows),
        "pages": {
            "first": path if cursor else None,
            "next": None if is_last else path_with_parameters(path, f"after={rows[-1].pk}"),
        },
        "head": page_head(request, _("Reports from readers"), description),
        "nav": "changes",
    }


def _decided(cursor: int) -> list[HandledReport]:
    """One row more than a page has. What was set aside is counted, and not listed."""
    rows = HandledReport.objects.exclude(outcome__in=(OPEN, ReportOutcome.SET_ASIDE))
    if cursor:
        last = HandledReport.objects.filter(pk=cursor).first()
        if last is None or last.decided_at is None:
            return []
        earlier = rows.filter(decided_at__lt=last.decided_at)
        rows = earlier | rows.filter(decided_at=last.decided_at, pk__lt=cursor)
    return list(rows.order_by("-decided_at", "-pk")[: PAGE_SIZE + 1])


def _figures() -> str:
    """All figures in one sentence: "40 reports: 6 corrected, 30 declined, 4 open."."""
    rows = HandledReport.objects.order_by().values_list("outcome")
    counts = dict(rows.annotate(reports=Count("pk")))
    total = sum(counts.values())
    if not total:
        return ""
    labels = {outcome.value: str(outcome.label) for outcome in ReportOutcome}
    labels[OPEN] = pgettext("report", "open")
    parts = [
        _("%(number)s %(outcome)s") % {"number": f"{counts[outcome]:,}", "outcome": label}
        for outcome, label in labels.items()
        if counts.get(outcome)
    ]
    head = ngettext("%(number)s report", "%(number)s reports", total) % {"number": f"{total:,}"}
    sentence = _("%(reports)s: %(parts)s") % {"reports": head, "parts": _(", ").join(parts)}
    if days := _median_days(total - counts.get(OPEN, 0)):
        sentence = _("%(figures)s. Half of the decisions took %(days)s days or less") % {
            "figures": sentence,
            "days": days,
        }
    return as_sentence(sentence)


def _median_days(count: int) -> str:
    """The median of the days to a decision, with one decimal; "" without decisions."""
    if not count:
        return ""
    rows = HandledReport.objects.filter(hours__isnull=False).order_by("hours")
    middle = rows.values_list("hours", flat=True)[(count - 1) // 2 : count // 2 + 1]
    hours = [value for value in middle if value is not None]
    return f"{sum(hours) / len(hours) / 24:.1f}" if hours else ""


def _decision_rows(rows: Sequence[HandledReport]) -> list[DecisionRow]:
    """The rows of one page, with the titles of the records that they name."""
    public_ids = {public_id for row in rows for public_id in (row.about, row.result)} - {""}
    revisions = Revision.objects.current().filter(public_id__in=public_ids, kind__in=PLURALS)
    current = {revision.public_id: revision for revision in revisions}
    headlines = revision_headlines(
        [revision for revision in current.values() if not is_tombstone(revision)]
    )

    def link(public_id: str) -> tuple[str, str]:
        revision = current.get(public_id)
        if revision is None:
            return public_id, ""
        headline = headlines.get(revision.pk)
        title = headline.words if headline else public_id
        return title, record_path(revision.kind, revision.slug)

    decisions: list[DecisionRow] = []
    for row in rows:
        if row.decided_at is None:
            continue
        about, about_url = link(row.about)
        result, result_url = link(row.result if row.result != row.about else "")
        decisions.append(
            {
                "id": row.public_id,
                "on": row.decided_at,
                "received": row.received_at,
                "kind": str(REPORT_KIND_LABELS[ReportKind(row.kind)]),
                "outcome": str(ReportOutcome(row.outcome).label),
                "reason": str(ReportReason(row.reason).label),
                "sentence": row.sentence,
                "about": about,
                "about_url": about_url,
                "result": result,
                "result_url": result_url,
            }
        )
    return decisions
