"""Numerals at the beginning of a text: 1,200, 2.5 million, twenty-one thousand, 3000万, 一万二千.

``read_numeral`` gets text in small letters with plain digits, and keeps the number and its scale
apart, so that a range such as "2–3 million" can share the scale.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import prod
from typing import Literal

Fault = Literal["", "separator", "unread"]

_ONES = {
    word: value
    for value, word in enumerate(
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
        + ["eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen"]
        + ["eighteen", "nineteen"]
    )
}
_TENS = {
    word: 10 * value
    for value, word in enumerate(
        ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], 2
    )
}
_SCALES = {
    "hundred": 100,
    "thousand": 1000,
    "million": 10**6,
    "billion": 10**9,
    "trillion": 10**12,
    "dozen": 12,
    "k": 1000,
    "mn": 10**6,
    "bn": 10**9,
}
_ZH_DIGITS = {character: value for value, character in enumerate("〇一二三四五六七八九")} | {
    "零": 0,
    "两": 2,
}
_ZH_UNITS = {"十": 10, "百": 100, "千": 1000}
_ZH_SCALES = {"百": 100, "千": 1000, "万": 10**4, "亿": 10**8}

_FIGURES = re.compile(r"[0-9]+(?:[.,'][0-9]+| [0-9]{3}(?![0-9]))*")
_PLAIN_FIGURES = re.compile("0|[1-9][0-9]*")
_GROUPED = re.compile(r"([1-9][0-9]{0,2})(?:(?:,[0-9]{3})+|(?: [0-9]{3})+)(?:\.[0-9]{1,6})?")
_DECIMAL = re.compile(r"(?:0|[1-9][0-9]*)\.[0-9]{1,6}")
_POINT_FOR_THOUSANDS = re.compile(r"[1-9][0-9]{0,2}\.[0-9]{3}")
_SCALE = re.compile(rf"(?: ?(?:{'|'.join(_SCALES)})(?![a-z]))")
_SMALL = rf"(?:(?:{'|'.join(_TENS)})(?:[- ](?:{'|'.join(list(_ONES)[1:10])}))?|{'|'.join(_ONES)})"
_WORD = re.compile(rf"(?:{_SMALL}|an?(?= (?:{'|'.join(_SCALES)})(?![a-z])))(?![a-z])")
_HALF = re.compile(r"half an? (?=[a-z])")
_NEXT = re.compile(r" (?:and )?(?=[a-z])")
_ZH_NUMERAL = re.compile("[〇零一二三四五六七八九两十百千万亿]+")
_ZH_SCALE = re.compile("([余多]?)([百千万亿]+)")
_ZH_REST = re.compile("[0-9]+[百千万亿]*")


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number as written, and how many characters it takes.

    ``value`` is ``mantissa * scale``. ``inner`` is the scale without its last word: 100 of "three
    hundred thousand". ``leading`` is the first group of a grouped number, 1 of 1,200. ``is_more``
    is for 30多万. With a fault, the number must not be used.
    """

    length: int
    mantissa: Decimal = Decimal(0)
    scale: int = 1
    inner: int = 1
    leading: int = 0
    is_more: bool = False
    fault: Fault = ""

    @property
    def value(self) -> Decimal:
        """The number, without zeros after the point if it is a whole one."""
        value = self.mantissa * self.scale
        whole = value.to_integral_value()
        return whole if whole == value else value


def read_numeral(text: str) -> Numeral | None:
    """Return the numeral at the beginning of the text, or None if there is none."""
    if match := _FIGURES.match(text):
        return _figures(match[0], text)
    if match := _ZH_NUMERAL.match(text):
        return _chinese(match[0])
    return _words(text)


def _figures(figures: str, text: str) -> Numeral:
    scales, length = _scale_words(text, len(figures))
    is_more = False
    if not scales and (match := _ZH_SCALE.match(text, len(figures))):
        scales = [_ZH_SCALES[character] for character in match[2]]
        is_more, length = bool(match[1]), match.end()
        if rest := _ZH_REST.match(text, length):
            return _compound(figures, scales, rest[0], length)
    grouped = _GROUPED.fullmatch(figures)
    is_decimal = _DECIMAL.fullmatch(figures) is not None
    if is_decimal and _POINT_FOR_THOUSANDS.fullmatch(figures) and prod(scales) < 10**4:
        return Numeral(length, fault="separator")
    if not (grouped or is_decimal or _PLAIN_FIGURES.fullmatch(figures)):
        return Numeral(length, fault="unread" if figures.isdigit() else "separator")
    mantissa = Decimal(figures.replace(",", "").replace(" ", ""))
    leading = int(grouped[1]) if grouped else 0
    return _scaled(length, mantissa, scales, leading=leading, is_more=is_more)


def _compound(figures: str, scales: Sequence[int], rest: str, length: int) -> Numeral:
    """1万2千, 1亿2000万, 1万2000. Not 1万2, which is 12,000 for some and 10,002 for others."""
    scale, end = prod(scales), length + len(rest)
    digits = rest.rstrip("百千万亿")
    rest_scales = [_ZH_SCALES[character] for character in rest[len(digits) :]]
    value = int(digits) * prod(rest_scales)
    is_complete = bool(rest_scales) or 10 ** len(digits) == scale
    if not (figures.isdigit() and is_complete and value < scale):
        return Numeral(end, fault="unread")
    return Numeral(end, Decimal(int(figures) * scale + value), inner=1)


def _scaled(
    length: int,
    mantissa: Decimal,
    scales: Sequence[int],
    *,
    leading: int = 0,
    is_more: bool = False,
) -> Numeral:
    return Numeral(length, mantissa, prod(scales), prod(scales[:-1]), leading, is_more)


def _scale_words(text: str, start: int) -> tuple[list[int], int]:
    """The scales that follow, and where they end: "hundred thousand"."""
    scales = []
    while match := _SCALE.match(text, start):
        scales.append(_SCALES[match[0].strip()])
        start = match.end()
    return scales, start


def _words(text: str) -> Numeral | None:
    """English words, such as "two", "half a million", "three hundred and five thousand"."""
    if match := _HALF.match(text):
        # The scale follows without a space of its own.
        scales, end = _scale_words(f" {text[match.end() :]}", 0)
        return _scaled(match.end() + end - 1, Decimal("0.5"), scales) if scales else None
    parts: list[tuple[int, list[int]]] = []
    end = start = 0
    while match := _WORD.match(text, start):
        scales, end = _scale_words(text, match.end())
        parts.append((_small(match[0]), scales))
        following = _NEXT.match(text, end)
        if not (following and scales):
            break
        start = following.end()
    if not parts:
        return None
    if len(parts) == 1:
        return _scaled(end, Decimal(parts[0][0]), parts[0][1])
    value = _sum(parts)
    return Numeral(end, fault="unread") if value is None else Numeral(end, Decimal(value))


def _small(words: str) -> int:
    if words in ("a", "an"):
        return 1
    return sum(_TENS.get(word, _ONES.get(word, 0)) for word in re.split("[- ]", words))


def _sum(parts: Sequence[tuple[int, list[int]]]) -> int | None:
    """The sum of "two hundred | five thousand | one"; None if it is not in falling order."""
    total = section = 0
    limit: int | None = None
    for number, scales in parts:
        section += number * (100 if scales[:1] == [100] else 1)
        if scales[:1] == [100]:
            scales = scales[1:]
            if number > 9 or section != number * 100:
                return None
        elif number > 99:
            return None
        if scales:
            scale = prod(scales)
            if limit is not None and scale >= limit:
                return None
            total, section, limit = total + section * scale, 0, scale
    return total + section if limit is None or section < limit else None


def _chinese(text: str) -> Numeral:
    """Chinese characters, such as 三, 十二, 一百零五, 三千万, 一亿二千万."""
    mantissa, scales = _zh_product(text)
    if mantissa is not None:
        return _scaled(len(text), Decimal(mantissa), scales)
    value, rest = 0, text
    for character in "亿万":
        before, scale, after = rest.partition(character)
        if scale:
            section = _zh_section(before)
            if not section or len(after) == 1:
                return Numeral(len(text), fault="unread")
            value, rest = value + section * _ZH_SCALES[scale], after
    section = _zh_section(rest) if rest else 0
    if section is None:
        return Numeral(len(text), fault="unread")
    return Numeral(len(text), Decimal(value + section))


def _zh_product(text: str) -> tuple[int | None, list[int]]:
    """A number and the scales it is multiplied by, if the text is a single product: 三|千万."""
    digits = text.rstrip("百千万亿")
    section = _zh_section(digits) if digits else None
    if section is None or (section > 9 and text[len(digits) :][:1] in ("百", "千")):
        return None, []
    return section, [_ZH_SCALES[character] for character in text[len(digits) :]]


def _zh_section(text: str) -> int | None:
    """The value of characters below 万, or None. 一百二 is none: it is read as 120 or 102."""
    if len(text) == 1 and text in _ZH_DIGITS:
        return _ZH_DIGITS[text]
    total, digit, unit = 0, None, 10**4
    has_zero = False
    for place, character in enumerate(text):
        if character in _ZH_UNITS:
            if digit is None and not (character == "十" and (place == 0 or has_zero)):
                return None
            if _ZH_UNITS[character] >= unit:
                return None
            unit = _ZH_UNITS[character]
            total, digit, has_zero = total + (1 if digit is None else digit) * unit, None, False
        elif digit is not None or character not in _ZH_DIGITS:
            return None
        elif _ZH_DIGITS[character]:
            digit = _ZH_DIGITS[character]
        else:
            has_zero = True
    if digit is not None:
        return total + digit if unit == 10 or has_zero else None
    return None if has_zero or not text else total
