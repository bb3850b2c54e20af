"""The ribbon says in words and numbers what it draws, and stays on the paper."""

import re

import pytest
from django.utils.html import escape

from kb.record.histogram import histogram
from kb.record.query import TimelineQuery
from kb.record.sql_source import SqlSource
from kb.site.charts.histogram import histogram_chart
from tests.make import make_event, make_source, make_statement, published

pytestmark = pytest.mark.django_db


def drawn(query=""):
    parsed = TimelineQuery.parse(query)
    return histogram_chart(
        histogram(parsed, SqlSource()), parsed, lambda other: f"/x/?{other.canonical()}"
    )


def test_bars_link_to_their_period_and_match_table(reader):
    published(make_event(happened="2023-04-02"))
    published(make_event(happened="2023-04"))
    published(make_statement(said="2023-12-15"))
    page = reader.get("/timeline/?kind=event&kind=statement").text
    url = escape("/timeline/?from=2023-04&kind=event&kind=statement&until=2023-04")
    assert f'href="{url}" rel="nofollow" aria-label="April 2023: 2 events"' in page
    assert 'href="/timeline/numbers/?kind=event&amp;kind=statement"' in page
    table = reader.get("/timeline/numbers/?kind=event&kind=statement").text
    cells = r'April 2023</a></th>\s*<td class="num">2</td>\s*<td class="num">0</td>'
    assert re.search(cells, table)
    assert "2023, by month; 2 in April 2023" in " ".join(page.split())


def test_the_chosen_range_is_drawn(reader):
    for month in ("2023-01", "2023-12"):
        published(make_event(happened=month))
    span = drawn("from=2023-04&until=2023-06")["range"]
    assert span["x"] == 25.0
    assert span["end"] == 50.0
    assert drawn("from=1999&until=2040")["range"] == {"x": 0.0, "width": 100.0, "end": 100.0}


@pytest.mark.parametrize(
    "dates",
    [
        ["2023-04-01"],
        ["2023-04-01", "2023-04-30", "2023-04~"],
        ["../2023-12-15", "2023-12-17/..", "2023-05~/2023-08~", "2023"],
        ["1200", "1999", "2023-12-15", "201X"],
        ["0001-01-01", "9999-12-31"],
    ],
)
def test_all_shapes_are_within_the_chart(dates):
    for when in dates:
        published(make_event(happened=when))
    drawing = drawn()
    for column in drawing["columns"]:
        assert 0 <= column["left"] <= column["x"] <= column["x"] + column["width"] <= 100.1
        for block in column.get("blocks", []):
            assert block["y"] >= 0
    for lane in drawing["lanes"]:
        assert 0 <= lane["x"] <= 100
        assert lane["right"] <= 100
        assert lane["y"] < drawing["height"]


@pytest.mark.slow
def test_up_to_four_wide_dates_are_drawn_each_and_more_as_one_band(reader):
    for month in (1, 3, 5, 7):
        published(make_event(happened=f"2023-{month:02d}~/2023-{month + 1:02d}~"))
    published(make_event(happened="2023-12-15"))
    drawing = drawn()
    assert len({lane["lane"] for lane in drawing["lanes"]}) <= 4
    assert len(drawing["lanes"]) == 4
    assert drawing["band"] is None
    published(make_event(happened="2023-07/2023-09"))
    drawing = drawn()
    assert drawing["lanes"] == []
    assert (drawing["band"]["count"], drawing["band"]["most"]) == (5, 2)
    assert [column["possible"] for column in drawing["columns"]] == [
        *(1, 1, 1, 1, 1, 1, 2, 2, 1, 0, 0, 0)
    ]
    for part in drawing["band"]["parts"]:
        assert part["y"] > drawing["label_y"]
        assert part["y"] + part["height"] < drawing["height"]
    page = reader.get("/timeline/").text
    assert 'role="img" aria-label="5 entries have dates that are wider than a column.' in page
    assert "At most 2 could be in one column." in page
    cells = r'August 2023</th>\s*(<td class="num">0</td>\s*){2}<td class="num">2</td>'
    assert re.search(cells, reader.get("/timeline/numbers/").text)


@pytest.mark.slow
def test_later_entries_are_counted_separately(reader):
    early, late = make_source(published="2023-12-15"), make_source(published="2023-12-17")
    published(make_event(happened="2023-04", source=late))
    published(make_event(happened="2023-06", source=early))
    published(make_statement(said="2023-06", source=late))
    published(make_event(happened="2023-07~/2023-09~", source=late))
    published(make_event(happened="2023-12-15", source=early))
    drawing = drawn("known=2023-12-16")
    assert [column["description"] for column in drawing["columns"] if column["total"]] == [
        "April 2023: 1 not yet in a cited source",
        "June 2023: 1 event, 1 not yet in a cited source",
        "December 2023: 1 event",
    ]
    assert [lane["is_later"] for lane in drawing["lanes"]] == [True]
    assert drawing["flag"]["words"] == "Known on 16 December 2023"
    hidden = drawn("known=2023-12-16&later=hide")
    assert [column["description"] for column in hidden["columns"] if column["total"]] == [
        "June 2023: 1 event",
        "December 2023: 1 event",
    ]
    assert not hidden["lanes"]
    page = reader.get("/timeline/numbers/?known=2023-12-16").text
    assert re.search(r'June 2023</a></th>(\s*<td class="num">[10]</td>){3}', page)
    assert drawn("known=2024-06-01")["flag"] is None


def test_no_histogram_without_dates(reader):
    published(make_event(happened=""))
    assert drawn() is None
    assert "ribbon-plot" not in reader.get("/timeline/").text


def test_strip_names_the_highest_column_unless_others_are_as_high():
    published(make_event(happened="2023-01-02"))
    published(make_event(happened="2023-12-02"))
    assert drawn()["peak"] == ""
    published(make_event(happened="2023-12-03"))
    assert drawn()["peak"] == "2 in December 2023"


def test_strip_names_the_day_of_the_highest_column_of_days():
    for day in ("2023-12-03", "2023-12-03", "2023-12-05"):
        published(make_event(happened=day))
    assert drawn()["peak"] == "2 on 3 December 2023"
