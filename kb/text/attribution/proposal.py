"""A proposal, and a sentence as the rules have read it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from kb.text.attribution.cue import Cue
from kb.text.attribution.sentences import Sentence
from kb.text.attribution.speakers import Speaker

ProposalKind = Literal["quotation", "indirect"]
Why = Literal[
    "verb-before",  # Bell said, “…”
    "verb-after",  # “…,” Bell said; “…,” said Bell
    "according",  # according to Bell
    "colon",  # Bell: “…”
    "dash",  # “…” – Bell
    "noun-before",  # chants of “…”
    "lead-in",  # Bell issued a statement: “…”
    "same-paragraph",  # after a quotation with a speaker
    "next-paragraph",  # the quotation goes on from the paragraph before
    "marks",  # quotation marks only
    "impersonal",  # the ship is said to be late; asked whether the ship is late
]


@dataclass(frozen=True)
class Proposal:
    """Words of an article that somebody says, with where they are and why they are proposed.

    ``certain`` is False where another person could be the speaker.
    """

    kind: ProposalKind
    text: str
    start: int
    end: int
    speaker: Speaker | None
    certain: bool
    sentence: str
    why: Why


@dataclass(frozen=True)
class Reading:
    """A sentence with its cues and the speaker of each."""

    sentence: Sentence
    cues: Sequence[Cue]
    speakers: Sequence[Speaker | None]
    is_chinese: bool = False


def why_of(cue: Cue, spot: int) -> Why:
    """Return the reason for content at a place, from its cue."""
    if cue.kind == "according":
        return "according"
    if cue.kind == "colon":
        return "colon"
    if cue.kind == "dash":
        return "dash"
    if cue.kind == "impersonal":
        return "impersonal"
    return "verb-before" if cue.verb < spot else "verb-after"
