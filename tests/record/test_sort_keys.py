"""Sort keys as text: years, old keys, and the order of dates without links."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given

from kb.dates import FuzzyDate
from kb.record.entry_values import key_alone
from kb.record.sort_keys import KEY, is_undated_key, key_of_days, key_of_year, year_of_key
from tests.dates.test_moments import old_sort_key
from tests.dates.test_properties import dates


def key(when, public_id="kbcdfghj"):
    return key_alone({"id": public_id, "date": when.to_json(), "citations": [], "links": []})


def old_key(when, public_id="kbcdfghj"):
    day, width = old_sort_key(when)
    return f"{day:07d}.{width:07d}.{public_id}"


@given(dates, dates)
@pytest.mark.slow
def test_dates_without_time_zone_and_link_keep_the_order_of_their_days(first, other):
    old, before = (old_key(first, "bbbbbb"), old_key(other, "cccccc"))
    new, after = (key(first, "bbbbbb"), key(other, "cccccc"))
    assert (old < before) == (new < after)


@given(dates)
def test_old_key_becomes_the_new_one(when):
    assert key_of_days(old_key(when)) == key(when)


def test_other_text_is_no_old_key():
    assert key_of_days("17") is None and key_of_days(key_of_year(2023)) is None


def test_year_begins_before_its_first_date():
    for year in (1, 2, 2023, 9999):
        first, before = key(FuzzyDate(f"{year:04}-01-01", time="00:00")), key_of_year(year)
        assert before < first
        assert year == date.max.year or first < key_of_year(year + 1)
        assert year == 1 or key(FuzzyDate(f"{year - 1:04}-12-31", time="23:59:59")) < before
        assert year_of_key(first) == year
    assert year_of_key(key(FuzzyDate("9999-12-31", time="24:00"))) == 9999


def test_undated_key_is_known():
    assert is_undated_key(key(FuzzyDate("")))
    assert not is_undated_key(key(FuzzyDate("9999-12-31", time="24:00")))


@given(dates)
def test_key_is_a_cursor(when):
    import re

    assert re.fullmatch(KEY, key(when)) is not None
