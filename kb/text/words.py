"""Take a text apart into normalised words, each with its position in the text.

The rules are those of ``kb.text.normalise``, which uses this for every text but the simplest.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from kb.text.letters import PLAIN_APOSTROPHES, PLAIN_LETTERS
from kb.text.spellings import MIDDLE_DOTS

# PostgreSQL stores no word above 2,046 bytes. The limit is far below at four bytes a character, and
# far above what people write.
MAX_WORD_LENGTH = 100
# Unicode's own limit for a stream-safe text. Sorting longer runs of marks takes quadratic time.
MAX_COMBINING_MARKS = 30
_CHUNK = re.compile(r"[0-9A-Za-z]+|.", re.DOTALL)
_DROPPED_MARKS = re.compile(
    "(?<=[A-Za-z\u00c0-\u024f\u0370-\u03ff\u1e00-\u1fff])[\u0300-\u036f]+"
    "|[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"
    "\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed]"
)
_UNSPACED = re.compile(
    "[\u0e01-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7ff"
    "\uf900-\ufaff\U0001b000-\U0001b16f\U00020000-\U0003ffff]"
)
# Vowels and finals of Hangul, and the half-width voicing of kana, join the character before.
_JOINING = re.compile("[\u1160-\u11ff\ud7b0-\ud7fb\uff9e\uff9f\uffa0-\uffdc]")


class Word(NamedTuple):
    """A normalised word and its position in the original text.

    ``end`` of a pair is the end of its second character, ``first_end`` that of its first.
    """

    text: str
    start: int
    end: int
    first_end: int
    paired: bool


class _Letter(NamedTuple):
    """A normalised character and its position in the original text."""

    text: str
    start: int
    end: int


def text_words(text: str) -> list[Word]:
    """Return the words of a text; of a run of a script without spaces, its pairs of characters."""
    words: list[Word] = []
    for paired, run in _runs(text):
        if not paired:
            whole = "".join(letter.text for letter in run)[:MAX_WORD_LENGTH]
            words.append(Word(whole, run[0].start, run[-1].end, run[-1].end, paired=False))
            continue
        for first, second in zip(run, [*run[1:], None], strict=True):
            pair = first.text + (second.text if second else "")
            end = second.end if second else first.end
            words.append(Word(pair, first.start, end, first.end, paired=True))
    return words


def word_runs(text: str) -> list[str]:
    """Return the normalised words of a text; a run of a script without spaces is one word."""
    return ["".join(letter.text for letter in run) for _paired, run in _runs(text)]


def _runs(text: str) -> Iterator[tuple[bool, list[_Letter]]]:
    """Yield each run of letters and digits, and whether it is in a script without spaces."""
    run: list[_Letter] = []
    paired = False
    dotted = False  # whether a middle dot follows the run
    for letter in _letters(text):
        kind = _kind(letter.text)
        if kind == "dot" and run and paired and not dotted:
            dotted = True
            continue
        if kind == "mark":
            # A mark without a letter cannot be searched for.
            if run and not dotted:
                run.append(letter)
            continue
        is_word = kind in ("word", "pair")
        if run and not (is_word and (kind == "pair") == paired and (paired or not dotted)):
            yield paired, run
            run = []
        if is_word:
            paired = kind == "pair"
            run.append(letter)
        dotted = False
    if run:
        yield paired, run


def _letters(text: str) -> Iterator[_Letter]:
    """Yield the normalised characters, each with its position in the original text."""
    start, end, marks = 0, 0, 0
    for match in _CHUNK.finditer(text):
        if end > start and marks < MAX_COMBINING_MARKS and _joins(match[0]):
            marks += 1
            end = match.end()
            continue
        yield from _normalised_letters(text, start, end)
        start, end, marks = match.start(), match.end(), 0
    yield from _normalised_letters(text, start, end)


def _normalised_letters(text: str, start: int, end: int) -> Iterator[_Letter]:
    chunk = text[start:end]
    if chunk.isascii() and chunk.isalnum():
        yield _Letter(chunk.lower(), start, end)
        return
    for character in _normalised(chunk):
        yield _Letter(character, start, end)


@lru_cache(maxsize=16384)
def _normalised(chunk: str) -> str:
    chunk = chunk.translate(PLAIN_APOSTROPHES)
    case_folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", chunk).casefold())
    unmarked = unicodedata.normalize(
        "NFC", _DROPPED_MARKS.sub("", unicodedata.normalize("NFD", case_folded))
    )
    return "".join(
        str(unicodedata.decimal(character, character))
        for character in unmarked.translate(PLAIN_LETTERS)
        if not _is_invisible(character)
    )


@lru_cache(maxsize=16384)
def _joins(character: str) -> bool:
    """Whether a character belongs to the one before it: a mark or an invisible character."""
    return (
        unicodedata.category(character[0])[0] == "M"
        or _is_invisible(character[0])
        or bool(_JOINING.match(character))
    )


def _is_invisible(character: str) -> bool:
    """Whether it is a joiner, soft hyphen or variation selector, which is ignored in words."""
    return unicodedata.category(character) == "Cf" or "\ufe00" <= character <= "\ufe0f"


@lru_cache(maxsize=16384)
def _kind(letter: str) -> str:
    """Return ``word``, ``pair`` (a script without spaces), ``mark``, ``dot``, or "" for a space."""
    if letter in MIDDLE_DOTS:
        return "dot"
    category = unicodedata.category(letter[0])[0]
    if category == "M":
        return "mark"
    # Characters that this Python's tables do not have yet, in the planes reserved for Chinese.
    if category not in "LN" and not "\U00020000" <= letter[0] <= "\U0003fffd":
        return ""
    return "pair" if _UNSPACED.match(letter) else "word"
