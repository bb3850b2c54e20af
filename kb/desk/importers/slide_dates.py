"""The dates of a TimelineJS slide: parts of the start and the end, in an object or with commas."""

from __future__ import annotations

import re
from itertools import takewhile

PARTS = ("Year", "Month", "Day", "Hour", "Minute", "Second")
_DATE_PARTS = 3
_LAST_NUMBER = {"Month": 12, "Day": 31}


def read_slide_dates(start: object, end: object) -> tuple[str, str, tuple[str, ...]]:
    """The first and the last day as EDTF, and why a part of them could not be used.

    An end without a year is in the year of the start. A year that is no number is left for the
    date's own error.
    """
    first, last = _parts(start), _parts(end)
    if last["Year"] == "" and last["Month"]:
        last["Year"] = first["Year"]
    problems = (*_problems(first, ""), *_problems(last, "End "))
    if last["Year"] and not first["Year"] and not problems:
        problems = ("The slide has an end but no start. Fill in the Year.",)
    return _edtf(first), _edtf(last), problems


def slide_time(value: object) -> str:
    """The time of either shape: "18:05", or the text of a table such as "2:00 PM"."""
    if isinstance(value, dict) and (time := _text(value.get("time"))):
        return time
    parts = _parts(value)
    numbers = list(takewhile(bool, (parts[name] for name in PARTS[_DATE_PARTS:])))
    return ":".join(part.zfill(2) for part in numbers)


def _parts(value: object) -> dict[str, str]:
    """The parts of a date by name, "" where there is none."""
    if isinstance(value, dict):
        return {name: _text(value.get(name.lower())) for name in PARTS}
    texts = [text.strip() for text in _text(value).split(",")]
    return dict(zip(PARTS, [*texts, *[""] * len(PARTS)], strict=False))


def _problems(parts: dict[str, str], prefix: str) -> list[str]:
    """Why the parts are no date: sentences about the columns, named with a prefix."""
    for name, highest in _LAST_NUMBER.items():
        text = parts[name]
        if text and not (re.fullmatch("[0-9]{1,2}", text) and 1 <= int(text) <= highest):
            return [
                f"“{text[:60]}” in {prefix}{name} is not a {name.lower()} from 1 to {highest}. The "
                "columns look shifted: check that each value is below its heading."
            ]
    for larger, name in (("Year", "Month"), ("Year", "Day"), ("Month", "Day"), ("Hour", "Minute")):
        if parts[name] and not parts[larger]:
            return [
                f"{prefix}{name} is “{parts[name][:60]}”, but {prefix}{larger} is empty. Fill in "
                f"the {larger.lower()}, or empty the {name.lower()}."
            ]
    return []


def _edtf(parts: dict[str, str]) -> str:
    numbers = list(takewhile(bool, (parts[name] for name in PARTS[:_DATE_PARTS])))
    if not numbers:
        return ""
    year, *rest = numbers
    return "-".join(
        [year if year.startswith("-") else year.zfill(4), *(part.zfill(2) for part in rest)]
    )


def _text(value: object) -> str:
    return str(value).strip() if isinstance(value, str | int | float) else ""
