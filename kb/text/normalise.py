"""One folding for search on every database, and what it means for a text to match.

A text becomes words of letters and digits with single spaces between them, so that a tokenizer
which only knows spaces finds the same words wherever it runs. The rules:

- NFKC and case folding, so ``ＯｐｅｎＡＩ`` is ``openai``.
- Accents go from Latin and Greek letters, vowel points from Hebrew and Arabic: they are left out
  as often as not. Marks of other scripts stay, because there they make another letter (й, が).
- Scripts written without spaces (Chinese, Japanese, Korean, Thai, Lao, Burmese, Khmer) become
  overlapping pairs, and the last character of a run once more by itself: 字节跳动 is
  ``字节 节跳 跳动 动``. So any part of a run is found, a single character as well.
- A middle dot between two such characters is dropped, for names are written both ways:
  萨姆·奥特曼 and 萨姆奥特曼. Every other character that is no letter or digit is a space.
- Between two parts stands ``¶``, which no query can hold: no phrase spans a title and a quotation.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

MAX_QUERY_LENGTH = 200
# PostgreSQL keeps no word above 2,046 bytes and no text above 1 MB of distinct words. These are
# far below both at four bytes a character, and far above what people write.
MAX_WORD_LENGTH = 100
MAX_NORMALISED_LENGTH = 200_000
PART_MARK = "¶"

# Unicode's own limit for a stream-safe text. Sorting longer runs of marks takes quadratic time.
_MOST_MARKS = 30
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
# Vowels and finals of Hangul, and the half-width voicing of kana, join what stands before them.
_JOINING = re.compile("[\u1160-\u11ff\ud7b0-\ud7fb\uff9e\uff9f\uffa0-\uffdc]")
_QUERY = re.compile(
    r'"([^"]*)"|“([^“”]*)”|「([^「」]*)」|『([^『』]*)』|«([^«»]*)»|([^\s"“”「」『』«»]+)'
)


@dataclass(frozen=True)
class Term:
    """Words that must stand next to each other, in this order.

    With ``prefix`` the last of them need only begin so.
    """

    words: tuple[str, ...]
    prefix: bool = False


class _Word(NamedTuple):
    """A folded word and where it stands in the original text.

    A pair ends where its second character ends, and ``first_end`` is where the first one does.
    """

    text: str
    start: int
    end: int
    first_end: int
    paired: bool


class _Letter(NamedTuple):
    text: str
    start: int
    end: int


def search_text(*parts: str) -> str:
    """The parts as folded words, in order; what lies beyond 200,000 characters is left out."""
    folded = (" ".join(word.text for word in _words(part)) for part in parts)
    whole = f" {PART_MARK} ".join(part for part in folded if part)
    if len(whole) > MAX_NORMALISED_LENGTH:
        whole = whole[: MAX_NORMALISED_LENGTH + 1].rpartition(" ")[0]
    return whole


def query_terms(q: str) -> list[Term]:
    """The terms of a reader's words, each once: all of them must be found.

    Words in quotation marks ("…", “…”, 「…」, 『…』, «…») must stand together. Any other word is
    found whole, unless it ends in ``*``: then whatever begins so is found. Operators there are
    none; AND is a word. Never raises: what cannot be searched for gives no term, and only the
    first 200 characters are read.
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
    """Whether a folded text holds every term: what both databases must agree with."""
    padded = f" {text} "
    return all(padded_term(term) in padded for term in terms)


def padded_term(term: Term) -> str:
    """What a folded text with a space at each end contains exactly when it holds the term."""
    return " " + " ".join(term.words) + ("" if term.prefix else " ")


def split_at_matches(text: str, terms: Sequence[Term]) -> list[tuple[str, bool]]:
    """The text in pieces, each with whether it matches; joined, they are the text again.

    The pieces are the original, unfolded and unescaped: escape each by itself.
    """
    pieces: list[tuple[str, bool]] = []
    done = 0
    for start, end in _merged(_spans(_words(text), terms)):
        if start > done:
            pieces.append((text[done:start], False))
        pieces.append((text[start:end], True))
        done = end
    if done < len(text):
        pieces.append((text[done:], False))
    return pieces


def _spans(words: list[_Word], terms: Sequence[Term]) -> Iterator[tuple[int, int]]:
    for term in terms:
        *body, last = term.words
        for place in range(len(words) - len(body)):
            final = words[place + len(body)]
            if not (final.text.startswith(last) if term.prefix else final.text == last):
                continue
            if all(words[place + step].text == wanted for step, wanted in enumerate(body)):
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
    # The text may go on where the query ends, and then its last character stands in a pair:
    # the pair before it says the same, and where there is none the character begins a pair.
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
    """Letters and digits that stand together, and whether they are of an unspaced script."""
    run: list[_Letter] = []
    paired = False
    dotted = False  # a middle dot stands between the run and what comes next
    for letter in _letters(text):
        kind = _kind(letter.text)
        if kind == "dot" and run and paired and not dotted:
            dotted = True
            continue
        if kind == "mark":
            # A mark without a letter is nothing to search for.
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
    """The folded characters, each with the place in the original that it comes from."""
    start, end, marks = 0, 0, 0
    for match in _CHUNK.finditer(text):
        if end > start and marks < _MOST_MARKS and _joins(match[0]):
            marks += 1
            end = match.end()
            continue
        yield from _folded_letters(text, start, end)
        start, end, marks = match.start(), match.end(), 0
    yield from _folded_letters(text, start, end)


def _folded_letters(text: str, start: int, end: int) -> Iterator[_Letter]:
    chunk = text[start:end]
    if chunk.isascii() and chunk.isalnum():
        yield _Letter(chunk.lower(), start, end)
        return
    for character in _folded(chunk):
        yield _Letter(character, start, end)


@lru_cache(maxsize=16384)
def _folded(chunk: str) -> str:
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", chunk).casefold())
    bare = _DROPPED_MARKS.sub("", unicodedata.normalize("NFD", folded))
    return "".join(one for one in unicodedata.normalize("NFC", bare) if not _is_invisible(one))


@lru_cache(maxsize=16384)
def _joins(character: str) -> bool:
    """Whether a character belongs to the one before it: a mark, or nothing to be seen."""
    return (
        unicodedata.category(character[0])[0] == "M"
        or _is_invisible(character[0])
        or bool(_JOINING.match(character))
    )


def _is_invisible(character: str) -> bool:
    """Joiners, soft hyphens, variation selectors: inside a word they are not even a space."""
    return unicodedata.category(character) == "Cf" or "\ufe00" <= character <= "\ufe0f"


@lru_cache(maxsize=16384)
def _kind(letter: str) -> str:
    """``word``, ``pair`` (of an unspaced script), ``mark``, ``dot``, or "" for a space."""
    if letter in _MIDDLE_DOTS:
        return "dot"
    category = unicodedata.category(letter[0])[0]
    if category == "M":
        return "mark"
    # Characters that this Python's tables do not know yet, in the planes set aside for Chinese.
    if category not in "LN" and not "\U00020000" <= letter[0] <= "\U0003fffd":
        return ""
    return "pair" if _UNSPACED.match(letter) else "word"
