"""Find the runs of a quotation in the words of its source, in order.

A cut between two runs may leave out anything, a bracket up to a sentence. Without cuts, the first
possible place of each run is the best: it leaves most for the others. Runs that only brackets
separate form a chain, and all their places are tried together.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from kb.text.quoting.sentences import sentence_at, sentence_spans
from kb.text.quoting.tokens import inseparable, tokens_of

# What is between a run and the one before it.
Link = Literal["cut", "bracket", "nothing"]


@dataclass(frozen=True)
class Run:
    """The words of one run. ``has_free_capital``: its first letter may be large or small."""

    text: str
    keys: tuple[str, ...]
    link: Link
    has_free_capital: bool


class SourceWords:
    """The words of a source, prepared for finding runs in them."""

    def __init__(self, text: str) -> None:
        self.tokens = tokens_of(text)
        self.keys = [token.key for token in self.tokens]
        self._inseparable = inseparable(text, self.tokens)
        spans = sentence_spans(text)
        self._sentences = [sentence_at(spans, token.start) for token in self.tokens]

    def places(self, run: Run, start: int = 0) -> Iterator[int]:
        """Yield each place of a run from ``start`` on where it does not cut a word in two."""
        for place in self.raw_places(run, start):
            if self.is_separate(place, place + len(run.keys)):
                yield place

    def raw_places(self, run: Run, start: int = 0) -> Iterator[int]:
        """Yield each place of a run, also in the middle of a word or a number."""
        if not run.has_free_capital:
            yield from occurrences(run.keys, self.keys, start)
            return
        first, rest = loose_capital(run.keys[0]), run.keys[1:]
        following = occurrences(rest, self.keys, start + 1) if rest else range(start + 1, 1 << 62)
        for place in following:
            if place > len(self.keys):
                return
            if loose_capital(self.keys[place - 1]) == first:
                yield place - 1

    def is_separate(self, start: int, end: int) -> bool:
        """Whether words begin at ``start`` and end at ``end``."""
        begins = start == 0 or not self._inseparable[start - 1]
        return begins and not self._inseparable[end - 1]

    def chain(self, runs: Sequence[Run], start: int) -> list[int] | None:
        """Return a place for each run of a chain, so that the last one is as early as possible."""
        if len(runs) == 1:
            first = next(self.places(runs[0], start), None)
            return None if first is None else [first]
        steps: list[tuple[list[int], list[int]]] = []  # places, and the index of the place before
        for number, run in enumerate(runs):
            places, sources = [], []
            ends = [] if not number else self._ends(steps[-1][0], runs[number - 1])
            for place in self.places(run, start):
                index = bisect_right(ends, place) - 1
                if number and (index < 0 or not self._is_linked(run.link, ends[index], place)):
                    continue
                places.append(place)
                sources.append(index)
            if not places:
                return None
            steps.append((places, sources))
        index, chain = 0, []
        for places, sources in reversed(steps):
            chain.append(places[index])
            index = sources[index]
        return chain[::-1]

    @staticmethod
    def _ends(places: list[int], run: Run) -> list[int]:
        return [place + len(run.keys) for place in places]

    def _is_linked(self, link: Link, end: int, start: int) -> bool:
        if end == start or link == "cut":
            return True
        return link == "bracket" and self._sentences[start] - self._sentences[end] <= 1


def chains_of(runs: Sequence[Run]) -> list[list[Run]]:
    """Return the runs in chains: a cut begins the next one."""
    chains: list[list[Run]] = []
    for run in runs:
        if not chains or run.link == "cut":
            chains.append([])
        chains[-1].append(run)
    return chains


def loose_capital(key: str) -> str:
    """Return a word with its first letter small."""
    return key[:1].lower() + key[1:]


def occurrences(pattern: Sequence[str], keys: Sequence[str], start: int = 0) -> Iterator[int]:
    """Yield each place of a pattern, also overlapping ones, in linear time (Knuth-Morris-Pratt)."""
    borders = _borders(pattern)
    length = 0
    for place in range(start, len(keys)):
        while length and (length == len(pattern) or keys[place] != pattern[length]):
            length = borders[length - 1]
        if keys[place] == pattern[length]:
            length += 1
        if length == len(pattern):
            yield place - length + 1


def longest_beginning(pattern: Sequence[str], keys: Sequence[str]) -> int:
    """Return how many words of a pattern, from its first on, occur together."""
    borders = _borders(pattern)
    length = longest = 0
    for key in keys:
        while length and (length == len(pattern) or key != pattern[length]):
            length = borders[length - 1]
        if key == pattern[length]:
            length += 1
        longest = max(longest, length)
    return longest


def _borders(pattern: Sequence[str]) -> list[int]:
    borders = [0] * len(pattern)
    length = 0
    for place in range(1, len(pattern)):
        while length and pattern[place] != pattern[length]:
            length = borders[length - 1]
        if pattern[place] == pattern[length]:
            length += 1
        borders[place] = length
    return borders
