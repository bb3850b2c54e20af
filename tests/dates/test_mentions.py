"""Dates that a text mentions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.dates import UNKNOWN, FuzzyDate
from kb.dates.mentions import date_mentions
from tests.text.growth import assert_grows_linearly

MONDAY = FuzzyDate("2023-12-18")


def mentions(text, day=MONDAY):
    return [
        (row.text, row.when and row.when.edtf, row.is_certain) for row in date_mentions(text, day)
    ]


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("On Friday local time, it sailed.", ("Friday", "2023-12-15", True)),
        ("Last weekend it sailed.", ("Last weekend", "2023-12-16/2023-12-17", True)),
        ("It sailed on December 17.", ("December 17", "2023-12-17", True)),
        ("It sailed on Dec. 17, 2021.", ("Dec. 17, 2021", "2021-12-17", True)),
        ("It sailed on 17 December 2021.", ("17 December 2021", "2021-12-17", True)),
        ("It sailed on Nov. 14th.", ("Nov. 14th", "2023-11-14", True)),
        ("It sailed in June of this year.", ("June of this year", "2023-06", True)),
        ("In August, it sailed.", ("August", "2023-08", True)),
        ("It has sailed since 2008.", ("2008", "2008", True)),
        ("It sailed late last month.", ("late last month", "2023-11-21~/2023-11-30~", False)),
        ("It sailed two days ago.", ("two days ago", "2023-12-16", True)),
        ("It sailed a few months ago.", ("a few months ago", "2023-07~/2023-11~", False)),
        ("It sailed between 1990 and 2013.", ("between 1990 and 2013", "1990/2013", True)),
        ("昨天，船停航。", ("昨天", "2023-12-17", True)),
        ("上周五，船停航。", ("上周五", "2023-12-15", True)),
        ("船于12月15日停航。", ("12月15日", "2023-12-15", True)),
        ("船在去年4月停航。", ("去年4月", "2022-04", True)),
        ("船于2021年3月5日停航。", ("2021年3月5日", "2021-03-05", True)),
        ("三天前，船停航。", ("三天前", "2023-12-15", True)),
    ],
)
def test_date_has_its_reading(text, row):
    assert mentions(text) == [row]


@pytest.mark.parametrize(
    "text",
    [
        "You may sail.",
        "They march on.",
        "It has 2008 berths.",
        "It is 12 metres long and cost 1,999 dollars.",
        "The Sunday-school ship",
        "目前，船已停航。",
        "他们是月球上的船。",
    ],
)
def test_other_words_are_no_date(text):
    assert mentions(text) == []


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("It will sail on Friday.", ("Friday", "2023-12-15", False)),
        ("It sails in January.", ("January", "2023-01", False)),
        ("公司计划周五开航。", ("周五", "2023-12-15", False)),
    ],
)
def test_day_that_can_be_after_the_source_is_not_certain(text, row):
    assert mentions(text) == [row]


def test_phrase_and_rule_are_kept():
    (row,) = date_mentions("It sailed on Friday.", MONDAY)
    assert row.when is not None
    assert (row.when.phrase, row.when.rule, row.basis) == ("Friday", "R2", "source-day")


def test_source_that_is_not_exact_gives_a_reading_that_is_not_certain():
    (friday, year) = date_mentions("It sailed on Friday, as this year began.", FuzzyDate("2023-12"))
    assert (friday.when.edtf, friday.is_certain, friday.basis) == (
        "2023-12-01",
        False,
        "source-span",
    )
    assert (year.when.edtf, year.is_certain) == ("2023", True)


@pytest.mark.parametrize("day", [None, UNKNOWN])
def test_words_stay_without_a_reading_if_the_day_of_the_source_is_unknown(day):
    assert mentions("It sailed on Friday and in May 2021.", day) == [
        ("Friday", None, False),
        ("May 2021", "2021-05", True),
    ]


PIECES = st.sampled_from(
    [
        "Friday ",
        "last ",
        "May ",
        "4, ",
        "2023 ",
        "in ",
        "ago ",
        "two ",
        "days ",
        "昨天",
        "12月",
        "5日",
        "。",
    ]
)


@pytest.mark.slow
@given(st.lists(PIECES).map("".join) | st.text(max_size=60), st.sampled_from([MONDAY, None]))
def test_mentions_are_the_exact_words_and_do_not_overlap(text, day):
    end = 0
    for row in date_mentions(text, day):
        assert text[row.start : row.end] == row.text != ""
        assert row.start >= end
        assert row.when is not None or not row.is_certain
        end = row.end


@pytest.mark.slow
@pytest.mark.parametrize(
    "unit", ["Friday ", "early ", "the early part of the ", "12", "1月", "from 2001 to "]
)
def test_work_grows_linearly(unit):
    assert_grows_linearly(date_mentions, unit, unit)
