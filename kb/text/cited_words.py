"""Whether a text has given words, however it writes case, spaces and quotation marks."""

from __future__ import annotations

import re
import unicodedata

_MARKS = str.maketrans(
    {"‘": "'", "’": "'", "“": '"', "”": '"'} | dict.fromkeys("\u2010\u2012\u2013\u2014\u2212", "-")
)
# The longest part that a cut may leave out where the place of cited words is looked for.
_MAX_CUT = 2_000
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


def place_of_words(text: str, words: str) -> tuple[int, int] | None:
    """Return the start and end of the words in the text, None unless it has them exactly once.

    Case, quotation marks and spaces may differ. Around an ellipsis, what was cut is included.
    """
    parts = [part.translate(_MARKS).split() for part in split_at_cuts(words)]
    patterns = [r"\s+".join(map(re.escape, part)) for part in parts if part]
    if not patterns:
        return None
    whole = text.translate(_MARKS)  # each mark is one character, so positions stay
    cut = rf"[\s\S]{{0,{_MAX_CUT}}}?"
    spans = [
        match.span()
        for match in re.finditer(cut.join(patterns), whole, re.IGNORECASE)
        if all(_is_boundary(whole, place) for place in match.span())
    ]
    return spans[0] if len(spans) == 1 else None


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
