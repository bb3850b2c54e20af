"""What the text of a source proposes: statements that are not made from it yet, with the reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kb.desk.admin.workbench.marked_text import MarkedSpan
from kb.desk.admin.workbench.speakers import (
    PassageSpeaker,
    actors_named_in,
    speaker_of,
    text_proposals,
)
from kb.desk.models import DismissedProposal, Source, SourceText
from kb.record.vocabulary import Label
from kb.text.article_text import article_paragraphs, paragraph_at
from kb.text.attribution import Proposal
from kb.text.attribution.runs import count_words
from kb.text.carried_marks import context_after, context_before

# The kinds of the engine, and the kind of fact that each becomes.
FACT_KINDS = {"quotation": "statement", "indirect": "statement"}
# A shorter quotation without a certain speaker is rather a name or irony.
MIN_UNCERTAIN_WORDS = 5
QUOTATION_MARKS = "“”„‟«»「」『』\"'‘’"
REASONS: dict[str, Label] = {
    "verb-before": gettext_lazy("a verb of speech before the words"),
    "verb-after": gettext_lazy("a verb of speech after the words"),
    "according": gettext_lazy("“according to”"),
    "colon": gettext_lazy("a name and a colon"),
    "dash": gettext_lazy("a dash and a name"),
    "noun-before": gettext_lazy("a noun of speech before the words"),
    "lead-in": gettext_lazy("the words before announce a statement"),
    "same-paragraph": gettext_lazy("after a quotation of the same paragraph"),
    "next-paragraph": gettext_lazy("goes on from the paragraph before"),
    "marks": gettext_lazy("quotation marks only"),
}


@dataclass(frozen=True)
class ShownProposal:
    """A proposal on the page. ``start`` and ``end`` are the passage that a fact is made from.

    It ``is_ready`` to become a draft as it is if the speaker is certain, and is an actor of the
    desk or a person with name and role.
    """

    proposal: Proposal
    kind: str
    start: int
    end: int
    paragraph: int
    speaker: PassageSpeaker | None

    @property
    def key(self) -> str:
        return f"{self.start}-{self.end}"

    @property
    def reason(self) -> Label:
        return REASONS.get(self.proposal.why, self.proposal.why)

    @property
    def summary(self) -> str:
        """What it would become: “Quotation: Ann Bell, spokesperson, for Acme”."""
        is_quoted = self.proposal.kind == "quotation"
        label = _("Quotation") if is_quoted else _("Reported words")
        if self.speaker is None:
            return _("%(kind)s, speaker not stated") % {"kind": label}
        person, principal = self.speaker.person, self.speaker.principal
        mention = self.proposal.speaker
        parts = [person.name if person else mention.text if mention else "", self.speaker.role]
        if principal is not None:
            parts.append(_("for %(party)s") % {"party": principal.name})
        return f"{label}: {', '.join(part for part in parts if part)}"

    @property
    def new_names(self) -> list[str]:
        """The names of the actors that are created with it."""
        if self.speaker is None:
            return []
        named = (self.speaker.person, self.speaker.principal)
        return [part.name for part in named if part is not None and part.is_new]

    @property
    def is_ready(self) -> bool:
        speaker = self.speaker
        if speaker is None or not speaker.certain or speaker.person is None:
            return False
        if speaker.principal is not None and not (
            speaker.principal.actor or speaker.principal.is_new
        ):
            return False
        is_new_person = speaker.person.is_new and bool(speaker.role) and " " in speaker.person.name
        return speaker.person.actor is not None or is_new_person


def open_proposals(text: SourceText, marked: Iterable[MarkedSpan]) -> list[ShownProposal]:
    """The proposals of a text that are neither made already nor dismissed, in order."""
    body, spans = text.body, list(marked)
    dismissed = _dismissed(text.source)
    proposals = text_proposals(body)
    paragraphs = article_paragraphs(body)
    actors = actors_named_in(proposals)
    shown = []
    for proposal in proposals:
        kind = FACT_KINDS.get(proposal.kind)
        if kind is None or _is_weak(proposal) or _is_inside(proposal, proposals):
            continue
        start, end = _passage(body, proposal)
        if _is_marked(kind, start, end, spans) or _is_dismissed(proposal, body, dismissed):
            continue
        number = paragraph_at(paragraphs, start).number
        speaker = speaker_of(proposal, proposals, actors)
        shown.append(ShownProposal(proposal, kind, start, end, number, speaker))
    return shown


def dismiss_proposal(source: Source, body: str, proposal: Proposal, *, by: Any) -> None:
    """Store that a proposal is not wanted; it is not shown again, in later versions either."""
    DismissedProposal.objects.create(
        source=source,
        kind=proposal.kind,
        exact=proposal.text,
        before=context_before(body, proposal.start),
        after=context_after(body, proposal.end),
        dismissed_by=by,
    )


def _is_weak(proposal: Proposal) -> bool:
    is_short = count_words(proposal.text) < MIN_UNCERTAIN_WORDS and proposal.text.isascii()
    return proposal.kind == "quotation" and not proposal.certain and is_short


def _is_inside(proposal: Proposal, others: Iterable[Proposal]) -> bool:
    """Whether it is a part of a proposal of the other kind."""
    return any(
        other.kind != proposal.kind
        and other.start <= proposal.start
        and proposal.end <= other.end
        and (other.end - other.start) > (proposal.end - proposal.start)
        for other in others
    )


def _passage(body: str, proposal: Proposal) -> tuple[int, int]:
    """The passage of a fact: a quotation with its marks, reported words with their sentence."""
    start, end = proposal.start, proposal.end
    if proposal.kind == "quotation":
        if body[start - 1 : start] and body[start - 1] in QUOTATION_MARKS:
            start -= 1
        if body[end : end + 1] and body[end] in QUOTATION_MARKS:
            end += 1
        return start, end
    length = len(proposal.sentence)
    place = body.rfind(proposal.sentence, 0, start + length)
    if 0 <= place <= start and end <= place + length:
        return place, place + length
    return start, end


def _is_marked(kind: str, start: int, end: int, spans: list[MarkedSpan]) -> bool:
    """Whether a fact of this kind was made from half of the passage or more."""
    return any(
        span.kind == kind and 2 * (min(end, span.end) - max(start, span.start)) >= end - start
        for span in spans
    )


def _dismissed(source: Source) -> set[tuple[str, str, str, str]]:
    rows = DismissedProposal.objects.filter(source=source)
    return set(rows.values_list("kind", "exact", "before", "after"))


def _is_dismissed(proposal: Proposal, body: str, dismissed: set[tuple[str, str, str, str]]) -> bool:
    """Whether the same words were dismissed at a place that has the same words on one side."""
    before, after = context_before(body, proposal.start), context_after(body, proposal.end)
    return any(
        kind == proposal.kind
        and exact == proposal.text
        and (before == earlier_before or after == earlier_after)
        for kind, exact, earlier_before, earlier_after in dismissed
    )
