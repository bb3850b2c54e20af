"""Times of day and zones in imported files."""

from __future__ import annotations

import io
import json

import pytest

from kb.dates import FuzzyDate
from kb.desk.importers.entries import read_entries
from kb.desk.importers.rows import ADMIN_LIMITS, CitedSourceRow, ImportRow
from kb.desk.models import Event
from tests.desk.importers.files import (
    actions,
    loaded,
    planned,
    read_timelinejs,
    slide,
    table,
    timeline,
)

pytestmark = pytest.mark.django_db
DAY = {"year": 2023, "month": 12, "day": 15}


@pytest.mark.parametrize(
    ("start", "time"),
    [
        ({**DAY, "hour": 18, "minute": 5}, "18:05"),
        ({**DAY, "hour": "9", "minute": "5", "second": "30"}, "09:05:30"),
        ({**DAY, "hour": "18", "minute": ""}, "18"),
        ({**DAY, "hour": "", "minute": ""}, ""),
        ("2023,12,15,18,5", "18:05"),
    ],
)
def test_slide_keeps_its_hour(start, time):
    content = timeline({**slide(), "start_date": start})
    loaded(content, read_timelinejs)
    assert Event.objects.get().happened == FuzzyDate("2023-12-15", time=time)


def test_time_column_of_timelinejs_is_read():
    content = b"Year,Month,Day,Time,Headline\n2023,12,15,2:00 PM,Seen\n2023,12,,,Later\n"
    loaded(content, read_timelinejs)
    assert {event.happened for event in Event.objects.all()} == {
        FuzzyDate("2023-12-15", time="14:00"),
        FuzzyDate("2023-12"),
    }


def test_hours_of_a_span_are_kept_as_its_wording():
    content = timeline({
        **slide(),
        "start_date": {**DAY, "hour": 18},
        "end_date": {**DAY, "day": 16, "hour": 9, "minute": 30},
    })  # fmt: skip
    loaded(content, read_timelinejs)
    assert Event.objects.get().happened == FuzzyDate(
        "2023-12-15/2023-12-16", "2023-12-15 18 – 2023-12-16 09:30"
    )


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"date": "December 2023", "time": "18:05"}, "needs a single day"),
        ({"date": "", "time": "18:05"}, "needs a single day"),
        ({"date": "2023-12-15", "time": "25:00"}, "Hours go up to 23"),
        ({"date": "2023-12-15", "time": "soon"}, "not a time of day"),
        ({"date": "2023-12-15", "zone": "CST"}, "can mean UTC−6 or UTC+8"),
        ({"date": "2023-12-15T18:05", "time": "19:05"}, "Keep one"),
        ({"date": "2023-12-15T18:05Z", "zone": "+08:00"}, "Keep one"),
    ],
)
def test_time_that_cannot_be_is_refused_with_its_row(cells, reason):
    (outcome,) = planned(table({"title": "Seen", **cells}))
    assert outcome.action == "refused"
    assert reason in " ".join(outcome.reasons)


def test_file_with_times_is_unchanged_the_second_time():
    content = table({"id": "1", "title": "Seen", "date": "2023-12-15", "time": "18:05"})
    loaded(content)
    assert actions(content) == ["unchanged"]
    later = table({"id": "1", "title": "Seen", "date": "2023-12-15", "time": "18:06"})
    assert actions(later) == ["will change"]


def test_row_without_time_keeps_the_hash_that_it_had():
    source = CitedSourceRow(title="A")
    row = ImportRow(line=1, external_id="1", title="It", date="2023", sources=(source,))
    assert row.digest == "726eae0fd71cf6bd12ee330af928be3bb7523a50b644cc96f041e701a0cd2a6f"
    timed = source._replace(published_time="18:05")
    digests = {
        row.digest,
        ImportRow(1, "1", title="It", date="2023", sources=(source,), time="18:05").digest,
        ImportRow(1, "1", title="It", date="2023", sources=(timed,)).digest,
    }
    assert len(digests) == 3


def test_json_lines_keep_time_and_zone():
    date = {"edtf": "2023-12-15", "phrase": "", "zone": "+08:00", "time": "18:05"}
    line = json.dumps({"id": "a", "kind": "event", "title": "Seen", "date": date}).encode()
    loaded(line, lambda content: list(read_entries(io.BytesIO(content), ADMIN_LIMITS)))
    assert Event.objects.get().happened == FuzzyDate("2023-12-15", "", "+08:00", "18:05")
