"""Times of day and zones: what is read, what is refused, and how they are put into words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.dates import DateError, FuzzyDate, parse, read_date
from kb.dates.times import clean_time, split_time
from kb.dates.zones import clean_zone, zone_words

TEXTS = [
    ("2023-12-15T18:05", "18:05", "", ""),
    ("2023-12-15T18", "18", "", ""),
    ("2023-12-15 18:05:00+0800", "18:05:00", "+08:00", ""),
    ("2023-12-15T18:05:00+0800", "18:05:00", "+08:00", ""),
    ("2023-12-15T18:05:30.25Z", "18:05:30", "Z", ""),
    ("2023-12-15T24:00:00", "24:00", "", ""),
    ("2023-12-15T23:59:60Z", "23:59:60", "Z", ""),
    ("15 Dec 2023 8:21 p.m. UTC", "20:21", "Z", "as typed"),
    ("2:00 PM on 15 December 2023", "14:00", "", "as typed"),
    ("4pm, 15 December 2023", "16", "", "as typed"),
    ("12 a.m. on 15 December 2023", "00", "", "as typed"),
    ("15 December 2023 at 8.21pm", "20:21", "", "as typed"),
    ("Friday 15 December 2023, 18:05 (local time)", "18:05", "", "as typed"),
    ("18:05 EST 15/12/2023", "18:05", "-05:00", "as typed"),
    ("8:21 p.m. FRI 15 DEC 2023", "20:21", "", "as typed"),
    ("15 December 2023, 18:05 (UTC-5)", "18:05", "-05:00", "as typed"),
    ("2023-12-15 01:30 America/New_York", "01:30", "America/New_York", "as typed"),
    ("2023年12月15日18时05分", "18:05", "", "as typed"),
    ("2023年12月15日 18:05", "18:05", "", "as typed"),
    ("2023年12月15日（星期五）下午6点", "18", "", "as typed"),
    ("北京时间2023年12月15日晚上8点半", "20:30", "+08:00", "as typed"),
    ("2023年12月15日18:05:30（北京时间）", "18:05:30", "+08:00", "as typed"),
]


@pytest.mark.parametrize(("text", "time", "zone", "phrase"), TEXTS)
def test_time_and_zone_are_read_as_stated(text, time, zone, phrase):
    assert parse(text) == FuzzyDate("2023-12-15", phrase and text, zone, time)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2023-12-15T25:00", "Hours go up to 23"),
        ("2023-12-15T24:01", "Hours go up to 23"),
        ("15 December 2023, 18:60", "Hours go up to 23"),
        ("15 December 2023, 18:05:61", "Hours go up to 23"),
        ("15 December 2023, 13:05 p.m.", "an hour from 1 to 12"),
        ("2023年12月15日晚上1点", "from 0 to 24"),
        ("15 December 2023, 18:05 CST", "“CST” can mean UTC−6 or UTC+8"),
        ("15 December 2023, 18:05 ET", "“ET” can mean UTC−5 or UTC−4"),
        ("15 December 2023, 18:05 Nowhere/City", "not a known time zone"),
        ("2023-12-15T18:05:00+15:00", "not a valid time zone"),
        ("2023-12-15 09:00-10:00", "a second time"),
        ("December 2023 18:05", "A time of day needs a single day"),
        ("2023 18:05", "A time of day needs a single day"),
        ("12/05/2023 18:05", "12 May 2023 or 5 December 2023"),
        ("29 Feb 2023 18:05", "28 days"),
        ("yesterday 18:05", "depends on when it was said"),
        ("between 8:00 and 9:00 on 15 December 2023", "not a date"),
    ],
)
def test_refusal_names_the_reason_and_the_whole_text(text, reason):
    with pytest.raises(DateError) as refused:
        parse(text)
    assert reason in str(refused.value)
    assert f"“{text}”" in str(refused.value)


def test_text_without_a_time_is_not_split():
    for text in ("15 December 2023", "2023-12-15/2023-12-17", "mid-2023", "2023年12月15日", ""):
        assert split_time(text) == (text, None)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("", ""),
        ("18", "18"),
        ("8", "08"),
        ("18:05", "18:05"),
        ("6:05 pm", "18:05"),
        ("6:05:30 P.M.", "18:05:30"),
        ("24:00:00", "24:00"),
        ("下午6点05分", "18:05"),
        ("１８：０５", "18:05"),
    ],
)
def test_typed_time_is_stored_in_one_form(typed, stored):
    assert clean_time(typed) == stored == clean_time(stored)


@pytest.mark.parametrize("typed", ["25", "18:05 UTC", "noon", "-1", "1805", "x" * 500])
def test_other_text_is_no_time(typed):
    with pytest.raises(DateError):
        clean_time(typed)


@pytest.mark.parametrize(
    ("typed", "stored", "words"),
    [
        ("", "", ""),
        ("local time", "", ""),
        ("当地时间", "", ""),
        ("z", "Z", "UTC"),
        ("GMT", "Z", "UTC"),
        ("UTC+8", "+08:00", "UTC+8"),
        ("+0530", "+05:30", "UTC+5:30"),
        ("\u22125", "-05:00", "UTC−5"),
        ("EDT", "-04:00", "UTC−4"),
        ("北京时间", "+08:00", "UTC+8"),
        ("asia/shanghai", "Asia/Shanghai", "Asia/Shanghai"),
        ("America/New York", "America/New_York", "America/New_York"),
    ],
)
def test_typed_zone_is_stored_in_one_form(typed, stored, words):
    assert clean_zone(typed) == stored == clean_zone(stored)
    assert zone_words(stored) == words


@pytest.mark.parametrize("typed", ["CST", "IST", "PST", "Washington", "Asia", "+14:01", "-00:00"])
def test_unknown_and_ambiguous_zones_are_refused_when_typed(typed):
    with pytest.raises(DateError, match=typed.replace("+", r"\+")):
        clean_zone(typed)


def test_old_zone_is_kept_and_counts_as_not_stated():
    when = FuzzyDate.from_json({"edtf": "2023-12-15", "zone": "Washington"})
    assert when.zone == "Washington"
    assert when.moments() == FuzzyDate("2023-12-15").moments()
    for zone in ("../etc/passwd", "/etc/localtime", "Asia/\x00", "+99:99", "Asia"):
        assert FuzzyDate("2023-12-15", zone=zone).sort_key == FuzzyDate("2023-12-15").sort_key


@pytest.mark.parametrize("edtf", ["", "2023", "2023-12", "2023-12-15/2023-12-16", "../2023-12-15"])
def test_only_a_single_day_has_a_time(edtf):
    with pytest.raises(DateError, match="single day"):
        FuzzyDate(edtf, time="18:05")
    with pytest.raises(DateError, match="Hours go up to 23"):
        FuzzyDate("2023-12-15", time="6 pm")


def test_words_have_the_time_and_the_zone():
    assert FuzzyDate("2023-12-15", "", "+08:00", "18:05").words() == (
        "15 December 2023, 18:05 (UTC+8)"
    )
    stated = FuzzyDate("2023-12-15", time="18:05")
    assert stated.words() == "15 December 2023, 18:05"
    assert stated.note() == "exact day, Friday, time zone not stated"
    assert stated.day_words() == "15 December 2023"
    assert FuzzyDate("2023-12-15", time="18").words() == "15 December 2023, 18 h"
    assert FuzzyDate("2023-12-15", zone="+08:00").words() == "15 December 2023"


def test_reading_shows_the_time_before_saving():
    reading = read_date("15 December 2023 at 8:21 p.m. UTC")
    assert reading.explanation.startswith("15 December 2023, 20:21 (UTC): 15 December 2023.")


def test_date_time_of_edtf_is_only_what_the_source_states():
    assert FuzzyDate("2023-12-15", time="18:05").edtf_datetime() == ""
    assert FuzzyDate("2023-12-15", time="18:05:00").edtf_datetime() == "2023-12-15T18:05:00"
    shanghai = FuzzyDate("2023-12-15", zone="Asia/Shanghai", time="18:05:00")
    assert shanghai.edtf_datetime() == "2023-12-15T18:05:00+08:00"
    for other in (
        FuzzyDate("2023-12-15~", time="18:05:00"),
        FuzzyDate("2023-12-15", time="24:00"),
        FuzzyDate("2023-12-15", zone="Z"),
    ):
        assert other.edtf_datetime() == ""


def test_iso_date_time_needs_a_zone():
    assert FuzzyDate("2023-12-15", "", "+08:00", "18:05").iso_datetime() == "2023-12-15T18:05+08:00"
    assert FuzzyDate("2023-12-15", "", "Z", "18:05").iso_datetime() == "2023-12-15T18:05Z"
    for time, zone in (("18:05", ""), ("18", "Z"), ("24:00", "Z"), ("18:05", "Washington")):
        assert FuzzyDate("2023-12-15", "", zone, time).iso_datetime() == ""
    # The hour that is there twice has two offsets.
    repeated = FuzzyDate("2023-11-05", "", "America/New_York", "01:30")
    assert repeated.iso_datetime() == ""


@given(st.text(max_size=60))
def test_typed_text_is_read_or_refused(text):
    """No text raises anything but DateError, and what is read is read again alike."""
    for clean in (clean_time, clean_zone):
        try:
            stored = clean(text)
        except DateError:
            continue
        assert clean(stored) == stored


@given(
    st.dates(),
    st.times(),
    st.sampled_from(["", "Z", "+08:00", "-05:00", "+05:45"]),
    st.sampled_from([5, 8]),
    st.sampled_from(["T", " "]),
)
def test_every_timestamp_is_read(day, time, zone, length, separator):
    """A timestamp with or without seconds is read as its day, time and zone."""
    clock = time.isoformat("seconds")[:length]
    when = (
        parse(f"{day.isoformat()}{separator}{clock}{zone}")
        if (separator == "T" or length == 8 or zone[:1] != "-")
        else FuzzyDate(day.isoformat(), "", zone, clock)
    )
    assert when == FuzzyDate(day.isoformat(), "", zone, clock)
    assert FuzzyDate.from_json(when.to_json()) == when
    if length == 8:
        assert parse(when.edtf_datetime()) == when
