"""Whether a text has given words, however it writes case, spaces and quotation marks."""

from __future__ import annotations

import re
import unicodedata

_MARKS = str.maketrans(
    {"‘": "'", "’": "'", "“": '"', "”": '"'} | dict.fromkeys("\u2010\u2012\u2013\u2014\u2212", "-")
)
_GAP = re.compile(r"\s*(?:\[\s*(?:…|\.\.\.)\s*\]|…|\.{3})\s*")
# Scripts that write no spaces between words: a word may begin and end anywhere.
_UNSPACED = re.compile("[\u0e01-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uac00-\ud7ff]")


def comparable_text(text: str) -> str:
    """Return the text for comparison: in one case, with plain quotation marks and single spaces."""
    text = unicodedata.normalize("NFKC", text).translate(_MARKS).casefold()
    return " ".join(text.split()).strip(" \"'.,;:")


def split_at_cuts(text: str) -> list[str]:
    """Return the parts of a text around each ellipsis, which stands for words left out."""
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


def _end_of_words(text: str, words: str, start: int) -> int:
    """Return where the first occurrence of the words from ``start`` ends; -1 if there is none."""
    position = text.find(words, start)
    while position >= 0:
        end = position + len(words)
        if _is_boundary(text, position) and _is_boundary(text, end):
            return end
        position = text.find(words, position + 1)
    return -1


def _is_boundary(text: str, position: int) -> bool:
    """Return whether no word of the text goes on at this position."""
    sides = text[max(position - 1, 0) : position + 1]
    return len(sides) < 2 or not all(
        character.isalnum() and not _UNSPACED.match(character) for character in sides
    )
