"""Times of day and zones, from the desk through the record into every format."""

from __future__ import annotations

import csv
import io
import json

import icalendar
import pytest
from django.utils.timezone import get_fixed_timezone

from kb.dates import FuzzyDate
from kb.desk.models import AccountOf, Citation, Event
from kb.formats import formats_for
from kb.record.models import Entry
from kb.record.query import TimelineQuery
from kb.record.rebuild import rebuild_index
from tests.desk.importers.files import loaded, read_timelinejs, table, timeline
from tests.formats.reading import body, ids, ids_on_pages
from tests.make import make_event, make_source, published

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
# In the order of their instants. The last is half past seven on the 16th in Beijing.
SIX = [
    ("08:00", "+08:00"),
    ("12:15", "Asia/Shanghai"),
    ("18:05:30", "+08:00"),
    ("18:05:40", "+08:00"),
    ("23:50", "+08:00"),
    ("18:30", "-05:00"),
]


def six_events():
    """Publish the six events in another order and return their ids in that of their times."""
    events = {}
    for number in (5, 2, 0, 3, 4, 1):
        time, zone = SIX[number]
        happened = FuzzyDate("2023-12-15", "", zone, time)
        events[number] = published(make_event(f"Event at {time}", happened=happened)).public_id
    return [events[number] for number in range(6)]


def file(reader, suffix):
    return body(reader.get(f"/timeline.{suffix}")).decode("utf-8-sig")


def test_events_of_one_day_are_in_the_order_of_their_times_everywhere(reader):
    expected = six_events()
    assert ids_on_pages(reader, "/timeline") == expected
    assert ids_on_pages(reader, "/timeline", "order=newest&size=4") == expected[::-1]
    for form in formats_for("timeline"):
        if form.order != "changed":
            assert ids(reader, form.suffix, "/timeline") == expected, form.suffix
    before = list(Entry.objects.values_list("public_id", "sort_key"))
    assert {len(key) for _id, key in before} == {65}
    rebuild_index()
    assert list(Entry.objects.values_list("public_id", "sort_key")) == before


def test_event_of_a_day_without_time_sorts_with_the_days(reader):
    expected = six_events()
    first = published(make_event(happened="2023-12-14")).public_id
    last = published(make_event(happened="2023-12-17")).public_id
    whole = published(make_event(happened="2023-12")).public_id
    undated = published(make_event(happened="")).public_id
    # The middle of the month is the 16th.
    assert ids_on_pages(reader, "/timeline") == [first, *expected, whole, last, undated]


def test_page_shows_time_and_zone(reader):
    six_events()
    page = reader.get("/timeline/").text
    assert "15 December 2023, 18:30 (UTC−5)" in page
    event = published(make_event(happened="2023-12-15T18:05"))
    page = reader.get(f"/events/{event.slug}/").text
    assert "15 December 2023, 18:05" in page and "time zone not stated" in page.lower()
    zoned = published(make_event(happened=FuzzyDate("2023-12-15", zone="+08:00")))
    assert "Time zone" in reader.get(f"/events/{zoned.slug}/").text
    assert "Time zone: UTC+8" in " ".join(reader.get("/timeline/").text.split())


def test_json_and_csv_have_the_time_as_stated(reader):
    published(make_event(happened=FuzzyDate("2023-12-15", "", "+08:00", "18")))
    published(make_event(happened="2023-12"))
    dates = [row["date"] for row in json.loads(file(reader, "json"))["entries"]]
    assert [(date["time"], date["zone"]) for date in dates] == [("18", "+08:00"), ("", "")]
    rows = list(csv.DictReader(io.StringIO(file(reader, "csv"))))
    assert {(row["edtf"], row["time"]) for row in rows} == {("2023-12-15", "18"), ("2023-12", "")}


def test_calendar_has_utc_floating_and_whole_days(reader):
    published(
        make_event(
            "Zoned", standing="undisputed", happened=FuzzyDate("2023-12-15", "", "+08:00", "18:05")
        )
    )
    published(
        make_event(
            "Floating", standing="undisputed", happened=FuzzyDate("2023-12-15", time="18:05")
        )
    )
    published(
        make_event(
            "Hour", standing="undisputed", happened=FuzzyDate("2023-12-15", zone="Z", time="18")
        )
    )
    published(
        make_event(
            "Midnight", standing="undisputed", happened=FuzzyDate("2023-12-15", time="24:00")
        )
    )
    published(
        make_event("Day", standing="undisputed", happened=FuzzyDate("2023-12-15", zone="+08:00"))
    )
    text = file(reader, "ics")
    events = {
        str(event["SUMMARY"]): event for event in icalendar.Calendar.from_ical(text).walk("VEVENT")
    }
    starts = {title: event["DTSTART"].to_ical().decode() for title, event in events.items()}
    assert starts == {
        "Zoned": "20231215T100500Z",
        "Floating": "20231215T180500",
        "Hour": "20231215T180000Z",
        "Midnight": "20231216T000000",
        "Day": "20231215",
    }
    assert "DTEND" not in events["Zoned"] and "DURATION" in events["Hour"]


def test_timelinejs_and_json_ld_have_only_what_is_stated(reader):
    published(make_event("Zoned", happened=FuzzyDate("2023-12-15", "", "+08:00", "18:05")))
    published(make_event("Floating", happened=FuzzyDate("2023-12-16", time="18:05:30")))
    published(make_event("Late", happened=FuzzyDate("2023-12-17", time="24:00")))
    slides = json.loads(file(reader, "timelinejs.json"))["events"]
    day = {"year": 2023, "month": 12}
    assert [slide["start_date"] for slide in slides] == [
        {**day, "day": 15, "hour": 18, "minute": 5},
        {**day, "day": 16, "hour": 18, "minute": 5, "second": 30},
        {**day, "day": 17, "hour": 23, "minute": 59},
    ]
    text = file(reader, "jsonld")
    assert '"2023-12-15T18:05+08:00"' in text
    assert '"2023-12-16"' in text and "18:05:30" not in text


def test_timelinejs_keeps_hours_in_both_directions(reader):
    """A file of slides with hours, imported and published, is written with the same hours."""
    starts = [
        {"year": 2023, "month": 12, "day": 15, "hour": hour, "minute": minute}
        for hour, minute in ((14, 30), (0, 0), (9, 5))
    ]
    loaded(timeline(*({"start_date": start, "text": {"headline": f"At {start['hour']}"}}
                      for start in starts)), read_timelinejs)  # fmt: skip
    for event in Event.objects.all():
        source = make_source()
        Citation.objects.create(event=event, source=source, exact="as printed")
        AccountOf.objects.create(event=event, source=source)
        published(event)
    slides = json.loads(file(reader, "timelinejs.json"))["events"]
    assert [slide["start_date"] for slide in slides] == sorted(
        starts, key=lambda start: start["hour"]
    )


def test_own_csv_is_read_back_with_times(reader):
    six_events()
    content = file(reader, "csv").encode()
    dates = {event.title: event.happened for event in Event.objects.all()}
    Event.objects.all().delete()
    loaded(content)
    assert {event.title: event.happened for event in Event.objects.all()} == dates


def test_page_links_of_before_times_still_work(reader):
    six_events()
    query = TimelineQuery.parse("after=0738869.0000001.aaaaaaaa")
    assert query.after == "127677469600.000000180000.000000.000000000000.000000.aaaaaaaa0000"
    assert reader.get("/timeline/?after=0738869.0000001.aaaaaaaa").status_code == 200


def test_instant_is_that_of_its_zone():
    when = FuzzyDate("2023-12-15", "", "Asia/Shanghai", "18:05").utc_datetime()
    assert when.astimezone(get_fixed_timezone(480)).isoformat() == "2023-12-15T18:05:00+08:00"


def test_import_table_has_its_own_columns_for_time_and_zone():
    loaded(table({"title": "Seen", "date": "15 December 2023", "time": "2:00 PM", "zone": "UTC+8"}))
    assert Event.objects.get().happened == FuzzyDate("2023-12-15", "", "+08:00", "14:00")
