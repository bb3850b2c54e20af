"""Dates in words."""

import pytest
from django.utils import translation

from kb.dates import FuzzyDate, parse, parse_edtf


def test_words_are_the_text_of_a_date():
    assert str(FuzzyDate("2023-04")) == FuzzyDate("2023-04").words() == "April 2023"


@pytest.mark.parametrize(
    ("edtf", "words", "note"),
    [
        ("2023-12-15", "15 December 2023", "exact day, Friday"),
        ("2023-04", "April 2023", "month only"),
        ("2023-34", "Second quarter of 2023", "quarter only"),
        ("2023", "2023", "year only"),
        ("2023-01~/2023-04~", "Early 2023", "read as January–April"),
        ("2023-05~/2023-08~", "Mid-2023", "read as May–August"),
        ("2023-09~/2023-12~", "Late 2023", "read as September–December"),
        ("../2023-12-15", "On or before 15 December 2023", "latest day known, not the earliest"),
        ("2023-12-18/..", "On or after 18 December 2023", "earliest day known, not the latest"),
        ("2023-07~/2023-11~", "About July to November 2023", "read as July–November"),
        ("2023?-11-14", "14 November 2023", "year inferred"),
        ("", "Date not stated", "ordered by publication"),
        # Beyond the table.
        ("../..", "Date not stated", "ordered by publication"),
        ("2023-12-15/2023-12-17", "15–17 December 2023", "3 days, first to last"),
        ("2023-12-15~/2023-12-17~", "About 15–17 December 2023", "read as 15–17 December"),
        ("2023-12-15?/2023-12-17?", "15–17 December 2023, uncertain", "one or both ends uncertain"),
        (
            "2023-11-30/2023-12-02",
            "30 November 2023 to 2 December 2023",
            "3 days, first to last",
        ),
        (
            "2023-12-15~/2023-12-17",
            "From about 15 December 2023 to 17 December 2023",
            "read as 15–17 December",
        ),
        ("2023-12-15/2023-12-15", "15 December 2023 to 15 December 2023", "1 day"),
        ("2023-04/2023-06", "April to June 2023", "months only"),
        ("2023-11/2024-02", "November 2023 to February 2024", "months only"),
        ("2020/2023", "2020 to 2023", "years only"),
        (
            "2023-33/2023-34",
            "First quarter of 2023 to second quarter of 2023",
            "read as January–June",
        ),
        ("2023-04~/2023-06", "From about April 2023 to June 2023", "read as April–June"),
        (
            "2023-04?/2023-06",
            "From April 2023, uncertain to June 2023",
            "one or both ends uncertain",
        ),
        (
            "2023-12-15~/2024-01-02~",
            "About 15 December 2023 to 2 January 2024",
            "read as 15 December 2023 – 2 January 2024",
        ),
        (
            "2023-08~/2024-02~",
            "About August 2023 to February 2024",
            "read as August 2023–February 2024",
        ),
        ("2023-04-01~/2023-04-10~", "Early April 2023", "read as 1–10 April"),
        ("2023-04-11~/2023-04-20~", "Mid-April 2023", "read as 11–20 April"),
        ("2024-02-21~/2024-02-29~", "Late February 2024", "read as 21–29 February"),
        ("1990~/1993~", "Early 1990s", "read as 1990–1993"),
        ("1994~/1996~", "Mid-1990s", "read as 1994–1996"),
        ("2023-08~", "About August 2023", "date approximate"),
        ("2023-08?", "August 2023, uncertain", "date uncertain"),
        ("2023-08%", "About August 2023, uncertain", "date approximate and uncertain"),
        ("2004-06~-11", "11 June 2004", "year approximate, month approximate"),
        ("2004?-06-~11", "11 June 2004", "year inferred, day approximate"),
        ("2004-%06-11", "11 June 2004", "month inferred and approximate"),
        ("../2023-04", "In or before April 2023", "latest day known, not the earliest"),
        ("2023-04/..", "In or after April 2023", "earliest day known, not the latest"),
        ("/2006", "Until 2006, start not stated", "latest day known, not the earliest"),
        ("2006/", "From 2006, end not stated", "earliest day known, not the latest"),
        ("2023-22", "Summer 2023", "season, read as June–August"),
        ("2023-24", "Winter 2023", "season, read as December 2023–February 2024"),
        ("2023-32", "Winter 2023, southern hemisphere", "season, read as June–August"),
        ("2023-38", "Middle four months of 2023", "four months only"),
        ("2023-41", "Second half of 2023", "half-year only"),
        ("199X", "1990s", "decade only"),
        ("18XX", "19th century", "century only"),
        ("00XX", "1st century", "century only"),
        ("01XX", "2nd century", "century only"),
        ("02XX", "3rd century", "century only"),
        ("11XX", "12th century", "century only"),
        ("20XX", "21st century", "century only"),
        ("2004-XX", "2004", "month not stated"),
        ("2004-XX-XX", "2004", "month and day not stated"),
        ("2004-12-XX", "December 2004", "day not stated"),
        ("0800", "AD 800", "year only"),
    ],
)
def test_every_kind_of_date_has_its_words_and_note(edtf, words, note):
    when = parse_edtf(edtf)
    assert (when.words(), when.note()) == (words, note)


@pytest.mark.parametrize(
    ("edtf", "expected"),
    [
        ("2023-04", "April 2023"),
        ("2023-12-15", "15 December 2023"),
        ("2023-05~/2023-08~", "mid-2023 (1 May – 31 August)"),
        ("../2023-12-15", "on or before 15 December 2023"),
        ("2023-34", "second quarter of 2023 (1 April – 30 June)"),
        ("2023-08~", "about August 2023 (1 August – 31 August)"),
        ("2023-24", "winter 2023 (1 December 2023 – 29 February 2024)"),
        ("199X", "1990s (1 January 1990 – 31 December 1999)"),
        ("2023-04/2023-06", "April to June 2023"),
        ("", "date not stated"),
    ],
)
def test_days_are_added_unless_the_words_say_them(edtf, expected):
    assert parse_edtf(edtf).span_words() == expected


@pytest.mark.parametrize(
    "edtf",
    [
        "2023-12-15", "2023-04", "2023", "2023-34", "2023-40", "2023-38", "2023-22", "2023-24",
        "2023-05~/2023-08~", "2023-04-01~/2023-04-10~", "1990~/1993~", "199X", "18XX", "0800",
        "../2023-12-15", "2023-12-15/..", "../2023-04", "2023-04/..", "2023-04/2023-06",
        "2023-11/2024-02", "2023-12-15/2023-12-17", "2023-07~/2023-11~", "2023-08~", "2023-08?",
        "2023-08%", "2020/2023", "",
    ],
)  # fmt: skip
def test_words_read_back_as_the_same_date(edtf):
    words = parse_edtf(edtf).words()
    assert parse(words).edtf == edtf


def test_words_have_no_shorthand():
    for edtf in ("2023~", "2023-05~/2023-08~", "2023%", "../2023-12~", "1860~/1865?"):
        when = parse_edtf(edtf)
        for text in (when.words(), when.note(), when.span_words()):
            assert not set("~%?X") & set(text)
            assert "c." not in text


def test_words_are_in_the_active_language():
    with translation.override("de"):
        assert parse_edtf("2023-12-15").words() == "15 Dezember 2023"
