"""Proposals of statements: quotations and reported words, with who said them and for whom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kb.desk.admin.workbench.passage import sentence_around
from kb.desk.admin.workbench.shown_proposal import ShownProposal
from kb.desk.admin.workbench.speakers import NamedActor, PassageSpeaker, speaker_of
from kb.record.vocabulary import Label
from kb.text.article_text import article_paragraphs, paragraph_at
from kb.text.attribution import Proposal
from kb.text.attribution.runs import count_words

# The kinds of the engine that become statements.
STATEMENT_BASES = ("quotation", "indirect")
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
    "impersonal": gettext_lazy("words without a named speaker"),
}


def shown_statements(
    body: str, proposals: Sequence[Proposal], actors: Mapping[str, NamedActor]
) -> Iterator[ShownProposal]:
    """The proposals of the engine that can become statements, each with its passage."""
    paragraphs = article_paragraphs(body)
    for proposal in proposals:
        if proposal.kind not in STATEMENT_BASES:
            continue
        if _is_weak(proposal) or _is_inside(proposal, proposals):
            continue
        start, end = statement_passage(body, proposal)
        speaker = speaker_of(proposal, proposals, actors)
        yield ShownProposal(
            "statement",
            start,
            end,
            proposal.kind,
            proposal.start,
            proposal.end,
            paragraph_at(paragraphs, start).number,
            proposal.sentence,
            _summary(proposal, speaker),
            REASONS[proposal.why],
            proposal.certain,
            _is_ready(speaker),
            _new_names(speaker),
        )


def statement_passage(body: str, proposal: Proposal) -> tuple[int, int]:
    """The passage of a fact: a quotation with its marks, reported words with their sentence."""
    start, end = proposal.start, proposal.end
    if proposal.kind == "quotation":
        if body[start - 1 : start] and body[start - 1] in QUOTATION_MARKS:
            start -= 1
        if body[end : end + 1] and body[end] in QUOTATION_MARKS:
            end += 1
        return start, end
    return sentence_around(body, proposal.sentence, start, end)


def _is_weak(proposal: Proposal) -> bool:
    is_short = count_words(proposal.text) < MIN_UNCERTAIN_WORDS and proposal.text.isascii()
    return proposal.kind == "quotation" and not proposal.certain and is_short


def _is_inside(proposal: Proposal, others: Sequence[Proposal]) -> bool:
    """Whether it is a part of a proposal of the other kind."""
    return any(
        other.kind != proposal.kind
        and other.start <= proposal.start
        and proposal.end <= other.end
        and (other.end - other.start) > (proposal.end - proposal.start)
        for other in others
    )


def _summary(proposal: Proposal, speaker: PassageSpeaker | None) -> str:
    """What it would become: “Quotation: Ann Bell, spokesperson, for Acme”."""
    is_quoted = proposal.kind == "quotation"
    label = _("Quotation") if is_quoted else _("Reported words")
    if speaker is None:
        return _("%(kind)s, speaker not stated") % {"kind": label}
    person, principal, mention = speaker.person, speaker.principal, proposal.speaker
    parts = [person.name if person else mention.text if mention else "", speaker.role]
    if principal is not None:
        parts.append(_("for %(party)s") % {"party": principal.name})
    return f"{label}: {', '.join(part for part in parts if part)}"


def _new_names(speaker: PassageSpeaker | None) -> tuple[str, ...]:
    named = (speaker.person, speaker.principal) if speaker else ()
    return tuple(part.name for part in named if part is not None and part.is_new)


def _is_ready(speaker: PassageSpeaker | None) -> bool:
    """Whether the speaker is certain, and is an actor or a new person with name and role."""
    if speaker is None or not speaker.certain or speaker.person is None:
        return False
    principal = speaker.principal
    if principal is not None and not (principal.actor or principal.is_new):
        return False
    is_new_person = speaker.person.is_new and bool(speaker.role) and " " in speaker.person.name
    return speaker.person.actor is not None or is_new_person
