"""Read the periods of plain English: quarters, halves, seasons, decades, centuries, ISO weeks.

``read_period`` gets the same normalised text as ``phrases.read_english``.
"""

import re

from django.utils.translation import gettext as _

from kb.dates import spans
from kb.dates.edtf import refuse
from kb.dates.spans import RuleMatch

YEAR = "(?P<year>[0-9]{4})"
_ORDER = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4}
_SEASONS = {"spring": 21, "summer": 22, "autumn": 23, "fall": 23, "winter": 24}

_NTH = "(?P<nth>first|second|third|fourth|last|1st|2nd|3rd|4th)"
_QUARTERS = [
    re.compile(pattern)
    for pattern in (
        rf"q(?P<nth>[1-4])(?:,| of|/|-)? ?{YEAR}",
        rf"{YEAR}(?: |-|/)?q(?P<nth>[1-4])",
        rf"(?P<nth>[1-4])q(?: of|-)? ?{YEAR}",
        rf"{YEAR} (?P<nth>[1-4])q",
        rf"{_NTH} quarter(?: of|,)? {YEAR}",
    )
]
_HALVES = [
    re.compile(pattern)
    for pattern in (
        rf"h(?P<nth>[12])(?:,| of|/|-)? ?{YEAR}",
        rf"{YEAR}(?: |-|/)?h(?P<nth>[12])",
        rf"(?P<nth>[12])h(?: of|-)? ?{YEAR}",
        rf"{YEAR} (?P<nth>[12])h",
        rf"(?P<nth>first|second|last|latter|1st|2nd) half(?: of|,)? {YEAR}",
    )
]
_FOUR_MONTHS = re.compile(rf"(?P<nth>first|middle|last) four months of {YEAR}")
_SEASON = re.compile(
    rf"(?P<season>{'|'.join(_SEASONS)})(?: of|,)? {YEAR}(?P<next>[-/–](?:[0-9]{{2}}){{1,2}})?"
)
_DECADE = re.compile("(?P<year>[0-9]{3}0)['’]?s")
_CENTURY = re.compile("(?P<number>[0-9]{1,2})(?:st|nd|rd|th) century(?: ad| ce)?")
_ISO_WEEK = re.compile(rf"{YEAR}(?:-| )?w(?P<week>[0-9]{{2}})(?:-?(?P<day>[1-7]))?")


def read_period(text: str) -> RuleMatch | None:
    """Return (EDTF, rule id) of a period that has a name, or None. Raises DateError."""
    return _grouping(text) or _iso_week(text) or _ages(text)


def _iso_week(text: str) -> RuleMatch | None:
    match = _ISO_WEEK.fullmatch(text)
    if not match:
        return None
    week = spans.iso_week(int(match["year"]), int(match["week"]), text)
    return (spans.day_of_week(week, int(match["day"])) if match["day"] else week), "M22"


def _grouping(text: str) -> RuleMatch | None:
    """Read quarters, halves, thirds and seasons of a year."""
    for pattern in _QUARTERS:
        if match := pattern.fullmatch(text):
            nth = match["nth"]
            number = int(nth) if nth.isdigit() else 4 if nth == "last" else _ORDER[nth]
            return spans.in_year(match["year"], f"-{32 + number}", text), "M8"
    for pattern in _HALVES:
        if match := pattern.fullmatch(text):
            half = 40 if match["nth"] in ("1", "first", "1st") else 41
            return spans.in_year(match["year"], f"-{half}", text), "M9"
    if match := _FOUR_MONTHS.fullmatch(text):
        number = ("first", "middle", "last").index(match["nth"])
        return spans.in_year(match["year"], f"-{37 + number}", text), "M9"
    if match := _SEASON.fullmatch(text):
        code, year, following = _SEASONS[match["season"]], match["year"], match["next"]
        if following and (
            code != 24 or f"{int(year) + 1:04}"[1 - len(following) :] != following[1:]
        ):
            refuse(
                _("%(text)s: only a winter can span two years, and they must be consecutive."), text
            )
        return spans.in_year(year, f"-{code}", text), "M10"
    return None


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
