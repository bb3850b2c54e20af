"""What a cue is: a verb of speech, “according to” or a mark, with its speaker and content."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kb.text.attribution.mentions import Phrase
from kb.text.attribution.verbs import Group

MAX_BETWEEN = 3  # words between a speaker and the verb: has also said
CueKind = Literal["verb", "inverted", "according", "colon", "dash", "impersonal"]


@dataclass(frozen=True)
class Cue:
    """Places of a cue in the words of its sentence.

    ``before`` and ``after`` are the places of the content on each side, or None.
    """

    kind: CueKind
    verb: int
    group: Group
    base: str
    speaker: Phrase | None
    before: tuple[int, int] | None
    after: tuple[int, int] | None

    @property
    def start(self) -> int:
        """The first place of the cue with its speaker."""
        return min(self.verb, self.speaker.start) if self.speaker else self.verb


def is_direct(cue: Cue) -> bool:
    """Whether a speaker is beside the verb, not shared with another verb before it."""
    speaker = cue.speaker
    return speaker is not None and cue.verb - speaker.last <= MAX_BETWEEN
