"""The lanes of a busy actor: columns of bounded number, whose heights are counts."""

import re
from collections import Counter
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.record.entry_source import DateCounts
from kb.record.histogram import place_of_day
from kb.site.charts.lane_columns import (
    HIGHEST,
    MAX_COLUMNS,
    PLOT_WIDTH,
    column_scale,
    columns_chart,
)

BAR = re.compile(r"M([\d.]+) 28v-(\d+)h([\d.]+)v\2z")


def chart_of(days, first, last):
    """The chart of events on these days, and its bars as left end, height and width."""
    scale = column_scale(first, last)
    columns = Counter(place_of_day(scale, day) for day in days)
    chart = columns_chart({"did": DateCounts(columns, 0, 0)}, scale, first, last, "Acme")
    bars = [tuple(map(float, bar)) for bar in BAR.findall(chart["lanes"][0]["columns"])]
    return chart, bars


@pytest.mark.parametrize(
    ("first", "last", "scale"),
    [
        ((2023, 3, 1), (2023, 3, 9), "month"),
        ((2021, 1, 1), (2023, 12, 31), "month"),
        ((2014, 1, 1), (2023, 12, 31), "quarter"),
        ((1980, 1, 1), (2023, 12, 31), "year"),
        ((1960, 1, 1), (2023, 12, 31), "decade"),
    ],
)
def test_the_unit_of_columns_follows_from_the_length_of_time(first, last, scale):
    assert column_scale(date(*first), date(*last)) == scale


@given(st.lists(st.dates(), min_size=1, max_size=200))
def test_bars_are_bounded_apart_and_inside_the_chart(days):
    chart, bars = chart_of(days, min(days), max(days))
    assert 1 <= len(bars) <= MAX_COLUMNS
    assert max(height for _left, height, _width in bars) == HIGHEST
    ends = [end for left, _height, width in bars for end in (left, left + width)]
    assert ends == sorted(ends)
    assert ends[0] >= 0
    assert ends[-1] <= PLOT_WIDTH + 0.1
    assert chart["lanes"][0]["count"] == len(days)


def test_heights_are_in_proportion_to_the_highest_of_all_lanes():
    lanes = {
        "did": DateCounts({24276: 50, 24277: 100}, 0, 0),
        "by": DateCounts({24276: 100}, 0, 0),
        "for": DateCounts({24276: 100}, 0, 0),
    }
    chart = columns_chart(lanes, "month", date(2023, 1, 1), date(2023, 2, 28), "Acme")
    heights = {
        lane["label"]: [float(height) for _left, height, _width in BAR.findall(lane["columns"])]
        for lane in chart["lanes"]
    }
    assert heights == {
        "Did": [HIGHEST / 4, HIGHEST / 2],
        "Said": [HIGHEST],
        "Said of it": [],
    }
    assert "The highest column is 200." in chart["notes"][0]


def test_wide_and_missing_dates_are_counted_in_words():
    lanes = {"did": DateCounts({24276: 1}, 12, 3), "asked": DateCounts({}, 2, 0)}
    chart = columns_chart(lanes, "month", date(2023, 1, 1), date(2023, 2, 28), "Acme")
    assert chart["notes"] == [
        "Number of entries by month. The highest column is 1.",
        "Not drawn, with dates wider than a column: Did: 12, Asked for comment: 2.",
    ]
    assert chart["undated"] == 3
    assert "Did: 16" in chart["label"]


def test_a_chart_without_columns_does_not_speak_of_them():
    lanes = {"did": DateCounts({}, 12, 0)}
    chart = columns_chart(lanes, "year", date(1990, 1, 1), date(2023, 2, 28), "Acme")
    assert chart["notes"] == ["Not drawn, with dates wider than a column: Did: 12."]


def test_many_centuries_are_drawn_in_columns_of_several_decades():
    chart, bars = chart_of([date(1, 1, 1), date(2023, 5, 1)], date(1, 1, 1), date(2023, 5, 1))
    assert len(bars) == 2
    assert chart["notes"][0].startswith("Number of entries by 40 years.")
