"""Moments: when dates begin and end in UTC, and the order that follows."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.dates import FuzzyDate, parse_edtf
from kb.dates.bounds import OPEN_WIDTH, UNDATED
from tests.dates.test_properties import dates

HOUR, DAY = 60, 24 * 60
OFFSETS = ["Z", "+08:00", "-05:00", "+14:00", "-12:00", "+05:45"]
zones = st.sampled_from(["", *OFFSETS, "Asia/Shanghai", "America/New_York"])
moments = st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 30))


def midnight(year, month, day):
    return (date(year, month, day).toordinal() - 1) * DAY


def old_sort_key(when):
    """The order of dates before there were times: the middle day, and the width in days."""
    if when.earliest and when.latest:
        first, last = when.earliest.toordinal(), when.latest.toordinal()
        return (first + last) // 2, last - first + 1
    bound = when.earliest or when.latest
    return (bound.toordinal(), 4_000_000) if bound else (9_999_999, 9_999_999)


def sign(first, other):
    return (first > other) - (first < other)


@given(dates, dates)
@pytest.mark.slow
def test_dates_without_times_keep_their_order(first, other):
    """Dates without time and zone are in the order that they had before there were times."""
    expected = sign(old_sort_key(first), old_sort_key(other))
    assert sign(first.sort_key, other.sort_key) == expected


def test_day_without_zone_is_as_wide_as_all_zones():
    start = midnight(2023, 12, 15)
    assert FuzzyDate("2023-12-15").moments() == (start - 14 * HOUR, start + DAY + 12 * HOUR)
    assert FuzzyDate("2023-12-15", zone="+08:00").moments() == (
        start - 8 * HOUR,
        start + 16 * HOUR,
    )


def test_time_is_as_wide_as_its_precision():
    start = midnight(2023, 12, 15)
    for time, first, last in (
        ("18", 18 * HOUR, 19 * HOUR),
        ("18:05", 18 * HOUR + 5, 18 * HOUR + 6),
        ("18:05:30", 18 * HOUR + 5, 18 * HOUR + 6),
        ("24:00", DAY, DAY + 1),
        ("23:59:60", DAY - 1, DAY),
    ):
        assert FuzzyDate("2023-12-15", "", "Z", time).moments() == (start + first, start + last)
        assert FuzzyDate("2023-12-15", "", "", time).moments() == (
            start + first - 14 * HOUR,
            start + last + 12 * HOUR,
        )


def test_open_ends_have_no_moment():
    assert parse_edtf("../2023-12-15").moments()[0] is None
    assert parse_edtf("2023-12-15/..").moments()[1] is None
    assert FuzzyDate().moments() == (None, None)
    assert parse_edtf("../2023-04-10").sort_key[1] == OPEN_WIDTH
    assert FuzzyDate().sort_key == UNDATED == parse_edtf("../..").sort_key


def test_day_in_a_region_has_the_hours_of_that_day():
    first, last = FuzzyDate("2023-11-05", zone="America/New_York").moments()
    assert last - first == 25 * HOUR
    # The hour that is repeated when clocks go back is either of the two.
    first, last = FuzzyDate("2023-11-05", "", "America/New_York", "01:30").moments()
    assert last - first == HOUR + 1


def test_first_and_last_days_of_all_have_moments():
    for zone in ("", *OFFSETS, "Asia/Shanghai"):
        for edtf in ("0001-01-01", "9999-12-31"):
            for time in ("", "00:00", "24:00"):
                when = FuzzyDate(edtf, "", zone, time)
                assert when.sort_key < UNDATED


@given(moments, moments, st.sampled_from(OFFSETS), st.sampled_from(OFFSETS))
def test_moments_in_two_zones_compare_as_instants(first, other, first_zone, other_zone):
    """Two stated times are in the order of their instants, whatever their zones."""
    instants, whens = [], []
    for moment, zone in ((first, first_zone), (other, other_zone)):
        local = moment.replace(microsecond=0)
        hours, minutes = (0, 0) if zone == "Z" else (int(zone[:3]), int(zone[0] + zone[4:]))
        tzinfo = timezone(timedelta(hours=hours, minutes=minutes))
        instants.append(local.replace(tzinfo=tzinfo))
        whens.append(FuzzyDate(f"{local:%Y-%m-%d}".zfill(10), "", zone, f"{local:%H:%M:%S}"))
    assert whens[0].utc_datetime() == instants[0].astimezone(UTC)
    assert whens[0].before(whens[1]) == (instants[0] < instants[1])
    assert whens[0].overlaps(whens[1]) == (instants[0] == instants[1])
    assert sign(whens[0].seconds(), whens[1].seconds()) == sign(*instants)


@given(st.lists(st.tuples(dates, zones), min_size=3, max_size=3))
@pytest.mark.slow
def test_before_is_an_order(parts):
    """Nothing is before itself, and what is before a third is before all that come after it."""
    first, second, third = (FuzzyDate(when.edtf, zone=zone) for when, zone in parts)
    assert not first.before(first)
    assert not (first.before(second) and second.before(first))
    if first.before(second) and second.before(third):
        assert not third.before(first)


@pytest.mark.parametrize(
    ("first", "other", "before"),
    [
        (FuzzyDate("2023-12-15"), FuzzyDate("2023-12-16"), True),
        (FuzzyDate("2023-12-15"), FuzzyDate("2023-12-16", zone="+08:00"), False),
        (FuzzyDate("2023-12-15", zone="-05:00"), FuzzyDate("2023-12-16", zone="+08:00"), False),
        (FuzzyDate("2023-12-15"), FuzzyDate("2023-12-18", zone="+08:00"), True),
        (FuzzyDate("2023-12-15", time="08:00"), FuzzyDate("2023-12-15", time="08:01"), True),
        (FuzzyDate("2023-12-15", time="08"), FuzzyDate("2023-12-15", time="08:01"), False),
        (FuzzyDate("2023-12-15", time="08:00"), FuzzyDate("2023-12-15"), False),
        (FuzzyDate("../2023-12-15"), FuzzyDate("2023-12-16"), True),
        (FuzzyDate("2023-12-15/.."), FuzzyDate("2023-12-16"), False),
        (FuzzyDate(), FuzzyDate("2023-12-16"), False),
    ],
)
def test_before_is_only_what_is_certain(first, other, before):
    assert first.before(other) is before
    assert first.overlaps(other) is not before


def test_one_moment_on_two_calendar_days_overlaps():
    washington = FuzzyDate("2023-12-15", "", "-05:00", "18:30")
    beijing = FuzzyDate("2023-12-16", "", "+08:00", "07:30")
    assert washington.overlaps(beijing)
    assert washington.sort_key == beijing.sort_key


def test_relation_to_a_range_goes_by_the_day_as_stated():
    day = date(2023, 12, 15)
    assert FuzzyDate("2023-12-15", "", "-05:00", "23:50").relation(day, day) == "certain"
