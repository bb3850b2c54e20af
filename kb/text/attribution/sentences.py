"""The words of each sentence of an article, with every quotation in place of one word.

A sentence that a quotation contains does not end the sentence around it, and a line is a
paragraph of its own.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from kb.text.attribution.runs import Run, paragraph_spans
from kb.text.quoting.sentences import sentence_spans

WordKind = Literal["word", "mark", "run"]
_WORD = re.compile(
    r"(?:[^\W\d_]\.){2,}|(?:Mr|Mrs|Ms|Dr|Sen|Sens|Rep|Reps|Gov|Gen|Col|Lt|Sgt|Capt|Rev|St|Jr|Sr|Prof|"
    r"[A-Z])\.(?=\s)|@?[^\W_]+(?:['’&./_\-][^\W_]+)*(?:['’](?=\s))?|--+|\S"
)
_SENTENCE_MARKS = ".!?…"
# Long runs of one sentence are not news, and each word is looked at with those near it.
MAX_WORDS = 400


class Word(NamedTuple):
    """A word, a punctuation mark or a quotation, and its position in the text."""

    text: str
    lower: str
    start: int
    end: int
    kind: WordKind

    @property
    def is_capital(self) -> bool:
        """Whether it is a word that begins with a capital letter."""
        return self.kind == "word" and (self.text[0].isupper() or self.text[0] == "@")


@dataclass(frozen=True)
class Sentence:
    """A sentence, its paragraph's number, its words and the quotations in it."""

    start: int
    end: int
    paragraph: int
    words: tuple[Word, ...]
    runs: tuple[Run, ...]


def article_sentences(text: str, runs: Sequence[Run]) -> list[Sentence]:
    """Return the sentences of a text whose quotations are ``runs``, in order."""
    masked = _masked(text, runs)
    openings = [run.opening for run in runs]
    sentences: list[Sentence] = []
    for paragraph, (first, last) in enumerate(paragraph_spans(text)):
        for start, end in sentence_spans(masked[first:last]):
            start, end = _trimmed(text, first + start, first + end)
            if start == end:
                continue
            inner = tuple(
                runs[bisect_left(openings, start) : bisect_left(openings, end)],
            )
            words = tuple(_words(text, start, end, inner))
            for place in range(0, len(words), MAX_WORDS):
                part = words[place : place + MAX_WORDS]
                inside = [run for run in inner if part[0].start <= run.opening < part[-1].end]
                sentences.append(
                    Sentence(part[0].start, part[-1].end, paragraph, part, tuple(inside))
                )
    return sentences


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    inner = text[start:end]
    stripped = inner.strip()
    start += len(inner) - len(inner.lstrip())
    return start, start + len(stripped)


def _masked(text: str, runs: Sequence[Run]) -> str:
    """Replace what a quotation contains, but for the mark that ends its last sentence."""
    pieces, position = [], 0
    for run in runs:
        pieces.append(text[position : run.start])
        last = run.end - 1 if run.text[-1] in _SENTENCE_MARKS else run.end
        while last > run.start and text[last - 1] in _SENTENCE_MARKS:
            last -= 1
        pieces.append("0" * (last - run.start))
        pieces.append(text[last : run.end])
        position = run.end
    pieces.append(text[position:])
    return "".join(pieces)


def _words(text: str, start: int, end: int, runs: Sequence[Run]) -> Iterator[Word]:
    position = start
    for run in runs:
        yield from _plain_words(text, position, run.opening)
        yield Word(text[run.opening : run.closing], "", run.opening, run.closing, "run")
        position = run.closing
    yield from _plain_words(text, position, end)


def _plain_words(text: str, start: int, end: int) -> Iterator[Word]:
    for match in _WORD.finditer(text, start, max(start, end)):
        word = match[0]
        kind: WordKind = "word" if word[-1].isalnum() or word[0].isalnum() else "mark"
        yield Word(word, word.lower().replace("’", "'"), match.start(), match.end(), kind)
