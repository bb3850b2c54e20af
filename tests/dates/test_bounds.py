"""How dates relate to a range, and their order."""

from datetime import date

import pytest

from kb.dates import FuzzyDate, parse_edtf

APRIL, JUNE = date(2023, 4, 1), date(2023, 6, 30)


def test_relation_to_a_range_of_days():
    assert parse_edtf("2023-05").relation(APRIL, JUNE) == "certain"
    assert parse_edtf("2023").relation(APRIL, JUNE) == "possible"
    assert parse_edtf("2024").relation(APRIL, JUNE) == "none"


@pytest.mark.parametrize(
    ("edtf", "earliest", "latest", "expected"),
    [
        ("2023-04/2023-06", APRIL, JUNE, "certain"),
        ("2023-04-01", APRIL, JUNE, "certain"),
        ("2023-06-30", APRIL, JUNE, "certain"),
        ("2023-03-31", APRIL, JUNE, "none"),
        ("2023-07-01", APRIL, JUNE, "none"),
        ("2023-03/2023-04", APRIL, JUNE, "possible"),
        ("2023-06/2023-07", APRIL, JUNE, "possible"),
        # One end of the range open.
        ("2023-05", APRIL, None, "certain"),
        ("2023", APRIL, None, "possible"),
        ("2022", APRIL, None, "none"),
        ("2023-05", None, JUNE, "certain"),
        ("2024", None, JUNE, "none"),
        ("2023-05", None, None, "certain"),
        # One end of the date open.
        ("../2023-05", APRIL, JUNE, "possible"),
        ("../2023-05", None, JUNE, "certain"),
        ("../2023-03", APRIL, JUNE, "none"),
        ("../2023-05", APRIL, None, "possible"),
        ("2023-05/..", APRIL, JUNE, "possible"),
        ("2023-05/..", APRIL, None, "certain"),
        ("2023-07/..", APRIL, JUNE, "none"),
        ("2023-05/..", None, JUNE, "possible"),
        ("2023-05/..", None, None, "certain"),
        # Undated, and a range that is none.
        ("", APRIL, JUNE, "none"),
        ("", None, None, "none"),
        ("../..", None, None, "none"),
        ("2023", JUNE, APRIL, "none"),
    ],
)
def test_certain_is_inside_and_possible_is_overlap(edtf, earliest, latest, expected):
    assert parse_edtf(edtf).relation(earliest, latest) == expected


def test_narrow_dates_sort_before_wide_ones_and_undated_last():
    in_order = [
        "1999",
        "2023-04-15",  # all four have their middle on this day
        "2023-04-14/2023-04-16",
        "2023-04",
        "../2023-04-15",
        "2023-07-02",
        "2023",
        "9999-12-31",
        "",
    ]
    dates = [parse_edtf(text) for text in in_order]
    shuffled = [*dates[4:], *dates[:4]]
    assert sorted(shuffled, key=lambda when: when.sort_key) == dates


def test_unknown_date_has_no_default_day():
    for when in (FuzzyDate(), FuzzyDate("../.."), FuzzyDate("", "some day")):
        assert when.earliest is None and when.latest is None
        assert when.sort_key[0] > date.max.toordinal() * 24 * 60
