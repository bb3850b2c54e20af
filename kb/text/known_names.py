"""Find names that are known in a text: "Ann Bell", "BELL LABS", 字节跳动.

Words are compared as search compares them, so that accents and variants of Chinese characters make
no difference. A name that begins with a capital letter is found only with one. Where several names
begin at a place, the longest counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from kb.text.normalise import fold_name

_HAN = "\u3400-\u9fff"
# Each Chinese character is a word, because nothing shows where its word ends.
_WORD = re.compile(rf"[{_HAN}]|[^\W_{_HAN}]+")
_GAP = re.compile(r"[^\S\n]*+(?:\n[^\S\n]*+)?|[-–'’.&·]|\. |, (?=Inc|Ltd|LLC)| & ")
MIN_LETTERS = 2
MIN_HAN_SURE = 3  # two characters can be a part of another word


class KnownName(NamedTuple):
    """A name, and the key of what it names. Several names can have one key."""

    key: str
    name: str


@dataclass(frozen=True)
class NameMention:
    """A known name in a text, and the keys of what it can mean."""

    text: str
    start: int
    end: int
    keys: tuple[str, ...]

    @property
    def is_certain(self) -> bool:
        """Whether one thing is meant, and the words cannot be a part of others."""
        is_short = len(self.text) < MIN_HAN_SURE and re.match(f"[{_HAN}]", self.text)
        return len(self.keys) == 1 and not is_short


class KnownNames:
    """Names to be found in texts. To build it takes time in proportion to their number."""

    def __init__(self, names: Iterable[KnownName]) -> None:
        self._keys: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._capital: set[tuple[str, ...]] = set()
        self._lengths: dict[str, list[int]] = {}
        for key, name in names:
            words = _folded(name)
            if sum(len(word) for word in words) < MIN_LETTERS:
                continue
            if key not in self._keys.get(words, ()):
                self._keys[words] = (*self._keys.get(words, ()), key)
            if name.strip()[:1].isupper():
                self._capital.add(words)
            lengths = self._lengths.setdefault(words[0], [])
            if len(words) not in lengths:
                lengths.append(len(words))
                lengths.sort(reverse=True)

    def keys_of(self, name: str) -> tuple[str, ...]:
        """Return the keys of a whole name; () if it is not known."""
        return self._keys.get(_folded(name), ())

    def mentions(self, text: str) -> list[NameMention]:
        """Return the mentions of the names in a text, in order. They do not overlap."""
        places = [(match.start(), match.end()) for match in _WORD.finditer(text)]
        words = [_fold(text[start:end]) for start, end in places]
        mentions: list[NameMention] = []
        place = 0
        while place < len(words):
            length = self._length_at(text, places, words, place)
            if length:
                start, end = places[place][0], places[place + length - 1][1]
                keys = self._keys[tuple(words[place : place + length])]
                mentions.append(NameMention(text[start:end], start, end, keys))
            place += length or 1
        return mentions

    def _length_at(
        self, text: str, places: list[tuple[int, int]], words: list[str], place: int
    ) -> int:
        """Return how many words the longest name at a place has; 0 if there is none."""
        for length in self._lengths.get(words[place], ()):
            candidate = tuple(words[place : place + length])
            if candidate not in self._keys:
                continue
            first = text[places[place][0]]
            if candidate in self._capital and first.isalpha() and first.islower():
                continue
            spots = range(place, place + length - 1)
            if all(_GAP.fullmatch(text, places[at][1], places[at + 1][0]) for at in spots):
                return length
        return 0


def _folded(name: str) -> tuple[str, ...]:
    return tuple(_fold(match[0]) for match in _WORD.finditer(name))


@lru_cache(maxsize=8192)
def _fold(word: str) -> str:
    return fold_name(word)
