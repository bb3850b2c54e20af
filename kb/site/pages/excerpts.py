"""The part of a long statement that a reader of one question wants to see: whole sentences."""

from __future__ import annotations

import re
from collections import Counter

from kb.record.rendering import shortened
from kb.text.normalise import search_text

# A sentence with the space after it. Chinese has none, so there the stop alone ends one.
_SENTENCE = re.compile(r".+?(?:[.!?…]+[\"”’)]*(?:\s+|$)|[。！？]+[」』”]*|$)", re.DOTALL)
# Shorter words of our alphabet say little about what a sentence is about.
_SHORTEST_WORD = 5
# So many letters decide: "authorise" and "authorization" are one.
_STEM = 6


def relevant_passage(text: str, about: str, longest: int) -> str:
    """The text, or as many of its sentences as fit around the one nearest to ``about``.

    What is left out is marked with "…" on either side. Nearest is the sentence that shares most
    words with ``about``, each counting less the more sentences have it; of equals the first.
    """
    if len(text) <= longest:
        return text
    sentences = [one for one in _SENTENCE.findall(text) if one.strip()]
    stems = [_stems(one) for one in sentences]
    having = Counter(stem for found in stems for stem in found)
    wanted = _stems(about)
    scores = [sum(1 / having[stem] for stem in found & wanted) for found in stems]
    first = last = scores.index(max(scores))
    while last + 1 < len(sentences) and _length(sentences[first : last + 2]) <= longest:
        last += 1
    while first and _length(sentences[first - 1 : last + 1]) <= longest:
        first -= 1
    kept = shortened("".join(sentences[first : last + 1]).strip(), longest)
    is_cut = last + 1 < len(sentences) and not kept.endswith("…")
    return ("… " if first else "") + kept + (" …" if is_cut else "")


def _length(sentences: list[str]) -> int:
    return len("".join(sentences).strip())


def _stems(text: str) -> set[str]:
    words = search_text(text).split()
    return {one[:_STEM] for one in words if len(one) >= _SHORTEST_WORD or not one.isascii()}
