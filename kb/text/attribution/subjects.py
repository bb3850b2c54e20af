"""Who does what a verb says."""

from __future__ import annotations

from collections.abc import Sequence

from kb.text.attribution.mentions import Phrase, phrase_after, phrase_before, skip_auxiliaries
from kb.text.attribution.sentences import Word
from kb.text.attribution.verbs import verb_forms
from kb.text.attribution.word_lists import ADVERBS, AUXILIARIES, BE, PREPOSITIONS, word_set

_PLURAL = word_set("they we i you who people some others many most police women men both")


def subject_of(words: Sequence[Word], place: int, subject: Phrase | None) -> Phrase | None:
    """Who does what a verb says: the phrase before it, or for “saying” that of the clause."""
    word = words[place]
    forms = verb_forms(word.lower)
    before = words[place - 1].lower if place else ""
    if forms == {"ing"}:
        if before in BE or before in ("been", "also"):
            return phrase_before(words, place)
        if before in (",", "and", "by", "while", "in", "before", "after") or not before:
            return subject or leading_subject(words, place)
        phrase = phrase_before(words, place)
        return phrase._replace(is_sure=False) if phrase is not None else None
    start = skip_auxiliaries(words, place)
    is_joined = start > 0 and words[start - 1].lower in ("and", "but", "or")
    if is_joined or (before == "to" and forms & {"base"}):
        return subject or leading_subject(words, place)
    if before in ("to", "of", "for", "with", "by", "in", "on", "at", "from"):
        return None
    phrase = phrase_before(words, place)
    if phrase is None or (forms <= {"base"} and not _takes_base(words, phrase, place)):
        return None
    return phrase


def _takes_base(words: Sequence[Word], phrase: Phrase, place: int) -> bool:
    """Whether the subject is plural, or an auxiliary is before the verb: they say, he did say."""
    last = words[phrase.end - 1].lower
    is_plural = last in _PLURAL or (last.endswith("s") and not last.endswith(("'s", "ss")))
    inner = words[phrase.start : phrase.end]
    return (
        is_plural
        or any(word.lower in ("and", "&") for word in inner)
        or any(word.lower in AUXILIARIES for word in words[phrase.end : place])
        or any(word.lower.endswith("s") and not word.is_capital for word in inner)
    )


def leading_subject(words: Sequence[Word], place: int) -> Phrase | None:
    """Return the mention at the beginning of the sentence: Bell left early, saying."""
    start = 0
    while start < place - 1 and (words[start].lower in ADVERBS or words[start].text == ","):
        start += 1
    if words[start].lower in PREPOSITIONS | {"when", "while", "if"}:
        comma = next((spot for spot in range(min(place, 15)) if words[spot].text == ","), None)
        if comma is None:
            return None
        start = comma + 1
    if words[start].lower.endswith(("ing", "ed", "ly")):
        return None
    phrase = phrase_after(words, start)
    return phrase if phrase is not None and phrase.end < place else None
