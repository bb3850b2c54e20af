"""Read EDTF, the Extended Date/Time Format of ISO 8601-2.

Levels 0 and 1 are supported completely. Of level 2: seasons of either hemisphere, quarters,
quadrimesters and semesters (21 to 41), and marks on single components (``2023?-11-14``). Everything
else raises DateError with a message that says what to write.
https://www.loc.gov/standards/datetime/
"""

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import NoReturn

from django.utils.translation import gettext as _

from kb.dates.bounds import GROUPS, days_in, group_bounds

MAX_EDTF = 64

_MARK = "[?~%]?"
_PIECE = re.compile(
    rf"(?P<y0>{_MARK})(?P<year>[0-9]{{4}}|[0-9]{{3}}X|[0-9]{{2}}XX)(?P<y1>{_MARK})"
    rf"(?:-(?P<m0>{_MARK})(?P<month>[0-9]{{2}}|XX)(?P<m1>{_MARK})"
    rf"(?:-(?P<d0>{_MARK})(?P<day>[0-9]{{2}}|XX)(?P<d1>{_MARK}))?)?"
)
_MOMENT = re.compile(
    r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})T[0-9]{2}:[0-9]{2}:[0-9]{2}"
    r"(?:\.[0-9]{1,9})?(?:Z|[+-][0-9]{2}(?::[0-9]{2})?)?"
)
_MASKED = re.compile(r"[?~%]?[0-9X]{4}(?:[?~%]?-[?~%]?[0-9X]{2}(?:[?~%]?-[?~%]?[0-9X]{2})?)?[?~%]?")
_MARKS = {"": frozenset[str](), "?": frozenset("?"), "~": frozenset("~"), "%": frozenset("?~")}
QUALIFIERS = {
    frozenset[str](): "",
    frozenset("?"): "uncertain",
    frozenset("~"): "approximate",
    frozenset("?~"): "both",
}


class DateError(ValueError):
    """A text that is not a date. The message tells an editor what to write."""


def not_text(value: object) -> DateError:
    """Return the error for a date that is not text."""
    message = _("A date must be text, not %(kind)s.")
    return DateError(message % {"kind": type(value).__name__})


def quote(text: str) -> str:
    """Return the text in quotation marks, shortened and printable, for use in a message."""
    printable = "".join(character if character.isprintable() else "\ufffd" for character in text)
    return f"“{printable}”" if len(printable) <= 60 else f"“{printable[:57]}…”"


def refuse(message: str, text: str, **values: object) -> NoReturn:
    """Raise DateError with the message; its ``%(text)s`` is the text in quotation marks."""
    raise DateError(message % {"text": quote(text), **values})


@dataclass(frozen=True, slots=True)
class Piece:
    """One date of EDTF: a day, month, grouping, year, decade or century.

    ``year`` may contain X digits. ``month`` and ``day`` are "" if they are not given and "XX" if
    they are not known. ``marks`` has one set of "?" and "~" for each component that is given.
    """

    text: str
    year: str
    month: str
    day: str
    marks: tuple[frozenset[str], ...]

    @property
    def kind(self) -> str:
        """The smallest unit that is known: day, month, season, quarter, year, decade …"""
        if self.year.endswith("XX"):
            return "century"
        if self.year.endswith("X"):
            return "decade"
        if not self.month or self.month == "XX":
            return "year"
        code = int(self.month)
        if code <= 12:
            return "day" if self.day and self.day != "XX" else "month"
        if code <= 32:
            return "season"
        return "quarter" if code <= 36 else "quadrimester" if code <= 39 else "half"

    @property
    def mark(self) -> frozenset[str] | None:
        """The marks that all components have; None if they differ."""
        return self.marks[0] if len(set(self.marks)) == 1 else None

    @property
    def bounds(self) -> tuple[date, date]:
        """First and last day of the stated value.

        "?" and "~" do not widen it, because no source says by how much. The mark is kept beside the
        bounds instead.
        """
        if "X" in self.year:
            # There is no year 0. The first decade and the first century begin with the year 1.
            first = max(int(self.year.replace("X", "0")), 1)
            return date(first, 1, 1), date(int(self.year.replace("X", "9")), 12, 31)
        year = int(self.year)
        if not self.month or self.month == "XX":
            return date(year, 1, 1), date(year, 12, 31)
        month = int(self.month)
        if month in GROUPS:
            return group_bounds(year, month)
        if not self.day or self.day == "XX":
            return date(year, month, 1), date(year, month, days_in(year, month))
        return date(year, month, int(self.day)), date(year, month, int(self.day))


@dataclass(frozen=True, slots=True)
class Shape:
    """The content of an EDTF text: nothing, one piece (``first is last``), or an interval.

    An end that is not stated is None, and ``missing`` is how it was written: ".." is open, "" is
    unknown. "../.." is read as an empty text, because it states nothing.
    """

    text: str
    first: Piece | None = None
    last: Piece | None = None
    interval: bool = False
    missing: str = ""

    @property
    def earliest(self) -> date | None:
        """The first day, or None."""
        return self.first.bounds[0] if self.first else None

    @property
    def latest(self) -> date | None:
        """The last day, or None."""
        return self.last.bounds[1] if self.last else None

    @property
    def qualifier(self) -> str:
        """ "", "uncertain", "approximate" or "both", from all marks in the text."""
        marks: frozenset[str] = frozenset()
        for piece in (self.first, self.last):
            if piece:
                marks = marks.union(*piece.marks)
        return QUALIFIERS[marks]

    @property
    def precision(self) -> str:
        """The kind of a single piece, "part" for a third of a period, "interval" or "unknown"."""
        if not self.first and not self.last:
            return "unknown"
        if not self.interval and self.first:
            return self.first.kind
        return "part" if period_third(self) else "interval"


@lru_cache(maxsize=4096)
def parse_shape(text: str) -> Shape:
    """Return the shape of an EDTF text of dates; "" is unknown. Raises DateError.

    Cached, because a list of entries reads the same few hundred dates again and again.
    """
    if len(text) > MAX_EDTF:
        raise DateError(
            _("An EDTF date can have at most %(most)d characters. This text has %(number)d.")
            % {"most": MAX_EDTF, "number": len(text)}
        )
    if not text or text == "../..":
        return Shape(text)
    if "/" not in text:
        piece = _piece(text)
        return Shape(text, piece, piece)
    parts = text.split("/")
    if len(parts) > 2:
        refuse(_("%(text)s has more than one slash. An interval has exactly two ends."), text)
    start, end = parts
    if start in ("", "..") and end in ("", ".."):
        refuse(_("%(text)s contains no date. Leave the field empty if the date is unknown."), text)
    first = None if start in ("", "..") else _piece(start)
    last = None if end in ("", "..") else _piece(end)
    if first and last and first.bounds[0] > last.bounds[1]:
        message = _("%(text)s ends before it begins. Did you mean %(other)s?")
        refuse(message, text, other=quote(f"{end}/{start}"))
    missing = end if first and not last else start if last and not first else ""
    return Shape(text, first, last, interval=True, missing=missing)


def check_moment(text: str) -> str:
    """Return the day of a date-time of level 0, or "" if the text is not one.

    Raises DateError for a text that has a "T" after the day and is not a date-time.
    """
    if len(text) < 11 or text[10] != "T":
        return ""
    match = _MOMENT.fullmatch(text)
    if not match:
        message = _(
            "%(text)s is not a valid date and time. Write 2023-12-15T18:05:00, followed by Z or "
            "+08:00 if the time zone is known, or write only the day."
        )
        refuse(message, text)
    return match["day"]


def _piece(text: str) -> Piece:
    match = _PIECE.fullmatch(text)
    if not match:
        _refuse(text)
    year, month, day = match["year"], match["month"] or "", match["day"] or ""
    if year == "0000":
        refuse(_("%(text)s is the year 0. Years range from 0001 to 9999."), text)
    if "X" in year and month:
        _refuse_mask(text)
    if month == "XX" and day not in ("", "XX"):
        _refuse_mask(text)
    if month and month != "XX":
        _check_month(text, int(year), int(month), day)
    return Piece(text, year, month, day, _component_marks(match, 1 + bool(month) + bool(day)))


def _check_month(text: str, year: int, month: int, day: str) -> None:
    if not 1 <= month <= 12 and month not in GROUPS:
        message = _(
            "%(text)s has no valid month. Use 01 to 12 for months, 21 to 24 for seasons, 33 to 36 "
            "for quarters, and 40 or 41 for half-years."
        )
        refuse(message, text)
    if day and month > 12:
        message = _("%(text)s gives a day for a season or quarter. Only a month can have a day.")
        refuse(message, text)
    if day and day != "XX" and not 1 <= int(day) <= days_in(year, month):
        message = _("%(text)s does not exist. That month has %(days)d days.")
        refuse(message, text, days=days_in(year, month))


def _component_marks(match: re.Match[str], components: int) -> tuple[frozenset[str], ...]:
    # A mark before a component applies to that component alone; a mark after it applies to it and
    # to all components on its left (ISO 8601-2, 8.4).
    before = [_MARKS[match[name] or ""] for name in ("y0", "m0", "d0")[:components]]
    after = [_MARKS[match[name] or ""] for name in ("y1", "m1", "d1")[:components]]
    return tuple(mark.union(*after[place:]) for place, mark in enumerate(before))


def _refuse(text: str) -> NoReturn:
    """Raise DateError with the reason why a text does not match the pattern of a piece."""
    if text[:1] in "[{" or text[-1:] in "]}":
        message = _(
            "%(text)s is a set of dates. Enter the interval from the first to the last date "
            "instead, such as 2019/2021."
        )
    elif "Y" in text or "E" in text or re.search("S[0-9]", text):
        message = _(
            "%(text)s is a year outside 0001 to 9999 or uses significant digits. Write a "
            "four-digit year."
        )
    elif re.match("[?~%]?-[0-9X]", text):
        message = _("%(text)s is before the year 1. Years range from 0001 to 9999.")
    elif "T" in text:
        message = _(
            "%(text)s has a time inside an interval. Enter only the days, such as "
            "2023-12-15/2023-12-17."
        )
    elif "x" in text or "u" in text:
        message = _("%(text)s must use a capital X for unknown digits, such as 201X or 2004-XX.")
    elif re.search(r"\s", text):
        message = _("%(text)s contains a space. EDTF dates have no spaces.")
    elif "X" in text and _MASKED.fullmatch(text):
        _refuse_mask(text)
    else:
        message = _(
            "%(text)s is not valid EDTF. Write 2023-12-15, 2023-12 or 2023, or 2023-04/2023-06 for "
            "an interval."
        )
    refuse(message, text)


def _refuse_mask(text: str) -> NoReturn:
    message = _(
        "%(text)s has no first and last day. Only the digits at the end can be unknown, as in "
        "20XX, 201X, 2004-XX, 2004-12-XX or 2004-XX-XX."
    )
    refuse(message, text)


# Thirds of a period, by the months, days or last digits of years they cover (M6, M7 and M11).
_MONTHS = {(1, 4): "early", (5, 8): "mid", (9, 12): "late"}
_YEARS = {(0, 3): "early", (4, 6): "mid", (7, 9): "late"}
_APPROXIMATE = frozenset("~")


def period_third(shape: Shape) -> tuple[str, str] | None:
    """Return ("early" | "mid" | "late", "year" | "month" | "decade") if the interval is a third.

    This project writes a third of a period as an interval with approximate ends on the exact
    borders of the reading rules, so that "2023-05~/2023-08~" is printed as "mid-2023" again.
    """
    first, last = shape.first, shape.last
    if not shape.interval or not first or not last or first.kind != last.kind:
        return None
    if first.mark != _APPROXIMATE or last.mark != _APPROXIMATE or "XX" in first.text + last.text:
        return None
    if first.kind == "month" and first.year == last.year:
        name = _MONTHS.get((int(first.month), int(last.month)))
        return (name, "year") if name else None
    if first.kind == "day" and (first.year, first.month) == (last.year, last.month):
        end = days_in(int(last.year), int(last.month))
        days = {(1, 10): "early", (11, 20): "mid", (21, end): "late"}
        name = days.get((int(first.day), int(last.day)))
        return (name, "month") if name else None
    if first.kind == "year" and first.year[:3] == last.year[:3]:
        name = _YEARS.get((int(first.year[3]), int(last.year[3])))
        return (name, "decade") if name and not first.month and not last.month else None
    return None
