"""The people whom a byline names, each apart."""

from __future__ import annotations

import re

_BY = re.compile(r"(?:written\s+)?by\s+", re.IGNORECASE)
_STRONG = re.compile(r"\s*[;；、]\s*")
_WEAK = re.compile(r"\s*[,，]\s*(?:and\s+|&\s*)?|\s+and\s+|\s*&\s*", re.IGNORECASE)
_CHINESE = re.compile(r"[\u3400-\u9fff]{2,4}|[\u3400-\u9fff]+·[\u3400-\u9fff]+")
_PARTICLES = frozenset(
    ("al", "bin", "da", "de", "del", "den", "der", "di", "dos", "du", "el", "ibn", "la", "le")
    + ("ter", "van", "von", "y")
)


def byline_names(byline: str) -> tuple[str, ...]:
    """The names in a byline as printed; the whole byline if it cannot be divided safely.

    A semicolon or an enumeration comma always divides. A comma, "and" and "&" divide only where
    every part is a full name: "Bell, Ann", "Ann Bell, staff writer" and "Bell & Sons" stay whole.
    """
    text = " ".join(byline.split())
    text = _BY.sub("", text, count=1) if _BY.match(text) else text
    names: list[str] = []
    for part in _STRONG.split(text):
        pieces = [piece for piece in _WEAK.split(part) if piece]
        is_divided = len(pieces) > 1 and all(_is_full_name(piece) for piece in pieces)
        names += pieces if is_divided else [part]
    return tuple(dict.fromkeys(name for name in names if name))


def _is_full_name(text: str) -> bool:
    """Whether it reads as a given name and a family name."""
    words = text.split()
    if len(words) < 2:
        return bool(_CHINESE.fullmatch(text))
    return all(word in _PARTICLES or not word[0].islower() for word in words)
