"""Every dated entry is in one column or in one span, whatever the scale."""

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.record.entry_source import WideEnds
from kb.record.histogram import (
    MAX_GAP,
    MIN_COLUMNS,
    Column,
    collapse_gaps,
    columns_between,
    histogram,
    place_of_day,
    scale_between,
    with_possible,
)
from kb.record.query import TimelineQuery
from kb.record.sql_source import SqlSource
from tests.make import make_event, make_statement, published

pytestmark = pytest.mark.django_db


SCALES = ["day", "month", "quarter", "year", "decade"]


def of(query=""):
    return histogram(TimelineQuery.parse(query), SqlSource())


@pytest.mark.parametrize(
    ("first", "last", "scale"),
    [
        ("2023-12-01", "2024-01-14", "day"),
        ("2023-12-01", "2024-01-15", "month"),
        ("2021-01-01", "2023-12-31", "month"),
        ("2020-12-01", "2023-12-31", "quarter"),
        ("2012-06-01", "2023-12-31", "quarter"),
        ("2001-01-01", "2023-12-31", "year"),
        ("1701-01-01", "2023-12-31", "decade"),
    ],
)
def test_the_scale_follows_the_time_covered(first, last, scale):
    assert scale_between(date.fromisoformat(first), date.fromisoformat(last)) == scale


days = st.dates(min_value=date(1600, 1, 1), max_value=date(2400, 1, 1))


@given(days, days)
def test_columns_follow_each_other_and_cover_the_time(one, other):
    first, last = sorted((one, other))
    columns = list(columns_between(scale_between(first, last), first, last, {}))
    assert columns[0].first <= first
    assert columns[-1].last >= last
    assert len(columns) <= 125
    for before, after in zip(columns, columns[1:], strict=False):
        assert before.last + timedelta(days=1) == after.first
    for column in columns:
        assert (column.when.earliest, column.when.latest) == (column.first, column.last)


@pytest.mark.parametrize("empty", [MAX_GAP, MAX_GAP + 1])
def test_a_long_gap_becomes_one_break(empty):
    first = date(2020, 1, 1)
    counts = {first: {"event": 1, "statement": 0}}
    end = date(2020 + (empty + 1) // 12, (empty + 1) % 12 + 1, 1)
    counts[end] = {"event": 0, "statement": 2}
    collapsed = collapse_gaps(list(columns_between("month", first, end, counts)))
    assert len(collapsed) == (empty + 2 if empty == MAX_GAP else 3)
    assert sum(column.total for column in collapsed) == 3
    assert any(column.is_break for column in collapsed) == (empty > MAX_GAP)


def test_a_break_at_the_ends_too():
    columns = [
        Column(f"{year}", date(year, 1, 1), date(year, 12, 31)) for year in range(1900, 1950)
    ]
    assert [column.is_break for column in collapse_gaps(columns)] == [True]


DATES = ["2023-04-01", "2023-04", "2023", "../2023-12-15", "2023-05~/2023-08~", "2023-12-15", ""]


@pytest.mark.parametrize("far", ["2023-11-30", "2019-02", "2005", "1850-01-01"])
@pytest.mark.slow
def test_columns_and_spans_together_are_all_dated_entries(far):
    for when in [*DATES, far]:
        published(make_event(happened=when))
    published(make_statement(said="2023-12-15"))
    histogram = of()
    inside = sum(column.total for column in histogram.columns)
    assert inside + histogram.wide == len(DATES) + 1
    if histogram.spans:
        assert histogram.wide == sum(span.events + span.statements for span in histogram.spans)
    assert sum(column.statements for column in histogram.columns) == 1


@pytest.mark.parametrize(
    ("dates", "scale", "counted"),
    [
        (["2023-09"], "month", 1),
        (["2023-02", "2023-02"], "month", 2),
        (["2023-34"], "quarter", 1),
        (["2023"], "year", 1),
        (["202X"], "decade", 1),
        (["../2023-12-15"], "day", 0),
        (["2021/2023"], "month", 0),
    ],
)
def test_the_scale_is_coarse_enough_for_one_of_the_dates(dates, scale, counted):
    for when in dates:
        published(make_event(happened=when))
    histogram = of()
    assert histogram.scale == scale
    assert sum(column.total for column in histogram.columns) == counted
    assert sum(column.total for column in histogram.columns) + histogram.wide == len(dates)
    assert len(histogram.columns) >= MIN_COLUMNS


def test_events_and_statements_are_counted_apart():
    published(make_event(happened="2023-12-15"))
    published(make_statement(said="2023-12-15"))
    (column,) = (column for column in of().columns if column.total)
    assert (column.events, column.statements) == (1, 1)


def test_the_range_does_not_narrow_it_but_other_filters_do():
    published(make_event(happened="2023-04-05"))
    published(make_statement(said="2023-12-15"))
    assert sum(column.total for column in of("from=2023-12").columns) == 2
    assert sum(column.total for column in of("kind=event").columns) == 1


span_ends = st.one_of(st.none(), st.dates(min_value=date(2020, 1, 1), max_value=date(2022, 12, 31)))


@given(st.lists(st.tuples(span_ends, span_ends), max_size=20), st.sampled_from(SCALES))
def test_possible_counts_are_those_of_overlaps(spans, scale):
    spans = [sorted(span) if None not in span else span for span in spans]
    columns = list(columns_between(scale, date(2020, 1, 1), date(2022, 12, 31), {}))
    within = [tuple(end and place_of_day(scale, end) for end in span) for span in spans]
    starts, ends = (Counter(span[at] for span in within) for at in (0, 1))
    counted = with_possible(scale, columns, WideEnds(starts, ends))
    for column in counted:
        place = place_of_day(scale, column.first)
        assert column.possible == sum(
            (start is None or start <= place) and (end is None or end >= place)
            for start, end in within
        )


def test_a_break_does_not_hide_where_wide_dates_are_possible():
    columns = list(columns_between("year", date(1900, 1, 1), date(1999, 1, 1), {}))
    collapsed = collapse_gaps(with_possible("year", columns, WideEnds({1950: 1}, {None: 1})))
    assert [(column.first.year, column.possible) for column in collapsed] == [(1900, 0), (1950, 1)]
    assert all(column.is_break for column in collapsed)


def test_equal_wide_dates_are_one_span():
    for _ in range(3):
        published(make_event(happened="2021/2023"))
    (span,) = of().spans
    assert (span.events, span.statements) == (3, 0)


@pytest.mark.slow
def test_nothing_dated_gives_nothing_and_rows_cost_nothing(django_assert_num_queries):
    published(make_event(happened=""))
    assert of() is None
    for month in range(1, 13):
        published(make_event(happened=f"2023-{month:02d}"))
        published(make_event(happened=f"2023-{month:02d}~"))
    query = TimelineQuery.parse("")
    with django_assert_num_queries(3):
        histogram(query, SqlSource())


@pytest.mark.slow
def test_few_far_entries_are_in_stubs_and_the_others_keep_their_scale():
    for day in range(1, 25):
        published(make_event(happened=f"2023-04-{day:02}"))
    published(make_event(happened="1912-04-15"))
    histogram = of()
    assert histogram.scale == "day"
    stub, *columns = histogram.columns
    assert (stub.is_stub, stub.total) == (True, 1)
    assert (stub.first, stub.last) == (date(1912, 4, 15), date(2023, 3, 31))
    assert not any(column.is_stub for column in columns)
    assert sum(column.total for column in columns) == 24
    # Its link finds what it counts.
    count = SqlSource().count(TimelineQuery().with_(since=stub.when, until=stub.when))
    assert count == 1


@pytest.mark.slow
def test_stubs_stand_on_both_sides_and_wide_dates_reach_into_them():
    for number in range(60):
        published(make_event(happened=f"2023-04-{number % 20 + 1:02}"))
    for when in ("1912", "1912-04-15", "2090-01-01", "1900/2095", "../1950", *["2023"] * 45):
        published(make_event(happened=when))
    histogram = of()
    assert [column.is_stub for column in (histogram.columns[0], histogram.columns[-1])] == [
        True
    ] * 2
    assert histogram.columns[0].total == 1
    assert histogram.columns[-1].total == 1
    assert sum(column.total for column in histogram.columns) + histogram.wide == 110
    assert all(column.possible >= 0 for column in histogram.columns)


@pytest.mark.slow
def test_few_entries_have_no_stub():
    for when in ("2023-04-01", "2023-04-02", "1912-04-15"):
        published(make_event(happened=when))
    assert not any(column.is_stub for column in of().columns)
