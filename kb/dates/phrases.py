"""Read dates in plain English: "mid-2023", "between April and June 2023", "by 15 Dec 2023".

``read_english`` gets text that ``reading`` has normalised: NFKC, lower case, single spaces. It
tries patterns for the whole text from the outside in. No pattern has a repetition inside a
repetition, so the time is linear in the length of the text.
"""

import re

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from kb.dates import spans
from kb.dates.edtf import DateError, parse_shape, refuse
from kb.dates.spans import RuleMatch

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan",
            "february feb",
            "march mar",
            "april apr",
            "may",
            "june jun",
            "july jul",
            "august aug",
            "september sept sep",
            "october oct",
            "november nov",
            "december dec",
        ),
        start=1,
    )
    for name in names.split()
}
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEK = {name[:length]: n for n, name in enumerate(_WEEKDAYS) for length in (3, 4, 5, 9)}
_ORDER = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4}
_SEASONS = {"spring": 21, "summer": 22, "autumn": 23, "fall": 23, "winter": 24}
_PARTS = {
    **dict.fromkeys(("early", "early part of", "early in", "beginning of", "start of"), "early"),
    **dict.fromkeys(("mid", "middle of", "middle part of"), "mid"),
    **dict.fromkeys(("late", "later part of", "latter part of", "late in", "end of"), "late"),
}

_Y = "(?P<year>[0-9]{4})"
_M = rf"(?P<month>{'|'.join(sorted(_MONTHS, key=len, reverse=True))})\.?"
_D = "(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?"
_W = rf"(?:(?P<week>{'|'.join(sorted(_WEEK, key=len, reverse=True))})\.?,? )?"
_DAYS = [
    re.compile(pattern)
    for pattern in (
        rf"{_W}{_D}(?: of)? {_M},? {_Y}",
        rf"{_W}{_M} {_D},? {_Y}",
        rf"{_D}-{_M}-{_Y}",
        rf"{_Y},? {_M} {_D}",
    )
]
_MONTH = [re.compile(p) for p in (rf"(?:month of )?{_M}(?:,| of)? {_Y}", rf"{_Y},? {_M}")]
_YEAR = re.compile(rf"(?:year |calendar year ){_Y}")
_ERA = re.compile(r"a\.?d\.? ?(?P<a>[0-9]{1,4})|(?P<b>[0-9]{1,4}) ?(?:a\.?d\.?|c\.?e\.?)")
_YEAR_MONTH = re.compile("[0-9]{4}-[0-9]{2}")
_NTH = "(?P<nth>first|second|third|fourth|last|1st|2nd|3rd|4th)"
_QUARTERS = [
    re.compile(pattern)
    for pattern in (
        rf"q(?P<nth>[1-4])(?:,| of|/|-)? ?{_Y}",
        rf"{_Y}(?: |-|/)?q(?P<nth>[1-4])",
        rf"{_NTH} quarter(?: of|,)? {_Y}",
    )
]
_HALVES = [
    re.compile(pattern)
    for pattern in (
        rf"h(?P<nth>[12])(?: of)? ?{_Y}",
        rf"{_Y} ?h(?P<nth>[12])",
        rf"(?P<nth>first|second|last|latter|1st|2nd) half(?: of|,)? {_Y}",
    )
]
_FOUR_MONTHS = re.compile(rf"(?P<nth>first|middle|last) four months of {_Y}")
_SEASON = re.compile(
    rf"(?P<season>{'|'.join(_SEASONS)})(?: of|,)? {_Y}(?P<next>[-/–](?:[0-9]{{2}}){{1,2}})?"
)
_DECADE = re.compile("(?P<year>[0-9]{3}0)['’]?s")
_CENTURY = re.compile("(?P<number>[0-9]{1,2})(?:st|nd|rd|th) century(?: ad| ce)?")
_PART = re.compile(rf"(?P<part>{'|'.join(sorted(_PARTS, key=len, reverse=True))})(?: |-)(?P<of>.+)")
_FIGURES = re.compile(
    "(?P<a>[0-9]{1,2})(?P<s>[/.-])(?P<b>[0-9]{1,2})(?P=s)(?P<year>[0-9]{4})"
    "|(?P<y>[0-9]{4})(?P<t>[/.-])(?P<m>[0-9]{1,2})(?P=t)(?P<d>[0-9]{1,2})"
)
_TWO_DIGIT_YEAR = re.compile(r"[0-9]{1,2}([/.-])[0-9]{1,2}\1[0-9]{2}|.+ ['’][0-9]{2}")
_MONTH_FIGURES = re.compile(
    "(?P<a>[0-9]{1,2})/(?P<year>[0-9]{4})|(?P<y>[0-9]{4})/(?P<m>[0-9]{1,2})"
)

_ABOUT = re.compile(
    r"(?:about|(?:some ?time )?around|circa|ca\.?|c\.|approximately|approx\.?|roughly) ?(?P<of>.+)"
    r"|(?P<or_so>.+?),? (?:approximately|approx|or so|or thereabouts)"
)
_UNSURE = re.compile(
    r"(?:possibly|perhaps|probably|maybe|presumably|uncertain:?) (?P<of>.+)"
    r"|(?P<left>.+?)(?: ?\?|, uncertain| \(uncertain\)| ?\(\?\))"
)
# The first match counts, so longer wordings come first. "By the end of 2023" means the last day of
# the year, not the late part of it that rule M6 reads.
_OPEN = [
    (re.compile(pattern), rule)
    for pattern, rule in (
        (r"(?:by|before|until|till|up to|(?:no|not) later than) (?:end|close) of (.+)", "M16"),
        (r"(?:before|prior to) (?:beginning|start) of (.+)", "M15"),
        (r"(?:since|from|as from) (?:beginning|start) of (.+?)(?: on(?:wards?)?)?", "M18"),
        (r"(?:after) (?:end|close) of (.+)", "M17"),
        (r"(?:on or before|in or before|(?:no|not) later than|not after) (.+)", "M16"),
        (r"(?:by|until|till|up to) (.+)", "M16"),
        (r"(.+) (?:or|and) (?:before|earlier)", "M16"),
        (r"(?:before|prior to|earlier than) (.+)", "M15"),
        (r"(?:on or after|in or after|(?:no|not) earlier than|not before) (.+)", "M18"),
        (r"(?:since|as from|starting|from) (.+?)(?: on(?:wards?)?)?", "M18"),
        (r"(.+) (?:(?:or|and) (?:after|later)|onwards?)", "M18"),
        (r"(?:after|later than) (.+)", "M17"),
    )
]
_OPEN_RULES = {"M15": spans.before, "M16": spans.until, "M17": spans.after, "M18": spans.since}
_BETWEEN = re.compile(
    "between (?P<a>.+?) and (?P<b>.+)|from (?P<c>.+?) (?:to|until|till|through) (?P<d>.+)"
)
_LISTED = re.compile(
    rf"{_M} {_D} ?(?:-|–|to|and|through) ?(?P<last>[0-9]{{1,2}})(?:st|nd|rd|th)?,? {_Y}"
)
_SHORT_YEARS = re.compile(f"{_Y}–(?P<last>[0-9]{{2}})")
_SEPARATORS = (" to ", " until ", " till ", " through ", " thru ", " – ", " - ", "–", "-")
_WEEKEND = re.compile("weekend of (?P<of>.+)")
_UNKNOWN = ("unknown", "date unknown", "undated", "date not stated", "not stated", "no date", "n.d")
_MAX_DEPTH = 4


def read_english(text: str, depth: int = 0) -> RuleMatch | None:
    """Return (EDTF, rule id) of a phrase, or None if no rule reads it.

    Raises DateError for a date that does not exist (30 February) or has two readings (12/05/2023).
    """
    if depth > _MAX_DEPTH:
        return None
    text = re.sub("^(?:in|on|during|at|sometime in|some time in) (?!or )", "", text)
    if text in _UNKNOWN:
        return "", "M21"
    return (
        _simple(text)
        or _part(text)
        or _between(text, depth)
        or _open(text, depth)
        or _qualified(text, depth)
        or _infix(text, depth)
    )


def lacks_year(text: str) -> bool:
    """Whether the text is a month or day that only lacks a year: "April", "15 Dec"."""
    try:
        return read_english(f"{text} 2024") is not None
    except DateError:
        return False


def _simple(text: str) -> RuleMatch | None:
    for pattern in _DAYS:
        if match := pattern.fullmatch(text):
            return _day(match, text), "M2"
    for pattern in _MONTH:
        if match := pattern.fullmatch(text):
            return _in_year(match["year"], f"-{_MONTHS[match['month']]:02}"), "M4"
    if match := _FIGURES.fullmatch(text):
        return _figures(match, text), "M3"
    if _TWO_DIGIT_YEAR.fullmatch(text):
        refuse(
            _("%(text)s has a two-digit year. Write a four-digit year, such as 2023-12-15."), text
        )
    if match := _MONTH_FIGURES.fullmatch(text):
        year, month = match["year"] or match["y"], int(match["a"] or match["m"])
        return spans.day_edtf(int(year), month, 1, text)[:7], "M3"
    if re.fullmatch("[0-9]{4}", text) or (match := _YEAR.fullmatch(text)):
        return _in_year(text[-4:], ""), "M5"
    if match := _ERA.fullmatch(text):
        return _in_year((match["a"] or match["b"]).zfill(4), ""), "M5"
    if _YEAR_MONTH.fullmatch(text):
        return parse_shape(text).text, "M1"
    return _grouping(text) or _ages(text)


def _in_year(year: str, rest: str) -> str:
    if year == "0000":
        raise DateError(_("There is no year 0. Years range from 0001 to 9999."))
    return f"{year}{rest}"


def _day(match: re.Match[str], text: str) -> str:
    month = _MONTHS[match["month"]]
    day = spans.day_edtf(int(match["year"]), month, int(match["day"]), text)
    weekday_name = match.groupdict().get("week")
    if weekday_name and (weekday := spans.weekday(day)) != _WEEK[weekday_name]:
        message = _("%(text)s: that day was a %(weekday)s. Correct the day or the weekday.")
        refuse(message, text, weekday=WEEKDAYS[weekday])
    return day


def _figures(match: re.Match[str], text: str) -> str:
    if match["y"]:
        return spans.day_edtf(int(match["y"]), int(match["m"]), int(match["d"]), text)
    a, b, year = int(match["a"]), int(match["b"]), int(match["year"])
    if a != b and 1 <= a <= 12 and 1 <= b <= 12:
        day_first = spans.day_edtf(year, b, a, text)
        month_first = spans.day_edtf(year, a, b, text)
        refuse(
            _("%(text)s can mean %(first)s or %(other)s. Write %(day_first)s or %(month_first)s."),
            text,
            first=spans.day_in_words(day_first),
            other=spans.day_in_words(month_first),
            day_first=day_first,
            month_first=month_first,
        )
    return spans.day_edtf(year, *((a, b) if b > 12 else (b, a)), text)


def _grouping(text: str) -> RuleMatch | None:
    """Read quarters, halves, thirds and seasons of a year."""
    for pattern in _QUARTERS:
        if match := pattern.fullmatch(text):
            nth = match["nth"]
            number = int(nth) if nth.isdigit() else 4 if nth == "last" else _ORDER[nth]
            return _in_year(match["year"], f"-{32 + number}"), "M8"
    for pattern in _HALVES:
        if match := pattern.fullmatch(text):
            return _in_year(match["year"], f"-{40 + (match['nth'] not in _FIRST)}"), "M9"
    if match := _FOUR_MONTHS.fullmatch(text):
        number = ("first", "middle", "last").index(match["nth"])
        return _in_year(match["year"], f"-{37 + number}"), "M9"
    if match := _SEASON.fullmatch(text):
        code, year, following = _SEASONS[match["season"]], match["year"], match["next"]
        if following and (
            code != 24 or f"{int(year) + 1:04}"[1 - len(following) :] != following[1:]
        ):
            refuse(
                _("%(text)s: only a winter can span two years, and they must be consecutive."), text
            )
        return _in_year(year, f"-{code}"), "M10"
    return None


_FIRST = ("1", "first", "1st")


def _ages(text: str) -> RuleMatch | None:
    """Read decades and centuries."""
    if match := _DECADE.fullmatch(text):
        year = match["year"]
        if year.endswith("00"):
            message = _(
                "%(text)s can mean the decade %(first)s to %(decade)s9 or the century %(first)s to "
                "%(century)s99. Write %(decade)sX or %(century)sXX."
            )
            refuse(message, text, first=year, decade=year[:3], century=year[:2])
        return f"{year[:3]}X", "M11"
    if match := _CENTURY.fullmatch(text):
        number = int(match["number"])
        return (f"{number - 1:02}XX", "M12") if number else None
    return None


def _part(text: str) -> RuleMatch | None:
    match = _PART.fullmatch(text)
    whole = _simple(match["of"]) if match else None
    return spans.third_of_period(_PARTS[match["part"]], whole[0], text) if match and whole else None


def _open(text: str, depth: int) -> RuleMatch | None:
    for pattern, rule in _OPEN:
        if match := pattern.fullmatch(text):
            limit = read_english(match[1], depth + 1)
            return (_OPEN_RULES[rule](limit[0], text), rule) if limit else None
    return None


def _qualified(text: str, depth: int) -> RuleMatch | None:
    for pattern, mark, rule in ((_UNSURE, "?", "M14"), (_ABOUT, "~", "M13")):
        if match := pattern.fullmatch(text):
            inner = next(group for group in match.groups() if group)
            if date := read_english(inner, depth + 1):
                return spans.with_qualifier(date[0], mark), rule
    return None


def _between(text: str, depth: int) -> RuleMatch | None:
    if match := _WEEKEND.fullmatch(text):
        day = read_english(match["of"], depth + 1)
        return (spans.weekend(day[0], text), "M20") if day else None
    if match := _BETWEEN.fullmatch(text):
        return _join(match["a"] or match["c"], match["b"] or match["d"], text, depth)
    if match := _LISTED.fullmatch(text):
        place = int(match["year"]), _MONTHS[match["month"]]
        start = spans.day_edtf(*place, int(match["day"]), text)
        end = spans.day_edtf(*place, int(match["last"]), text)
        return spans.interval(start, end, text), "M19"
    if match := _SHORT_YEARS.fullmatch(text):
        start = match["year"]
        return spans.interval(start, f"{start[:2]}{match['last']}", text), "M19"
    return None


def _infix(text: str, depth: int) -> RuleMatch | None:
    for separator in _SEPARATORS:
        if separator in text:
            if separator == "-" and text.count("-") > 1:
                return None  # it is not clear which of them separates the dates
            left, right = text.split(separator, 1)
            return _join(left.strip(), right.strip(), text, depth)
    return None


def _join(left: str, right: str, text: str, depth: int) -> RuleMatch | None:
    """Return the interval of two phrases. The first takes a missing month or year from the last."""
    last = read_english(right, depth + 1)
    if not last or not last[0]:
        return None
    first = read_english(left, depth + 1)
    borrowed = spans.year_and_month(last[0])
    if not first and borrowed:
        year, month = borrowed
        name = next((name for name, number in _MONTHS.items() if number == month), "")
        bare_day = re.fullmatch("[0-9]{1,2}(?:st|nd|rd|th)?", left)
        first = read_english(f"{left} {name} {year}" if bare_day else f"{left} {year}", depth + 1)
    return (spans.interval(first[0], last[0], text), "M19") if first and first[0] else None
