"""Dates as spreadsheets have them: day numbers such as 46115, and years of two digits."""

from __future__ import annotations

import re
from datetime import date, timedelta

from kb.desk.importers.file_notes import FileNotes
from kb.desk.importers.read_options import ReadOptions

# Day 1 is 1 January 1900, and 1900 counts as a leap year by an old mistake that all programs keep.
_DAY_ZERO = date(1899, 12, 30)
# From 1954 to 2119. Other numbers of five digits are more likely something else.
_FIRST_NUMBER, _LAST_NUMBER = 20_000, 80_000
_NUMBER = re.compile(r"[0-9]{5}(?:\.[0-9]+)?")
_SHORT_YEARS = (
    re.compile(r"(?P<before>[0-9]{1,2}([/.-])[0-9]{1,2}\2)(?P<year>[0-9]{2})(?P<after>\s.*)?"),
    re.compile(r"(?P<before>[0-9]{1,2}[ -][A-Za-z]{3,9}\.?[ -])'?(?P<year>[0-9]{2})(?P<after>)"),
    re.compile(r"(?P<before>[A-Za-z]{3,9}\.? [0-9]{1,2}, )'?(?P<year>[0-9]{2})(?P<after>)"),
)


def read_typed_date(
    text: str, number: int, options: ReadOptions, notes: FileNotes
) -> tuple[str, str]:
    """The text of a date without day numbers and years of two digits, and what is wrong with it.

    ``number`` is the row, for the notes. A year of two digits has its century from the options;
    without one the second text asks for it.
    """
    if _NUMBER.fullmatch(text) and _FIRST_NUMBER <= float(text) <= _LAST_NUMBER:
        day = date_of_number(text)
        notes.day_numbers.add(f"“{text}” in row {number} is {day}")
        return day, ""
    match = next(filter(None, (pattern.fullmatch(text) for pattern in _SHORT_YEARS)), None)
    if match is None:
        return text, ""
    if options.century:
        return f"{match['before']}{options.century}{match['year']}{match['after'] or ''}", ""
    notes.short_years.add(f"“{text}” in row {number}")
    return text, (
        f"“{text[:40]}” has a year of two digits: 19{match['year']} or 20{match['year']}? Say it "
        "for the file (--century 20), or write the year with four digits."
    )


def date_of_number(text: str) -> str:
    """The day, and the time of day if there is one, of a day number."""
    days, _, fraction = text.partition(".")
    day = (_DAY_ZERO + timedelta(days=int(days))).isoformat()
    minutes = round(float(f"0.{fraction or 0}") * 24 * 60)
    if not minutes:
        return day
    if minutes == 24 * 60:
        return (_DAY_ZERO + timedelta(days=int(days) + 1)).isoformat()
    return f"{day} {minutes // 60:02}:{minutes % 60:02}"
