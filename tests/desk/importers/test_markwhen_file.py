"""Timelines in Markwhen give events."""

from __future__ import annotations

import io

import pytest

from kb.desk.importers.dry_run import ADD, REFUSE, plan_import
from kb.desk.importers.file_kinds import detect_kind
from kb.desk.importers.file_notes import FileNotes
from kb.desk.importers.readers import read_rows
from kb.desk.importers.rows import ADMIN_LIMITS, FileRefused

TIMELINE = """title: The pump
#water: blue

section Before
// not an event
2023-04: Pump fails #water
It stops at night.

More: as they say.
endSection
2023-04-03 - 2023-05-01: Pump is repaired
2019/now: Pump is watched #water #pumps
2023-04-03 18:05: Pump runs
after !pump 3 weeks: Pump is sold
"""


def rows_of(content, name="pump.mw", notes=None):
    file = io.BytesIO(content)
    kind = detect_kind(file, ADMIN_LIMITS, name)
    return kind, list(read_rows(file, kind, ADMIN_LIMITS, notes=notes))


@pytest.mark.django_db
def test_events_of_a_timeline_are_read():
    notes = FileNotes()
    kind, rows = rows_of(TIMELINE.encode(), notes=notes)
    assert kind == "markwhen"
    fails, repaired, watched, runs, sold = rows
    assert (fails.line, fails.title, fails.date) == (6, "Pump fails", "2023-04")
    assert fails.summary == "It stops at night.\n\nMore: as they say."
    assert (fails.incidents, fails.topics) == (("The pump",), ("water",))
    assert (repaired.date, watched.date) == ("2023-04-03/2023-05-01", "2019/..")
    assert watched.topics == ("water", "pumps")
    assert runs.date == "2023-04-03 18:05"
    outcomes = list(plan_import(iter(rows), origin="x"))
    assert [outcome.action for outcome in outcomes] == [ADD, ADD, ADD, ADD, REFUSE]
    assert sold.date in str(outcomes[-1])
    assert notes.ignored == {"the header": 2, "headings and comments": 3}


def test_timeline_is_known_by_its_first_line_without_a_name():
    kind, (row,) = rows_of(b"2023-04: Pump fails\n", "")
    assert (kind, row.title) == ("markwhen", "Pump fails")
    assert detect_kind(io.BytesIO(b"2023-04: a,2024: b\n"), ADMIN_LIMITS) == "markwhen"
    assert detect_kind(io.BytesIO(b"title,date\n"), ADMIN_LIMITS) == "csv"


def test_text_without_dates_is_refused():
    with pytest.raises(FileRefused, match="no line has a date and a colon"):
        rows_of(b"title: The pump\nWords.\n")
