"""The headings of a list in the order of time, and the runs of entries whose order is not stated.

A heading is never more exact than the dates below it. Years and months are headings for dates that
lie in them; a wider date, such as a decade or two years, stands under its own words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import TypedDict

from django.utils.dates import MONTHS
from django.utils.translation import gettext as _

from kb.dates import FuzzyDate
from kb.record.answers import UndecidedOrder
from kb.record.rows import Row
from kb.site.pages.date_words import date_words, mid_sentence


class EntryRun(TypedDict):
    """Neighbouring rows; ``note`` says that their order is not stated, "" where it is.

    ``date`` is the date that all of them share, in words, "" if each has its own.
    """

    rows: list[Row]
    note: str
    date: str


class RowGroup(TypedDict):
    """The rows of a month, or of a wider date under its own words."""

    label: str
    rows: list[Row]
    runs: list[EntryRun]


class RowSection(TypedDict):
    """The rows under one heading (a year or a day of change), with what the heading counts."""

    label: str
    months: list[RowGroup]
    certain: int
    possible: int
    later: int


def groups_by_date(
    rows: Sequence[Row], undecided: Sequence[UndecidedOrder] = ()
) -> list[RowSection]:
    """Years, and within them months or the words of a wider date, in the order of the rows."""
    runs = {public_id: run for run in undecided for public_id in run["entries"]}
    sections = []
    for heading, group in groupby(rows, key=_section_heading):
        section_rows = list(group)
        months: list[RowGroup] = [
            row_group(label, list(month_rows), runs)
            for label, month_rows in groupby(section_rows, key=_month_heading)
        ]
        sections.append(row_section(heading or _("Date not stated"), months, section_rows))
    return sections


def row_group(
    label: str, rows: list[Row], undecided: Mapping[str, UndecidedOrder] | None = None
) -> RowGroup:
    """A group of rows, with the runs of those whose order is not stated."""
    return {"label": label, "rows": rows, "runs": list(_runs(rows, undecided or {}))}


def row_section(label: str, months: list[RowGroup], rows: list[Row]) -> RowSection:
    """A section with its counts. Rows not yet known on the query's day are not counted as shown."""
    known = [row for row in rows if not row.get("later")]
    return {
        "label": label,
        "months": months,
        "certain": sum(row["certain"] is not False for row in known),
        "possible": sum(row["certain"] is False for row in known),
        "later": len(rows) - len(known),
    }


def _runs(rows: Sequence[Row], undecided: Mapping[str, UndecidedOrder]) -> Iterator[EntryRun]:
    def first_of_run(row: Row) -> str:
        run = undecided.get(row["id"])
        return run["entries"][0] if run and not row.get("later") else ""

    for first, group in groupby(rows, key=first_of_run):
        run_rows = list(group)
        run = undecided.get(first)
        if run is None or (len(run_rows) == 1 and not _continuation(run)):
            yield {"rows": run_rows, "note": "", "date": ""}
            continue
        words = {date_words(row["date"]) for row in run_rows}
        yield {
            "rows": run_rows,
            "note": _note(run),
            "date": words.pop() if len(words) == 1 else "",
        }


def _note(run: UndecidedOrder) -> str:
    """That the order is not stated, and whose list decides how the entries are shown."""
    when = FuzzyDate.from_json(dict(run["date"]))
    if when.earliest is None or when.latest is None or when.time:
        note = _("Order not stated.")
    elif when.precision == "day":
        note = _("Order within the day not stated.")
    else:
        words = {"date": mid_sentence(date_words(run["date"]))}
        note = _("Order within %(date)s not stated.") % words
    if run["outlet"]:
        listed = _("Shown as %(outlet)s lists them.") % {"outlet": run["outlet"]}
        note = _("%(note)s %(listed)s") % {"note": note, "listed": listed}
    if continued := _continuation(run):
        note = _("%(note)s %(continued)s") % {"note": note, "continued": continued}
    return note


def _continuation(run: UndecidedOrder) -> str:
    """That the pages beside this one have more of the run; "" if it is whole."""
    if run["continues_before"] and run["continues_after"]:
        return _("The pages before and after have more of these.")
    if run["continues_before"]:
        return _("The page before has more of these.")
    return _("The next page has more of these.") if run["continues_after"] else ""


def _section_heading(row: Row) -> str:
    """The year, when the date lies in one; else the date's own words; "" without a date.

    A date with one open end stands under the year of the end that is known.
    """
    when = FuzzyDate.from_json(dict(row["date"]))
    day = when.middle_day
    if day is None:
        return ""
    return (
        str(FuzzyDate(f"{day.year:04}").words()) if _is_in_year(when) else date_words(row["date"])
    )


def _is_in_year(when: FuzzyDate) -> bool:
    ends = {end.year for end in (when.earliest, when.latest) if end}
    is_whole = (_month_and_day(when.earliest), _month_and_day(when.latest)) == ((1, 1), (12, 31))
    # "About 2019" may be another year; "about July to November 2019" hardly.
    return len(ends) == 1 and not (when.qualifier and is_whole)


def _month_and_day(day: date | None) -> tuple[int, int] | None:
    return (day.month, day.day) if day else None


def _month_heading(row: Row) -> str:
    """The month, when the date lies in one; else the date's own words; "" below these words."""
    when = FuzzyDate.from_json(dict(row["date"]))
    day = when.middle_day
    if day is None or not _is_in_year(when):
        return ""
    # "About August 2023" may be another month; "about 15–17 August 2023" hardly.
    if _is_in_month(when, day) and not (when.qualifier and _is_whole_month(when)):
        return str(MONTHS[day.month])
    return str(date_words(row["date"]))


def _is_whole_month(when: FuzzyDate) -> bool:
    first, last = when.earliest, when.latest
    return bool(first and last and first.day == 1 and (last + timedelta(days=1)).day == 1)


def _is_in_month(when: FuzzyDate, day: date) -> bool:
    ends = [end for end in (when.earliest, when.latest) if end]
    return all((end.year, end.month) == (day.year, day.month) for end in ends)
