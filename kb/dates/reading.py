"""Read what an editor types as a date: EDTF first, then the rules for English and Chinese."""

import re
import unicodedata
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal, NamedTuple

from django.utils.translation import gettext as _

from kb.dates import phrases, phrases_zh, spans
from kb.dates.edtf import (
    DateError,
    about_whole,
    check_moment,
    not_text,
    parse_shape,
    quote,
    refuse,
)
from kb.dates.rules import RULES_BY_ID
from kb.dates.spans import RuleMatch
from kb.dates.times import split_time
from kb.dates.value import FuzzyDate
from kb.dates.words import days_covered

MAX_TEXT = 200

FigureOrder = Literal["", "day_first", "month_first"]

_DASHES = str.maketrans({"\u2010": "-", "\u2011": "-", "\u2212": "-", "\u2012": "–", "\u2014": "–"})
_RELATIVE = re.compile(
    r"\b(?:ago|last|this|next|today|yesterday|tomorrow|tonight|now|recent(?:ly)?|lately|soon|so far"
    r"|current(?:ly)?|same (?:day|week|month|year|time)"
    r"|(?:days?|weeks?|weekends?|months?|years?|time) (?:earlier|later|before|after)"
    r"|(?:previous|following|past|coming) (?:day|night|week|weekend|month|year|decade|few))\b"
    "|今[天日年晨晚早]|昨[天日晚]|前[天日年]|明[天日年]|去年|后天|[上本这下]个?(?:周|月|星期|季度|年)"
    "|近[日期来]|最近|日前|目前|当[天日年月前]|同[日年月]|刚刚|不久|(?:天|周|月|年)前"
)
_WEEKDAY = re.compile(
    r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|(?:星期|周|礼拜)[一二三四五六日天]"
)
_HAS_YEAR = re.compile("(?<![0-9])[0-9]{4}(?![0-9])|[〇零一二三四五六七八九]{4}年")
_FIGURES = re.compile("[0-9TZ?~%:.,+ -]+")
_PLUS = re.compile(r"^\+(?=[0-9]{4}-)")  # of a year in ISO 8601 and Wikidata
_LIKE_EDTF = re.compile(r"[0-9XYESTZux?~%/.:,+\-\[\]{}\s]+")
# A text that was meant as EDTF, so that the reason against EDTF helps.
_MEANT_AS_EDTF = re.compile(r"[\[{].*|(?:\.\.)?/\S*|(?:[?~%]?-?[0-9Xxu]{4}(?![0-9])|Y[0-9])[^\s]*")
_DAY_AND_MONTH = re.compile(
    "(?P<a>[0-9]{1,2})(?P<sign>[/.-])(?P<b>[0-9]{1,2})(?P=sign)(?P<year>[0-9]{4})"
)
_EDTF_PREFIX = re.compile("edtf:? ?(?P<edtf>.+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reading:
    """The result of reading a text: the date, the id of the rule in ``RULES``, an explanation."""

    date: FuzzyDate
    rule: str
    explanation: str


def parse_edtf(text: str) -> FuzzyDate:
    """Return the date of an EDTF text; "" is unknown. Raises DateError for any other text.

    ``parse_edtf(text).edtf`` is the text itself. For a date-time it is the day; the time and the
    offset are kept beside it. Fractions of a second are not kept.
    """
    if not isinstance(text, str):
        raise not_text(text)
    if len(text) > MAX_TEXT:
        raise _too_long(text)
    try:
        if check_moment(text):
            day, clock = split_time(text)
            if clock:
                return FuzzyDate(day, zone=clock.zone, time=clock.time, rule="M1")
        return FuzzyDate(text, rule="M1" if text else "M21")
    except DateError as error:
        raise about_whole(error, text) from error


class _Conventions(NamedTuple):
    """What is known about the writer of a text, beside the text."""

    edtf_first: bool = False
    figures: FigureOrder = ""


def parse(
    text: str, *, phrase: str = "", edtf_first: bool = False, figures: FigureOrder = ""
) -> FuzzyDate:
    """Return the date of a text in EDTF, English or Chinese. Raises DateError.

    ``phrase`` is the wording of the source. Without it, plain language becomes the phrase. A text
    such as 2020-21, which is a season in EDTF and two years to most people, is refused, unless
    ``edtf_first`` says that the text comes from a program or an address. 12/05/2023 is refused,
    unless ``figures`` says whether the day or the month comes first in all texts of a file.
    """
    date = _read(text, _Conventions(edtf_first, figures))
    return replace(date, phrase=phrase) if phrase and phrase != date.phrase else date


def typed_edtf(edtf: str) -> str:
    """Return the text for a date in EDTF that ``parse`` reads as the same date.

    It is the EDTF itself, or "EDTF 2020-21" if people may mean something else by it.
    """
    try:
        return f"EDTF {edtf}" if spans.has_year_pair(edtf) else edtf
    except DateError:
        return edtf


def read_date(text: str) -> Reading:
    """Return the date with its rule and an explanation, to be shown before saving."""
    date = _read(text, _Conventions())
    rule = RULES_BY_ID[date.rule]
    covered = days_covered(parse_shape(date.edtf))
    words = f"{date.words()}: {covered}." if covered else f"{date.words()}."
    message = _("Rule %(rule)s (%(written)s): %(read_as)s")
    values = {"rule": rule.id, "written": rule.written, "read_as": rule.read_as}
    return Reading(date, rule.id, f"{words} {message % values}")


def _read(value: str, conventions: _Conventions) -> FuzzyDate:
    # A file has the same few dates in very many rows. An error is not remembered.
    if not isinstance(value, str):
        raise not_text(value)
    return _read_text(value, conventions)


@lru_cache(maxsize=4096)
def _read_text(value: str, conventions: _Conventions) -> FuzzyDate:
    typed = _clean(value)
    text = normalised(typed)
    if len(text) > MAX_TEXT:
        raise _too_long(typed)
    text = _PLUS.sub("", text)
    try:
        rest, clock = split_time(text)
        if not clock:
            return _date(typed, text, conventions)
        day = _date(rest, rest, conventions)
        # A time in figures is no wording of a source.
        phrase = "" if _FIGURES.fullmatch(text) else typed
        return FuzzyDate(day.edtf, phrase, clock.zone, clock.time, day.rule)
    except DateError as error:
        raise _about_typed(error, typed, text) from error


def _date(typed: str, text: str, conventions: _Conventions) -> FuzzyDate:
    """Return the date of a text. Raises DateError, which may name a part of the text."""
    if prefixed := _EDTF_PREFIX.fullmatch(text):
        return parse_edtf(prefixed["edtf"])
    edtf_error: DateError | None = None
    if _LIKE_EDTF.fullmatch(text) or not text:
        try:
            date = parse_edtf(text)
        except DateError as error:
            edtf_error = error
        else:
            if not conventions.edtf_first:
                spans.refuse_year_pair(date.edtf)
            return date
    if conventions.figures and (match := _DAY_AND_MONTH.fullmatch(text)):
        first, second, year = int(match["a"]), int(match["b"]), int(match["year"])
        month, day = (first, second) if conventions.figures == "month_first" else (second, first)
        return FuzzyDate(spans.day_edtf(year, month, day, text), phrase=typed, rule="M3")
    if plain := _plain(text):
        edtf, rule = plain
        return FuzzyDate(edtf, phrase=typed, rule=rule)
    if edtf_error and _MEANT_AS_EDTF.fullmatch(text):
        raise edtf_error
    raise DateError(_reason(typed, text), typed)


def _about_typed(error: DateError, typed: str, text: str) -> DateError:
    """Return the error with the text as it was typed: the rules read it normalised."""
    whole = (typed, text, _words(text), text.replace(" ", "").rstrip("。."))
    if not error.part and quote(typed) in str(error):
        return error
    if error.part in whole:
        return DateError(str(error).replace(quote(error.part), quote(typed), 1), typed)
    at = text.lower().find(error.part)
    if error.part and at >= 0 and len(text.lower()) == len(text):
        part = text[at : at + len(error.part)]
        error = DateError(str(error).replace(quote(error.part), quote(part), 1), part)
    return about_whole(error, typed)


def _clean(text: str) -> str:
    """Return the text, stripped. Raises DateError for invisible characters and other types."""
    if not isinstance(text, str):
        raise not_text(text)
    text = text.strip(" \t\r\n\u00a0\u3000")
    if len(text) > MAX_TEXT:
        raise _too_long(text)
    for character in text:
        # C: control, format, surrogate, private use, unassigned.
        if unicodedata.category(character).startswith("C"):
            message = _(
                "%(text)s contains an invisible character (%(code)s). Type the date again without "
                "it."
            )
            refuse(message, text, code=f"U+{ord(character):04X}")
    return text


def normalised(text: str) -> str:
    """Return the text with one form of each character and dash, as the rules expect it."""
    return unicodedata.normalize("NFKC", text).translate(_DASHES)


def _plain(text: str) -> RuleMatch | None:
    if phrases_zh.is_chinese(text):
        return phrases_zh.read_chinese(text.rstrip("。."))
    if re.search(r"\b(?:bc|bce|b\.c\.)", text.lower()):
        refuse(_("%(text)s is before the year 1. Years range from 0001 to 9999."), text)
    return phrases.read_english(_words(text))


def _words(text: str) -> str:
    """Return the text in lower case, with single spaces, without "the" and final punctuation."""
    words = [word for word in text.lower().split() if word != "the"]
    return " ".join(words).rstrip(".,;")


def _reason(typed: str, text: str) -> str:
    """Return the message that says why the text could not be read, and what to write instead."""
    chinese, has_year = phrases_zh.is_chinese(text), _HAS_YEAR.search(text)
    is_relative = not has_year and _RELATIVE.search(text.lower())
    lacks_year = phrases_zh.lacks_year_zh(text) if chinese else phrases.lacks_year(_words(text))
    if lacks_year and not is_relative:
        example = "2023年4月" if chinese else "April 2023"
        message = _("%(text)s has no year. Add the year, as in “%(example)s”.")
        return message % {"text": quote(typed), "example": example}
    if is_relative or (not has_year and _WEEKDAY.search(text.lower())):
        return _(
            "%(text)s depends on when it was said. Enter the date it refers to, such as "
            "2023-12-16, and keep these words as the wording of the source."
        ) % {"text": quote(typed)}
    if chinese:
        return _(
            "%(text)s is not a date in a supported format. Write it like “2023年12月15日”, "
            "“2023年4月”, “2023年年中”, “2023年5月之前” or 2023-12-15."
        ) % {"text": quote(typed)}
    return _(
        "%(text)s is not a date in a supported format. Write it like “15 December 2023”, “April "
        "2023”, “mid-2023”, “before May 2023” or 2023-12-15."
    ) % {"text": quote(typed)}


def _too_long(text: str) -> DateError:
    message = _(
        "%(text)s is too long. A date can have at most %(most)d characters, and this text has "
        "%(number)d."
    )
    values = {"text": quote(text), "most": MAX_TEXT, "number": len(text)}
    return DateError(message % values, text)
