"""Split a text into words, so that two spellings of the same words have the same keys.

Equal are: white space of any length, straight and typographic apostrophes, kinds of dashes, and the
composed and decomposed forms of a letter. Quotation marks have no token: a quotation inside a
quotation has the same words without its marks. Chinese, and other scripts written without spaces,
have one token for each character.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from kb.text.words import MAX_COMBINING_MARKS

APOSTROPHES = "'‘’‛ʼ′`´＇"
QUOTATION_MARKS = '"“”„‟«»‹›「」『』〝〞〟＂″﹁﹂﹃﹄'
DASHES = "-‐‑‒–—―−﹘﹣－"
# Dashes that make one word of two: non-profit. The longer ones join numbers only: 2–3.
_HYPHENS = "-‐‑"

_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u2fdf\u3005-\u3007\u3021-\u30ff\u31f0-\u31ff"
    "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
# Over a string with the class of each character: L letter, N digit, U unspaced, M mark, A
# apostrophe, D dash. A word has apostrophes inside (don't), and a number its separators (3.5).
_TOKEN = re.compile(
    r"UM*|(?:\[L\](?=L))?[LN][LNM]*(?:(?:A|(?<=N)[.,](?=N))[LN][LNM]*)*|D+|\.{3,}|…+|M+|[^ QA]",
    re.DOTALL,
)
_LONG_MARKS = re.compile(f"M{{{MAX_COMBINING_MARKS + 1}}}")
_NUMERALS = frozenset("〇零一二三四五六七八九十百千万亿兆两半萬億兩")
_MAGNITUDES = frozenset("十百千万亿兆萬億")
_ENGLISH_MAGNITUDES = frozenset(
    ("hundred", "thousand", "million", "billion", "trillion", "percent", "m", "bn", "k")
)
_AMOUNT_SIGNS = frozenset("%‰％")


class Token(NamedTuple):
    """A word or a punctuation mark: its normalised form, and its position in the text."""

    key: str
    start: int
    end: int
    is_word: bool


def tokens_of(text: str) -> list[Token]:
    """Return the words and punctuation marks of a text. The time is linear in its length."""
    classes = text.translate(_CLASSES)
    has_long_marks = _LONG_MARKS.search(classes) is not None
    tokens = []
    for match in _TOKEN.finditer(classes):
        start, end = match.span()
        kind = classes[start]
        key = text[start:end]
        if kind == "[" and len(key) > 1:
            # A source that has [W]e itself.
            key, kind = key[1] + key[3:], "L"
        if kind == "D":
            key = "-"
        elif kind == "…" or key.startswith("..."):
            key = "…"
        else:
            key = _key(key, has_long_marks=has_long_marks)
        tokens.append(Token(key, start, end, kind in "LNU"))
    return tokens


def inseparable(text: str, tokens: Sequence[Token]) -> list[bool]:
    """Return for each token whether it and the next one are parts of one word or number.

    Nobody may cut there: ``non-profit``, ``U.S.``, ``2–3``, ``3 million``, ``三千万``.
    """
    flags = [False] * len(tokens)
    for place in range(len(tokens) - 1):
        left, right = tokens[place], tokens[place + 1]
        if _is_one_number(left, right):
            flags[place] = True
        if left.end != right.start or left.is_word or not right.is_word:
            continue
        before = tokens[place - 1] if place and tokens[place - 1].end == left.start else None
        if before is None or not before.is_word:
            # A sign belongs to its number.
            flags[place] |= text[left.start] in "-−+" and right.key[0].isdecimal()
        elif _is_joined(text[left.start : left.end], before, right):
            flags[place - 1] = flags[place] = True
    return flags


def _is_one_number(left: Token, right: Token) -> bool:
    if left.key[-1].isdecimal():
        touching = left.end == right.start and right.key in _MAGNITUDES | _AMOUNT_SIGNS
        return touching or right.key.lower() in _ENGLISH_MAGNITUDES
    return left.end == right.start and left.key in _NUMERALS and right.key in _NUMERALS


def _is_joined(mark: str, left: Token, right: Token) -> bool:
    """Whether a mark between two words without spaces makes one word of them."""
    if left.key[-1].isdecimal() and right.key[0].isdecimal():
        return mark in DASHES or mark in ".,:/"
    if mark == ".":
        # An abbreviation (U.S.) or an address (example.com), but not a missing space.
        is_address = left.key[-1].isascii() and right.key[0].isascii() and right.key[0].islower()
        return len(left.key) == 1 and left.key.isascii() or is_address
    return mark in _HYPHENS or mark in "&@"


def _key(text: str, *, has_long_marks: bool) -> str:
    if text.isascii():
        return text.replace("`", "'")
    if not has_long_marks:
        text = unicodedata.normalize("NFC", text)
    for apostrophe in APOSTROPHES[1:]:
        text = text.replace(apostrophe, "'")
    return text


class _Classes(dict[int, str]):
    """The class of each character that has occurred, for ``str.translate``."""

    def __missing__(self, code: int) -> str:
        if len(self) >= _MAX_KNOWN_CHARACTERS:
            self.clear()
        self[code] = letter = _class_of(chr(code))
        return letter


_MAX_KNOWN_CHARACTERS = 10_000
_CLASSES = _Classes()


def _class_of(character: str) -> str:
    """Return one letter for the class of a character, as ``_TOKEN`` reads it."""
    if character in APOSTROPHES:
        return "A"
    if character in QUOTATION_MARKS:
        return "Q"
    if character in DASHES:
        return "D"
    if character.isspace():
        return " "
    category = unicodedata.category(character)
    if category[0] == "M" or category == "Cf":
        return "M"
    if category[0] == "L" or category == "Nl":
        return "U" if _UNSPACED.match(character) else "L"
    if category[0] == "N":
        return "N" if character.isdecimal() else "L"
    if character in ".,…[]":
        return character
    return "…" if character == "⋯" else "O"
