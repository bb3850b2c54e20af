"""Read a number as a source words it: about 1,200 users, 2–3 million, 约30人, 2至3万.

``read_number`` reads English and Chinese into a ``NumberRange``. It refuses what has two readings,
such as 1.234, and what has no figure, such as "dozens", with a message that says what to write.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, NoReturn, get_args

from django.utils.translation import gettext as _

from kb.text import numerals
from kb.text.numerals import Numeral

NumberBound = Literal["exact", "about", "at_least", "at_most", "more_than", "less_than"]

MAX_NUMBER_TEXT = 200
MAX_UNIT = 40
MAX_NUMBER = Decimal(10) ** 18

# Full-width characters become plain and capitals small, one for one, so that places stay the same.
# NFKC would turn 10² into 102.
_PLAIN = str.maketrans(
    {chr(code + 0xFEE0): chr(code).lower() for code in range(0x21, 0x7F)}
    | {chr(code): chr(code).lower() for code in range(0x41, 0x5B)}
    | dict.fromkeys("\u00a0\u2009\u202f\u3000", " ")
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014", "-")
    | dict.fromkeys("〜∼", "~")
)

_BEFORE: dict[NumberBound, str] = {
    "at_least": "at least|no (?:fewer|less) than|not (?:fewer|less) than|a minimum of|minimum|≥|>="
    "|至少有?|最少|起码|不少于|不低于",
    "at_most": "at (?:the )?most|no more than|not more than|up to|a maximum of|maximum|≤|<="
    "|至多|最多|不超过|不多于|不高于",
    "more_than": "more than|over|above|greater than|upwards of|>|超过|多于|高于|逾|超",
    "less_than": "(?:less|fewer) than|under|below|<|不到|不足|少于|低于|未满",
    "about": "about|around|approximately|approx\\.?|roughly|some|nearly|almost|close to|circa|ca\\."
    "|c\\.|~|≈|大约有?|大概|大致|约有?|将近|接近|近",
    "exact": "exactly|precisely|=|恰好|正好|刚好",
}
_AFTER: dict[NumberBound, str] = {
    "at_least": "or (?:more|above|over)|and (?:more|above)|at least|minimum|\\+|以上|或以上",
    "at_most": "or (?:less|fewer|below|under)|at (?:the )?most|maximum|以下|以内|之内|或以下",
    "about": "or so|more or less|approximately|左右|上下",
}
_BEFORE_RE = {bound: re.compile(f"(?:{words})(?![a-z])") for bound, words in _BEFORE.items()}
_AFTER_RE = {bound: re.compile(f"(?:{words})(?![a-z])") for bound, words in _AFTER.items()}
_TO = re.compile(r"\s*(?:-|~|(?<![a-z])to(?![a-z])|至|到)\s*")
_AND = re.compile(r"\s*(?:(?<![a-z])and(?![a-z])|和|与|至|到|-)\s*")
_BETWEEN = re.compile("between(?![a-z])|介于|在")
_FROM = re.compile("from(?![a-z])|从")
_CURRENCY = re.compile(r"(?:us|hk|a|c|nt)?\$|[€£¥₹₩]")
_MORE_ZH = re.compile("[余多](?=[\u4e00-\u9fff]|$)")

# A unit that begins or continues like this is the rest of something that was not understood.
_UNIT_WORDS = re.compile(
    r"\b(?:and|or|not|no|never|at|to|than|least|most|more|less|fewer|about|around|under|over"
    r"|between|from|nearly|almost|plus|minus|half|hundreds?|thousands?|(?:m|b|tr)illions?|dozens?"
    r"|unless|except|only)\b"
    "|^(?:of|in|out|by|m|b)\\b|[0-9<>=≤≥≈~+\\-/()\\[\\];:!?]"
    "|[零〇一二三四五六七八九十百千万亿两几数半余多余不未非没无或至到约近超逾]|以|左右|上下|之"
)


class NumberError(ValueError):
    """A text that is not read as a number. The message says what to write."""


@dataclass(frozen=True, slots=True)
class NumberRange:
    """A number, or a range of numbers, with how it is limited and what it counts.

    A single number has ``low == high``. Raises ValueError if ``low`` is above ``high``, or for
    a bound that is none of ``NumberBound``.
    """

    low: Decimal
    high: Decimal
    bound: NumberBound = "exact"
    unit: str = ""

    def __post_init__(self) -> None:
        if self.bound not in get_args(NumberBound):
            raise ValueError(f"{self.bound!r} is not a bound")
        if not (self.low.is_finite() and self.high.is_finite() and self.low <= self.high):
            raise ValueError(f"{self.low} to {self.high} is not a range")


@dataclass(slots=True)
class _Text:
    """What is left to read of a text."""

    typed: str
    rest: str
    currency: str = ""
    is_between: bool = False

    def skip(self, pattern: re.Pattern[str]) -> bool:
        """Whether the rest begins with the pattern, which is then read."""
        match = pattern.match(self.rest)
        if match:
            self.rest = self.rest[match.end() :].lstrip()
        return match is not None

    def numeral(self) -> Numeral | None:
        """The number at the beginning, which is then read, with its currency."""
        if match := _CURRENCY.match(self.rest):
            place = len(self.typed) - len(self.rest)
            currency = self.typed[place : place + match.end()]
            if self.currency not in ("", currency):
                return None
            self.currency = currency
            self.rest = self.rest[match.end() :].lstrip()
        numeral = numerals.read_numeral(self.rest)
        if numeral:
            self.rest = self.rest[numeral.length :]
        return numeral


def read_number(text: str) -> NumberRange:
    """Return the number, or range, that a text states, with its unit as written.

    "2–3 million" is 2,000,000 to 3,000,000, because the word is for both numbers; so is 万 in
    2至3万. "Nearly 40" is about 40. Raises NumberError for everything with another or no reading.
    """
    typed = " ".join(text.split())
    if not typed:
        raise NumberError(_("Enter a number."))
    if len(typed) > MAX_NUMBER_TEXT:
        message = _("A number can have at most %(most)d characters. This text has %(number)d.")
        raise NumberError(message % {"most": MAX_NUMBER_TEXT, "number": len(typed)})
    left = _Text(typed, typed.translate(_PLAIN))
    bound = _skip_bound(left, _BEFORE_RE)
    low, high, is_more = _range(left)
    if low > high:
        _refuse(_("%(text)s begins above its end. Write the smaller number first."), typed)
    if high >= MAX_NUMBER:
        _refuse(_("%(text)s is too large. Write a number below 10^18."), typed)
    suffix = _skip_bound(left, _AFTER_RE)
    if suffix is None and (is_more or left.skip(_MORE_ZH)):
        suffix = "more_than"
    unit = left.rest
    if suffix is None:
        unit, suffix = _split_unit(unit)
    if bound and suffix and bound != suffix:
        _refuse(_("%(text)s limits the number in two ways. Write one of them."), typed)
    return NumberRange(low, high, bound or suffix or "exact", _unit(unit, left))


def _skip_bound(left: _Text, patterns: dict[NumberBound, re.Pattern[str]]) -> NumberBound | None:
    left.rest = left.rest.lstrip()
    for bound, pattern in patterns.items():
        if left.skip(pattern):
            return bound
    return None


def _range(left: _Text) -> tuple[Decimal, Decimal, bool]:
    """The two ends of a range, or a number twice, and whether the number is said to be higher."""
    left.is_between = left.skip(_BETWEEN)
    is_from = not left.is_between and left.skip(_FROM)
    first = left.numeral()
    if first is None:
        _refuse_unread(left)
    _check(first, left)
    if not left.skip(_AND if left.is_between else _TO):
        if left.is_between or is_from:
            _refuse_unread(left)
        return first.value, first.value, first.is_more
    last = left.numeral()
    if last is None or first.is_more or last.is_more:
        _refuse_unread(left)
    _check(last, left)
    return _shared_scale(first, last, left), last.value, False


def _shared_scale(first: Numeral, last: Numeral, left: _Text) -> Decimal:
    """The first number of a range, times the scale of the last if that is for both."""
    is_smaller = 0 < first.mantissa <= last.mantissa
    if first.scale == 1 and last.scale > 1 and is_smaller:
        return first.value * last.scale
    if first.scale > 1 and last.inner > 1:
        if first.scale == last.inner and is_smaller:
            return first.value * (last.scale // last.inner)
        is_unclear = first.scale < last.inner
    else:
        is_unclear = first.scale == 1 and 0 < first.value <= last.leading and not first.leading
    if is_unclear:
        _refuse(
            _(
                "%(text)s has two readings: the first number can be in thousands or not. Write "
                "both numbers in full."
            ),
            left.typed,
        )
    return first.value


def _check(numeral: Numeral, left: _Text) -> None:
    if numeral.fault == "separator":
        _refuse(
            _(
                "%(text)s has two readings: a point or comma can separate thousands or decimals. "
                "Write 1,234 for a thousand and more, and 1.2 or 1.2340 for decimals."
            ),
            left.typed,
        )
    if numeral.fault:
        _refuse_unread(left)


def _split_unit(text: str) -> tuple[str, NumberBound | None]:
    """The unit, and the bound that follows it: "people or more", "人以上"."""
    for bound, words in _AFTER.items():
        match = re.fullmatch(rf"(.*?)\s*(?:(?<![a-z])|(?![a-z]))(?:{words})", text)
        if match:
            return match[1], bound
    return text, None


def _unit(text: str, left: _Text) -> str:
    """The unit as it was typed. Refuses a rest that is more than a unit."""
    unit = text.strip().rstrip(".,。，")
    if left.is_between:
        unit = unit.removesuffix("之间").rstrip()
    is_numeric = any(unicodedata.category(character)[0] == "N" for character in unit)
    if len(unit) > MAX_UNIT or is_numeric or _UNIT_WORDS.search(unit) or (unit and left.currency):
        _refuse_unread(left)
    place = left.typed.translate(_PLAIN).rfind(unit)
    return left.typed[place : place + len(unit)] if unit else left.currency


def _refuse_unread(left: _Text) -> NoReturn:
    _refuse(
        _(
            "%(text)s is not a number in a supported format. Write it like “1,200”, “about 40 "
            "people”, “at least 2 million” or “2–3 million”."
        ),
        left.typed,
    )


def _refuse(message: str, typed: str) -> NoReturn:
    raise NumberError(message % {"text": f"“{typed}”"})
