"""The small charts of incidents: one axis, no overlapping bars, nothing out of bounds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.record.main_range import MAIN_SHARE, main_range
from kb.record.models import Facet
from kb.site.charts.sparklines import SPARKLINE_HEIGHT, sparklines
from tests.make import make_event, make_incident, published

pytestmark = pytest.mark.django_db


def story(*dates, title="Story"):
    incident = make_incident(title)
    for when in dates:
        event = make_event(happened=when)
        event.incidents.add(incident)
        published(event)
    return Facet.objects.filter(name="incident").order_by("-pk").first().value


def test_the_highest_bar_is_the_most_frequent_month():
    incident = story("2023-04-01", "2023-04", "2023-09-10")
    bars = sparklines([incident])[1][incident].bars
    assert [bar["height"] for bar in bars] == [SPARKLINE_HEIGHT, SPARKLINE_HEIGHT / 2]
    assert [bar["x"] for bar in bars] == sorted(bar["x"] for bar in bars)


def test_wide_and_open_dates_are_not_in_bars():
    incident = story("2023", "../2023-04-01", "2023-05/2023-08", "2023-12-15")
    assert len(sparklines([incident])[1][incident].bars) == 1


@pytest.mark.slow
def test_wide_date_is_a_span_and_open_date_fades():
    incident = story("2023-01-15", "2023-05~/2023-08~", "../2023-04-30", "2023-12-01/..")
    spans = {span["shape"]: span for span in sparklines([incident])[1][incident].spans}
    assert spans.keys() == {"soft", "fade-left", "fade-right"}
    soft = spans["soft"]
    assert (soft["x"], soft["x"] + soft["width"]) == pytest.approx((100 / 3, 200 / 3), abs=0.1)
    assert spans["fade-left"]["x"] + spans["fade-left"]["width"] == pytest.approx(100 / 3, abs=0.5)
    assert spans["fade-right"]["x"] + spans["fade-right"]["width"] <= 100


def test_incidents_share_one_axis():
    first, second = story("2023-01-15"), story("2023-12-15", title="Other")
    axis, charts = sparklines([first, second])
    assert axis == "2023"
    assert charts[first].bars[0]["x"] < 10
    assert charts[second].bars[0]["x"] > 90


def test_long_axis_is_in_years():
    incident = story("1990-01-01", "2023-03-01", "2023-09-01")
    bars = sparklines([incident])[1][incident].bars
    assert [bar["height"] for bar in bars] == [SPARKLINE_HEIGHT / 2, SPARKLINE_HEIGHT]


def test_no_chart_without_dates(django_assert_num_queries):
    assert sparklines([]) == ("", {})
    incident = story("2023-04-01", "2023-05-01")
    with django_assert_num_queries(2):
        sparklines([incident])


@given(st.lists(st.dates(), min_size=1, max_size=5))
def test_all_bars_are_within_the_chart(dates):
    from unittest.mock import patch

    from kb.site.charts import sparklines as room

    class Source:
        def month_counts(self, name, values, scale):
            months = [d.year * 12 + (d.month - 1 if scale == "month" else 0) for d in dates]
            return {"one": {month: months.count(month) for month in months}}

        def wide_days(self, *_, **__):
            return {}

    with patch.object(room, "entry_source", Source):
        chart = sparklines(["one"])[1]["one"]
    bars = chart.bars
    assert chart.before + chart.after <= len(dates) * (1 - MAIN_SHARE)
    for bar in bars:
        assert 0 <= bar["x"] <= bar["x"] + bar["width"] <= 100.1
        assert 0 <= bar["y"] < SPARKLINE_HEIGHT
        assert bar["y"] + bar["height"] == SPARKLINE_HEIGHT


def charts_of(counts):
    """The charts of incidents with these entries by year."""
    from unittest.mock import patch

    from kb.site.charts import sparklines as room

    class Source:
        def month_counts(self, name, values, scale):
            return {
                incident: {year * 12: number for year, number in years.items()}
                for incident, years in counts.items()
            }

        def wide_days(self, *_, **__):
            return {}

    with patch.object(room, "entry_source", Source):
        return sparklines(list(counts))


def test_axis_is_where_most_entries_lie():
    counts = {"one": {1578: 1, 1917: 2, **dict.fromkeys(range(2014, 2025), 9)}, "two": {2016: 3}}
    axis, charts = charts_of(counts)
    assert axis == "2014–2024"
    chart = charts["one"]
    assert (chart.before, chart.after, chart.first_year, chart.last_year) == (3, 0, 2014, 2024)
    assert [bar["is_stub"] for bar in chart.bars] == [True] + [False] * 11
    assert chart.bars[0]["height"] == round(SPARKLINE_HEIGHT * 3 / 9)
    assert len({bar["x"] for bar in chart.bars}) == 12
    assert chart.stubs == chart.bars[:1]
    assert chart.path.count("M") == chart.path.count("z") == 11
    assert chart.path.startswith(f"M{chart.bars[1]['x']:g} {chart.bars[1]['y']}h")
    [bar] = charts["two"].bars
    assert bar["x"] == chart.bars[3]["x"]  # 2016 in both


def test_entries_after_the_axis_are_a_stub_at_its_end():
    axis, charts = charts_of({"one": {2001: 30, 2003: 30, 2300: 1}})
    assert (axis, charts["one"].after) == ("2001–2003", 1)
    assert charts["one"].bars[-1]["is_stub"]


@pytest.mark.parametrize("counts", [{1990: 1, 2023: 2}, {2001: 20, 2002: 20, 2003: 1}, {2001: 1}])
def test_axis_is_whole_where_little_would_be_cut(counts):
    axis, charts = charts_of({"one": counts})
    assert axis.split("–") == [str(year) for year in sorted({min(counts), max(counts)})]
    assert not any(bar["is_stub"] for bar in charts["one"].bars)


@given(st.dictionaries(st.integers(1, 9000), st.integers(1, 500), min_size=1, max_size=40))
def test_main_range_holds_its_share_and_ends_at_entries(counts):
    first, last = main_range(counts)
    share = sum(number for place, number in counts.items() if first <= place <= last)
    assert share >= MAIN_SHARE * sum(counts.values())
    assert first in counts
    assert last in counts
