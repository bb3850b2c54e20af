"""Which quotations are somebody's words, and whose.

A quotation with a cue in its sentence is proposed with the cue's speaker. One without is proposed
if it continues another, or has several words and is no title.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from kb.text.attribution.certainty import ends_with_tag, is_certain
from kb.text.attribution.chinese import cue_beside, follows_tag, is_sentence
from kb.text.attribution.cue import Cue
from kb.text.attribution.mentions import Phrase, is_name_word
from kb.text.attribution.people import People
from kb.text.attribution.proposal import Proposal, Reading, Why, why_of
from kb.text.attribution.runs import Run
from kb.text.attribution.sentences import Word
from kb.text.attribution.speakers import Speaker, is_plain, read_speaker
from kb.text.attribution.subjects import leading_subject
from kb.text.attribution.titles import has_title_case, is_name, is_title
from kb.text.attribution.verbs import verb_groups
from kb.text.attribution.word_lists import ADVERBS, word_set

MIN_WORDS_WITHOUT_CUE = 5  # of a quotation that begins its sentence
MIN_WORDS_INSIDE = 8  # of one inside a sentence
# What a sentence without a verb of speech has before a quotation: issued a statement, “…”.
_UTTERANCES = word_set(
    """statement message letter tweet post remarks comment comments speech reply response warning
    question note email e-mail memo answer announcement interview"""
)


_SPOKEN_NOUNS = word_set(
    """chant chants shout shouts cry cries call calls claim claims comment comments remark remarks
    accusation accusations allegation allegations assertion charge suggestion slogan slogans
    motto phrase term terms word words line question message promise pledge vow warning threat
    notion idea argument description reference references sign signs boos plea admission
    statement conclusion label labels talk rejection criticism"""
)
MAX_NOUN_DISTANCE = 20
_SENTENCE_ENDS = frozenset(".?!…")


class _Answer(NamedTuple):
    """Who speaks, why, and whether that is sure."""

    speaker: Speaker | None
    why: Why
    is_sure: bool


@dataclass
class _Before:
    """What the sentences before tell about the speaker of a quotation without a cue."""

    paragraph: int = -1
    answer: _Answer | None = None  # of the last quotation that has a speaker
    lead: _Answer | None = None  # from a sentence that ends with a colon
    is_new: bool = True  # no quotation with a speaker in this paragraph yet
    is_plain: bool = False  # the sentence before has no quotation
    has_only_tag: bool = False  # it ends with who spoke
    run: Run | None = None  # the last quotation that was proposed

    def begin_paragraph(self, paragraph: int) -> None:
        """Note that a paragraph begins."""
        if self.is_new:
            self.answer = None
        self.paragraph, self.is_new, self.is_plain = paragraph, True, False


def propose_quotations(text: str, readings: Sequence[Reading], people: People) -> list[Proposal]:
    """Return the proposals for the quotations of an article, in order. They do not overlap."""
    proposals: list[Proposal] = []
    before = _Before()
    for reading in readings:
        sentence = reading.sentence
        if sentence.paragraph != before.paragraph:
            before.begin_paragraph(sentence.paragraph)
        for run in sentence.runs:
            answer = _answer(text, reading, run, before, people)
            if answer is None:
                continue
            before.run = run
            if answer.speaker is not None:
                before.answer, before.is_new = answer, False
            proposals.append(
                Proposal(
                    "quotation",
                    run.text,
                    run.start,
                    run.end,
                    answer.speaker,
                    answer.is_sure,
                    text[sentence.start : sentence.end],
                    answer.why,
                )
            )
        before.lead = _lead(text, reading, people)
        before.is_plain = not sentence.runs
        before.has_only_tag = _has_only_tag(reading)
    return proposals


def _answer(
    text: str, reading: Reading, run: Run, before: _Before, people: People
) -> _Answer | None:
    """Return the speaker of a quotation; None if it is not somebody's words."""
    words = reading.sentence.words
    spot = next((place for place, word in enumerate(words) if word.start == run.opening), 0)
    if reading.is_chinese:
        return _chinese_answer(text, reading, run, spot, before)
    if is_title(words, spot, run):
        return None
    cue = _cue_of(reading.cues, spot)
    if cue is not None:
        speaker = reading.speakers[reading.cues.index(cue)]
        if cue.speaker is None or not cue.speaker.is_sure or not is_plain(speaker):
            return _Answer(None, why_of(cue, spot), False)
        is_sure = speaker is not None and is_certain(words, reading.cues, cue, spot, run, speaker)
        return _Answer(speaker, why_of(cue, spot), is_sure)
    if spot == 0 and before.lead is not None:
        return before.lead
    if spot == 0 and before.answer is not None:
        answer = before.answer
        if run.is_continued:
            return answer._replace(why="next-paragraph")
        if not reading.cues and not before.is_new and not before.is_plain:
            return answer._replace(
                why="same-paragraph", is_sure=answer.is_sure and before.has_only_tag
            )
    if _follows_noun(words, spot):
        return _Answer(None, "noun-before", False)
    is_whole = _is_whole_sentence(words, spot, run)
    is_short = run.word_count < (MIN_WORDS_WITHOUT_CUE if is_whole else MIN_WORDS_INSIDE)
    if is_short or has_title_case(run.text) or is_name(words, spot, run):
        return None
    return _answer_from_lead(text, reading, spot, people)


def _is_whole_sentence(words: Sequence[Word], spot: int, run: Run) -> bool:
    """Whether nothing but a lead is before a quotation, and it is a sentence of its own.

    Her answer was: “…”; upon saying, “…”; Instead, “he …”.
    """
    if spot == 0:
        return True
    if run.text[-1] not in _SENTENCE_ENDS or spot < 2:
        return False
    if words[spot - 1].text == ":":
        return True
    lead = words[spot - 2].lower
    is_lead = "speech" in verb_groups(lead) or (spot == 2 and lead in ADVERBS)
    return words[spot - 1].text == "," and is_lead


def _has_only_tag(reading: Reading) -> bool:
    """Whether a sentence is quotations and who spoke, so that the next one can go on."""
    words = reading.sentence.words
    if all(word.kind == "run" for word in words):
        return True
    return len(reading.cues) > 0 and ends_with_tag(words, reading.cues[-1])


def _follows_noun(words: Sequence[Word], spot: int) -> bool:
    """Whether a noun leads to a quotation: chants of “…”, the claim that it was “…”."""
    if spot >= 2 and words[spot - 1].lower in ("a", "an", "the") and words[spot - 2].lower == "as":
        return True
    if spot >= 1 and words[spot - 1].lower == "as":
        return True
    for place in range(max(0, spot - MAX_NOUN_DISTANCE), spot):
        if words[place].lower not in _SPOKEN_NOUNS:
            continue
        following = words[place + 1]
        if place + 1 == spot or following.lower == "that":
            return True
        if following.lower in ("of", "to", "about", "is", "was", "like") and place + 4 >= spot:
            return True
    return False


def _chinese_answer(
    text: str, reading: Reading, run: Run, spot: int, before: _Before
) -> _Answer | None:
    """Return the speaker of a quotation in a Chinese sentence; None if it is a name."""
    cue = cue_beside(text, reading.sentence.start, reading.sentence.end, run)
    if cue is not None:
        why: Why = "verb-before" if cue.is_before else "verb-after"
        return _Answer(cue.speaker, why, cue.is_sure)
    if spot == 0 and before.answer is not None and run.is_continued:
        return before.answer._replace(why="next-paragraph")
    if not is_sentence(text, run):
        return None
    goes_on = before.run is not None and follows_tag(text, before.run, run)
    if before.answer is not None and not before.is_new and goes_on:
        return before.answer._replace(why="same-paragraph", is_sure=False)
    return _Answer(None, "marks", False)


def _answer_from_lead(text: str, reading: Reading, spot: int, people: People) -> _Answer:
    """Return who makes the statement that a comma or a colon and a quotation follow."""
    words = reading.sentence.words
    phrase: Phrase | None = None
    if spot > 0 and words[spot - 1].text in (",", ":"):
        phrase = leading_subject(words, spot)
    if phrase is None or not any(is_name_word(word) for word in words[phrase.start : phrase.end]):
        return _Answer(None, "marks", False)
    if not any(word.lower in _UTTERANCES for word in words[phrase.end : spot]):
        return _Answer(None, "marks", False)
    return _Answer(read_speaker(text, reading.sentence, phrase, people), "lead-in", False)


def _lead(text: str, reading: Reading, people: People) -> _Answer | None:
    """Return who is about to speak after a sentence that ends with a colon."""
    words: Sequence[Word] = reading.sentence.words
    if words[-1].text != ":":
        return None
    for cue, speaker in zip(reversed(reading.cues), reversed(reading.speakers), strict=True):
        if speaker is not None and cue.speaker is not None and cue.speaker.is_sure:
            return _Answer(speaker, "lead-in", True)
    phrase = leading_subject(words, len(words))
    if phrase is None:
        return None
    return _Answer(read_speaker(text, reading.sentence, phrase, people), "lead-in", False)


def _cue_of(cues: Sequence[Cue], spot: int) -> Cue | None:
    """Return the cue whose content has a quotation: the nearest one."""
    covering = [
        cue
        for cue in cues
        if cue.kind != "impersonal"
        and any(side is not None and side[0] <= spot < side[1] for side in (cue.before, cue.after))
    ]
    return min(covering, key=lambda cue: (abs(cue.verb - spot), cue.verb), default=None)
