"""When a quotation's speaker is certain.

Certain is what leaves no other reading: the quotation and who said it stand side by side, with a
plain verb of speech between them, and nobody else is said to report it. All else can be right, and
is proposed for an editor to check.
"""

from __future__ import annotations

from collections.abc import Sequence

from kb.text.attribution.content import is_finite
from kb.text.attribution.cue import Cue, is_direct
from kb.text.attribution.runs import Run
from kb.text.attribution.sentences import Word
from kb.text.attribution.speakers import Speaker
from kb.text.attribution.verbs import verb_forms, verb_groups
from kb.text.attribution.word_lists import (
    AUXILIARIES,
    DASHES,
    PREPOSITIONS,
    TIME_WORDS,
    word_set,
)

_PLAIN = word_set(
    """say tell add ask write explain note argue continue reply respond answer insist warn declare
    acknowledge concede announce tweet suggest joke recall conclude complain"""
)
_REPORTING = word_set("say tell add write explain insist warn argue acknowledge tweet announce")
_PRONOUNS = frozenset(("he", "she"))
# Words that say that somebody else passes the quotation on.
_RELAYS = word_set("according recalled reportedly allegedly recounted transcript quoting quoted")
_REPORTS = word_set("reported reports reporting")
_ENDS = frozenset(",.?!…—-–")
MIN_WORDS_WITHOUT_END = 3
MAX_TAG_WORDS = 16


def is_certain(
    words: Sequence[Word], cues: Sequence[Cue], cue: Cue, spot: int, run: Run, speaker: Speaker
) -> bool:
    """Whether nobody but the speaker of a cue can have said the quotation at a place."""
    if not is_plain_mention(speaker) or is_relayed(words, cues, cue):
        return False
    if cue.kind == "colon":
        return cue.verb == spot - 1
    if cue.kind in ("according", "dash"):
        return speaker.kind == "name" and all(
            word.text in (",", *DASHES) for word in words[spot + 1 : cue.verb]
        )
    if cue.base not in _PLAIN or not is_direct(cue):
        return False
    if cue.start > spot:
        is_next = all(word.text in (",", *DASHES) for word in words[spot + 1 : cue.start])
        return is_next and (run.text[-1] in _ENDS or words[spot + 1].text == ",") and _is_long(run)
    return _leads(words, cue, spot)


def is_certain_report(
    words: Sequence[Word], cues: Sequence[Cue], cue: Cue, speaker: Speaker
) -> bool:
    """Whether nobody but the speaker of a cue is said to have said its content.

    The speaker begins the sentence, or a short phrase is before: “On Monday, Bell said that …”.
    """
    if cue.speaker is None or not cue.speaker.is_sure or not is_plain_mention(speaker):
        return False
    if is_relayed(words, cues, cue) or any(_is_other_voice(other, cue) for other in cues):
        return False
    if cue.kind == "verb" and cue.base in _REPORTING and is_direct(cue) and cue.after is not None:
        lead = words[: cue.start]
        between = words[cue.speaker.last : cue.verb]
        if any(word.lower in ("who", "and", "which") or word.kind == "run" for word in between):
            return False
        is_phrase = not lead or (lead[-1].text == "," and lead[0].lower in PREPOSITIONS)
        return is_phrase and not any(word.kind == "run" or is_finite(word) for word in lead)
    return False


def _is_other_voice(other: Cue, cue: Cue) -> bool:
    """Whether another cue of a sentence has a speaker of its own."""
    if other is cue or other.speaker is None or cue.speaker is None:
        return False
    return other.speaker[:2] != cue.speaker[:2]


def is_plain_mention(speaker: Speaker) -> bool:
    """Whether a mention is a name, he or she, or an office with a name of whom it is for."""
    if speaker.kind == "pronoun":
        return speaker.text.lower() in _PRONOUNS and speaker.is_resolved_surely
    if speaker.kind == "name":
        return not any(verb_groups(word) and not word[0].isupper() for word in speaker.text.split())
    return bool(speaker.role)


def is_relayed(words: Sequence[Word], cues: Sequence[Cue], cue: Cue) -> bool:
    """Whether a sentence names somebody else who reports the words."""
    if cue.kind != "according" and any(word.lower in _RELAYS for word in words):
        return True
    others = [other for other in cues if other is not cue and other.kind != "impersonal"]
    if any(other.kind == "according" for other in others):
        return True
    if any(word.lower in _REPORTS for word in words) and cue.base != "report":
        return True
    return any(_speaks_apart(other, cue) for other in others)


def _speaks_apart(other: Cue, cue: Cue) -> bool:
    """Whether another cue has somebody else who says something, before the quotation's own."""
    if other.speaker is None or cue.speaker is None or other.group not in ("speech", "tell"):
        return False
    return other.speaker[:2] != cue.speaker[:2]


def _is_long(run: Run) -> bool:
    return run.word_count >= MIN_WORDS_WITHOUT_END or run.text[-1] in _ENDS


def _leads(words: Sequence[Word], cue: Cue, spot: int) -> bool:
    """Whether a verb leads to the quotation at a place: he said: “…”; she told reporters, “…”."""
    inner = words[cue.verb + 1 : spot]
    if words[spot - 1].text not in (",", ":") and spot != cue.verb + 1:
        return False
    for word in inner:
        is_verb = word.kind == "word" and not word.is_capital and bool(verb_groups(word.lower))
        is_clause = word.lower in AUXILIARIES or word.lower in ("that", "who", "and", "because")
        if word.kind == "run" or is_verb or is_clause:
            return False
    return len(inner) <= 1 or cue.base in ("say", "tell", "write", "tweet", "ask", "add")


def ends_with_tag(words: Sequence[Word], cue: Cue) -> bool:
    """Whether nothing but who spoke and when follows a quotation: “…,” Bell said on Friday.

    What comes after such a sentence can be the same person's words.
    """
    last_run = max((at for at, word in enumerate(words) if word.kind == "run"), default=-1)
    rest = words[max(cue.verb, last_run) + 1 :]
    if last_run > cue.verb:
        return len(rest) <= 1
    speaker = cue.speaker
    if speaker is not None and speaker.last > cue.verb:
        rest = words[speaker.last :]
    if len(rest) > MAX_TAG_WORDS:
        return False
    return not any(_begins_clause(word, words) for word in rest)


def _begins_clause(word: Word, words: Sequence[Word]) -> bool:
    """Whether somebody else can act after a word."""
    if word.lower in ("and", "but", "while", "as", "before", "after", "when"):
        return True
    is_past = verb_forms(word.lower) == {"past"} and not word.is_capital
    return is_past and word.lower not in TIME_WORDS
