"""Words that are written joined or split: e-mail and email, GPT-4 and GPT4, U.S. and US.

Of a text, the other spellings are indexed beside its words; of a search, they are alternatives:

- Words with a hyphen, an apostrophe, a middle dot or & between them are also one word, with the
  next word and with all of them: state-of-the-art, DALL·E, O’Brien.
- Single letters with full stops are also one word: U.S. is us. A word of two to four capitals is
  also its letters: US is u s.
- In a text, a word in capital letters and a next one in capitals or digits are also one word:
  Byte Dance, GPT 4. In a search, any two words next to each other are.
- Letters and digits of one word are also two words: GPT4. In a search, so are parts that begin
  with a capital letter: ByteDance.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from kb.text.letters import APOSTROPHES

MIDDLE_DOTS = frozenset("·•‧・･∙⋅᛫")
_LINKS = frozenset("-‐‑‒–−⁃﹣－&＆") | MIDDLE_DOTS | frozenset(APOSTROPHES)
_SPACES = frozenset(" \u00a0\u202f")
MAX_LINKED_WORDS = 6
MAX_JOINED_LENGTH = 40
# Of two words that only stand next to each other, so that "a b" is not also "ab".
MIN_JOINED_LENGTH = 4
_LETTERS_AND_DIGITS = re.compile(r"([^\W\d_]{2,})(\d+)")
_PARTS = re.compile(r"\d+|[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


class Spelling(NamedTuple):
    """Other words for a part of a text, with the positions of that part."""

    words: tuple[str, ...]
    start: int
    end: int


class WordPlace(NamedTuple):
    """A normalised word of a script with spaces, and its position in the original text."""

    text: str
    start: int
    end: int


def other_spellings(text: str, words: Sequence[WordPlace]) -> Iterator[Spelling]:
    """Yield the other spellings of words of a text, which are in the order of the text."""
    run: list[WordPlace] = []
    is_acronym = False
    for place, word in enumerate(words):
        yield from _split_word(text, word)
        if place and (gap := text[words[place - 1].end : word.start]):
            before = words[place - 1]
            if gap in _LINKS or (gap == "." and _are_letters(before, word)):
                if not run:
                    run, is_acronym = [before], gap == "."
                run.append(word)
                if gap != ".":
                    yield _joined(before, word)
                continue
            if gap in _SPACES and _are_capitals(text, before, word):
                yield _joined(before, word)
        yield from _joined_run(run, is_acronym=is_acronym)
        run = []
    yield from _joined_run(run, is_acronym=is_acronym)


def _joined_run(run: Sequence[WordPlace], *, is_acronym: bool) -> Iterator[Spelling]:
    """All words of a run as one; two that are no acronym are joined already."""
    if (len(run) > 2 or (run and is_acronym)) and len(run) <= MAX_LINKED_WORDS:
        yield _joined(*run)


def _joined(*words: WordPlace) -> Spelling:
    joined = "".join(word.text for word in words)[:MAX_JOINED_LENGTH]
    return Spelling((joined,), words[0].start, words[-1].end)


def _split_word(text: str, word: WordPlace) -> Iterator[Spelling]:
    if parts := _LETTERS_AND_DIGITS.fullmatch(word.text):
        yield Spelling(parts.groups(), word.start, word.end)
    if 2 <= len(word.text) <= 4 and word.text.isalpha():
        original = text[word.start : word.end]
        if original.isupper() and len(original) == len(word.text):
            yield Spelling(tuple(word.text), word.start, word.end)


def _are_letters(first: WordPlace, second: WordPlace) -> bool:
    return len(first.text) == len(second.text) == 1 and (first.text + second.text).isalpha()


def _are_capitals(text: str, first: WordPlace, second: WordPlace) -> bool:
    if len(first.text) + len(second.text) < MIN_JOINED_LENGTH or not text[first.start].isupper():
        return False
    return text[second.start].isupper() or text[second.start].isdigit()


def spellings_of_query(text: str, words: Sequence[str]) -> list[tuple[str, ...]]:
    """Return other spellings of adjacent words in a search; ``text`` is what was typed."""
    if len(words) == 1:
        parts = tuple(part.lower() for part in _PARTS.findall(text))
        return [parts] if len(parts) > 1 and "".join(parts) == words[0] else []
    if len(words) > MAX_LINKED_WORDS or all(len(word) == 1 for word in words):
        return []
    pairs = [
        (*words[:place], words[place] + words[place + 1], *words[place + 2 :])
        for place in range(len(words) - 1)
        if len(words[place] + words[place + 1]) <= MAX_JOINED_LENGTH
    ]
    whole = "".join(words)
    if len(words) > 2 and len(whole) <= MAX_JOINED_LENGTH:
        pairs.append((whole,))
    return pairs


def joined_pair(first: str, second: str) -> str:
    """Return two words of a search as one; "" if that is too short or too long to be searched."""
    length = len(first) + len(second)
    return first + second if MIN_JOINED_LENGTH <= length <= MAX_JOINED_LENGTH else ""
