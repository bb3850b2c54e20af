"""The drawing of a comparison: everything is inside it, and each numbered entry once."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from kb.dates import FuzzyDate
from kb.record.vocabulary import ENTRY_KINDS
from kb.site.charts.comparison import (
    MARK_GAP,
    PLOT_END,
    PLOT_START,
    WIDTH,
    NumberedMark,
    comparison_chart,
    crowded_days,
)
from kb.site.charts.swimlanes import FacetGroup

EDTF = st.sampled_from(
    ["", "2023-12-15", "2023-12-16", "2023-12-17", "2023-04", "2023", "../2023-12-17",
     "2023-12-14/..", "2019-03-02", "0606-01-01", "2023-05~/2023-08~"]
)  # fmt: skip
KINDS = st.sampled_from([kind.value for kind in ENTRY_KINDS])


@st.composite
def marks(draw, actors):
    rows = []
    for number in range(1, draw(st.integers(0, 12)) + 1):
        when = FuzzyDate(draw(EDTF)).to_json()
        column = draw(st.integers(0, actors))
        answers = [draw(st.integers(1, number))] if number > 1 and draw(st.booleans()) else []
        rows.append(NumberedMark(number, draw(KINDS), column, when, answers))
    return rows


@given(st.data(), st.integers(2, 4))
def test_each_dated_entry_is_drawn_inside_once(data, actors):
    rows = data.draw(marks(actors))
    day = date(2023, 4, 1)
    groups = [[FacetGroup("did", "event", day, day, "", 1)], *[[] for _ in range(actors - 1)]]
    chart = comparison_chart([f"Actor {place}" for place in range(actors)], groups, rows)
    assert chart is not None
    drawn = [mark["number"] for mark in chart["marks"]]
    assert sorted(drawn + chart["undated"]) == [row.number for row in rows]
    for mark in chart["marks"]:
        assert PLOT_START <= mark["x"] <= PLOT_END
        assert 0 < mark["y"] < chart["height"]
    numbers = [mark for mark in chart["marks"] if mark["has_number"]]
    for first, second in combinations(numbers, 2):
        assert abs(first["x"] - second["x"]) >= MARK_GAP or first["y"] != second["y"]
    for mark in numbers:
        assert mark["x"] + MARK_GAP - 2 <= WIDTH
    for tick in chart["ticks"]:
        assert PLOT_START <= tick["x"] <= PLOT_END


def test_without_dates_there_is_no_drawing():
    assert comparison_chart(["A", "B"], [[], []], []) is None


def test_crowded_days_are_those_with_most_marks():
    day = date(2023, 12, 15)
    anchors = [date(2023, 4, 1), day, day + timedelta(1), day + timedelta(2)]
    crowded = crowded_days(anchors, 365)
    assert crowded == (day - timedelta(1), day + timedelta(3))
    assert crowded_days(anchors, 40) is None
    assert crowded_days(anchors[:3], 365) is None
