"""Names that are nearly what was typed, for a search without results.

A word is close if few letters differ: added, left out, replaced, or two exchanged. Only names of
actors and incidents are compared; the words of titles of sources are too many and too common.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from kb.record import publication_version
from kb.record.name_texts import NamedRecord, live_names
from kb.text.normalise import MAX_QUERY_LENGTH
from kb.text.words import MAX_WORD_LENGTH, word_runs

MAX_CLOSEST = 3
MIN_LENGTH = 3
# Words of at least so many letters may differ in two.
MIN_LENGTH_FOR_TWO = 6
MAX_QUERY_WORDS = 8
_COMPARED_KINDS = ("actor", "incident")


class ClosestName(NamedTuple):
    """A record with a name that is close to a word of a search; ``word`` is that of the name."""

    record: NamedRecord
    typed: str
    word: str


class _NameWord(NamedTuple):
    """A word of names; ``letters`` has a bit for each of its letters, to leave out most others."""

    text: str
    letters: int
    records: list[NamedRecord]


def closest_names(q: str) -> list[ClosestName]:
    """The records with the closest names to the words of a search, at most three.

    A word that is in a name already is compared with no other. Of records with the same word, those
    with the shortest name of all are returned: ByteDance, not its teams.
    """
    closest: dict[str, tuple[int, int, ClosestName]] = {}
    by_length = _name_words()
    for typed in list(dict.fromkeys(word_runs(q[:MAX_QUERY_LENGTH])))[:MAX_QUERY_WORDS]:
        for distance, word in _closest_words(typed, by_length):
            lengths = [_name_length(record, word.text) for record in word.records]
            for record, length in zip(word.records, lengths, strict=True):
                known = closest.get(record.public_id)
                if length == min(lengths) and (known is None or distance < known[0]):
                    name = ClosestName(record, typed, word.text)
                    closest[record.public_id] = distance, length, name
    ranked = sorted(closest.values(), key=lambda row: (*row[:2], row[2].record.title))
    return [name for _distance, _length, name in ranked[:MAX_CLOSEST]]


def _name_length(record: NamedRecord, word: str) -> int:
    """How many words the shortest name of a record has that has this word."""
    names = [word_runs(name) for name in record.names]
    return min(len(words) for words in names if word in words or word == "".join(words))


def _closest_words(
    typed: str, by_length: Mapping[int, Mapping[str, _NameWord]]
) -> list[tuple[int, _NameWord]]:
    """The words of names within the distance that the length of a word allows."""
    length = len(typed)
    if not MIN_LENGTH <= length <= MAX_WORD_LENGTH or typed.isdigit():
        return []
    if typed in by_length.get(length, {}):
        return []
    limit = 2 if length >= MIN_LENGTH_FOR_TWO else 1
    letters = _letter_bits(typed)
    words: list[tuple[int, _NameWord]] = []
    for size in range(length - limit, length + limit + 1):
        for word in by_length.get(size, {}).values():
            # Each change takes away one letter and adds one at most.
            if (word.letters ^ letters).bit_count() > 2 * limit:
                continue
            distance = edit_distance(typed, word.text, limit)
            if distance <= limit:
                words.append((distance, word))
    return words


def edit_distance(first: str, second: str, limit: int) -> int:
    """The number of letters to add, leave out, replace or exchange with the next; or limit + 1."""
    if abs(len(first) - len(second)) > limit:
        return limit + 1
    before: list[int] = []
    row = list(range(len(second) + 1))
    for i, letter in enumerate(first):
        previous, before, row = before, row, [i + 1]
        for j, other in enumerate(second):
            cost = min(before[j + 1] + 1, row[j] + 1, before[j] + (letter != other))
            if i and j and letter == second[j - 1] and first[i - 1] == other:
                cost = min(cost, previous[j - 1] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
    return row[-1]


def _letter_bits(word: str) -> int:
    bits = 0
    for letter in word:
        bits |= 1 << ord(letter) % 64
    return bits


def _name_words() -> Mapping[int, Mapping[str, _NameWord]]:
    return _words_by_length(*publication_version.current_version())


@lru_cache(maxsize=1)
def _words_by_length(
    number: int, changed_at: datetime | None
) -> Mapping[int, Mapping[str, _NameWord]]:
    by_length: dict[int, dict[str, _NameWord]] = {}
    for record in live_names():
        if record.kind not in _COMPARED_KINDS:
            continue
        for text in dict.fromkeys(_words_of_names(record.names)):
            words = by_length.setdefault(len(text), {})
            if text not in words:
                words[text] = _NameWord(text, _letter_bits(text), [])
            words[text].records.append(record)
    return by_length


def _words_of_names(names: Iterable[str]) -> Iterable[str]:
    """The words of the names; of two or more words, also the whole name as one."""
    for name in names:
        words = word_runs(name)
        yield from words
        if len(words) > 1:
            yield "".join(words)
