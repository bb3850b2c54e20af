"""Read dates in plain English: "mid-2023", "between April and June 2023", "by 15 Dec 2023".

``read_english`` gets text that ``reading`` has normalised: NFKC, lower case, single spaces. It
tries patterns for the whole text from the outside in. No pattern has a repetition inside a
repetition, so the time is linear in the length of the text.
"""

import re

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from kb.dates import spans
from kb.dates.calendar_words import MONTHS, WEEKDAY_WORDS
from kb.dates.edtf import DateError, parse_shape, refuse
from kb.dates.periods import YEAR, read_period
from kb.dates.spans import RuleMatch

_PARTS = {
    **dict.fromkeys(("early", "early part of", "early in", "beginning of", "start of"), "early"),
    **dict.fromkeys(("mid", "middle of", "middle part of"), "mid"),
    **dict.fromkeys(("late", "later part of", "latter part of", "late in", "end of"), "late"),
}

_Y = YEAR
_M = rf"(?P<month>{'|'.join(sorted(MONTHS, key=len, reverse=True))})\.?"
_D = "(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?"
_W = rf"(?:(?P<week>{'|'.join(sorted(WEEKDAY_WORDS, key=len, reverse=True))})\.?,? )?"
_LEADING_WEEKDAY = re.compile(f"^{_W[:-1]}(?=.)")
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
_EDTF_INTERVAL = re.compile("[0-9]{4}[0-9?~%-]{0,9}/[0-9]{4}[0-9?~%-]{0,9}")
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
    r"(?:(?:on or )?about|(?:some ?time |on or )?around|circa|ca\.?|c\.|approximately|approx\.?"
    r"|roughly) ?(?P<of>.+)"
    r"|(?P<or_so>.+?),? (?:approximately|approx|or so|or thereabouts)"
)
_UNSURE = re.compile(
    r"(?:possibly|perhaps|probably|maybe|presumably|uncertain:?) (?P<of>.+)"
    r"|(?P<left>.+?)(?: ?\?|, uncertain| \(uncertain\)| ?\(\?\))"
)
_NOW = "(?:present(?: day)?|now|today|date|ongoing)"
# The first match counts, so longer wordings come first. "By the end of 2023" means the last day of
# the year, not the late part of it that rule M6 reads.
_OPEN = [
    (re.compile(pattern), rule)
    for pattern, rule in (
        (r"(?:from |since )?(.+?)(?: ?[–-] ?| (?:to|until|till|through) )" + _NOW, "M18"),
        ("(.+?) ?–|([0-9]{4}) ?-", "M18"),
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
_ONWARDS = re.compile(".+ on(?:wards?)?")
_OPEN_RULES = {"M15": spans.before, "M16": spans.until, "M17": spans.after, "M18": spans.since}
_BETWEEN = re.compile(
    "between (?P<a>.+?) and (?P<b>.+)|from (?P<c>.+?) (?:to|until|till|through) (?P<d>.+)"
)
_LISTED = re.compile(
    rf"{_M} {_D} ?(?:-|–|to|and|through) ?(?P<last>[0-9]{{1,2}})(?:st|nd|rd|th)?,? {_Y}"
)
_SHORT_YEARS = re.compile(f"{_Y}–(?P<last>[0-9]{{2}})")
_SEPARATORS = ("-to-", " to ", " until ", " till ", " through ", " thru ", " – ", " - ", "–", "-")
_OR = re.compile("(?P<a>.+?) or (?P<b>.+)")
_SLASH = re.compile("(?P<a>[^/–]+?) ?/ ?(?P<b>[^/–]+)")
# A bare part on the left of a range: "early to mid-April 2023".
_BARE_PARTS = {re.sub(" (?:of|in)$", "", words): part for words, part in _PARTS.items()}
_WEEKS = [
    (re.compile(pattern), read, rule)
    for pattern, read, rule in (
        ("weekend of (?P<of>.+)", spans.weekend, "M20"),
        ("week of (?P<of>.+)", spans.week_of, "M23"),
        ("week (?:beginning|starting|commencing) (?:on )?(?P<of>.+)", spans.week_from, "M23"),
        ("week ending (?:on )?(?P<of>.+)", spans.week_to, "M23"),
    )
]
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
        or _week(text, depth)
        or _between(text, depth)
        or _open(text, depth)
        or _qualified(text, depth)
        or _either(_OR, text, depth)
        or _infix(text, depth)
        or _either(_SLASH, text, depth)
    )


def lacks_year(text: str) -> bool:
    """Whether the text is a month or day that only lacks a year: "April", "15 Dec"."""
    if re.search("[0-9]{4}", text):
        return False
    try:
        # The weekday of another year would not match.
        return read_english(f"{_LEADING_WEEKDAY.sub('', text)} 2024") is not None
    except DateError:
        return False


def _simple(text: str) -> RuleMatch | None:
    for pattern in _DAYS:
        if match := pattern.fullmatch(text):
            return _day(match, text), "M2"
    for pattern in _MONTH:
        if match := pattern.fullmatch(text):
            month = MONTHS[match["month"]]
            return spans.in_year(match["year"], f"-{month:02}", text), "M4"
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
        return spans.in_year(text[-4:], "", text), "M5"
    if match := _ERA.fullmatch(text):
        return spans.in_year((match["a"] or match["b"]).zfill(4), "", text), "M5"
    if _YEAR_MONTH.fullmatch(text) or _EDTF_INTERVAL.fullmatch(text):
        spans.refuse_year_pair(text)
        return parse_shape(text).text, "M1"
    return read_period(text)


def _day(match: re.Match[str], text: str) -> str:
    month = MONTHS[match["month"]]
    day = spans.day_edtf(int(match["year"]), month, int(match["day"]), text)
    weekday_name = match.groupdict().get("week")
    if weekday_name and (weekday := spans.weekday(day)) != WEEKDAY_WORDS[weekday_name]:
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


def _part(text: str) -> RuleMatch | None:
    match = _PART.fullmatch(text)
    whole = _simple(match["of"]) if match else None
    return spans.third_of_period(_PARTS[match["part"]], whole[0], text) if match and whole else None


def _week(text: str, depth: int) -> RuleMatch | None:
    for pattern, read, rule in _WEEKS:
        if match := pattern.fullmatch(text):
            day = read_english(match["of"], depth + 1)
            return (read(day[0], text), rule) if day else None
    return None


def _open(text: str, depth: int) -> RuleMatch | None:
    for pattern, rule in _OPEN:
        if match := pattern.fullmatch(text):
            words = next(group for group in match.groups() if group)
            limit = read_english(words, depth + 1)
            if limit and rule == "M18" and spans.is_range((limit[0], _rule(words, limit, depth))):
                # "From 1–3 May" is the range itself; "since" and "onwards" contradict its end.
                if text.startswith("from ") and not _ONWARDS.fullmatch(text):
                    return limit[0], "M19"
                spans.refuse_open_range(limit[0], text)
            return (_OPEN_RULES[rule](limit[0], text), rule) if limit else None
    return None


def _rule(text: str, date: RuleMatch, depth: int) -> str:
    """Return the rule of the date without "about" and "possibly"."""
    for pattern in (_UNSURE, _ABOUT):
        if date[1] in ("M13", "M14") and (match := pattern.fullmatch(text)):
            words = next(group for group in match.groups() if group)
            if inner := read_english(words, depth + 1):
                return _rule(words, inner, depth + 1)
    return date[1]


def _qualified(text: str, depth: int) -> RuleMatch | None:
    for pattern, mark, rule in ((_UNSURE, "?", "M14"), (_ABOUT, "~", "M13")):
        if match := pattern.fullmatch(text):
            inner = next(group for group in match.groups() if group)
            if date := read_english(inner, depth + 1):
                return spans.with_qualifier(date[0], mark), rule
    return None


def _between(text: str, depth: int) -> RuleMatch | None:
    if match := _BETWEEN.fullmatch(text):
        return _range(match["a"] or match["c"], match["b"] or match["d"], text, depth)
    if match := _LISTED.fullmatch(text):
        place = int(match["year"]), MONTHS[match["month"]]
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
            return _range(left.strip(), right.strip(), text, depth)
    return None


def _either(pattern: re.Pattern[str], text: str, depth: int) -> RuleMatch | None:
    if match := pattern.fullmatch(text):
        ends = _ends(match["a"], match["b"], text, depth)
        return (spans.alternatives(*ends, text), "M24") if ends else None
    return None


def _range(left: str, right: str, text: str, depth: int) -> RuleMatch | None:
    ends = _ends(left, right, text, depth)
    return (spans.interval(*ends, text), "M19") if ends else None


def _ends(left: str, right: str, text: str, depth: int) -> tuple[str, str] | None:
    """Return the EDTF of two phrases. The first takes a missing month or year from the last."""
    last = read_english(right, depth + 1)
    if not last or not last[0]:
        return None
    first = read_english(left, depth + 1)
    borrowed = spans.year_and_month(last[0])
    if part := _BARE_PARTS.get(left.rstrip("-")):
        whole = spans.divided_period(last[0])
        first = spans.third_of_period(part, whole, text) if whole else None
    elif not first and borrowed:
        year, month = borrowed
        name = next((name for name, number in MONTHS.items() if number == month), "")
        bare_day = re.fullmatch("[0-9]{1,2}(?:st|nd|rd|th)?", left)
        first = read_english(f"{left} {name} {year}" if bare_day else f"{left} {year}", depth + 1)
    return (first[0], last[0]) if first and first[0] else None
