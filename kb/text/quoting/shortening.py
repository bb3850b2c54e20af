"""Shorten a quotation without turning what it says."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from kb.text.quoting.negation import is_guarded
from kb.text.quoting.negation_words import turning_words
from kb.text.quoting.parse import CUT
from kb.text.quoting.sentences import sentence_at, sentence_spans
from kb.text.quoting.tokens import Token, inseparable, tokens_of

_MARKS_BEFORE_CUT = " \t\n,;:，；：、"


def shorten_quotation(words: str, max_length: int, *, language: str, place: int = 0) -> str:
    """Return the part of a quotation around the position ``place``, with a mark for each cut.

    A cut is between two sentences, or between two words of a sentence that leaves no turning word
    out, as the negation guard reads it. A part that has no such cut up to ``max_length`` ends at
    the next one, so the result may be longer, up to the whole. In a language that the guard does
    not know, cuts are between sentences only.
    """
    if len(words) <= max_length:
        return words
    spans = sentence_spans(words)
    start = _start(words, spans[sentence_at(spans, place)], place, max_length // 3, language)
    limit, end = start + max_length, len(words)
    if limit < end:
        end = _end(words, spans[sentence_at(spans, limit)], max(start, place), limit, language)
    part = words[start:end].strip()
    if words[end:].strip():
        part = f"{part.rstrip(_MARKS_BEFORE_CUT)} {CUT}"
    return f"{CUT} {part}" if words[:start].strip() else part


def _start(words: str, span: tuple[int, int], place: int, lead: int, language: str) -> int:
    """Return where the part begins: with the sentence, or in it if that is far from ``place``."""
    start, sentence = span[0], words[slice(*span)]
    if place - start <= lead or not is_guarded(language):
        return start
    turns = turning_words(sentence)
    latest = min(place - start, turns[0].start if turns else len(sentence))
    for cut in _word_starts(sentence):
        if place - start - lead <= cut <= latest and not turning_words(sentence[:cut]):
            return start + cut
    return start


def _end(words: str, span: tuple[int, int], place: int, limit: int, language: str) -> int:
    """Return where the part ends: the last safe end up to ``limit``, or else the first after it."""
    start, sentence = span[0], words[slice(*span)]
    cuts: list[int] = []
    if is_guarded(language):
        turns = turning_words(sentence)
        earliest = max(place - start, turns[-1].end if turns else 0)
        cuts = [cut for cut in _word_ends(sentence) if cut > earliest]
    fitting = [cut for cut in cuts if start + cut <= limit]
    for cut in reversed(fitting):
        if not turning_words(sentence[cut:]):
            return start + cut
    if start > place:
        return start
    for cut in cuts[len(fitting) :]:
        if not turning_words(sentence[cut:]):
            return start + cut
    return span[1]


def _word_starts(text: str) -> list[int]:
    return [right.start for _left, right in _gaps(text) if right.is_word]


def _word_ends(text: str) -> list[int]:
    return [left.end for left, _right in _gaps(text) if left.is_word]


def _gaps(text: str) -> Iterator[tuple[Token, Token]]:
    """Yield each two tokens that a cut may separate: not in a word, a number or brackets."""
    tokens = tokens_of(text)
    depth = 0
    for (left, right), is_joined in zip(pairwise(tokens), inseparable(text, tokens), strict=False):
        depth += (left.key == "[") - (left.key == "]")
        if not is_joined and depth == 0:
            yield left, right
