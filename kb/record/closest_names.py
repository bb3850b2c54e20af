"""Names that are nearly what was typed, for a search without results.

A word is close if few letters differ: added, left out, replaced, or two exchanged. Only names of
actors and incidents are compared; the words of titles of sources are too many and too common.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache
from typing import NamedTuple

from kb.record.documents import PublicId
from kb.record.name_texts import MAX_STATES, NamedRecord, NameTexts, live_names
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


class _NameWords(NamedTuple):
    """The words of names by their lengths; those of records that were ``replaced`` do not count."""

    by_length: Mapping[int, Mapping[str, _NameWord]]
    replaced: AbstractSet[PublicId]

    def records_with(self, text: str) -> list[NamedRecord]:
        """The records with this word in a name."""
        word = self.by_length.get(len(text), {}).get(text)
        records = word.records if word else ()
        return [record for record in records if record.public_id not in self.replaced]


def closest_names(q: str) -> list[ClosestName]:
    """The records with the closest names to the words of a search, at most three.

    A word that is in a name already is compared with no other. Of records with the same word, those
    with the shortest name of all are returned: ByteDance, not its teams.
    """
    closest: dict[str, tuple[int, int, ClosestName]] = {}
    parts = [
        _NameWords(_words_by_length(names), replaced) for names, replaced in live_names().parts
    ]
    for typed in list(dict.fromkeys(word_runs(q[:MAX_QUERY_LENGTH])))[:MAX_QUERY_WORDS]:
        for word, distance in _closest_words(typed, parts).items():
            records = _records_with(word, parts)
            lengths = [_name_length(record, word) for record in records]
            for record, length in zip(records, lengths, strict=True):
                known = closest.get(record.public_id)
                if length == min(lengths) and (known is None or distance < known[0]):
                    name = ClosestName(record, typed, word)
                    closest[record.public_id] = distance, length, name
    ranked = sorted(
        closest.values(),
        key=lambda row: (*row[:2], row[2].record.title, row[2].record.public_id),
    )
    return [name for _distance, _length, name in ranked[:MAX_CLOSEST]]


def _records_with(word: str, parts: Sequence[_NameWords]) -> list[NamedRecord]:
    return [record for part in parts for record in part.records_with(word)]


def _name_length(record: NamedRecord, word: str) -> int:
    """How many words the shortest name of a record has that has this word."""
    names = [word_runs(name) for name in record.names]
    return min(len(words) for words in names if word in words or word == "".join(words))


def _closest_words(typed: str, parts: Sequence[_NameWords]) -> dict[str, int]:
    """The words of names within the distance that the length of a word allows, with theirs."""
    length = len(typed)
    if not MIN_LENGTH <= length <= MAX_WORD_LENGTH or typed.isdigit():
        return {}
    if _records_with(typed, parts):
        return {}
    limit = 2 if length >= MIN_LENGTH_FOR_TWO else 1
    letters = _letter_bits(typed)
    distances: dict[str, int] = {}
    for by_length, _replaced in parts:
        for size in range(length - limit, length + limit + 1):
            for word in by_length.get(size, {}).values():
                # Each change takes away one letter and adds one at most.
                if (word.letters ^ letters).bit_count() > 2 * limit:
                    continue
                distance = edit_distance(typed, word.text, limit)
                if distance <= limit:
                    distances[word.text] = distance
    return distances


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


# For the records that were read together and those that changed since, in each state.
@lru_cache(maxsize=2 * MAX_STATES)
def _words_by_length(names: NameTexts) -> Mapping[int, Mapping[str, _NameWord]]:
    by_length: dict[int, dict[str, _NameWord]] = {}
    for record in names.records:
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
