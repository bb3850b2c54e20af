"""Which EDTF is read, with which bounds, and what is refused with which reason."""

from datetime import date

import pytest

from kb.dates import DateError, FuzzyDate, parse_edtf


def days(text):
    when = parse_edtf(text)
    return tuple(day.isoformat() if day else None for day in (when.earliest, when.latest))


def test_month_has_its_first_and_last_day():
    when = parse_edtf("2023-04")
    assert (when.earliest, when.latest) == (date(2023, 4, 1), date(2023, 4, 30))
    assert when == FuzzyDate("2023-04")


@pytest.mark.parametrize(
    ("text", "earliest", "latest", "precision"),
    [
        ("2023-12-15", "2023-12-15", "2023-12-15", "day"),
        ("2024-02", "2024-02-01", "2024-02-29", "month"),
        ("2023", "2023-01-01", "2023-12-31", "year"),
        ("0001", "0001-01-01", "0001-12-31", "year"),
        ("9999-12-31", "9999-12-31", "9999-12-31", "day"),
        ("201X", "2010-01-01", "2019-12-31", "decade"),
        ("20XX", "2000-01-01", "2099-12-31", "century"),
        ("00XX", "0001-01-01", "0099-12-31", "century"),
        ("2004-XX", "2004-01-01", "2004-12-31", "year"),
        ("2004-XX-XX", "2004-01-01", "2004-12-31", "year"),
        ("2024-02-XX", "2024-02-01", "2024-02-29", "month"),
        ("2023-21", "2023-03-01", "2023-05-31", "season"),
        ("2023-22", "2023-06-01", "2023-08-31", "season"),
        ("2023-23", "2023-09-01", "2023-11-30", "season"),
        ("2023-24", "2023-12-01", "2024-02-29", "season"),
        ("9999-24", "9999-12-01", "9999-12-31", "season"),
        ("2023-25", "2023-03-01", "2023-05-31", "season"),
        ("2023-29", "2023-09-01", "2023-11-30", "season"),
        ("2023-30", "2023-12-01", "2024-02-29", "season"),
        ("2023-32", "2023-06-01", "2023-08-31", "season"),
        ("2023-33", "2023-01-01", "2023-03-31", "quarter"),
        ("2023-36", "2023-10-01", "2023-12-31", "quarter"),
        ("2023-37", "2023-01-01", "2023-04-30", "quadrimester"),
        ("2023-39", "2023-09-01", "2023-12-31", "quadrimester"),
        ("2023-40", "2023-01-01", "2023-06-30", "half"),
        ("2023-41", "2023-07-01", "2023-12-31", "half"),
        ("2023-04/2023-06", "2023-04-01", "2023-06-30", "interval"),
        ("2004-06-XX/2004-07-03", "2004-06-01", "2004-07-03", "interval"),
        ("2023-04-12/2023-04", "2023-04-12", "2023-04-30", "interval"),
        ("2023-05~/2023-08~", "2023-05-01", "2023-08-31", "part"),
        ("2023-02-21~/2023-02-28~", "2023-02-21", "2023-02-28", "part"),
        ("1997~/1999~", "1997-01-01", "1999-12-31", "part"),
        ("../2023-12-15", None, "2023-12-15", "interval"),
        ("2023-12-17/..", "2023-12-17", None, "interval"),
        ("/2006", None, "2006-12-31", "interval"),
        ("2004-06-01/", "2004-06-01", None, "interval"),
        ("../..", None, None, "unknown"),
        ("", None, None, "unknown"),
    ],
)
def test_every_kind_of_date_has_its_bounds(text, earliest, latest, precision):
    assert days(text) == (earliest, latest)
    assert parse_edtf(text).precision == precision
    assert parse_edtf(text).edtf == text


@pytest.mark.parametrize(
    ("text", "qualifier"),
    [
        ("2023", ""),
        ("2023?", "uncertain"),
        ("2023-04~", "approximate"),
        ("2023-04-05%", "both"),
        ("2023?-11-14", "uncertain"),
        ("2004-06~-11", "approximate"),
        ("2004?-06-~11", "both"),
        ("?2004-06-04~", "both"),
        ("2004-%06", "both"),
        ("2023-04?/2023-06", "uncertain"),
        ("2023-04?/2023-06~", "both"),
        ("../2023-12~", "approximate"),
    ],
)
def test_marks_do_not_widen_the_bounds(text, qualifier):
    plain = "".join(character for character in text if character not in "?~%")
    assert parse_edtf(text).qualifier == qualifier
    assert days(text) == days(plain)


def test_only_an_unmarked_day_is_exact():
    assert parse_edtf("2023-12-15").is_exact_day
    for text in ("2023-12-15?", "2023?-12-15", "2023-12", "2023-12-15/2023-12-15", ""):
        assert not parse_edtf(text).is_exact_day


def test_every_spelling_of_unknown_is_unknown():
    assert parse_edtf("").is_unknown and parse_edtf("../..").is_unknown
    assert not parse_edtf("../2023").is_unknown


@pytest.mark.parametrize(
    ("text", "time", "zone"),
    [
        ("2023-12-15T18:05:00", "18:05:00", ""),
        ("2023-12-15T18:05:00Z", "18:05:00", "Z"),
        ("2023-12-15T18:05:00+08:00", "18:05:00", "+08:00"),
        ("2023-12-15T18:05:00-08", "18:05:00", "-08:00"),
        ("2023-12-15T23:59:59.999Z", "23:59:59", "Z"),
        ("2023-12-15T23:59:60Z", "23:59:60", "Z"),
        ("2023-12-15T24:00:00", "24:00", ""),
    ],
)
def test_date_time_becomes_a_day_with_time_and_zone(text, time, zone):
    assert parse_edtf(text) == FuzzyDate("2023-12-15", time=time, zone=zone)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2023-02-29", "28 days"),
        ("2023-04-31", "30 days"),
        ("2023-13", "no valid month"),
        ("2023-00", "no valid month"),
        ("2023-42", "no valid month"),
        ("2023-21-01", "Only a month can have a day"),
        ("2023-21-XX", "Only a month can have a day"),
        ("2023-06/2023-04", "“2023-04/2023-06”"),
        ("2012-24/2012-21", "ends before it begins"),
        ("2023/2024/2025", "more than one slash"),
        ("/", "Leave the field empty"),
        ("/..", "Leave the field empty"),
        ("../", "Leave the field empty"),
        ("0000", "year 0"),
        ("-0044", "before the year 1"),
        ("-0044/0014", "before the year 1"),
        ("Y17000", "four-digit year"),
        ("Y17E8", "four-digit year"),
        ("1950S2", "four-digit year"),
        ("[1667,1668]", "set of dates"),
        ("{1667..1668}", "set of dates"),
        ("XXXX-12-25", "can be unknown"),
        ("1XXX", "can be unknown"),
        ("156X-12", "can be unknown"),
        ("2004-XX-11", "can be unknown"),
        ("2004-1X", "can be unknown"),
        ("201x", "capital X"),
        ("2004-uu", "capital X"),
        ("2023 -04", "space"),
        ("2023-4", "is not valid EDTF"),
        ("12345", "is not valid EDTF"),
        ("2023-12-15T25:00:00", "Hours go up to 23"),
        ("2023-12-15T18:05", "is not a valid date and time"),
        ("2023-12-15T18:05:00+15:00", "not a valid time zone"),
        ("2023-12-15T18:05:00-00:00", "not a valid time zone"),
        ("2023-12-15T18:05:00+00:60", "not a valid time zone"),
        ("2023-02-29T18:05:00Z", "28 days"),
        ("2023-12-15T18:05:00Z/2023-12-16", "not a valid date and time"),
        ("2023-12-15/2023-12-16T18:05:00Z", "time inside an interval"),
        ("2" * 65, "64 characters"),
        ("2" * 201, "200 characters"),
        ("٢٠٢٣", "is not valid EDTF"),
        ("2023\n", "space"),
    ],
)
def test_invalid_edtf_is_refused_with_the_reason(text, reason):
    with pytest.raises(DateError) as refused:
        parse_edtf(text)
    assert reason in str(refused.value)
    assert str(refused.value).endswith((".", "?"))


def test_fuzzy_date_checks_its_edtf():
    for text in ("nonsense", "2023-02-29", "2023-12-15T18:05:00", "April 2023"):
        with pytest.raises(DateError):
            FuzzyDate(text)


def test_fuzzy_dates_compare_by_value():
    first, second = FuzzyDate("2023", "then", rule="M5"), FuzzyDate("2023", "then")
    assert first == second and hash(first) == hash(second) and first != FuzzyDate("2023")
    with pytest.raises(AttributeError):
        first.edtf = "2024"


def test_json_round_trip():
    when = FuzzyDate("../2023-12-15", "by Friday", "-08:00")
    document = when.to_json()
    assert document == {
        "edtf": "../2023-12-15",
        "phrase": "by Friday",
        "earliest": None,
        "latest": "2023-12-15",
        "zone": "-08:00",
        "words": "On or before 15 December 2023",
        "note": "latest day known, not the earliest",
        "qualifier": "",
        "time": "",
    }
    assert FuzzyDate.from_json(document) == when
    assert FuzzyDate.from_json({"edtf": "2023", "earliest": "1970-01-01"}).earliest.year == 2023
    with pytest.raises(DateError):
        FuzzyDate.from_json({"edtf": "never"})
