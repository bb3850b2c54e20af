"""The persons whom an article names in full, for surnames and pronouns that stand for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from kb.text.attribution.mentions import is_name_word
from kb.text.attribution.sentences import Sentence, Word
from kb.text.attribution.verbs import VERB_FORMS, verb_forms
from kb.text.attribution.word_lists import (
    DETERMINERS,
    FEMALE,
    GROUP_WORDS,
    MALE,
    NAME_PARTICLES,
    NAME_SUFFIXES,
    ROLES,
    TITLES,
)

Gender = Literal["", "male", "female"]
_PRONOUN_GENDERS: dict[str, Gender] = {"he": "male", "she": "female"}
# How many paragraphs a pronoun may look back.
MAX_PARAGRAPHS_BACK = 1
MIN_ABBREVIATION = 3  # letters: two can be initials
MAX_NAMES_NEAR = 12  # in those paragraphs; with more of them nobody is certain


class Person(NamedTuple):
    """A full name as the article has it first, where that is, and the gender of its title."""

    name: str
    position: int
    gender: Gender


class LastSpeaker(NamedTuple):
    """The full name of the speaker before, "" if it is not known, and where that was."""

    name: str = ""
    paragraph: int = -1


class People:
    """The full names of an article, by surname and by paragraph.

    A surname or a pronoun is resolved only where one person can be meant.
    """

    def __init__(self, sentences: Sequence[Sentence]) -> None:
        self._by_surname: dict[str, dict[str, Person]] = {}
        self._by_paragraph: dict[int, dict[str, Person]] = {}
        self._first_alone: dict[str, int] = {}
        self._by_name: dict[str, Person] = {}
        for sentence in sentences:
            self._read(sentence)

    def with_surname(self, surname: str, before: int, gender: Gender) -> str:
        """Return the only full name with a surname; "" if there are several or it is not certain.

        The full name has to come first: an article that began with the surname alone can mean a
        relative of the person whom it names later.
        """
        persons = self._by_surname.get(surname.casefold(), {})
        if len(persons) != 1:
            return ""
        person = next(iter(persons.values()))
        alone = self._first_alone.get(surname.casefold(), before)
        is_same = not gender or person.gender in ("", gender)
        return person.name if person.position < min(before, alone + 1) and is_same else ""

    def of_pronoun(
        self, pronoun: str, before: int, paragraph: int, last: LastSpeaker
    ) -> tuple[str, bool]:
        """Return the full name of the last speaker, and whether nobody else can be meant.

        Nobody else can be meant if nobody else is named here or in the paragraph before. Otherwise
        it is the last speaker who spoke in the paragraph before or in this one, if nobody else is
        named in this one. "" if somebody is, or if the last speaker's full name is unknown.
        """
        gender = _PRONOUN_GENDERS.get(pronoun, "")
        if not last.name or not gender:
            return "", True
        here = self._named(paragraph, paragraph, before)
        near = self._named(paragraph - MAX_PARAGRAPHS_BACK, paragraph, before)
        if len(near) > MAX_NAMES_NEAR:
            return "", True
        is_near = paragraph - MAX_PARAGRAPHS_BACK <= last.paragraph <= paragraph
        only = self._only(near, last.name)
        person = only
        if person is None and is_near and (not here or self._only(here, last.name)):
            person = self._by_name.get(last.name)
        if person is None or person.gender not in ("", gender):
            return "", True
        return person.name, only is not None

    def _named(self, first: int, last: int, before: int) -> dict[str, Person]:
        """Return who is named in some paragraphs, before a place."""
        return {
            key: person
            for place in range(first, last + 1)
            for key, person in self._by_paragraph.get(place, {}).items()
            if person.position < before and (" " in key or key in self._by_surname)
        }

    def _only(self, names: dict[str, Person], name: str) -> Person | None:
        """Return the person with a name, if nobody else is among those."""
        persons = list(names.values())
        return persons[0] if len(persons) == 1 and persons[0].name == name else None

    def _read(self, sentence: Sentence) -> None:
        """Note the names of a sentence, outside its quotations."""
        paragraph = self._by_paragraph.setdefault(sentence.paragraph, {})
        for start, end in name_spans(sentence.words):
            gender = gender_of(sentence.words[max(0, start - 1) : end])
            words = without_title(sentence.words[start:end])
            if len(words) > 1 and _is_verbal(words[0], is_first=start == 0):
                words = words[1:]
            if is_group(words):
                continue
            name, position = name_text(words), words[0].start
            parts = _parts(name)
            if not parts:
                continue
            if len(parts) == 1:
                self._first_alone.setdefault(parts[0], position)
                # Somebody else can be meant, so a pronoun near it is not certain.
                key = self._key_of_surname(parts[0])
                full = self._by_surname.get(parts[0], {}).get(key)
                paragraph.setdefault(key, Person(full.name if full else name, position, gender))
                continue
            key = f"{parts[0]} {parts[-1]}"
            person = self._by_surname.setdefault(parts[-1], {}).setdefault(
                key, Person(name, position, gender)
            )
            paragraph.setdefault(key, Person(person.name, position, person.gender or gender))
            self._by_name.setdefault(person.name, person)

    def _key_of_surname(self, surname: str) -> str:
        persons = self._by_surname.get(surname, {})
        return next(iter(persons)) if len(persons) == 1 else surname


def name_spans(words: Sequence[Word]) -> list[tuple[int, int]]:
    """Return the places of words with capital letters that stand together, in order."""
    spans: list[tuple[int, int]] = []
    start: int | None = None
    for place, word in enumerate(words):
        is_part = (is_name_word(word) and word.lower not in DETERMINERS) or (
            start is not None and word.lower in NAME_PARTICLES
        )
        if is_part and start is None:
            start = place
        elif start is not None and not is_part:
            spans.append((start, _without_particles(words, start, place)))
            start = None
        if start is not None and word.text.endswith(("'s", "’s", "'", "’")):
            spans.append((start, place + 1))
            start = None
    if start is not None:
        spans.append((start, _without_particles(words, start, len(words))))
    return spans


def without_title(words: Sequence[Word]) -> Sequence[Word]:
    """Return the words of a name without what ends with a title: Mr., Utah Senator."""
    for place in range(len(words) - 2, -1, -1):
        if words[place].lower in TITLES | ROLES:
            return words[place + 1 :]
    return words


def is_group(words: Sequence[Word]) -> bool:
    """Whether the words of a name are an organisation's, a place's or an abbreviation."""
    return any(
        word.lower.removesuffix("'s") in GROUP_WORDS
        or (word.text.isupper() and len(word.text) >= MIN_ABBREVIATION and "." not in word.text)
        for word in words
    )


def name_text(words: Sequence[Word]) -> str:
    """Return a name with single spaces, without the ’s of a genitive."""
    return " ".join(word.text for word in words).removesuffix("'s").removesuffix("’s")


def gender_of(words: Sequence[Word]) -> Gender:
    """Return the gender that a title or a noun of office states; "" without one."""
    if any(word.lower in MALE for word in words):
        return "male"
    return "female" if any(word.lower in FEMALE for word in words) else ""


def _without_particles(words: Sequence[Word], start: int, end: int) -> int:
    while end > start + 1 and words[end - 1].lower in NAME_PARTICLES:
        end -= 1
    return end


def _is_verbal(word: Word, *, is_first: bool) -> bool:
    """Whether a capital is that of a verb, in a headline or at the beginning of a sentence."""
    if word.lower in VERB_FORMS:
        return is_first or verb_forms(word.lower) != {"base"}
    return is_first and word.lower.endswith(("ing", "ed", "ly"))


def _parts(name: str) -> list[str]:
    """The words of a name in small letters, without suffixes."""
    return [part for part in name.casefold().split() if part not in NAME_SUFFIXES]
