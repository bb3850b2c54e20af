"""What was entered from a source: entries that cite it and positions, with their marks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse

from kb.desk.admin.workbench.marked_text import KIND_LETTERS, KIND_NAMES, MarkedSpan
from kb.desk.models import Citation, PassageMark, Publishable, Source, SourceText, Stance
from kb.desk.models.base import WorkflowState
from kb.desk.models.source_texts import PassageKind
from kb.text.article_text import article_paragraphs, paragraph_at

MAX_ENTERED = 300


@dataclass(frozen=True)
class EnteredRow:
    """A line of the table: what was made, from which words, and its state."""

    kind: str
    letter: str
    name: str
    title: str
    url: str
    exact: str
    state: str
    state_label: str
    paragraph: int | None
    is_lost: bool
    span: MarkedSpan | None


def entered_rows(source: Source, text: SourceText | None) -> list[EnteredRow]:
    """What was entered from a source, in the order of its text; what has no mark comes last.

    Five queries at most.
    """
    citations = (
        Citation.objects.filter(source=source)
        .select_related("statement", "event", "request__asked_by", "mark")
        .prefetch_related("request__asked")
        .order_by("pk")[:MAX_ENTERED]
    )
    stances = (
        Stance.objects.filter(source=source) | Stance.objects.filter(mark__text__source=source)
    ).select_related("proposition", "mark")
    rows = []
    for citation in citations:
        entry = citation.statement or citation.event or citation.request
        if entry is not None:
            mark = getattr(citation, "mark", None)
            rows.append(_row(entry.kind, entry, citation.exact, mark, text))
    for stance in stances.distinct().order_by("pk")[:MAX_ENTERED]:
        mark = getattr(stance, "mark", None)
        rows.append(_row(PassageKind.POSITION, stance.proposition, stance.exact, mark, text))
    return sorted(rows, key=lambda row: (row.span is None, row.span.start if row.span else 0))


def count_unpublished(rows: Iterable[EnteredRow]) -> int:
    """The number of different records among the rows that are drafts or in review."""
    waiting = (WorkflowState.DRAFT, WorkflowState.IN_REVIEW)
    return len({row.url for row in rows if row.state in waiting})


def _row(
    kind: str, record: Publishable, exact: str, mark: PassageMark | None, text: SourceText | None
) -> EnteredRow:
    url = reverse(f"admin:desk_{record._meta.model_name}_change", args=[record.pk])
    span = paragraph = None
    if mark is not None and text is not None and mark.text_id == text.pk:
        span = MarkedSpan(mark.start, mark.end, kind, url, str(record))
        paragraph = paragraph_at(article_paragraphs(text.body), mark.start).number
    return EnteredRow(
        kind=kind,
        letter=KIND_LETTERS[kind],
        name=str(KIND_NAMES[kind]),
        title=str(record),
        url=url,
        exact=exact,
        state=record.state,
        state_label=record.get_state_display(),
        paragraph=paragraph,
        is_lost=mark is not None and span is None,
        span=span,
    )
