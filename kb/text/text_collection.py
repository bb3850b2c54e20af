"""Many normalised texts as one, in which a search is as fast as finding its words in one text."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import accumulate

from kb.text.normalise import SearchQuery, Term, padded_term

# No normalised text and no term contains it.
_SEPARATOR = "\n"


class TextCollection:
    """Normalised texts, and which of them a query finds, as ``SearchQuery.finds``."""

    def __init__(self, texts: Iterable[str]) -> None:
        padded = [f" {text} " for text in texts]
        self._whole = _SEPARATOR.join(padded)
        self._starts = [*accumulate((len(text) + len(_SEPARATOR) for text in padded), initial=0)]

    def __len__(self) -> int:
        return len(self._starts) - 1

    def found_by(self, query: SearchQuery) -> list[int]:
        """The numbers of the texts that the query finds, in ascending order."""
        numbers = set(range(len(self)))
        for term in query.required:
            numbers &= self.with_term(term)
        for term in query.excluded:
            numbers -= self.with_term(term)
        return sorted(numbers)

    def with_term(self, term: Term) -> set[int]:
        """The numbers of the texts that have a term, in any of its spellings."""
        return {number for way in term.ways for number in self._containing(padded_term(way))}

    def _containing(self, words: str) -> Iterator[int]:
        place = self._whole.find(words)
        while place >= 0:
            number = bisect_right(self._starts, place) - 1
            yield number
            place = self._whole.find(words, self._starts[number + 1])
