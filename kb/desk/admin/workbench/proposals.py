"""What the text of a source proposes to make, with the reason; an editor decides on each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kb.desk.admin.workbench.marked_text import MarkedSpan
from kb.desk.admin.workbench.sentence_proposals import sentence_facts, shown_sentences
from kb.desk.admin.workbench.shown_proposal import ShownProposal
from kb.desk.admin.workbench.speakers import actors_named, names_of, text_proposals
from kb.desk.admin.workbench.statement_proposals import shown_statements
from kb.desk.models import DismissedProposal, Source, SourceText
from kb.text.carried_marks import context_after, context_before


def open_proposals(text: SourceText, marked: Iterable[MarkedSpan]) -> list[ShownProposal]:
    """The proposals of a text that are neither made already nor dismissed, in order."""
    body, source, spans = text.body, text.source, list(marked)
    statements = text_proposals(body)
    facts = sentence_facts(body, source.published)
    mentions = [proposal.speaker for proposal in statements]
    mentions += [fact.speaker for fact in facts]
    actors = actors_named(names_of(mentions))
    dismissed = _dismissed(source)
    proposals = [
        *shown_statements(body, statements, actors),
        *shown_sentences(body, facts, statements, actors),
    ]
    return [
        shown
        for shown in sorted(proposals, key=lambda shown: (shown.start, shown.end, shown.kind))
        if not _is_marked(shown, spans) and not _is_dismissed(shown, body, dismissed)
    ]


def dismiss_proposal(source: Source, body: str, shown: ShownProposal, *, by: Any) -> None:
    """Store that a proposal is not wanted; it is not shown again, in later versions either."""
    DismissedProposal.objects.create(
        source=source,
        kind=shown.basis,
        exact=body[shown.words_start : shown.words_end],
        before=context_before(body, shown.words_start),
        after=context_after(body, shown.words_end),
        dismissed_by=by,
    )


def _is_marked(shown: ShownProposal, spans: list[MarkedSpan]) -> bool:
    """Whether a fact of this kind was made from half of the passage or more."""
    start, end = shown.start, shown.end
    return any(
        span.kind == shown.kind and 2 * (min(end, span.end) - max(start, span.start)) >= end - start
        for span in spans
    )


def _dismissed(source: Source) -> set[tuple[str, str, str, str]]:
    rows = DismissedProposal.objects.filter(source=source)
    return set(rows.values_list("kind", "exact", "before", "after"))


def _is_dismissed(
    shown: ShownProposal, body: str, dismissed: set[tuple[str, str, str, str]]
) -> bool:
    """Whether the same words were dismissed at a place that has the same words on one side."""
    before = context_before(body, shown.words_start)
    after = context_after(body, shown.words_end)
    words = body[shown.words_start : shown.words_end]
    return any(
        basis == shown.basis
        and exact == words
        and (before == earlier_before or after == earlier_after)
        for basis, exact, earlier_before, earlier_after in dismissed
    )
