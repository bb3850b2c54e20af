"""Reading TimelineJS: its shapes, its dates, and its slides as events."""

from __future__ import annotations

import json

import pytest

from kb.desk.importers.dry_run import ADD, REFUSE, SAME
from kb.desk.models import Event, Incident
from tests.desk.importers.files import actions, loaded, read_timelinejs, slide, timeline

pytestmark = pytest.mark.django_db


def test_all_shapes_give_equal_rows():
    files = [
        timeline(slide("2023", "A <b>day</b>", "<p>So</p>"), title={"text": {"headline": "Story"}}),
        json.dumps({"timeline": {"headline": "Story", "date": [
            {"startDate": "2023", "headline": "A <b>day</b>", "text": "<p>So</p>"}]}}).encode(),
        json.dumps({"timeline": {"headline": "Story", "slides": [
            slide("2023", "A <b>day</b>", "<p>So</p>")]}}).encode(),
        b"Year,Headline,Text,Type\n,Story,,title\n2023,A <b>day</b>,<p>So</p>,\n",
    ]  # fmt: skip
    rows = [read_timelinejs(content)[0] for content in files]
    assert {(row.title, row.date, row.summary, row.incidents) for row in rows} == {
        ("A day", "2023", "So", ("Story",))
    }
    assert len({row.external_id for row in rows}) == 1


@pytest.mark.parametrize(
    ("start", "end", "edtf"),
    [
        ({"year": 2023, "month": "4", "day": ""}, None, "2023-04"),
        ({"year": "602"}, None, "0602"),
        ({"year": "1815", "month": "12", "day": "10"}, {"year": "1852"}, "1815-12-10/1852"),
        ("2012,1,26", "", "2012-01-26"),
        ({"year": "2023"}, {"year": "2023"}, "2023"),
    ],
)
def test_dates_become_edtf(start, end, edtf):
    (row,) = read_timelinejs(timeline({**slide(), "start_date": start, "end_date": end}))
    assert row.date == edtf
    assert actions(
        timeline({**slide(), "start_date": start, "end_date": end}), read_timelinejs
    ) == [ADD]


@pytest.mark.parametrize("year", ["-13800000000", "-44", "next", "99999"])
def test_year_out_of_range_is_refused(year):
    assert actions(timeline(slide(year)), read_timelinejs) == [REFUSE]


def test_equal_slides_become_two_events():
    content = timeline(slide(), slide())
    loaded(content, read_timelinejs)
    assert Event.objects.count() == 2
    assert actions(content, read_timelinejs) == [SAME, SAME]


@pytest.mark.parametrize(
    ("display", "summary"),
    [
        ("Spring of *1994*", "So\n\nDate as displayed: Spring of \\*1994\\*"),
        ("in 1994", "So"),
        ("", "So"),
    ],
)
def test_displayed_date_is_not_the_wording_of_a_source(display, summary):
    (row,) = read_timelinejs(timeline(slide("1994", text="So", display_date=display)))
    assert (row.as_written, row.summary) == ("", summary)


@pytest.mark.parametrize(
    "content",
    [
        timeline(
            slide("2023", "Pump fails"),
            title={"text": {"headline": "The pump", "text": "<p>How it <b>failed</b>.</p>"}},
        ),
        b"Year,Headline,Text,Type\n,The pump,<p>How it <b>failed</b>.</p>,title\n"
        b"2023,Pump fails,,\n",
    ],
)
def test_text_of_the_title_slide_is_the_summary_of_a_new_incident(content):
    loaded(content, read_timelinejs)
    incident = Incident.objects.get()
    assert (incident.title, incident.summary) == ("The pump", "How it **failed**.")
    Incident.objects.update(summary="Mine.")
    title = {"text": {"headline": "The pump", "text": "Other."}}
    loaded(timeline(slide("2024", "Pump runs"), title=title), read_timelinejs)
    assert Incident.objects.get().summary == "Mine."
