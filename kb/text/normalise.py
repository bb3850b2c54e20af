"""Normalise text for search, in the same way for every database, and match search terms.

A text becomes words of letters and digits with single spaces between them, so that a tokenizer that
splits at spaces finds the same words on every database. The rules:

- NFKC and case folding: ``ＯｐｅｎＡＩ`` is ``openai``.
- Accents are removed from Latin and Greek letters, vowel points from Hebrew and Arabic, because
  they are often left out. Marks of other scripts stay: there they make another letter (й, が).
- Scripts written without spaces (Chinese, Japanese, Korean, Thai, Lao, Burmese, Khmer) become
  overlapping pairs, followed by the last character of the run alone: 字节跳动 is
  ``字节 节跳 跳动 动``. So any part of a run can be found, including a single character.
- A middle dot between two such characters is removed, because names are written both ways:
  萨姆·奥特曼 and 萨姆奥特曼. Every other character that is not a letter or digit is a space.
- Parts are separated by ``¶``, which no query can contain, so no phrase spans a title and a
  quotation.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import add
from typing import NamedTuple

MAX_QUERY_LENGTH = 200
# PostgreSQL stores no word above 2,046 bytes and no text above 1 MB of distinct words. These limits
# are far below both at four bytes a character, and far above what people write.
MAX_WORD_LENGTH = 100
MAX_SHORT_PART = 200  # characters of a part that is remembered
MAX_NORMALISED_LENGTH = 200_000
MAX_NAME_LENGTH = 120  # of a folded name
PART_MARK = "¶"

# Unicode's own limit for a stream-safe text. Sorting longer runs of marks takes quadratic time.
MAX_COMBINING_MARKS = 30
# Characters that normalising leaves as they are, but for capitals: ASCII, the first 20,902 Chinese
# characters, and punctuation that is a space in words.
_SIMPLE = re.compile("[\0-\x7f\u4e00-\u9fa5–—‘’“”…、。《》「」！（），：；？]*")
_SIMPLE_RUN = re.compile("[a-z0-9]+|[\u4e00-\u9fa5]+")
_CHUNK = re.compile(r"[0-9A-Za-z]+|.", re.DOTALL)
_DROPPED_MARKS = re.compile(
    "(?<=[A-Za-z\u00c0-\u024f\u0370-\u03ff\u1e00-\u1fff])[\u0300-\u036f]+"
    "|[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u064b-\u065f\u0670]"
)
_UNSPACED = re.compile(
    "[\u0e01-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7ff"
    "\uf900-\ufaff\U0001b000-\U0001b16f\U00020000-\U0003ffff]"
)
_MIDDLE_DOTS = frozenset("·•‧・･∙⋅᛫")
# Vowels and finals of Hangul, and the half-width voicing of kana, join the character before.
_JOINING = re.compile("[\u1160-\u11ff\ud7b0-\ud7fb\uff9e\uff9f\uffa0-\uffdc]")
_QUERY = re.compile(
    r'"([^"]*)"|“([^“”]*)”|「([^「」]*)」|『([^『』]*)』|«([^«»]*)»|([^\s"“”「」『』«»]+)'
)


@dataclass(frozen=True)
class Term:
    """Words that must be adjacent, in this order.

    With ``prefix``, the last one only has to be the beginning of a word.
    """

    words: tuple[str, ...]
    prefix: bool = False


class _Word(NamedTuple):
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


def search_text(*parts: str) -> str:
    """Return the normalised words of the parts, in order, cut at 200,000 characters."""
    normalised = (_normalised_part(part) for part in parts)
    whole = f" {PART_MARK} ".join(part for part in normalised if part)
    if len(whole) > MAX_NORMALISED_LENGTH:
        whole = whole[: MAX_NORMALISED_LENGTH + 1].rpartition(" ")[0]
    return whole


def _normalised_part(part: str) -> str:
    """The normalised words of a part. Names, which very many entries share, are remembered."""
    return _short_part(part) if len(part) <= MAX_SHORT_PART else _joined_words(part)


def _joined_words(part: str) -> str:
    if not _SIMPLE.fullmatch(part):
        return " ".join(word.text for word in _words(part))
    # What ``_words`` does with it, in a twentieth of the time.
    words: list[str] = []
    for run in _SIMPLE_RUN.findall(part.lower()):
        if run.isascii():
            words.append(run[:MAX_WORD_LENGTH])
        else:
            words += map(add, run, run[1:])
            words.append(run[-1])
    return " ".join(words)


_short_part = lru_cache(maxsize=16384)(_joined_words)


def query_terms(q: str) -> list[Term]:
    """Return the terms of a search, each once. An entry must match all of them.

    Words in quotation marks ("…", “…”, 「…」, 『…』, «…») are a phrase. Any other word matches
    whole words, or the beginning of a word if it ends in ``*``. There are no operators: AND is a
    word. Never raises: text without letters or digits gives no term, and only the first 200
    characters are read.
    """
    terms: dict[Term, None] = {}
    for match in _QUERY.finditer(q[:MAX_QUERY_LENGTH]):
        term = _term(next(group for group in match.groups() if group is not None))
        if term is None:
            continue
        starred = match[0].endswith("*") and len(term.words[-1]) > 1
        terms[Term(term.words, prefix=term.prefix or starred)] = None
    return list(terms)


def matches(text: str, terms: Sequence[Term]) -> bool:
    """Whether a normalised text contains every term. The search of each database must agree."""
    padded = f" {text} "
    return all(padded_term(term) in padded for term in terms)


def padded_term(term: Term) -> str:
    """Return the string that a normalised, space-padded text contains if it matches the term."""
    return " " + " ".join(term.words) + ("" if term.prefix else " ")


def split_at_matches(text: str, terms: Sequence[Term]) -> list[tuple[str, bool]]:
    """Return the text in pieces, each with whether it matches. Joined, they are the text again.

    The pieces are original text, not normalised and not escaped.
    """
    pieces: list[tuple[str, bool]] = []
    position = 0
    for start, end in _merged(_spans(_words(text), terms)):
        if start > position:
            pieces.append((text[position:start], False))
        pieces.append((text[start:end], True))
        position = end
    if position < len(text):
        pieces.append((text[position:], False))
    return pieces


def _spans(words: list[_Word], terms: Sequence[Term]) -> Iterator[tuple[int, int]]:
    for term in terms:
        *body, last = term.words
        for place in range(len(words) - len(body)):
            final = words[place + len(body)]
            if not (final.text.startswith(last) if term.prefix else final.text == last):
                continue
            if all(words[place + step].text == word for step, word in enumerate(body)):
                is_half = term.prefix and final.paired and len(last) == 1
                yield words[place].start, final.first_end if is_half else final.end


def _merged(spans: Iterator[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _term(text: str) -> Term | None:
    words = _words(text)
    if not words:
        return None
    last = words[-1]
    # If the text goes on after the query, the last character is part of a pair there. The pair
    # before it is enough then; without one, the character is the beginning of a pair.
    ends_alone = last.paired and len(last.text) == 1
    if ends_alone and len(words) > 1 and words[-2].paired and len(words[-2].text) == 2:
        return Term(tuple(word.text for word in words[:-1]))
    return Term(tuple(word.text for word in words), prefix=ends_alone)


def _words(text: str) -> list[_Word]:
    words: list[_Word] = []
    for paired, run in _runs(text):
        if not paired:
            whole = "".join(letter.text for letter in run)[:MAX_WORD_LENGTH]
            words.append(_Word(whole, run[0].start, run[-1].end, run[-1].end, paired=False))
            continue
        for first, second in zip(run, [*run[1:], None], strict=True):
            pair = first.text + (second.text if second else "")
            end = second.end if second else first.end
            words.append(_Word(pair, first.start, end, first.end, paired=True))
    return words


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
    case_folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", chunk).casefold())
    unmarked = unicodedata.normalize(
        "NFC", _DROPPED_MARKS.sub("", unicodedata.normalize("NFD", case_folded))
    )
    return "".join(character for character in unmarked if not _is_invisible(character))


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
    if letter in _MIDDLE_DOTS:
        return "dot"
    category = unicodedata.category(letter[0])[0]
    if category == "M":
        return "mark"
    # Characters that this Python's tables do not have yet, in the planes reserved for Chinese.
    if category not in "LN" and not "\U00020000" <= letter[0] <= "\U0003fffd":
        return ""
    return "pair" if _UNSPACED.match(letter) else "word"


def fold_name(text: str) -> str:
    """The name in one spelling, to compare names: without case, accents and double spaces."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(letter for letter in plain if not "\u0300" <= letter <= "\u036f")
    return unicodedata.normalize("NFC", " ".join(letters.split()))[:MAX_NAME_LENGTH]
