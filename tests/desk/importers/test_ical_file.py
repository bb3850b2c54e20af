"""Calendars: our own come back with their dates and titles, and others give events."""

from __future__ import annotations

import io

import pytest

from kb.desk.importers.dry_run import ADD, REFUSE, plan_import
from kb.desk.importers.file_kinds import detect_kind
from kb.desk.importers.file_notes import FileNotes
from kb.desk.importers.readers import read_rows
from kb.desk.importers.rows import ADMIN_LIMITS, FileRefused
from tests.story import load_story

CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Foo Works//Calendar//EN
BEGIN:VTODO
SUMMARY:Buy a pump
END:VTODO
BEGIN:VEVENT
UID:1@foo.example
DTSTART;VALUE=DATE:20260403
DTEND;VALUE=DATE:20260406
SUMMARY:Pump fails\\, twice
DESCRIPTION:First line\\nsecond
 line
LOCATION:Gotham
GEO:39.9;116.4
CATEGORIES:Pumps,Water\\, drinking
URL:https://foo.example/1
BEGIN:VALARM
SUMMARY:Wake up
END:VALARM
END:VEVENT
BEGIN:VEVENT
UID:2@foo.example
DTSTART;TZID=Asia/Shanghai:20260407T180500
DTEND;TZID=Asia/Shanghai:20260407T190000
RRULE:FREQ=DAILY
SUMMARY:Pump runs
END:VEVENT
BEGIN:VEVENT
UID:3
DTSTART:20260408T180500Z
STATUS:CANCELLED
SUMMARY:Never
END:VEVENT
BEGIN:VEVENT
UID:4
DTSTART:2026-04-08
SUMMARY:Wrong
END:VEVENT
END:VCALENDAR
"""


def rows_of(content, notes=None):
    file = io.BytesIO(content)
    kind = detect_kind(file, ADMIN_LIMITS)
    assert kind == "ical"
    return list(read_rows(file, kind, ADMIN_LIMITS, notes=notes))


@pytest.mark.django_db
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_events_of_another_calendar_are_read(end):
    notes = FileNotes()
    days, moment, wrong = rows_of(CALENDAR.replace("\n", end).encode(), notes)
    assert (days.title, days.date) == ("Pump fails, twice", "2026-04-03/2026-04-05")
    assert days.summary == "First line\nsecondline"
    assert (days.place, days.latitude, days.longitude) == ("Gotham", "39.9", "116.4")
    assert days.topics == ("Pumps", "Water, drinking")
    assert days.sources[0].url == "https://foo.example/1"
    assert (moment.date, moment.time, moment.zone) == ("2026-04-07", "18:05", "Asia/Shanghai")
    assert "not a date of a calendar" in wrong.problems[0]
    assert notes.ignored == {"tasks and journals": 1, "cancelled": 1}
    assert "repeats" in notes.sentences()[-1]
    actions = [outcome.action for outcome in plan_import(iter([days, moment, wrong]), origin="x")]
    assert actions == [ADD, ADD, REFUSE]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"BEGIN:VCALENDAR\nEND:VCALENDAR\n", "no entries"),
        (b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:x\n", "inside the event that begins in line 2"),
    ],
)
def test_calendar_that_cannot_be_read_is_refused(content, message):
    with pytest.raises(FileRefused, match=message):
        rows_of(content)


@pytest.mark.django_db
@pytest.mark.slow
def test_own_calendar_comes_back_with_its_dates_and_titles(reader):
    load_story()
    content = b"".join(reader.get("/timeline.ics").streaming_content)
    entries = reader.get("/timeline.json?size=100").json()["entries"]
    dates = {entry["id"]: (entry["date"]["edtf"], entry["headline"]) for entry in entries}
    rows = rows_of(content)
    read = {row.external_id.partition("@")[0]: row for row in rows}
    # A calendar leaves out dates without an end.
    assert len(read) > 10 and read.keys() <= dates.keys()
    for key, row in read.items():
        (outcome,) = plan_import(iter([row]), origin="x")
        assert outcome.action == ADD, str(outcome)
        assert (outcome.entry.happened.edtf, row.title) == dates[key]
