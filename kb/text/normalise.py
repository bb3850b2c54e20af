"""Normalise text for search, in the same way for every database, and match search terms.

A text becomes words of letters and digits with single spaces between them, so that a tokenizer that
splits at spaces finds the same words on every database. The rules:

- NFKC and case folding: ``ＯｐｅｎＡＩ`` is ``openai``.
- Accents are removed from Latin and Greek letters, vowel points from Hebrew and Arabic, because
  they are often left out. Marks of other scripts stay: there they make another letter (й, が).
- Letters that are written in several ways have one spelling (``kb.text.letters``): ł is l, alef
  with any sign is alef, traditional Chinese is simplified. Digits of all scripts are 0 to 9.
- Scripts written without spaces (Chinese, Japanese, Korean, Thai, Lao, Burmese, Khmer) become
  overlapping pairs, followed by the last character of the run alone: 字节跳动 is
  ``字节 节跳 跳动 动``. So any part of a run can be found, including a single character.
- A middle dot between two such characters is removed, because names are written both ways:
  萨姆·奥特曼 and 萨姆奥特曼. Every other character that is not a letter or digit is a space.
- Parts are separated by ``¶``, which no query can contain, so no phrase spans a title and a
  quotation. Other spellings of the words (``kb.text.spellings``) follow as parts of their own.

What is stored is normalised with the rules of its time: raise ``FOLD_EDITION`` with each change.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import add
from typing import NamedTuple

from kb.text.letters import PLAIN_APOSTROPHES, PLAIN_LETTERS, SIMPLIFIED_HAN
from kb.text.spellings import (
    Spelling,
    WordPlace,
    joined_pair,
    other_spellings,
    spellings_of_query,
)
from kb.text.words import MAX_WORD_LENGTH, Word, text_words

# Of the rules here and in the modules above. The index of an earlier edition is made again by
# ``migrate`` or ``rebuild_index``; until then a system check says so.
FOLD_EDITION = 2
MAX_QUERY_LENGTH = 200
MAX_SHORT_PART = 200  # characters of a part that is remembered
# PostgreSQL stores no text above 1 MB of distinct words.
MAX_NORMALISED_LENGTH = 200_000
MAX_NAME_LENGTH = 120  # of a folded name
PART_MARK = "¶"

# Characters that normalising leaves as they are, but for capitals: ASCII, the first 20,902 Chinese
# characters, and punctuation that is a space in words.
_SIMPLE = re.compile("[\0-\x7f\u4e00-\u9fa5–—‘’“”…、。《》「」！（），：；？]*")
_SIMPLE_RUN = re.compile("[A-Za-z0-9]+|[\u4e00-\u9fa5]+")
# All that gives words of such a text another spelling, and some of what does not: a character that
# links words, a capital before a capital or a digit, a letter before a digit.
_SPELLED = (
    re.compile("[-–&'‘’`.](?<=[A-Za-z0-9].)[A-Za-z0-9]"),
    re.compile("[A-Z][a-z]* ?[A-Z0-9]"),
    re.compile("[0-9](?<=[A-Za-z].)"),
)
_QUERY = re.compile(
    r'"([^"]*)"|“([^“”]*)”|「([^「」]*)」|『([^『』]*)』|«([^«»]*)»|([^\s"“”「」『』«»]+)'
)
_UNQUOTED = _QUERY.groups  # the group of a word without quotation marks


@dataclass(frozen=True)
class Term:
    """Words that must be adjacent, in this order.

    With ``prefix``, the last one only has to be the beginning of a word. ``others`` are other
    spellings of the same: any of them will do.
    """

    words: tuple[str, ...]
    prefix: bool = False
    others: tuple[Term, ...] = ()

    @property
    def ways(self) -> tuple[Term, ...]:
        """The term as it was typed, and its other spellings."""
        return (Term(self.words, self.prefix), *self.others)

    def as_prefix(self) -> Term:
        """The same, but the last word only has to be the beginning of a word."""
        return Term(self.words, True, tuple(Term(other.words, True) for other in self.others))


class NormalisedText(NamedTuple):
    """The normalised words of a text, and other spellings of them, each once."""

    words: str
    spellings: tuple[str, ...] = ()


def search_text(*parts: str) -> str:
    """Return the normalised words of the parts, in order, then their other spellings.

    Cut at 200,000 characters.
    """
    return join_normalised([normalised_text(part) for part in parts if part])


def normalised_text(part: str) -> NormalisedText:
    """The words of one part. Names, which very many entries share, are remembered."""
    return _short_part(part) if len(part) <= MAX_SHORT_PART else _normalised_part(part)


def join_normalised(parts: Iterable[NormalisedText]) -> str:
    """Return what ``search_text`` returns for these parts."""
    texts = [part for part in parts if part.words]
    spellings = dict.fromkeys(spelling for part in texts for spelling in part.spellings)
    whole = f" {PART_MARK} ".join([*(part.words for part in texts), *spellings])
    if len(whole) > MAX_NORMALISED_LENGTH:
        whole = whole[: MAX_NORMALISED_LENGTH + 1].rpartition(" ")[0]
    return whole


def _normalised_part(part: str) -> NormalisedText:
    if not _SIMPLE.fullmatch(part):
        words = text_words(part)
        spellings = _other_spellings(part, words)
        return NormalisedText(" ".join(word.text for word in words), _texts(spellings))
    # What ``text_words`` does with it, in a fraction of the time.
    if not any(pattern.search(part) for pattern in _SPELLED):
        return NormalisedText(" ".join(_simple_words(part)))
    texts: list[str] = []
    places: list[WordPlace] = []
    for match in _SIMPLE_RUN.finditer(part):
        run = match[0]
        if run.isascii():
            word = run[:MAX_WORD_LENGTH].lower()
            texts.append(word)
            places.append(WordPlace(word, match.start(), match.end()))
        else:
            texts += _pairs(run)
    return NormalisedText(" ".join(texts), _texts(other_spellings(part, places)))


def _simple_words(part: str) -> list[str]:
    runs = _SIMPLE_RUN.findall(part.lower())
    if part.isascii():
        return [run[:MAX_WORD_LENGTH] for run in runs]
    words: list[str] = []
    for run in runs:
        if run.isascii():
            words.append(run[:MAX_WORD_LENGTH])
        else:
            words += _pairs(run)
    return words


def _pairs(run: str) -> list[str]:
    """The overlapping pairs of a run of Chinese characters, and the last one alone."""
    run = run.translate(SIMPLIFIED_HAN)
    return [*map(add, run, run[1:]), run[-1]]


def _texts(spellings: Iterable[Spelling]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(" ".join(spelling.words) for spelling in spellings))


def _other_spellings(text: str, words: Sequence[Word]) -> Iterator[Spelling]:
    places = [WordPlace(word.text, word.start, word.end) for word in words if not word.paired]
    return other_spellings(text, places)


_short_part = lru_cache(maxsize=16384)(_normalised_part)


class SearchQuery(NamedTuple):
    """What a text must hold, all of it, and what it must not hold, none of it."""

    required: list[Term]
    excluded: list[Term]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to search for."""
        return not (self.required or self.excluded)

    def finds(self, text: str) -> bool:
        """Whether a normalised text is a result."""
        if self.required and not matches(text, self.required):
            return False
        return not any(matches(text, [term]) for term in self.excluded)


def search_query(q: str) -> SearchQuery:
    """Return the terms of a search, each once.

    Words in quotation marks ("…", “…”, 「…」, 『…』, «…») are a phrase. Any other word matches
    whole words, or the beginning of a word if it ends in ``*``. Each in any of its spellings; two
    words next to each other also match as one. A word or phrase directly after a hyphen, at the
    beginning or after a space, is excluded. There are no other operators: AND is a word. Never
    raises: text without letters or digits gives no term, and only the first 200 characters are
    read.
    """
    spellings: dict[Term, dict[Term, None]] = {}
    excluded: dict[Term, dict[Term, None]] = {}
    before: Term | None = None
    q = q[:MAX_QUERY_LENGTH]
    for match in _QUERY.finditer(q):
        text = next(group for group in match.groups() if group is not None)
        words = text_words(text)
        term = _term(words)
        if term is None:
            before = None
            continue
        starred = match[0].endswith("*") and len(term.words[-1]) > 1
        term = Term(term.words, prefix=term.prefix or starred)
        is_excluded = _is_excluded(q, match)
        others = (excluded if is_excluded else spellings).setdefault(term, {})
        is_spaced = not any(word.paired for word in words)
        if is_spaced:
            ways = spellings_of_query(text.removeprefix("-"), term.words)
            others.update(dict.fromkeys(Term(way, term.prefix) for way in ways))
        if is_excluded:
            before = None
            continue
        is_word = is_spaced and len(words) == 1 and match.lastindex == _UNQUOTED
        if (
            is_word
            and before
            and before != term
            and (joined := joined_pair(before.words[0], term.words[0]))
        ):
            spellings[before][Term((joined,), term.prefix)] = None
            others[Term((joined,), term.prefix)] = None
        before = term if is_word and not starred else None
    return SearchQuery(_with_spellings(spellings), _with_spellings(excluded))


def query_terms(q: str) -> list[Term]:
    """Return the terms of a search that an entry must match, all of them (``search_query``)."""
    return search_query(q).required


def _is_excluded(q: str, match: re.Match[str]) -> bool:
    """Whether a hyphen stands directly before the word or phrase, and a space before the hyphen."""
    hyphen = match.start() if match.lastindex == _UNQUOTED else match.start() - 1
    if hyphen < 0 or q[hyphen] != "-":
        return False
    return hyphen == 0 or q[hyphen - 1].isspace()


def _with_spellings(spellings: Mapping[Term, Iterable[Term]]) -> list[Term]:
    return [Term(term.words, term.prefix, tuple(others)) for term, others in spellings.items()]


def matches(text: str, terms: Sequence[Term]) -> bool:
    """Whether a normalised text contains every term. The search of each database must agree."""
    padded = f" {text} "
    return all(any(padded_term(way) in padded for way in term.ways) for term in terms)


def padded_term(term: Term) -> str:
    """Return what a normalised, space-padded text contains if it has the term as it was typed."""
    return " " + " ".join(term.words) + ("" if term.prefix else " ")


def split_at_matches(text: str, terms: Sequence[Term]) -> list[tuple[str, bool]]:
    """Return the text in pieces, each with whether it matches. Joined, they are the text again.

    The pieces are original text, not normalised and not escaped.
    """
    pieces: list[tuple[str, bool]] = []
    position = 0
    words = text_words(text)
    sequences = [words, *_spelled_words(text, words)]
    ways = [way for term in terms for way in term.ways]
    spans = (span for sequence in sequences for span in _spans(sequence, ways))
    for start, end in _merged(spans):
        if start > position:
            pieces.append((text[position:start], False))
        pieces.append((text[start:end], True))
        position = end
    if position < len(text):
        pieces.append((text[position:], False))
    return pieces


def _spans(words: list[Word], terms: Sequence[Term]) -> Iterator[tuple[int, int]]:
    for term in terms:
        *body, last = term.words
        for place in range(len(words) - len(body)):
            final = words[place + len(body)]
            if not (final.text.startswith(last) if term.prefix else final.text == last):
                continue
            if all(words[place + step].text == word for step, word in enumerate(body)):
                is_half = term.prefix and final.paired and len(last) == 1
                yield words[place].start, final.first_end if is_half else final.end


def _spelled_words(text: str, words: Sequence[Word]) -> Iterator[list[Word]]:
    """The other spellings of the words, each with the position of the words that it stands for."""
    for spelling in _other_spellings(text, words):
        place = (spelling.start, spelling.end, spelling.end)
        yield [Word(word, *place, paired=False) for word in spelling.words]


def _merged(spans: Iterator[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _term(words: Sequence[Word]) -> Term | None:
    if not words:
        return None
    last = words[-1]
    # If the text goes on after the query, the last character is part of a pair there. The pair
    # before it is enough then; without one, the character is the beginning of a pair.
    ends_alone = last.paired and len(last.text) == 1
    if ends_alone and len(words) > 1 and words[-2].paired and len(words[-2].text) == 2:
        return Term(tuple(word.text for word in words[:-1]))
    return Term(tuple(word.text for word in words), prefix=ends_alone)


def fold_name(text: str) -> str:
    """The name in one spelling, to compare names: without case, accents and double spaces.

    Letters have the spelling that they have in search (``kb.text.letters``).
    """
    plain = unicodedata.normalize("NFKD", text.translate(PLAIN_APOSTROPHES).casefold())
    letters = "".join(letter for letter in plain if not "\u0300" <= letter <= "\u036f")
    folded = unicodedata.normalize("NFC", " ".join(letters.split())).translate(PLAIN_LETTERS)
    return folded[:MAX_NAME_LENGTH]
