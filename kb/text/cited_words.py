"""Whether a text has given words, however it writes case, spaces and quotation marks."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator

_MARKS = str.maketrans(
    {"‘": "'", "’": "'", "“": '"', "”": '"'} | dict.fromkeys("\u2010\u2012\u2013\u2014\u2212", "-")
)
# The longest part that a cut may leave out where the place of cited words is looked for.
_MAX_CUT = 2_000
_MAX_CUTS = 20
_GAP = re.compile(r"\[\s*(?:…|\.\.\.)\s*\]|…|\.{3}")
_SPACES = re.compile(r"\s+")
# Letters whose small form is longer, or depends on the letters around it.
_ODD_CAPITALS = str.maketrans({"İ": "i", "ς": "σ", "Σ": "σ"})
# Scripts that write no spaces between words: a word may begin and end anywhere.
_UNSPACED = re.compile("[\u0e01-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uac00-\ud7ff]")


def comparable_text(text: str) -> str:
    """Return the text for comparison: in one case, with plain quotation marks and single spaces."""
    text = unicodedata.normalize("NFKC", text).translate(_MARKS).casefold()
    return " ".join(text.split()).strip(" \"'.,;:")


def split_at_cuts(text: str) -> list[str]:
    """Return the parts of a text around each ellipsis, which stands for words left out.

    Spaces around an ellipsis stay.
    """
    return _GAP.split(text)


def contains_words(text: str, words: str) -> bool:
    """Return whether the text has these words as whole words. There must be at least one.

    Parts around an ellipsis must be in this order.
    """
    whole, start = comparable_text(text), 0
    parts = [part for part in map(comparable_text, split_at_cuts(words)) if part]
    for part in parts:
        start = _end_of_words(whole, part, start)
        if start < 0:
            return False
    return bool(parts)


def place_of_words(text: str, words: str) -> tuple[int, int] | None:
    """Return the start and end of the words in the text, None unless it has them exactly once.

    Case, quotation marks and spaces may differ. Around an ellipsis, what was cut is included.
    """
    places = places_of_words(text, words)
    return places[0] if len(places) == 1 else None


def places_of_words(text: str, words: str) -> list[tuple[int, int]]:
    """Return every start and end of the words in the text, in order; see ``place_of_words``."""
    whole, shift = _plain(text), _Shift(text)
    parts = [part for part in map(str.strip, map(_plain, split_at_cuts(words))) if part]
    if not parts or len(parts) > _MAX_CUTS + 1:
        return []
    return [
        (shift.original(start), shift.original(end - 1) + 1)
        for start, end in _spans(whole, parts)
        if _is_boundary(whole, start) and _is_boundary(whole, end)
    ]


def _plain(text: str) -> str:
    """The text in small letters with plain marks and single spaces; else character by character."""
    return _SPACES.sub(" ", text.translate(_MARKS).translate(_ODD_CAPITALS).lower())


class _Shift:
    """Where the characters of a plain text are in the original."""

    def __init__(self, text: str) -> None:
        self._places, self._removed = [0], [0]
        for run in _SPACES.finditer(text):
            if (removed := len(run[0]) - 1) > 0:
                self._removed.append(self._removed[-1] + removed)
                self._places.append(run.end() - self._removed[-1])

    def original(self, place: int) -> int:
        """The place in the original of the character at a place of the plain text."""
        return place + self._removed[bisect_right(self._places, place) - 1]


def _spans(text: str, parts: list[str]) -> Iterator[tuple[int, int]]:
    """Yield where the parts stand in this order, with at most the longest cut between two.

    Each part is looked for once over the whole text, from the last to the first. A span ends as
    early as it can, and the next begins after it.
    """
    ends: dict[int, int] = {}  # of the parts from here on, by the start of the first of them
    for number, part in enumerate(reversed(parts)):
        starts, later = list(ends), ends
        ends = {}
        place = text.find(part)
        while place >= 0:
            end = place + len(part)
            at = bisect_left(starts, end)
            if number == 0:
                ends[place] = end
            elif at < len(starts) and starts[at] - end <= _MAX_CUT:
                ends[place] = later[starts[at]]
            place = text.find(part, end)
    last = 0
    for start, end in ends.items():
        if start >= last:
            last = end
            yield start, end


def _end_of_words(text: str, words: str, start: int) -> int:
    """Return where the first occurrence of the words from ``start`` ends; -1 if there is none."""
    position = text.find(words, start)
    while position >= 0:
        end = position + len(words)
        if _is_boundary(text, position) and _is_boundary(text, end):
            return end
        # Words begin at a boundary; to look at every letter of a long word takes quadratic time.
        position += 1
        while position < len(text) and not _is_boundary(text, position):
            position += 1
        position = text.find(words, position)
    return -1


def _is_boundary(text: str, position: int) -> bool:
    """Return whether no word of the text goes on at this position."""
    sides = text[max(position - 1, 0) : position + 1]
    return len(sides) < 2 or not all(
        character.isalnum() and not _UNSPACED.match(character) for character in sides
    )
