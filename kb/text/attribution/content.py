"""Which words of a sentence are what somebody says: before a cue, after it, or around it."""

from __future__ import annotations

from collections.abc import Sequence

from kb.text.attribution.mentions import phrase_after
from kb.text.attribution.sentences import Word
from kb.text.attribution.verbs import VERB_FORMS, Group, verb_forms, verb_groups
from kb.text.attribution.word_lists import (
    ADVERBS,
    DASHES,
    DETERMINERS,
    FINITE,
    LISTENERS,
    PREPOSITIONS,
    SUBJECT_PRONOUNS,
    TIME_WORDS,
    word_set,
)

ENDS = frozenset((".", "?", "!", ";"))
MAX_DETOUR_WORDS = 24  # between a verb and its content: said on Monday in Ohio that …
WITH_PARTICLE = word_set("point points pointed pointing go goes went")

# Verbs whose content begins with a preposition.
WITH_PREPOSITION = {
    "call": ("for", "on"),
    "refer": ("to",),
    "allude": ("to",),
    "point": ("to",),
    "respond": ("to",),
    "reply": ("to",),
    "object": ("to",),
    "talk": ("about", "of"),
    "speak": ("about", "of", "against"),
    "complain": ("about", "of"),
    "worry": ("about",),
    "boast": ("about", "of"),
    "joke": ("about",),
    "warn": ("about", "of", "against"),
    "ask": ("about", "for"),
    "tweet": ("about",),
    "write": ("about",),
    "think": ("about", "of"),
    "argue": ("for", "against"),
}
# Verbs that say what somebody else is to do: urged the mayor to resign.
WITH_REQUEST = word_set(
    """urge ask advise order tell call encourage instruct warn persuade convince request press
    pressure want invite lobby expect allow beg implore direct demand"""
)
MAX_LISTENER_WORDS = 12


def follows_quotation(words: Sequence[Word], place: int) -> bool:
    """Whether a quotation is right before a place: “…,” said; “…”, said; “…” – said."""
    other = place - 1
    while other >= 0 and (words[other].text == "," or words[other].text in DASHES):
        other -= 1
    return other >= 0 and words[other].kind == "run"


def has_run(words: Sequence[Word], places: tuple[int, int]) -> bool:
    return any(word.kind == "run" for word in words[places[0] : places[1]])


def is_finite(word: Word) -> bool:
    """Whether a word is a verb that shows a clause, as far as its form tells: is, will, planned."""
    if word.lower in FINITE:
        return True
    is_past = word.lower.endswith("ed") or bool(verb_forms(word.lower) & {"past", "third"})
    return word.kind == "word" and not word.is_capital and is_past


def _begins_clause(word: Word) -> bool:
    """Whether a word shows that what is said has begun: he's, it will."""
    return (
        word.lower in FINITE
        or word.lower.endswith(("'s", "'re", "'ve", "'d", "'ll"))
        and (word.lower.split("'")[0] in SUBJECT_PRONOUNS)
    )


def content_start(
    words: Sequence[Word], place: int, group: Group, speaker_start: int
) -> int | None:
    """Return where the content after a verb begins; None if the sentence ends without any."""
    start = place + 1
    if start < len(words) and words[start].lower in ("out", "on"):
        start += words[place].lower in WITH_PARTICLE
    if start >= len(words):
        return None
    bases = {form.base for form in VERB_FORMS[words[place].lower]}
    if any(words[start].lower in WITH_PREPOSITION.get(base, ()) for base in bases):
        return start if start < len(words) - 1 else None
    if bases & WITH_REQUEST and _asks_somebody(words, start):
        return start
    if words[start].text == "," and "ing" in verb_forms(
        words[min(start + 1, len(words) - 1)].lower
    ):
        return None  # responded, denying that …
    limit = min(len(words), start + MAX_DETOUR_WORDS)
    has_detour = group == "tell" or (
        words[start].lower in PREPOSITIONS | TIME_WORDS | ADVERBS or words[start].text == ","
    )
    # A quotation, “that” or a colon shows the beginning, whatever is before it.
    for other in range(start, limit):
        word = words[other]
        if word.kind == "run":
            if words[other - 1].text in (",", ":") or other == start:
                has_clause = any(_begins_clause(word) for word in words[start:other])
                if group != "tell" and has_clause:
                    break
                return other
            break
        if word.text == ":":
            has_space = other + 1 < len(words) and words[other + 1].start > word.end
            return other + 1 if has_space else None
        if word.text in ENDS:
            break
        if word.lower in ("that", "whether") and words[other - 1].lower not in PREPOSITIONS:
            if other == start or has_detour:
                return other
            break
    if group == "tell" or (words[place].lower in ("told", "tells", "tell", "asked")):
        start = _skip_listener(words, start)
    start = start if group == "aim" else _skip_detour(words, start)
    if group in ("speech", "tell") and start < len(words) - 1 and words[start].text == ",":
        is_clause = words[start + 1].lower not in PREPOSITIONS | {"who", "which", "but", "and"}
        is_inner = place + 1 == start and speaker_start > 0 and words[speaker_start - 1].text == ","
        start += is_clause and not is_inner and "ing" not in verb_forms(words[start + 1].lower)
    if start >= len(words) or words[start].text in ENDS or words[start].text in (",", ")"):
        return None
    return start


def _asks_somebody(words: Sequence[Word], start: int) -> bool:
    """Whether a noun and “to” with a verb follow: the mayor to resign."""
    if words[start].lower in PREPOSITIONS | {"that", "whether", "how"} or start >= len(words) - 2:
        return False
    for place in range(start + 1, min(len(words) - 1, start + MAX_LISTENER_WORDS)):
        word = words[place]
        if word.kind != "word" or is_finite(word):
            return False
        if word.lower == "to":
            following = words[place + 1]
            return following.kind == "word" and not following.is_capital
    return False


def _skip_listener(words: Sequence[Word], start: int) -> int:
    if start < len(words) and words[start].lower in LISTENERS | SUBJECT_PRONOUNS:
        return start + 1
    phrase = phrase_after(words, start)
    return phrase.end if phrase is not None else start


def _skip_detour(words: Sequence[Word], start: int) -> int:
    """Leave out days, adverbs and “in a statement”."""
    while start < len(words):
        word = words[start]
        if word.lower in TIME_WORDS or word.text.isdigit() or word.lower in ADVERBS:
            start += 1
        elif word.lower in ("in", "on", "during", "at", "to", "of"):
            phrase = phrase_after(words, start + 1)
            is_day = start + 1 < len(words) and words[start + 1].lower in TIME_WORDS
            if is_day:
                start += 2
            elif phrase is not None and _is_named(words[start + 1]):
                start = phrase.end
            else:
                return start
        else:
            return start
    return start


def _is_named(word: Word) -> bool:
    """Whether a phrase begins like a place, a listener or an occasion."""
    return word.is_capital or word.lower in DETERMINERS | LISTENERS


def content_end(words: Sequence[Word], start: int) -> int:
    """Return where the content ends: at the end of the sentence or before another attribution."""
    end = len(words)
    for place in range(start + 1, len(words)):
        word = words[place]
        previous = words[place - 1]
        if word.text == ";":
            end = place
            break
        is_second = previous.text == "," and (
            ("speech" in verb_groups(word.lower) and "ing" in verb_forms(word.lower))
            or word.lower == "according"
        )
        if is_second:
            end = place - 1
            break
    return without_marks(words, start, end)


def without_marks(words: Sequence[Word], start: int, end: int) -> int:
    while end > start and words[end - 1].text in (".", ",", "!", "?", ";", ":"):
        end -= 1
    return end


def content_before(words: Sequence[Word], edge: int) -> tuple[int, int] | None:
    """Return the places of the content that ends before a place."""
    end = edge
    while end > 0 and (words[end - 1].text == "," or words[end - 1].text in DASHES):
        end -= 1
    start = 0
    for place in range(end - 1, -1, -1):
        if words[place].text == ";":
            start = place + 1
            break
    if words[start].lower in ("but", "and") and start + 1 < end:
        start += 1
    return (start, end) if end > start else None


def around_cue(words: Sequence[Word], place: int, before: tuple[int, int]) -> tuple[int, int]:
    """Take in what follows a cue between commas: this plan, he says, is good."""
    if place + 2 < len(words) and words[place + 1].text == ",":
        following = words[place + 2]
        is_next = following.lower in ("and", "but", "while", "who", "which")
        if following.kind == "word" and not is_next and "ing" not in verb_forms(following.lower):
            return before[0], without_marks(words, place, len(words))
    return before


def next_quotation(words: Sequence[Word], start: int) -> tuple[int, int] | None:
    """Return the places from the next quotation on, after “…,” said Bell, “…”."""
    for place in range(start, len(words)):
        if words[place].kind == "run":
            return (place, without_marks(words, place, len(words)))
        if words[place].text in ENDS:
            break
    return None
