"""Propose a date for words that depend on the day of their source: "last weekend", "a year ago".

Most of these words name a period. They are replaced by its date ("by the end of this year" becomes
"by the end of 2023"), and the ordinary rules read the result. What is left are distances ("two
months ago"), which are computed. The rules are in ``proposals``.
"""

import re
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Protocol

from kb.dates import distances, phrases, phrases_zh
from kb.dates.calendar_words import MONTH_NAMES, WEEKDAY_WORDS
from kb.dates.edtf import DateError
from kb.dates.reading import MAX_TEXT, normalised
from kb.dates.spans import RuleMatch
from kb.dates.value import FuzzyDate


class _Replacement(Protocol):
    """Returns the absolute words for relative ones in a source of the day ``on``."""

    def __call__(self, match: re.Match[str], on: date) -> str: ...


_DAY_NAME = rf"(?P<weekday>{'|'.join(sorted(WEEKDAY_WORDS, key=len, reverse=True))})\b\.?"
_TIME_OF_DAY = (
    "(?:(?:early|late|later|earlier)(?: on)? )?%s"
    "(?: (?:early |late )?(?:morning|afternoon|evening|night|noon|midnight))?"
)
_ZH_TIME = "(?:凌晨|清晨|早上|早间|上午|中午|下午|傍晚|晚上|晚间|深夜|夜里|早|晚)?"
# The words do not say whose day it is, and the day of the source is usually the local one.
_LOCAL_TIME = re.compile(r"\(?\blocal time\b\)?|(?:当地|本地)时间")
_DAY_ALONE = re.compile("(?:on )?([0-9]{1,2})(?:st|nd|rd|th)")
_DAY_ALONE_ZH = re.compile(f"([0-9]{{1,2}}|[一二三四五六七八九十]{{1,3}})[日号]{_ZH_TIME}")


def resolve_relative(text: str, on: date) -> FuzzyDate | None:
    """Return the date that the words mean in a source of the day ``on``, or None.

    The date is a proposal: an editor decides. It has the text as its phrase and the id of a rule of
    ``PROPOSALS``, and marks where the words are vague. None is returned for words that ``parse``
    reads without a source, and for all that no rule reads.
    """
    if len(text) > MAX_TEXT:
        return None
    words = _LOCAL_TIME.sub("", normalised(text.strip()).lower()).strip(" ,，")
    try:
        match = _chinese(words, on) if phrases_zh.is_chinese(words) else _english(words, on)
    except (DateError, OverflowError, ValueError):
        return None  # a day outside the years 1 to 9999, or a part that has no bounds
    return FuzzyDate(match[0], phrase=text.strip(), rule=match[1]) if match else None


def certain_day(when: FuzzyDate) -> date | None:
    """Return the day of a date that is one day for certain; None for any other date."""
    return when.earliest if when.precision == "day" and not when.qualifier else None


def _english(words: str, on: date) -> RuleMatch | None:
    text = " ".join(word for word in words.split() if word != "the").rstrip(".,;")
    if re.search("(?<![0-9])[0-9]{4}(?![0-9])", text):
        return None
    if distance := distances.read_distance(text, on):
        return distance
    if day := _DAY_ALONE.fullmatch(text):
        return _latest_day(int(day[1]), on)
    # "By Friday" may mean a day before or after the source.
    if re.fullmatch(f"(?:by|until|till|before|from) {_DAY_NAME}", text):
        return None
    if phrases.lacks_year(text) and not text.startswith("last "):
        return _latest(phrases.read_english, [f"{text} {on.year - back:04}" for back in (0, 1)], on)
    replaced, rule = _replace(text, on, _ENGLISH)
    date_match = phrases.read_english(replaced) if rule else None
    return (date_match[0], rule) if date_match else None


def _chinese(words: str, on: date) -> RuleMatch | None:
    text = words.replace(" ", "").rstrip("。.,")
    if re.search("[0-9〇零一二三四五六七八九]{4}年", text):
        return None
    if distance := distances.read_distance_zh(text, on):
        return distance
    if day := _DAY_ALONE_ZH.fullmatch(text):
        return _latest_day(phrases_zh.numeral_value(day[1]), on)
    if phrases_zh.lacks_year_zh(text):
        texts = [f"{on.year - back:04}年{text}" for back in (0, 1)]
        return _latest(phrases_zh.read_chinese, texts, on)
    replaced, rule = _replace(text, on, _CHINESE)
    date_match = phrases_zh.read_chinese(replaced) if rule else None
    return (date_match[0], rule) if date_match else None


def _latest(
    read: Callable[[str], RuleMatch | None], texts: list[str], on: date
) -> RuleMatch | None:
    """Return the first of the dates that begins up to the day of the source."""
    for text in texts:
        try:
            match = read(text)
        except DateError:
            continue  # 29 February, or another weekday
        if match and (earliest := FuzzyDate(match[0]).earliest) and earliest <= on:
            return match[0], "R7"
    return None


def _latest_day(number: int, on: date) -> RuleMatch | None:
    """Return the latest day of this number in its month that is not after the source."""
    for back in range(3):  # of two months in a row, one has 31 days
        first = distances.month_after(on, -back).replace(day=1)
        day = first + timedelta(days=number - 1)
        if number and day.month == first.month and day <= on:
            return day.isoformat(), "R8"
    return None


def _replace(
    text: str, on: date, table: list[tuple[re.Pattern[str], _Replacement, str]]
) -> tuple[str, str]:
    """Return the text with dates for relative words, and the rule of the first, or ""."""
    first_rule = ""
    for pattern, replacement, rule in table:
        changed = pattern.sub(partial(replacement, on=on), text)
        if changed != text and not first_rule:
            first_rule = rule
        text = changed
    return text, first_rule


def _day(day: date) -> str:
    return f"{day.day} {MONTH_NAMES[day.month]} {day.year:04}"


def _day_zh(day: date) -> str:
    return f"{day.year:04}年{day.month}月{day.day}日"


def _monday(on: date, weeks: int = 0) -> date:
    return on - timedelta(days=on.weekday()) + timedelta(weeks=weeks)


def _near_day(match: re.Match[str], on: date) -> str:
    shift = {"yesterday": -1, "last": -1, "tomorrow": 1}
    if match[0].startswith("day before"):
        return _day(on - timedelta(days=2))
    if match[0].startswith("day after"):
        return _day(on + timedelta(days=2))
    word = next((word for word in shift if word in match[0]), "")
    return _day(on + timedelta(days=shift.get(word, 0)))


def _weekday(match: re.Match[str], on: date) -> str:
    number, which = WEEKDAY_WORDS[match["weekday"]], match["which"] or ""
    since = (on.weekday() - number) % 7
    if which == "this":
        return _day(_monday(on) + timedelta(days=number))
    if which in ("next", "coming"):
        return f"possibly {_day(on + timedelta(days=7 - since))}"
    if which in ("last", "past"):
        since = since or 7
    return _day(on - timedelta(days=since))


_STEPS = {"last": -1, "past": -1, "previous": -1, "this": 0, "current": 0, "next": 1, "coming": 1}


def _weekend(match: re.Match[str], on: date) -> str:
    which = (match["which"] or "").removeprefix("this ")
    if which in ("last", "past", "previous"):
        day = _monday(on) - timedelta(days=2)
    elif which in ("this", "coming"):
        day = _monday(on) + timedelta(days=5)
    elif which == "next":
        return f"possibly weekend of {_day(_monday(on, 1) + timedelta(days=5))}"
    else:  # "over the weekend": the latest that has begun
        day = _monday(on) + timedelta(days=5 if on.weekday() > 4 else -2)
    return f"weekend of {_day(day)}"


def _period(match: re.Match[str], on: date) -> str:
    step, unit = _STEPS[match["which"]], match["unit"]
    if unit == "week":
        return f"week of {_day(_monday(on, step))}"
    if unit == "month":
        month = distances.month_after(on, step)
        return f"{MONTH_NAMES[month.month]} {month.year:04}"
    if unit == "quarter":
        month = distances.month_after(on, step * 3)
        return f"q{(month.month + 2) // 3} {month.year:04}"
    return f"{on.year + step:04}"


_ENGLISH: list[tuple[re.Pattern[str], _Replacement, str]] = [
    (re.compile(pattern), replacement, rule)
    for pattern, replacement, rule in (
        (r"\bday (?:before yesterday|after tomorrow)\b", _near_day, "R1"),
        (rf"\b{_TIME_OF_DAY % '(?:today|yesterday|tomorrow)'}\b", _near_day, "R1"),
        (r"\b(?:tonight|(?:this|last) (?:morning|afternoon|evening|night))\b", _near_day, "R1"),
        (
            rf"\b{_TIME_OF_DAY % f'(?:(?P<which>last|past|this|next|coming) )?{_DAY_NAME}'}\b",
            _weekday,
            "R2",
        ),
        (
            r"\b(?:over )?(?:(?P<which>last|(?:this )?past|previous|this|next|coming) )?weekend"
            r"(?! of)\b",
            _weekend,
            "R3",
        ),
        (
            r"\b(?P<which>last|past|previous|this|current|next|coming) "
            r"(?P<unit>week|month|quarter|year)\b",
            _period,
            "R4",
        ),
    )
]


def _near_day_zh(match: re.Match[str], on: date) -> str:
    shift = {"今": 0, "昨": -1, "前": -2, "明": 1, "后": 2}[match["which"]]
    return _day_zh(on + timedelta(days=shift))


def _weekday_zh(match: re.Match[str], on: date) -> str:
    number = "一二三四五六日".index(match["weekday"].replace("天", "日"))
    step = {"上": -1, "本": 0, "这": 0, "下": 1}.get((match["which"] or "")[:1])
    if step is None:
        return _day_zh(on - timedelta(days=(on.weekday() - number) % 7))
    return _day_zh(_monday(on, step) + timedelta(days=number))


def _weekend_zh(match: re.Match[str], on: date) -> str:
    step = {"上": -1, "本": 0, "这": 0, "下": 1}.get((match["which"] or "")[:1])
    if step is None:
        step = 0 if on.weekday() > 4 else -1
    return f"{_day_zh(_monday(on, step) + timedelta(days=5))}的周末"


def _period_zh(match: re.Match[str], on: date) -> str:
    step = {"上": -1, "本": 0, "这": 0, "下": 1}[match["which"]]
    if "月" in match["unit"]:
        month = distances.month_after(on, step)
        return f"{month.year:04}年{month.month}月"
    if "季" in match["unit"]:
        month = distances.month_after(on, step * 3)
        return f"{month.year:04}年第{(month.month + 2) // 3}季度"
    return f"{_day_zh(_monday(on, step))}当周"


def _year_zh(match: re.Match[str], on: date) -> str:
    shift = {"今": 0, "本": 0, "去": -1, "前": -2, "明": 1}[match["which"]]
    return f"{on.year + shift:04}年"


_WEEK_ZH = "(?:周|星期|礼拜)"
_CHINESE: list[tuple[re.Pattern[str], _Replacement, str]] = [
    (re.compile(pattern), replacement, rule)
    for pattern, replacement, rule in (
        (f"(?P<which>[今昨明])(?:[天日]{_ZH_TIME}|[晨早晚])", _near_day_zh, "R1"),
        (f"(?<!大)(?P<which>[前后])天{_ZH_TIME}", _near_day_zh, "R1"),
        (f"(?:(?P<which>[上本这下]个?){_WEEK_ZH}末|{_WEEK_ZH}末)", _weekend_zh, "R3"),
        (
            f"(?:(?P<which>[上本这下]个?))?{_WEEK_ZH}(?P<weekday>[一二三四五六日天]){_ZH_TIME}",
            _weekday_zh,
            "R2",
        ),
        ("(?P<which>[上本这下])(?P<unit>个?月份?|个?季度|一?周|个?星期)", _period_zh, "R4"),
        ("(?P<which>[今本去前明])年", _year_zh, "R4"),
    )
]
