"""Find the dates that a text mentions: "Friday", "late last month", "14 November 2023", 上周五.

Patterns find words that can be a date, and the ordinary rules read them: ``parse`` for dates that
stand alone, ``resolve_relative`` for words that depend on the day of the source. What neither reads
is no mention.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from kb.dates.calendar_words import MONTH_NAMES, MONTHS, WEEKDAYS
from kb.dates.edtf import DateError
from kb.dates.phrases import lacks_year
from kb.dates.phrases_zh import lacks_year_zh
from kb.dates.reading import parse
from kb.dates.relative import certain_day, resolve_relative
from kb.dates.value import FuzzyDate

MentionBasis = Literal[
    "absolute",  # 14 November 2023
    "source-day",  # Friday, in a source of a known day
    "source-span",  # Friday, in a source of some day in December 2023
    "no-source-day",  # Friday, in a source without a date
]
MAX_DAYS_BACK = 210  # of a date without a year
MAX_FUTURE_DISTANCE = 60  # characters between a verb of the future and a date

_LONG_MONTHS = "|".join(name.title() for name in MONTH_NAMES.values())
_SHORT_MONTHS = "|".join(name.title() for name in MONTHS if name not in MONTH_NAMES.values())
_MONTH = rf"(?:(?:{_LONG_MONTHS})\b|(?:{_SHORT_MONTHS})\b\.?)"
_SURE_MONTH = rf"(?!May\b|March\b){_MONTH}"
_WEEKDAY = rf"(?:{'|'.join(name.title() for name in WEEKDAYS)})"
_DAY = "[0-3]?[0-9](?:st|nd|rd|th)?(?![0-9%:,.]?[0-9])"
_YEAR = "(?:1[5-9]|20)[0-9]{2}(?![0-9])"
_NUMBER = (
    "(?:[0-9]{1,3}|[Aa]n?|[Oo]ne|[Tt]wo|[Tt]hree|[Ff]our|[Ff]ive|[Ss]ix|[Ss]even|[Ee]ight|[Nn]ine|"
    "[Tt]en|[Ee]leven|[Tt]welve|[Aa] couple of)"
)
_UNIT = "(?:day|week|month|year|decade)s?"
_PERIOD = "(?:week|month|quarter|year)"
_WHICH = "(?:[Ll]ast|[Pp]ast|[Pp]revious|[Tt]his|[Cc]urrent|[Nn]ext|[Cc]oming)"
_PART = (
    "(?:(?:[Tt]he )?(?:[Ee]arly|[Ll]ate|[Mm]id|[Mm]iddle|[Bb]eginning|[Ss]tart|[Ee]nd)"
    "(?: part)?(?: of| in)?(?: the)?[ -])"
)
_NEAR = "(?:[Aa]bout |[Aa]round |[Nn]early |[Aa]lmost |[Rr]oughly )?"
_EARLY = "(?:[Ll]ate |[Ee]arly )"
_HOURS = "(?: (?:morning|afternoon|evening|night))?"
# Words after which a month or a year alone is a date: in May, since 2008.
_AT = "(?:[Ii]n|[Ss]ince|[Uu]ntil|[Aa]fter|[Bb]efore|[Bb]y|[Dd]uring)"
# The longest wordings come first.
_ENGLISH = re.compile(
    r"\b(?:"
    rf"(?:{_WEEKDAY},? )?(?:{_MONTH} {_DAY},? {_YEAR}|{_DAY} (?:of )?{_MONTH},? {_YEAR})"
    r"|[12][0-9]{3}-[01][0-9]-[0-3][0-9](?![0-9-])"
    rf"|{_PART}?{_MONTH},? (?:of )?(?:{_YEAR}|(?:last|this|next) year)"
    rf"|(?:{_WEEKDAY},? )?(?:{_MONTH} {_DAY}\b|{_DAY} (?:of )?{_MONTH})"
    r"|[Dd]ay (?:before yesterday|after tomorrow)"
    rf"|{_EARLY}?(?:[Tt]oday|[Yy]esterday|[Tt]omorrow){_HOURS}|[Tt]onight"
    rf"|(?:[Tt]his|[Ll]ast) (?:morning|afternoon|evening|night|{_MONTH})"
    rf"|(?:{_EARLY}(?:on )?)?(?:(?:[Ll]ast|[Tt]his|[Pp]ast|[Nn]ext) )?{_WEEKDAY}{_HOURS}"
    r"|(?:[Oo]ver the|[Ll]ast|[Tt]his(?: past)?|[Nn]ext) weekend"
    rf"|{_NEAR}(?:{_NUMBER}|[Aa] few|[Ss]everal) {_UNIT} ago"
    rf"|[Ii]n the (?:last|past|next|coming) (?:few|several) {_UNIT}"
    rf"|(?:[Ee]arlier|[Ll]ater) (?:in )?this (?:week|month|year)|[Ss]o far this (?:month|year)"
    rf"|{_PART}?{_WHICH} {_PERIOD}\b(?!-)"
    rf"|(?:[Ee]arly|[Ll]ate|[Mm]id)[ -](?:{_SURE_MONTH}|{_YEAR})"
    rf"|(?:[Ss]pring|[Ss]ummer|[Aa]utumn|[Ff]all|[Ww]inter) (?:of )?{_YEAR}"
    rf"|(?:[Ff]rom {_YEAR} to|[Bb]etween {_YEAR} and) {_YEAR}"
    rf"|{_AT} (?P<of>{_MONTH}|{_YEAR})(?!,? (?:of )?(?:[0-9]|last|this|next))"
    r")(?![\w-])",
)
_ZH_NUMBER = "[0-9〇零一二三四五六七八九十]"
_ZH_WHICH = "[上本这下]个?"
_ZH_HOURS = "(?:凌晨|清晨|早上|早间|上午|中午|下午|傍晚|晚上|晚间|深夜|夜里)?"
_CHINESE = re.compile(
    f"(?:{_ZH_NUMBER}{{4}}年|[今去前明]年)(?:{_ZH_NUMBER}{{1,2}}月(?:份|{_ZH_NUMBER}{{1,3}}[日号]|"
    "[底初])?|年?[底初末中]|[上下]半年|第?[一二三四]季度)?"
    f"|{_ZH_NUMBER}{{1,2}}月(?:{_ZH_NUMBER}{{1,3}}[日号]|份|(?!球|亮|饼|薪|租|刊))"
    f"|(?:[昨今明][天日晚晨早](?!的我)|(?<!大)(?<!目)前天|后天){_ZH_HOURS}"
    f"|(?:{_ZH_WHICH})?(?:周|星期|礼拜)[一二三四五六日天](?![年岁点])"
    f"|{_ZH_WHICH}(?:周|星期|礼拜)末?|周末"
    f"|{_ZH_WHICH}(?:月(?:[初底])?|季度)"
    "|(?:约|大约)?(?:[0-9]{1,3}|[一二两三四五六七八九十半几数])个?(?:天|日|周|星期|礼拜|月|年)(?:之前|以前|前)"
    "|过去[几数]个?[天周月年]|未来[几数]个?[天周月年]"
)
_FUTURE = re.compile(
    r"\b(?:will|shall|scheduled|expected|due|planned|plans?|going to|set to)\b|将|计划|预计|定于"
)


@dataclass(frozen=True, slots=True)
class DateMention:
    """Words of a text that are a date.

    ``when`` has them as its phrase, and the id of the rule; None if they depend on the day of a
    source that has none. ``is_certain`` is False where another day can be meant.
    """

    text: str
    start: int
    end: int
    when: FuzzyDate | None
    basis: MentionBasis
    is_certain: bool


def date_mentions(text: str, source_day: FuzzyDate | None = None) -> list[DateMention]:
    """Return the dates that a text mentions, in order. They do not overlap.

    ``source_day`` is the date of the source, exact or not, or None. A date that is not exact gives
    a reading from its first possible day, which is certain only if its last day gives the same.
    Any text is accepted.
    """
    mentions = [*_mentions(text, _ENGLISH, source_day), *_mentions(text, _CHINESE, source_day)]
    return sorted(mentions, key=lambda mention: mention.start)


def _mentions(
    text: str, pattern: re.Pattern[str], source_day: FuzzyDate | None
) -> Iterator[DateMention]:
    for match in pattern.finditer(text):
        mention = _read(match[_group_of(match)], source_day)
        if mention is None:
            continue
        is_future = mention.basis != "absolute" and _FUTURE.search(
            text, max(0, match.start() - MAX_FUTURE_DISTANCE), match.start()
        )
        start, end = match.span(_group_of(match))
        yield replace(
            mention,
            start=start,
            end=end,
            is_certain=mention.is_certain and not is_future,
        )


def _group_of(match: re.Match[str]) -> int | str:
    """Return the group with the date: “May” of “in May”, or all."""
    return "of" if match.groupdict().get("of") else 0


def _read(words: str, source_day: FuzzyDate | None) -> DateMention | None:
    """Return the reading of words, without their place; None if they are no date."""
    when = _absolute(words)
    if when is not None:
        return DateMention(words, 0, 0, when, "absolute", True)
    if source_day is None or source_day.is_unknown:
        is_relative = resolve_relative(words, _ANY_DAY) is not None
        return DateMention(words, 0, 0, None, "no-source-day", False) if is_relative else None
    day = certain_day(source_day)
    first = day or source_day.earliest or source_day.latest
    when = resolve_relative(words, first) if first else None
    if when is None or first is None:
        return None
    is_certain = not when.qualifier and not _is_far_back(when, first)
    if day is not None:
        return DateMention(words, 0, 0, when, "source-day", is_certain)
    last = source_day.latest
    is_same = last is not None and resolve_relative(words, last) == when
    return DateMention(words, 0, 0, when, "source-span", is_certain and is_same)


def _is_far_back(when: FuzzyDate, day: date) -> bool:
    """Whether a date without a year is nearer in the next year: "in November", in October."""
    earliest = when.earliest
    is_far = earliest is not None and day - earliest > timedelta(days=MAX_DAYS_BACK)
    return is_far and when.rule == "R7"


# A day for the question whether words depend on the day of their source at all.
_ANY_DAY = date(2024, 1, 10)


def _absolute(words: str) -> FuzzyDate | None:
    if lacks_year(words.lower()) or lacks_year_zh(words):
        return None
    try:
        return replace(parse(words), phrase=words)
    except DateError:
        return None
