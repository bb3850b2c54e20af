"""The sentences of a long statement that are most relevant to a claim."""

from __future__ import annotations

from collections import Counter

from kb.text.normalise import search_text
from kb.text.quoting import shorten_quotation
from kb.text.quoting.sentences import sentence_spans

# Shorter words of the Latin alphabet say little about the subject of a sentence.
_MIN_WORD_LENGTH = 5
# Words with the same first letters count as equal: "authorise" and "authorization".
_STEM_LENGTH = 6


def relevant_passage(text: str, about: str, max_length: int, *, language: str = "") -> str:
    """The text, or as many of its sentences as fit around the most relevant one.

    "…" marks what is left out on either side. The most relevant sentence shares most words with
    ``about``; a word counts less if more sentences have it. Of equal sentences the first is taken.
    A sentence that is too long is cut as ``shorten_quotation`` cuts it.
    """
    if len(text) <= max_length:
        return text
    sentences = [text[start:end] for start, end in sentence_spans(text)]
    sentence_stems = [_stems(sentence) for sentence in sentences]
    frequency = Counter(stem for stems in sentence_stems for stem in stems)
    about_stems = _stems(about)
    scores = [sum(1 / frequency[stem] for stem in stems & about_stems) for stems in sentence_stems]
    first = last = scores.index(max(scores))
    while last + 1 < len(sentences) and _length(sentences[first : last + 2]) <= max_length:
        last += 1
    while first and _length(sentences[first - 1 : last + 1]) <= max_length:
        first -= 1
    passage = "".join(sentences[first : last + 1]).strip()
    passage = shorten_quotation(passage, max_length, language=language)
    is_cut = last + 1 < len(sentences) and not passage.endswith("…")
    return ("… " if first else "") + passage + (" …" if is_cut else "")


def _length(sentences: list[str]) -> int:
    return len("".join(sentences).strip())


def _stems(text: str) -> set[str]:
    return {
        word[:_STEM_LENGTH]
        for word in search_text(text).split()
        if len(word) >= _MIN_WORD_LENGTH or not word.isascii()
    }
