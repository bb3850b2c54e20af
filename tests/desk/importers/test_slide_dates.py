"""The parts of the dates of a TimelineJS slide: none is dropped, and shifted columns are seen."""

from __future__ import annotations

import csv
import io

import pytest

from kb.desk.importers.dry_run import ADD, REFUSE
from kb.desk.models import Event
from tests.desk.importers.files import loaded, planned, read_timelinejs, slide, timeline
from tests.make import make_source, published

pytestmark = pytest.mark.django_db
HEAD = [
    *("Year", "Month", "Day", "Time", "End Year", "End Month", "End Day", "End Time"),
    *("Display Date", "Headline"),
]


def row_of(**cells):
    """A table with one slide; underscores in names of columns are blanks."""
    out = io.StringIO()
    writer = csv.DictWriter(out, HEAD, restval="")
    writer.writeheader()
    named = {name.replace("_", " "): text for name, text in cells.items()}
    writer.writerow({"Headline": "Pump fails", **named})
    (outcome,) = planned(out.getvalue().encode(), read_timelinejs)
    return outcome


def test_end_without_a_year_is_in_the_year_of_the_start():
    outcome = row_of(Year=2023, Month=4, Day=3, End_Month=4, End_Day=7)
    assert (outcome.action, outcome.entry.happened.edtf) == (ADD, "2023-04-03/2023-04-07")
    outcome = row_of(Year=2023, Month=4, End_Month=6)
    assert outcome.entry.happened.edtf == "2023-04/2023-06"


def test_end_before_the_start_in_its_year_is_refused():
    assert row_of(Year=2023, Month=12, Day=28, End_Month=1, End_Day=4).action == REFUSE


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"Year": 2023, "Day": 5}, "Day is “5”, but Month is empty"),
        ({"Month": 4, "Day": 5}, "Month is “4”, but Year is empty"),
        ({"Day": 5}, "Day is “5”, but Year is empty"),
        ({"Year": 2023, "Month": 4, "Day": 3, "End_Day": 7}, "End Day is “7”, but End Year"),
        ({"Year": 2023, "End_Year": 2023, "End_Day": 7}, "End Day is “7”, but End Month"),
        ({"End_Year": 2023}, "an end but no start"),
    ],
)
def test_part_whose_larger_part_is_empty_is_refused(cells, reason):
    outcome = row_of(**cells)
    assert outcome.action == REFUSE
    assert reason in str(outcome)


def test_minute_without_an_hour_is_refused():
    start = {"year": 2023, "month": 4, "day": 3, "hour": "", "minute": 30}
    (outcome,) = planned(timeline({**slide(), "start_date": start}), read_timelinejs)
    assert outcome.action == REFUSE
    assert "Minute is “30”, but Hour is empty" in str(outcome)


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"Year": 1890, "End_Day": "about 1890"}, "End Day"),
        ({"Year": 1890, "End_Year": 1895, "End_Month": 4, "End_Day": "1895"}, "End Day"),
        ({"Year": 1890, "Month": 13}, "Month"),
        ({"Year": 1890, "Month": "a picture"}, "Month"),
        ({"Year": 1890, "Month": 1, "Day": "0"}, "Day"),
    ],
)
def test_text_in_the_column_of_a_number_looks_shifted(cells, column):
    outcome = row_of(**cells)
    assert outcome.action == REFUSE
    assert f"in {column} is not a" in str(outcome)
    assert "The columns look shifted" in str(outcome)


def test_row_that_was_imported_is_refused_once_its_end_is_shifted():
    slides = [{**slide("1890"), "unique_id": "a", "end_date": {"day": day}} for day in ("", "gone")]
    loaded(timeline(slides[0]), read_timelinejs)
    (outcome,) = planned(timeline(slides[1]), read_timelinejs)
    assert outcome.action == REFUSE


@pytest.mark.parametrize("has_link", [True, False])
def test_caption_and_credit_are_kept_in_the_summary(has_link):
    link = "https://example.org/gate.jpg" if has_link else ""
    media = {"url": link, "caption": "The gate at <b>dawn</b>", "credit": "Ann Bee / Foo Press"}
    (row,) = read_timelinejs(timeline(slide("2023", "Pump fails", "<p>So.</p>", media=media)))
    medium = f"[Media]({link})\n\n" if has_link else ""
    assert row.summary == (
        f"So.\n\n{medium}Caption: The gate at **dawn**\n\nCredit: Ann Bee / Foo Press"
    )


def test_caption_and_credit_of_a_table_are_kept():
    content = (
        b"Year,Headline,Media,Media Caption,Media Credit\n"
        b"2023,Pump fails,https://example.org/a.jpg,The gate,Ann Bee\n"
    )
    (row,) = read_timelinejs(content)
    assert (
        row.summary == "[Media](https://example.org/a.jpg)\n\nCaption: The gate\n\nCredit: Ann Bee"
    )


@pytest.mark.slow
def test_slides_of_three_days_come_in_the_order_of_their_hours(reader):
    hours = [(1, 9), (1, 13), (1, 18), (2, 8), (2, 12), (2, 21), (3, 0), (3, 7), (3, 23)]
    slides = [
        {**slide(headline=f"Step {place}"),
         "start_date": {"year": 2023, "month": 5, "day": day, "hour": hour, "minute": 30}}
        for place, (day, hour) in enumerate(hours)
    ]  # fmt: skip
    loaded(timeline(*(slides[place] for place in (4, 8, 1, 6, 0, 7, 3, 2, 5))), read_timelinejs)
    source = make_source()
    for event in Event.objects.all():
        event.standing = "undisputed"
        event.save()
        event.citations.create(source=source)
        published(event)
    entries = reader.get("/timeline.json").json()["entries"]
    assert [entry["title"] for entry in entries] == [f"Step {place}" for place in range(9)]
