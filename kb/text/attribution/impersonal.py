"""Views, claims and questions of nobody in particular.

It is said to be late; the claim that it is late; asked whether it is late.
"""

from __future__ import annotations

from collections.abc import Sequence

from kb.text.attribution.content import ENDS, content_end, is_finite, without_marks
from kb.text.attribution.cue import Cue
from kb.text.attribution.sentences import Word
from kb.text.attribution.verbs import NOUNS_TOO, verb_groups
from kb.text.attribution.word_lists import ADVERBS, BE, CONJUNCTIONS, word_set

_IMPRESSIONS = word_set("seem seems seemed appear appears appeared")
_AFTER_IMPRESSION = word_set("to that likely unlikely certain ready as poised set determined like")
_PASSIVES = word_set(
    """expected said believed thought considered rumored rumoured reported alleged supposed seen
    viewed perceived regarded accused assumed presumed understood feared predicted projected
    estimated rated ranked described portrayed"""
)
_AFTER_PASSIVE = word_set("to as of")
_QUESTIONS = word_set("if whether about what who how why which where when")
# Nouns and adjectives that bring a claim: the idea that, it is clear that, aware that.
_CLAIMS = word_set(
    """idea assertion assertions suggestion suggestions concern concerns belief beliefs evidence
    accusation accusations allegation allegations view views sign signs recognition claim claims
    agreement rumor rumors rumour rumours reminder speculation sense doubt doubts clear aware
    convinced hopeful confident certain adamant worried surprised notion argument arguments warning
    warnings prediction predictions complaint complaints hope hopes fear fears impression promise
    promises conclusion admission assurance assurances contention perception feeling question
    skeptical sceptical optimistic unlikely likely possible"""
)
MAX_QUESTION_DISTANCE = 8
MAX_SUBJECT_WORDS = 25


def is_impression(words: Sequence[Word], place: int) -> bool:
    """Whether a verb says how something seems, or what is said of it."""
    following = words[place + 1].lower if place + 1 < len(words) else ""
    if words[place].lower in _IMPRESSIONS:
        return following in _AFTER_IMPRESSION
    if words[place].lower not in _PASSIVES or following not in _AFTER_PASSIVE:
        return False
    before = place - 1
    while before > 0 and (words[before].lower in ADVERBS or words[before].lower.endswith("ly")):
        before -= 1
    return before >= 0 and words[before].lower in BE


def impression_cue(words: Sequence[Word], place: int) -> Cue | None:
    """Return the clause around a verb as its content, without a speaker."""
    start = place
    while start > 0 and place - start < MAX_SUBJECT_WORDS and not _is_edge(words[start - 1]):
        start -= 1
    end = place + 1
    while end < len(words) and words[end].text not in (*ENDS, ","):
        end += 1
    end = without_marks(words, place, end)
    if start >= place or end <= place + 1:
        return None
    return Cue("impersonal", place, "thought", "seem", None, None, (start, end))


def is_claim(words: Sequence[Word], place: int) -> bool:
    """Whether “that” and a clause follow a noun of saying or thinking, or a verb of it."""
    if place + 2 >= len(words) or words[place + 1].lower not in ("that", "whether"):
        return False
    word = words[place]
    if is_finite(words[place + 2]):
        return False  # “that” stands for the noun
    is_verb = bool(verb_groups(word.lower) & {"speech", "tell", "thought", "finding"})
    return word.lower in _CLAIMS or (
        is_verb and word.lower not in NOUNS_TOO and word.text.islower()
    )


def claim_cue(words: Sequence[Word], place: int) -> Cue:
    """Return the clause with “that” as the content, without a speaker."""
    end = content_end(words, place + 1)
    return Cue("impersonal", place, "thought", "claim", None, None, (place + 1, end))


def _is_edge(word: Word) -> bool:
    """Whether a clause can begin after a word."""
    return word.kind != "word" or word.lower in CONJUNCTIONS


def is_question(words: Sequence[Word], place: int) -> bool:
    """Whether a participle says that somebody was asked: Asked if …, when asked about …"""
    if words[place].lower not in ("asked", "pressed", "questioned"):
        return False
    return place == 0 or words[place - 1].lower in ("when", "if", ",")


def question_cue(words: Sequence[Word], place: int) -> Cue | None:
    """Return what was asked as the content, without a speaker."""
    limit = min(len(words), place + MAX_QUESTION_DISTANCE)
    start = next((at for at in range(place + 1, limit) if words[at].lower in _QUESTIONS), None)
    if start is None:
        return None
    end = start + 1
    while end < len(words) and words[end].text not in (*ENDS, ","):
        end += 1
    return Cue("impersonal", place, "speech", "ask", None, None, (start, end))
