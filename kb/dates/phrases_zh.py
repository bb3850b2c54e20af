"""Read dates in plain Chinese: 2023年4月, 2023年上半年, 2023年5月之前, 约2023年8月.

The rules are those of ``phrases``, with the same ids. ``read_chinese`` gets normalised text and
ignores spaces.
"""

import re

from django.utils.translation import gettext as _

from kb.dates import spans
from kb.dates.edtf import DateError, refuse
from kb.dates.spans import RuleMatch

_DIGITS = {character: str(at) for at, character in enumerate("〇一二三四五六七八九")} | {"零": "0"}
_NUMBER = "[0-9〇零一二三四五六七八九十]"
_YEAR = f"(?P<year>{_NUMBER}{{4}})年"
_MONTH = f"(?P<month>{_NUMBER}{{1,2}})月(?:份)?"
_WEEKDAY = "[一二三四五六日天]"
_DAY = (
    rf"(?P<day>{_NUMBER}{{1,3}})[日号]"
    rf"(?:\((?:星期|周|礼拜)(?P<week>{_WEEKDAY})\)|(?:星期|周)(?P<named>{_WEEKDAY}))?"
)
_WHOLE = re.compile(f"{_YEAR}(?:{_MONTH}(?:{_DAY})?)?")
_GROUP = re.compile(
    f"{_YEAR}的?(?:第?(?P<quarter>[1-4一二三四])季度?|(?P<half>[上下])半年|"
    "(?P<season>[春夏秋冬])[天季]?)"
)
_PART = re.compile(
    f"{_YEAR}(?:{_MONTH})?的?(?P<part>年?初|年?中期?|年?[底末]|早些时候|晚些时候|[上中下]旬|早期|后期)"
)
_PARTS = {"初": "early", "早": "early", "上": "early", "中": "mid"}
_SEASONS = {"春": 21, "夏": 22, "秋": 23, "冬": 24}
_DECADE = re.compile(
    f"(?:(?P<century>{_NUMBER}{{1,3}})世纪)?(?P<year>[0-9]{{2,4}}|{_NUMBER}{{1,2}})年代"
)
_CENTURY = re.compile(f"(?P<number>{_NUMBER}{{1,3}})世纪")

_NOW = ("至今", "今", "现在", "今天")
_OPEN = [
    (re.compile(pattern), rule)
    for pattern, rule in (
        # As in English, "before the end of" means the last day, not the late part of rule M6.
        ("(.+?[年月])年?[底末](?:之前|以前|前)", "M16"),
        ("(?:截至|截止到?|直到|到)(.+?[年月])年?[底末](?:之前|以前|前|为止|止)?", "M16"),
        ("(?:截至|截止到?|不晚于|不迟于|直到)(.+?)(?:为止|止)?", "M16"),
        ("到(.+?)(?:为止|止)?|(.+)或(?:之前|以前|更早)", "M16"),
        ("(.+?)(?:之前|以前|前)", "M15"),
        ("(?:自从?|从)?(.+?)[-–~]?至今", "M18"),
        ("(?:自从?|从)?(.+?)(?:[-–~]|至|到)(?:现在|今天)", "M18"),
        ("(.+[年月日])–", "M18"),
        ("(?:自从?|从)(.+?)(?:以来|开始|起)?|(.+?)(?:以来|开始|起)|不早于(.+)", "M18"),
        ("(.+)或(?:之后|以后|更晚)", "M18"),
        ("(.+?)(?:之后|以后|后)", "M17"),
    )
]
_OPEN_RULES = {"M15": spans.before, "M16": spans.until, "M17": spans.after, "M18": spans.since}
_ABOUT = re.compile("(?:大约|大概|大致|约)(?:在|是)?(.+)|(.+?)(?:左右|前后)")
_UNSURE = re.compile("(?:可能|也许|或许|大抵)(?:在|是)?(.+)|(.+)\\?")
_BETWEEN = re.compile(
    "(?:介于)?(?:从|自)?(?P<a>.+?)(?:至|到|和|与|-|–|~)(?P<b>.+?)(?:之间|期间|间)?"
)
_EITHER = re.compile("(?P<a>.+?)(?:或者?|/)(?P<b>.+)")
_WEEKS = [
    (re.compile(pattern), read, rule)
    for pattern, read, rule in (
        ("(.+[日号])(?:的|所在的?|那个)?周末", spans.weekend, "M20"),
        ("(.+[日号])(?:的|所在的?)?(?:当周|那一?周|这一周|一周)", spans.week_of, "M23"),
    )
]
# Units that are larger than a month: the month of the first date does not go with them.
_OF_YEAR = re.compile("[年季春夏秋冬]")
_MAX_DEPTH = 4


def is_chinese(text: str) -> bool:
    """Whether the text has a Chinese character, so that the Chinese rules apply."""
    return re.search("[\u3007\u4e00-\u9fff]", text) is not None


def read_chinese(text: str, depth: int = 0) -> RuleMatch | None:
    """Return (EDTF, rule id) of a phrase, or None if no rule reads it. Raises DateError."""
    if depth > _MAX_DEPTH:
        return None
    text = re.sub("^(?:于|在)", "", text.replace(" ", ""))
    if text in ("不详", "未知", "日期不详", "日期未知"):
        return "", "M21"
    return (
        _simple(text)
        or _week(text, depth)
        or _qualified(text, depth)
        or _between(text, depth)
        or _open(text, depth)
        or _either(text, depth)
    )


def lacks_year_zh(text: str) -> bool:
    """Whether the text is a month or day that only lacks a year: 4月, 4月15日."""
    if re.search(f"{_NUMBER}{{4}}年", text):
        return False
    try:
        return re.match(f"{_NUMBER}{{1,2}}月", text) is not None and bool(
            read_chinese(f"2024年{text}")
        )
    except DateError:
        return False


def numeral_value(digits: str) -> int:
    """Return the value of 4, 四, 十二, 二十一 or 二〇二三."""
    if "十" in digits:
        tens, ones = digits.split("十", 1)
        return (numeral_value(tens) if tens else 1) * 10 + (numeral_value(ones) if ones else 0)
    plain = "".join(_DIGITS.get(character, character) for character in digits)
    return int(plain) if plain.isascii() and plain.isdigit() else 0


def _year(match: re.Match[str], text: str) -> str:
    # 1 January exists in every valid year, so this checks the year only.
    return spans.day_edtf(numeral_value(match["year"]), 1, 1, text)[:4]


def _simple(text: str) -> RuleMatch | None:
    if match := _WHOLE.fullmatch(text):
        return _whole(match, text)
    if match := _GROUP.fullmatch(text):
        year = _year(match, text)
        if match["quarter"]:
            return f"{year}-{32 + numeral_value(match['quarter'])}", "M8"
        if match["half"]:
            return f"{year}-{40 if match['half'] == '上' else 41}", "M9"
        return f"{year}-{_SEASONS[match['season']]}", "M10"
    if match := _PART.fullmatch(text):
        whole = _year(match, text)
        if match["month"]:
            whole = spans.day_edtf(int(whole), numeral_value(match["month"]), 1, text)[:7]
        elif match["part"] in ("上旬", "中旬", "下旬"):
            return None
        return spans.third_of_period(_PARTS.get(match["part"].lstrip("年")[0], "late"), whole, text)
    return _ages(text)


def _whole(match: re.Match[str], text: str) -> RuleMatch:
    year = _year(match, text)
    if not match["month"]:
        return year, "M5"
    month = numeral_value(match["month"])
    if not match["day"]:
        return spans.day_edtf(int(year), month, 1, text)[:7], "M4"
    day = spans.day_edtf(int(year), month, numeral_value(match["day"]), text)
    weekday = match["week"] or match["named"]
    if weekday and spans.weekday(day) != "一二三四五六日".index(weekday.replace("天", "日")):
        message = _("%(text)s: that day was a %(weekday)s. Correct the day or the weekday.")
        refuse(message, text, weekday="星期" + "一二三四五六日"[spans.weekday(day)])
    return day, "M2"


def _ages(text: str) -> RuleMatch | None:
    if match := _CENTURY.fullmatch(text):
        number = numeral_value(match["number"])
        return (f"{number - 1:02}XX", "M12") if 1 <= number <= 99 else None
    if match := _DECADE.fullmatch(text):
        year = numeral_value(match["year"])
        if match["century"]:
            year += (numeral_value(match["century"]) - 1) * 100
        elif year < 1000:
            refuse(
                _("%(text)s does not name the century. Add it, as in 20世纪90年代 or 1990年代."),
                text,
            )
        return (f"{year // 10}X", "M11") if 1000 <= year <= 9999 and year % 10 == 0 else None
    return None


def _inner(match: re.Match[str]) -> str:
    return next(group for group in match.groups() if group)


def _week(text: str, depth: int) -> RuleMatch | None:
    for pattern, read, rule in _WEEKS:
        if (match := pattern.fullmatch(text)) and (day := read_chinese(match[1], depth + 1)):
            return read(day[0], text), rule
    return None


def _open(text: str, depth: int) -> RuleMatch | None:
    for pattern, rule in _OPEN:
        if (match := pattern.fullmatch(text)) and (limit := read_chinese(_inner(match), depth + 1)):
            if rule == "M18" and spans.is_range(limit):
                spans.refuse_open_range(limit[0], text)
            return _OPEN_RULES[rule](limit[0], text), rule
    return None


def _either(text: str, depth: int) -> RuleMatch | None:
    match = _EITHER.fullmatch(text)
    ends = _ends(match["a"], match["b"], depth) if match else None
    return (spans.alternatives(*ends, text), "M24") if ends else None


def _qualified(text: str, depth: int) -> RuleMatch | None:
    for pattern, mark, rule in ((_ABOUT, "~", "M13"), (_UNSURE, "?", "M14")):
        if (match := pattern.fullmatch(text)) and (date := read_chinese(_inner(match), depth + 1)):
            return spans.with_qualifier(date[0], mark), rule
    return None


def _between(text: str, depth: int) -> RuleMatch | None:
    match = _BETWEEN.fullmatch(text)
    ends = _ends(match["a"], match["b"], depth) if match else None
    return (spans.interval(*ends, text), "M19") if ends else None


def _ends(left: str, right: str, depth: int) -> tuple[str, str] | None:
    """Return the EDTF of two dates.

    The second takes a missing year or month from the first, and the first takes a missing unit from
    the second: 2023年1-3月, 2023-2024年.
    """
    if right in _NOW:
        return None  # an open end
    first = read_chinese(left, depth + 1)
    unit = re.search("(?:年|月份?|[日号]|季度)$", right)
    if not first and unit:
        first = read_chinese(left + unit[0], depth + 1)
    if not first or not first[0]:
        return None
    last = read_chinese(right, depth + 1)
    borrowed = spans.year_and_month(first[0])
    if not last and borrowed:
        year, month = borrowed
        if month and right.startswith("月"):  # 月底
            last = read_chinese(f"{year}年{month}{right}", depth + 1)
        elif month and "月" not in right and not _OF_YEAR.search(right):
            last = read_chinese(f"{year}年{month}月{right}", depth + 1)
        else:
            last = read_chinese(f"{year}年{right}", depth + 1)
    return (first[0], last[0]) if last and last[0] else None
