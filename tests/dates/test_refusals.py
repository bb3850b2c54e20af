"""Refusals: they quote what was typed, and give the reason that applies."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.dates import (
    DateError,
    FuzzyDate,
    FuzzyDateFormField,
    parse,
    parse_edtf,
    read_date,
    typed_edtf,
)
from kb.dates.edtf import MAX_QUOTED
from tests.dates.test_properties import FRAGMENTS

FIGURES = st.text(alphabet="0123456789-/X.?~%T:+ZY ", min_size=1, max_size=40)


@given(
    st.one_of(
        FIGURES,
        st.text(min_size=1, max_size=60),
        st.lists(FRAGMENTS, min_size=1, max_size=9).map(" ".join),
        st.lists(FRAGMENTS, min_size=1, max_size=9).map("".join),
        st.sampled_from(
            ["before 29 Feb 2023", "on 31 April 2023", "since 2022-23", "from 0000", "约2023年13月"]
        ),
    )
)
def test_every_refusal_quotes_the_whole_text(text):
    typed = text.strip(" \t\r\n\u00a0\u3000")
    for reader in (parse, read_date):
        try:
            reader(text)
        except DateError as refused:
            if typed.isprintable():
                assert f"“{typed}”" in str(refused) or len(typed) > MAX_QUOTED
            assert str(refused).count("“") >= 1
    try:
        parse_edtf(text)
    except DateError as refused:
        assert f"“{text}”" in str(refused) or not text.isprintable() or len(text) > MAX_QUOTED


def test_long_text_is_quoted_up_to_a_stated_length():
    text = "word " * 20
    with pytest.raises(DateError) as refused:
        parse(text)
    assert f"“{text[: MAX_QUOTED - 1]}…”" in str(refused.value)
    with pytest.raises(DateError, match="at most 200 characters"):
        parse("word " * 20_000)


def message_for(text):
    with pytest.raises(DateError) as refused:
        parse(text)
    return str(refused.value)


@pytest.mark.parametrize(
    ("text", "day", "zone"),
    [
        ("2023-04-03 00:00:00", "2023-04-03", ""),
        ("2023/12/15 18:05", "2023-12-15", ""),
        ("15/12/2023, 18:05", "2023-12-15", ""),
        ("15 December 2023 18:05", "2023-12-15", ""),
        ("2023-12-15T18:05", "2023-12-15", ""),
        ("2023年4月3日 10:00", "2023-04-03", ""),
        ("2023年4月3日10:00:00", "2023-04-03", ""),
        ("2023-12-15T24:00:00", "2023-12-15", ""),
        ("2016-12-31T23:59:60Z", "2016-12-31", "Z"),
        ("2023-12-15T18:05:00+0800", "2023-12-15", "+08:00"),
        ("2023-12-15 18:05:00.250 -05:00", "2023-12-15", "-05:00"),
        ("+2023-04-03T00:00:00Z", "2023-04-03", "Z"),
    ],
)
def test_day_and_zone_of_a_timestamp_are_read(text, day, zone):
    when = parse(text)
    assert (when.edtf, when.zone) == (day, zone) and when.time


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("1/2/2018 0:00", "1 February 2018 or 2 January 2018. Write 2018-02-01 or 2018-01-02."),
        ("+2023-00-00T00:00:00Z", "a zero means that the part is not known"),
        ("2023-04-00", "Leave it out: write 2023-04."),
        ("00/04/2023", "Leave it out: write 2023-04."),
        ("2023-12-15 25:00", "Hours go up to 23"),
        ("2023-12-15T18:05:00+15:00", "not a valid time zone"),
        ("2023-04-03 10:00 to 2023-04-04 11:00", "not a date in a supported format"),
        ("December 2023 18:05", "A time of day needs a single day"),
        ("21/06/2023:", "not a date in a supported format"),
        ("2023-04-03 :", "not a date in a supported format"),
        ("5 FEB 1731/32", "not a date in a supported format"),
        ("last week of March 2023", "not a date in a supported format"),
        ("two weeks after 15 December 2023", "not a date in a supported format"),
        ("late Thursday", "depends on when it was said"),
        ("周四晚", "depends on when it was said"),
        ("last quarter", "depends on when it was said"),
        ("Sept. 7th", "has no year"),
        ("Friday, 15 December", "has no year"),
        ("2024年内", "“2023年12月15日”"),
        ("2024年12月月底", "“2023年年中”"),
        ("before 29 Feb 2023", "“29 Feb 2023” does not exist"),
    ],
)
def test_refusal_gives_the_reason_that_applies(text, reason):
    message = message_for(text)
    assert reason in message and f"“{text}”" in message
    assert "EDTF" not in message and "slash" not in message and "space" not in message


def test_only_text_without_a_year_has_no_year():
    for text in (
        "2019 –x",
        "2023-H3",
        "half 2023",
        "2023 quarter",
        "2023年夏末",
        "4月至2023年5月底x",
    ):
        assert "no year" not in message_for(text)


def test_years_are_not_taken_for_a_season():
    message = message_for("2020-21")
    assert "spring 2020" in message and "2020 to 2021" in message and "2020/2021" in message
    for text in (
        "2022-23",
        "since 2022-23",
        "about 2022-23",
        "2020-21~",
        "1999/2020-21",
        "1939-41",
    ):
        assert "can mean" in message_for(text)
    # Season 25 is of one hemisphere, which the rules for words do not read.
    assert "“EDTF 2024-25”" in message_for("2024-25")


def test_other_groupings_and_the_long_dash_have_one_reading():
    assert parse("2001-21").edtf == "2001-21"
    assert parse("2023-34").edtf == "2023-34"
    assert parse("2020–21").edtf == "2020/2021"
    assert parse("spring 2020").edtf == "2020-21"


def test_edtf_keeps_its_meaning_where_programs_write_it():
    assert parse_edtf("2020-21").edtf == "2020-21"
    assert parse("2020-21", edtf_first=True) == FuzzyDate("2020-21")
    assert parse("EDTF 2020-21") == FuzzyDate("2020-21")


def test_form_shows_a_season_as_text_that_it_reads_back():
    field = FuzzyDateFormField()
    spring = FuzzyDate("2020-21", "in spring")
    shown = field.prepare_value(spring)
    assert shown == typed_edtf("2020-21") == "EDTF 2020-21"
    assert field.clean(shown) == FuzzyDate("2020-21")
    assert not field.has_changed(spring, shown)
    assert field.prepare_value(FuzzyDate("2023-34")) == "2023-34"


def test_order_of_day_and_month_can_be_given_for_a_file():
    assert parse("1/2/2018 0:00", figures="day_first").edtf == "2018-02-01"
    assert parse("1/2/2018 0:00", figures="month_first").edtf == "2018-01-02"
    assert parse("2018-01-02", figures="month_first").edtf == "2018-01-02"
    with pytest.raises(DateError, match="no valid month"):
        parse("15/12/2023", figures="month_first")
