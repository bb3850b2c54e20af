"""Where a speaker is mentioned: the phrase that ends before a verb, or begins after it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from kb.text.attribution.sentences import Word
from kb.text.attribution.verbs import verb_forms, verb_groups
from kb.text.attribution.word_lists import (
    ADVERBS,
    AUXILIARIES,
    CONJUNCTIONS,
    DASHES,
    DETERMINERS,
    JOINING,
    NAME_PARTICLES,
    PREPOSITIONS,
    ROLES,
    SENTENCE_ADVERBS,
    SUBJECT_PRONOUNS,
    TIME_WORDS,
    TITLES,
)

MAX_PHRASE_WORDS = 14
MAX_APPOSITION_WORDS = 40
_CONTRACTIONS = ("'d", "'s", "'re", "'ve", "'ll", "'m")
_DEMONSTRATIVES = frozenset(("that", "there", "what", "here", "where", "how"))
_BEFORE_DAY = frozenset(("on", "last", "this", "late", "early"))
_VERBAL_ENDINGS = ("ed", "ing")
MAX_NICKNAME_WORDS = 3
_STOPS = frozenset(",.;:?!")


class Phrase(NamedTuple):
    """Places of the first word of a mention and the one after its last, and of what explains it.

    ``note`` has the places of the words between commas after it: Bell, **head of the union**, said.
    """

    start: int
    end: int
    note: tuple[int, int] | None = None
    is_sure: bool = True  # the mention begins where a clause begins

    @property
    def last(self) -> int:
        """The place after the mention and its note."""
        return self.note[1] if self.note else self.end


def phrase_before(words: Sequence[Word], place: int) -> Phrase | None:
    """Return the mention that ends before a place, where the verb is; None without one."""
    end = skip_auxiliaries(words, place)
    if end <= 0:
        return None
    last = words[end - 1]
    if last.text == ")":
        opening = _opening_bracket(words, end - 1)
        return _noun_phrase_before(words, opening) if opening else None
    if last.text == "," or last.text in DASHES:
        return _phrase_with_note(words, end - 1)
    return _noun_phrase_before(words, end)


def phrase_after(words: Sequence[Word], place: int) -> Phrase | None:
    """Return the mention that begins at a place; None without one."""
    end = place
    if end >= len(words):
        return None
    if words[end].lower in SUBJECT_PRONOUNS:
        return Phrase(place, place + 1) if words[end].lower not in ("it", "i") else None
    end = _noun_end(words, place)
    if end == place:
        return None
    is_name = words[end - 1].is_capital
    while end < len(words) - 1 and end - place < MAX_PHRASE_WORDS:
        joint = words[end].lower
        is_joined = joint in ("of", "for", "at", "with") and (not is_name or joint == "of")
        if not is_joined and joint not in ("and", "&"):
            break
        following = _noun_end(words, end + 1)
        if following == end + 1:
            break
        if joint == "and" and words[following - 1].is_capital is not is_name:
            break
        end = following
    return Phrase(place, end, _note_after(words, end))


def is_name_word(word: Word) -> bool:
    """Whether a word can be part of a name, by its capital letter."""
    return word.is_capital and word.lower not in _NEVER_NAME


def is_noun_word(words: Sequence[Word], place: int) -> bool:
    """Whether a word can be part of a phrase with a noun."""
    word = words[place]
    if word.kind == "run":
        return _is_nickname(words, place)
    if word.kind != "word" or word.lower in SUBJECT_PRONOUNS:
        return False
    if (
        word.lower.endswith(_CONTRACTIONS)
        and word.lower.split("'")[0] in SUBJECT_PRONOUNS | _DEMONSTRATIVES
    ):
        return False
    if word.is_capital and (place > 0 or word.lower in TITLES):
        return word.lower not in _NEVER_NAME
    if word.lower in _NEVER_NOUN or (word.lower.endswith("ly") and not word.is_capital):
        return False
    forms = verb_forms(word.lower)
    return not (forms and word.lower not in ROLES and ("past" in forms or "ing" in forms))


_NEVER_NOUN = (PREPOSITIONS | CONJUNCTIONS | AUXILIARIES | ADVERBS) - {"both", "all", "first"}
_NEVER_NAME = _NEVER_NOUN | TIME_WORDS - {"march", "april", "june", "august", "may"}


def _is_nickname(words: Sequence[Word], place: int) -> bool:
    """Whether a quotation is between two words of a name: Anna “Red” Bell."""
    name = words[place].text.strip("“”‘’\"'")
    if not name or name[-1] in _STOPS or len(name.split()) > MAX_NICKNAME_WORDS:
        return False
    neighbours = [*words[place - 1 : place], *words[place + 1 : place + 2]]
    return len(neighbours) == 2 and all(word.is_capital for word in neighbours)


def skip_auxiliaries(words: Sequence[Word], place: int) -> int:
    """Return the place after the subject: said, has said, has also said, later said."""
    while place > 0:
        word = words[place - 1]
        is_adverb = word.lower in ADVERBS or (
            word.kind == "word" and word.lower.endswith("ly") and not word.is_capital
        )
        if is_adverb or word.lower in AUXILIARIES:
            place -= 1
        elif place > 1 and word.lower in TIME_WORDS:
            # On Monday, last week: the subject is before it.
            before = words[place - 2].lower
            place -= 2 if before in _BEFORE_DAY else 1
        else:
            break
    return place


def _opening_bracket(words: Sequence[Word], place: int) -> int | None:
    for other in range(place - 1, max(-1, place - 12), -1):
        if words[other].text == "(":
            return other
    return None


def _noun_start(words: Sequence[Word], end: int) -> int:
    """Return where the noun phrase without prepositions begins that ends before a place."""
    start = end
    while start > 0 and end - start < MAX_PHRASE_WORDS:
        word = words[start - 1]
        if word.lower in DETERMINERS:
            return start - 1
        is_particle = word.lower in NAME_PARTICLES and start < end and words[start].is_capital
        if not is_particle and not is_noun_word(words, start - 1):
            break
        is_name = start < end and words[start].is_capital and not word.is_capital
        is_verbal = word.kind == "word" and word.lower.endswith(_VERBAL_ENDINGS)
        if is_name and is_verbal and word.lower not in ROLES:
            break
        start -= 1
    return start


def _noun_phrase_before(words: Sequence[Word], end: int) -> Phrase | None:
    if end <= 0:
        return None
    word = words[end - 1]
    if word.lower == "who":
        return _antecedent(words, end - 1)
    if word.lower in SUBJECT_PRONOUNS:
        return Phrase(end - 1, end)
    start = _without_time(words, _noun_start(words, end), end)
    if start == end:
        return None
    widened = _widened(words, start, end)
    if is_clause_start(words, widened):
        return Phrase(widened, end)
    first = _clause_begin(words, widened)
    phrase = phrase_after(words, first) if first < widened else None
    if phrase is not None and not _has_finite_verb(words, phrase.end, end):
        return phrase._replace(note=None, is_sure=False)
    return Phrase(widened, end, is_sure=False)


def _clause_begin(words: Sequence[Word], place: int) -> int:
    """Return where the clause around a place begins, a few words back."""
    for other in range(place - 1, max(-1, place - 2 * MAX_PHRASE_WORDS), -1):
        word = words[other]
        if word.kind != "word" or word.lower in CONJUNCTIONS:
            return other + 1
    return 0 if place < 2 * MAX_PHRASE_WORDS else place


def _has_finite_verb(words: Sequence[Word], start: int, end: int) -> bool:
    return any(
        word.lower in AUXILIARIES or "third" in verb_forms(word.lower) for word in words[start:end]
    )


def _widened(words: Sequence[Word], start: int, end: int) -> int:
    """Go to the left over prepositions and “and”, up to where the clause begins."""
    widest = start
    place = start
    while place > 1 and end - place < MAX_PHRASE_WORDS:
        joint = words[place - 1].lower
        if joint not in JOINING and joint not in ("and", "&"):
            break
        before = _noun_start(words, place - 1)
        if before == place - 1:
            break
        place = before
        if is_clause_start(words, place):
            widest = place
    return _without_time(words, widest, end) if widest != start else start


def is_clause_start(words: Sequence[Word], place: int) -> bool:
    """Whether a clause can begin at a place."""
    if place == 0:
        return True
    word = words[place - 1]
    if word.kind != "word":
        return word.text != "("
    if word.lower in PREPOSITIONS and word.lower not in ("as", "since", "after", "before"):
        return False
    return word.lower in CONJUNCTIONS or word.lower in ADVERBS or word.lower.endswith("ly")


def _without_time(words: Sequence[Word], start: int, end: int) -> int:
    """Leave out a day at the beginning: last week Bell said."""
    while start < end - 1 and words[start].lower in TIME_WORDS | {"this"}:
        if words[start].lower == "this" and words[start + 1].lower not in TIME_WORDS:
            break
        start += 1
    return start if start < end and words[end - 1].lower not in TIME_WORDS else end


def _antecedent(words: Sequence[Word], place: int) -> Phrase | None:
    """Return whom “who” means: the phrase before it, or before the comma before it."""
    end = place - 1 if place and words[place - 1].text == "," else place
    phrase = _noun_phrase_before(words, end) if end < place else None
    if phrase is not None:
        return phrase
    return Phrase(place, place + 1)


def _phrase_with_note(words: Sequence[Word], comma: int) -> Phrase | None:
    """Return the mention before words between commas: Anna Bell, head of the union, said."""
    best: Phrase | None = None
    for place in range(comma - 1, max(0, comma - MAX_APPOSITION_WORDS), -1):
        word = words[place]
        is_edge = word.text == "," or word.text in DASHES
        if not is_edge:
            continue
        end = place
        if words[place - 1].text == ")":
            end = _opening_bracket(words, place - 1) or place
        phrase = _noun_phrase_before(words, end)
        if phrase is None or words[phrase.start].lower in SUBJECT_PRONOUNS | SENTENCE_ADVERBS:
            continue
        if not is_clause_start(words, phrase.start) or not (
            _is_note(words, place + 1, comma) or not words[phrase.end - 1].is_capital
        ):
            continue
        candidate = Phrase(phrase.start, phrase.end, (place + 1, comma))
        has_name = any(is_name_word(part) for part in words[phrase.start : phrase.end])
        if best is None or has_name:
            best = candidate
        if phrase.start == 0:
            break
    return best


def _is_note(words: Sequence[Word], start: int, end: int) -> bool:
    """Whether the words between two commas explain a person."""
    if start >= end:
        return False
    first = words[start]
    if first.kind != "word":
        return False
    if first.lower in ("who", "whose", "a", "an", "the", "one", "his", "her", "their", "himself"):
        return True
    if first.text.isdigit() or first.lower in NAME_PARTICLES | {"jr.", "sr.", "iii"}:
        return True
    is_party = end - start == 1 and "-" in first.text
    return is_party or any(word.lower in ROLES for word in words[start:end]) or not first.is_capital


def _note_after(words: Sequence[Word], place: int) -> tuple[int, int] | None:
    """Return the places of the words that explain a mention, after a comma."""
    if place >= len(words) - 1 or words[place].text != ",":
        return None
    end = place + 1
    while end < len(words) and end - place <= MAX_APPOSITION_WORDS:
        word = words[end]
        if word.kind == "run" or word.text in ",;:." or word.text in DASHES:
            break
        if word.lower in ("who", "which", "but") or "ing" in verb_forms(word.lower):
            break
        end += 1
    return (place + 1, end) if _is_note(words, place + 1, end) else None


def _noun_end(words: Sequence[Word], place: int) -> int:
    """Return where the noun phrase without prepositions ends that begins at a place."""
    end = place
    if end < len(words) and words[end].lower in DETERMINERS:
        end += 1
    first = end
    while end < len(words) and end - place < MAX_PHRASE_WORDS:
        word = words[end]
        is_particle = word.lower in NAME_PARTICLES and end > first and words[end - 1].is_capital
        if word.lower in TIME_WORDS and not is_particle:
            break
        if not is_particle and not is_noun_word(words, end):
            break
        # A small word after a name begins something else: said Bell last week.
        is_after_name = end > first and words[end - 1].is_capital and not word.is_capital
        if is_after_name and not is_particle and word.lower not in ROLES:
            break
        if verb_groups(word.lower) and end > first and word.lower not in ROLES:
            break
        end += 1
    return end if end > first else place
