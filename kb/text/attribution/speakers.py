"""Speakers as the article mentions them: their name, office, and for whom they speak."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from kb.text.attribution.mentions import Phrase, is_name_word
from kb.text.attribution.people import (
    LastSpeaker,
    People,
    gender_of,
    name_spans,
    name_text,
    without_title,
)
from kb.text.attribution.sentences import Sentence, Word
from kb.text.attribution.word_lists import (
    DETERMINERS,
    NAME_PARTICLES,
    ROLES,
    SUBJECT_PRONOUNS,
    TITLES,
)

MentionKind = Literal["name", "pronoun", "description"]
_FOR_WHOM = frozenset(("of", "for", "at", "with"))
_AFTER_NAME = _FOR_WHOM | {"in", "from", "on", "to"}
NOBODY = LastSpeaker()
_SURE_PRONOUNS = frozenset(("he", "she", "they", "i"))


@dataclass(frozen=True)
class Speaker:
    """A speaker's mention and its position in the text.

    ``name`` is the name in the mention, ``resolved`` the full name that it stands for, which can be
    in an earlier sentence. ``role`` and ``organisation`` are in the article's words, here or where
    the same person spoke before. Each of them is "" where the article does not state it.
    ``is_resolved_surely`` is False where a pronoun can also stand for somebody else.
    """

    text: str
    start: int
    end: int
    kind: MentionKind
    name: str = ""
    resolved: str = ""
    role: str = ""
    organisation: str = ""
    is_resolved_surely: bool = True


def read_speaker(
    text: str,
    sentence: Sentence,
    phrase: Phrase,
    people: People,
    last_speaker: LastSpeaker = NOBODY,
) -> Speaker:
    """Return the speaker that a phrase of a sentence mentions.

    ``last_speaker`` is who spoke before.
    """
    words = sentence.words[phrase.start : phrase.end]
    start, end = words[0].start, words[-1].end
    mention = text[start:end]
    if len(words) == 1 and words[0].lower in SUBJECT_PRONOUNS:
        resolved, is_sure = people.of_pronoun(
            words[0].lower, start, sentence.paragraph, last_speaker
        )
        if resolved and _is_named(sentence.words[phrase.end :], resolved):
            resolved, is_sure = "", True
        return Speaker(
            mention, start, end, "pronoun", resolved=resolved, is_resolved_surely=is_sure
        )
    first, last = _name_places(words)
    name_words = without_title(words[first:last])
    if not name_words:
        role, organisation = _role_of(text, words)
        return Speaker(mention, start, end, "description", role=role, organisation=organisation)
    role, organisation = _role_before(text, words[:first])
    if not role and last < len(words):
        role, organisation = _role_of(text, words)
    if not role and phrase.note is not None:
        role, organisation = _role_of(text, sentence.words[phrase.note[0] : phrase.note[1]])
    name = name_text(name_words)
    resolved = name
    if len(name_words) == 1:
        resolved = people.with_surname(name, start, gender_of(words))
    return Speaker(mention, start, end, "name", name, resolved, role, organisation)


def _is_named(words: Sequence[Word], name: str) -> bool:
    """Whether the surname of a person follows, who is not the speaker then: he told Bell."""
    surname = name.split()[-1].casefold()
    return any(word.kind == "word" and word.lower == surname for word in words)


def is_plain(speaker: Speaker | None) -> bool:
    """Whether a mention reads like a person or a group: not “impressed with”, “you” or “it”."""
    if speaker is None:
        return False
    if speaker.kind == "pronoun":
        return speaker.text.lower() in _SURE_PRONOUNS
    if speaker.kind == "name" or speaker.role:
        return True
    words = speaker.text.lower().replace("’", "'").split()
    is_possessive = any(word.endswith(("'s", "s'")) for word in words)
    is_plural = any(word.endswith("s") or word in ("media", "police") for word in words)
    return words[0] in DETERMINERS or is_possessive or is_plural


def _name_places(words: Sequence[Word]) -> tuple[int, int]:
    """The places of the name in a mention: after its last noun of office, before “of” or “for”."""
    start = 0
    end = len(words)
    for place, word in enumerate(words):
        if word.lower in _AFTER_NAME and place:
            end = place
            break
    for place in range(end):
        word = words[place]
        is_inner = not is_name_word(word) and word.lower not in NAME_PARTICLES | {"and", "&"}
        is_office = word.lower in ROLES and word.lower not in TITLES
        if (is_inner and word.kind == "word") or is_office or word.text.endswith(("'s", "’s")):
            start = place + 1
    return (start, end) if start < end else (end, end)


def _role_before(text: str, words: Sequence[Word]) -> tuple[str, str]:
    """Return the office before a name, and the name of whom it is for."""
    while words and words[0].lower in DETERMINERS:
        words = words[1:]
    if not words:
        return "", ""
    spans = name_spans(words)
    if spans and spans[0][0] == 0 and spans[0][1] < len(words):
        middle = spans[0][1]
        role = text[words[middle].start : words[-1].end]
        return role, name_text(words[:middle])
    return text[words[0].start : words[-1].end], ""


def _role_of(text: str, words: Sequence[Word]) -> tuple[str, str]:
    """Return the office in words like “a chief executive of Bell Labs”, and for whom."""
    while words and words[0].lower in DETERMINERS:
        words = words[1:]
    if not words or not any(word.lower in ROLES for word in words):
        return "", ""
    for place, word in enumerate(words):
        if word.lower in _FOR_WHOM and 0 < place < len(words) - 1:
            rest = words[place + 1 :]
            while len(rest) > 1 and rest[0].lower in ("the", "a", "an"):
                rest = rest[1:]
            role = text[words[0].start : words[place - 1].end]
            return role, text[rest[0].start : rest[-1].end]
    return text[words[0].start : words[-1].end], ""
