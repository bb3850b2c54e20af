"""Compute dates at a distance from the day of a source: "two months ago", "in the next few days".

English and Chinese; rules R4 to R6 of ``proposals``. Part of ``relative``.
"""

import re
from calendar import monthrange
from datetime import date, timedelta

from kb.dates.spans import RuleMatch

_WORDS = "zero one two three four five six seven eight nine ten eleven twelve"
_NUMBERS = {word: number for number, word in enumerate(_WORDS.split(" "))} | {"a": 1, "an": 1}
_COUPLE = "(?P<couple>(?:a )?couple of)"
_UNITS = "days?|weeks?|months?|years?|decades?"
_ABOUT = "(?P<about>(?:about|around|roughly|approximately|some|nearly|almost|just) )?"
_AGO = re.compile(
    rf"{_ABOUT}(?:{_COUPLE}|(?P<number>[0-9]{{1,3}}|{'|'.join(_NUMBERS)})) "
    rf"(?P<unit>{_UNITS}) (?:ago|back)"
)
_FEW = "(?:(?:a )?few|several)"
_FEW_AGO = re.compile(rf"{_ABOUT}{_FEW} (?P<unit>{_UNITS}) (?:ago|back)")
_FEW_NEAR = re.compile(
    rf"(?:in|over|during|within|for) (?P<which>last|past|next|coming) {_FEW} (?P<unit>{_UNITS})"
)
_PART_SO_FAR = re.compile(
    "(?:(?P<which>earlier|later) (?:in )?|so far )(?:this|current) (?P<unit>week|month|year)"
)
_UNITS_ZH = {"天": "day", "日": "day", "周": "week", "星期": "week", "礼拜": "week"} | {
    "个月": "month",
    "月": "month",
    "年": "year",
}
_ZH = {character: number for number, character in enumerate("零一二三四五六七八九十")} | {"两": 2}
_AGO_ZH = re.compile(
    "(?P<about>大约|大概|大致|约|近)?(?:在)?(?P<number>[0-9]{1,3}|[一二两三四五六七八九十]|半)个?"
    "(?P<unit>天|日|周|星期|礼拜|月|年)(?P<more>左右)?(?:之前|以前|前)"
)
_FEW_AGO_ZH = re.compile(
    "(?:大约|大概|约)?[几数]个?(?P<unit>天|日|周|星期|礼拜|月|年)(?:之前|以前|前)"
)
_FEW_NEAR_ZH = re.compile(
    "在?(?P<which>过去|最近|未来|今后)的?[几数]个?(?P<unit>天|日|周|星期|礼拜|月|年)里?"
)
_MOST_OF_A_FEW = 5


def read_distance(text: str, on: date) -> RuleMatch | None:
    """Return (EDTF, rule id) of a distance in English, or None."""
    if match := _FEW_AGO.fullmatch(text):
        return _few_ago(match["unit"], on)
    if match := _AGO.fullmatch(text):
        unit = match["unit"].rstrip("s")
        if match["couple"]:
            return _ago(2, unit, on, True)
        digits = match["number"]
        number = int(digits) if digits.isdigit() else _NUMBERS[digits]
        return _ago(number, unit, on, bool(match["about"]))
    if match := _FEW_NEAR.fullmatch(text):
        return _few_near(match["which"] in ("last", "past"), match["unit"], on)
    if match := _PART_SO_FAR.fullmatch(text):
        return _part_so_far(match["which"] == "later", match["unit"], on)
    return None


def read_distance_zh(text: str, on: date) -> RuleMatch | None:
    """Return (EDTF, rule id) of a distance in Chinese, or None."""
    if match := _FEW_AGO_ZH.fullmatch(text):
        return _few_ago(_UNITS_ZH[match["unit"]], on)
    if match := _AGO_ZH.fullmatch(text):
        digits, unit = match["number"], _UNITS_ZH[match["unit"]]
        if digits == "半":
            return _ago(6, "month", on, True) if unit == "year" else None
        number = int(digits) if digits.isdigit() else _ZH[digits]
        return _ago(number, unit, on, bool(match["about"] or match["more"]))
    if match := _FEW_NEAR_ZH.fullmatch(text):
        return _few_near(match["which"] in ("过去", "最近"), _UNITS_ZH[match["unit"]], on)
    return None


def _ago(number: int, unit: str, on: date, is_about: bool) -> RuleMatch:
    """Return a date so many units before; see rule R5."""
    if unit == "day":
        return f"{on - timedelta(days=number)}{'~' if is_about else ''}", "R5"
    if unit == "week":
        day = on - timedelta(weeks=number)
        return f"{day - timedelta(days=3)}~/{day + timedelta(days=3)}~", "R5"
    if unit == "month":
        return f"{month_after(on, -number).isoformat()[:7]}~", "R5"
    months = number * (120 if unit == "decade" else 12)
    margin = 60 if unit == "decade" else 6
    first, last = month_after(on, -months - margin), month_after(on, -months + margin)
    return f"{first.isoformat()[:7]}~/{last.isoformat()[:7]}~", "R5"


def _few_ago(unit: str, on: date) -> RuleMatch:
    return f"{_shifted(-_MOST_OF_A_FEW, unit, on)}~/{_shifted(-1, unit, on)}~", "R6"


def _few_near(is_past: bool, unit: str, on: date) -> RuleMatch:
    if is_past:
        return f"{_shifted(-_MOST_OF_A_FEW, unit, on)}~/{on}", "R6"
    return f"{on}/{_shifted(_MOST_OF_A_FEW, unit, on)}~", "R6"


def _part_so_far(is_later: bool, unit: str, on: date) -> RuleMatch:
    """Return the part of the period up to the day of the source, or from it."""
    if unit == "week":
        first = on - timedelta(days=on.weekday())
        last = first + timedelta(days=6)
    elif unit == "month":
        first, last = on.replace(day=1), on.replace(day=monthrange(on.year, on.month)[1])
    else:
        first, last = date(on.year, 1, 1), date(on.year, 12, 31)
    return f"{on}/{last}" if is_later else f"{first}/{on}", "R4"


def _shifted(number: int, unit: str, on: date) -> str:
    """Return the day, month or year that is so many units later, in EDTF."""
    unit = unit.rstrip("s")
    if unit in ("day", "week"):
        return (on + timedelta(days=number * (7 if unit == "week" else 1))).isoformat()
    if unit == "month":
        return month_after(on, number).isoformat()[:7]
    return f"{on.year + number * (10 if unit == 'decade' else 1):04}"


def month_after(on: date, months: int) -> date:
    """Return the first day of the month that is so many months later. Raises ValueError."""
    number = on.year * 12 + on.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)
