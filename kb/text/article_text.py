"""The text of an article as the desk stores it: a paragraph on each line, and the words in it.

Positions are numbers of characters from the beginning of the text, as in Python's slices.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from typing import NamedTuple

from kb.text.clean import MAX_TEXT_LENGTH, clean_text
from kb.text.quoting.sentences import sentence_spans

MAX_ARTICLE_LENGTH = MAX_TEXT_LENGTH
_JOINERS = "\u200c\u200d"
# Scripts without spaces between words: each character counts as a word.
_UNSPACED = "\u0e01-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uac00-\ud7ff\uff00-\uffef"
_WORD = re.compile(rf"[{_UNSPACED}]|[^\s{_UNSPACED}]+")
_LINE_END = re.compile("\r\n?|[\n\x0b\x0c\x85\u2028\u2029]")


class Paragraph(NamedTuple):
    """A paragraph: its number, from 1, and its position in the text."""

    number: int
    start: int
    end: int


def stored_article(text: str) -> str:
    """Return a pasted text as it is stored: a paragraph on each line, single spaces between words.

    Invisible characters are removed, because no citation may contain them. Raises TextError for
    what is left that no text may contain.
    """
    lines = (" ".join(_visible(line).split()) for line in _LINE_END.split(text))
    return clean_text("\n".join(line for line in lines if line))


def _visible(line: str) -> str:
    visible = []
    for character in line:
        category = unicodedata.category(character)
        if character in "\t" + _JOINERS or category not in ("Cc", "Cf", "Cs"):
            visible.append(character)
    return "".join(visible)


def article_paragraphs(text: str) -> list[Paragraph]:
    """Return the paragraphs of a stored text in order; none of an empty text."""
    paragraphs, start = [], 0
    for number, line in enumerate(text.split("\n") if text else [], start=1):
        paragraphs.append(Paragraph(number, start, start + len(line)))
        start += len(line) + 1
    return paragraphs


def paragraph_at(paragraphs: list[Paragraph], place: int) -> Paragraph:
    """Return the paragraph that contains a position. There must be a paragraph."""
    index = bisect_right(paragraphs, place, key=lambda paragraph: paragraph.start) - 1
    return paragraphs[max(0, index)]


def paragraph_sentences(text: str, paragraph: Paragraph) -> list[tuple[int, int]]:
    """Return the positions of a paragraph's sentences, without the spaces between them."""
    spans = []
    for start, end in sentence_spans(text[paragraph.start : paragraph.end]):
        sentence = text[paragraph.start + start : paragraph.start + end]
        start += paragraph.start + len(sentence) - len(sentence.lstrip())
        if sentence.strip():
            spans.append((start, start + len(sentence.strip())))
    return spans


def article_words(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Return the positions of the words between two positions, with the marks that touch them.

    In scripts without spaces each character is a word.
    """
    return [match.span() for match in _WORD.finditer(text, start, end)]
