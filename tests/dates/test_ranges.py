"""Ranges: what one end takes from the other, and that no end is lost."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kb.dates import DateError, parse, read_date
from kb.dates.calendar_words import MONTH_NAMES

MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
]
SEPARATORS = st.sampled_from([" to ", " until ", " through ", "–", " – ", " - "])


@st.composite
def closed_ranges(draw):
    """A range with both ends, in English, Chinese or EDTF; it may end before it begins."""
    year, month = draw(st.integers(1000, 9990)), draw(st.integers(1, 11))
    last_month, years = draw(st.integers(month, 11)), draw(st.integers(0, 9))
    day = draw(st.integers(1, 27))
    last_day, by = draw(st.integers(day, 28)), draw(SEPARATORS)
    name, last_name = MONTH_NAMES[month].title(), MONTH_NAMES[last_month].title()
    first_part, last_part = draw(st.tuples(st.sampled_from(["early", "mid", "late"]), PARTS))
    return draw(
        st.sampled_from(
            [
                f"{name} {day}-{last_day}, {year}",
                f"{name} {day} to {last_day}, {year}",
                f"{day}{by}{last_day} {name} {year}",
                f"{name}{by}{last_name} {year}",
                f"{year}{by}{year + years}",
                f"{year}-{month:02}-{day:02}{draw(st.sampled_from([' to ', '–']))}{year + years}",
                f"{first_part} {name} {year}{by}{last_part} {last_name} {year + years}",
                f"{first_part}{by}{last_part} {name} {year}",
                f"{year}-{month:02}/{year + years}-{last_month:02}",
                f"about {name}{by}{last_name} {year}",
                f"{year}年{month}月至{last_month}月",
                f"{year}年{month}月{day}日到{last_day}日",
                f"{year}-{year + years}年",
            ]
        )
    )


PARTS = st.sampled_from(["early", "mid", "late"])


@given(closed_ranges())
def test_from_keeps_both_ends_of_every_closed_range(text):
    try:
        when = parse(text)
    except DateError:
        assume(False)
    assert when.earliest and when.latest
    same = parse(f"自{text}" if "年" in text else f"from {text}")
    assert (same.earliest, same.latest) == (when.earliest, when.latest)


OPEN = ["since {}", "starting {}", "from {} onwards", "{} or later"]


@given(closed_ranges(), st.sampled_from(OPEN))
def test_open_end_and_closed_range_contradict_each_other(text, template):
    assume("年" not in text and "about" not in text)
    try:
        parse(text)
    except DateError:
        assume(False)
    with pytest.raises(DateError):
        parse(template.format(text))


@pytest.mark.parametrize(
    ("text", "edtf"),
    [
        ("from may 1-3, 2023", "2023-05-01/2023-05-03"),
        ("from 2019-2021", "2019/2021"),
        ("from April 28th to 29th, 2016", "2016-04-28/2016-04-29"),
        ("from early 2023", "2023-01~/.."),
        ("from the weekend of 16 December 2023", "2023-12-16/.."),
        ("from about April to June 2023", "2023-04~/2023-06"),
        ("from about 2019–2021", "2019~/2021~"),
        ("12/2023 – 3/2024", "2023-12/2024-03"),
        # A part alone belongs to the period of the other end.
        ("early to mid-April 2023", "2023-04-01~/2023-04-20~"),
        ("between early and mid-April 2023", "2023-04-01~/2023-04-20~"),
        ("between early and late April 2023", "2023-04-01~/2023-04-30~"),
        ("early-to-mid April 2023", "2023-04-01~/2023-04-20~"),
        ("early to mid-1990s", "1990~/1996~"),
        ("mid to late 2023", "2023-05~/2023-12~"),
        ("early or mid-April 2023", "2023-04-01~/2023-04-20~"),
        ("2023年初到年底", "2023-01~/2023-12~"),
        ("2023年4月至年底", "2023-04/2023-12~"),
        ("从2023年4月到年底", "2023-04/2023-12~"),
        ("2023年4月至年中", "2023-04/2023-08~"),
        ("2023年初到年中", "2023-01~/2023-08~"),
        ("2023年4月初至月底", "2023-04-01~/2023-04-30~"),
        ("2023年4月初到中旬", "2023-04-01~/2023-04-20~"),
        ("2023年2月到第三季度", "2023-02/2023-35"),
        # Open ends.
        ("2019–", "2019/.."),
        ("2019-", "2019/.."),
        ("April 2023 –", "2023-04/.."),
        ("2019–present", "2019/.."),
        ("2019 to the present", "2019/.."),
        ("from 15 December 2023 until now", "2023-12-15/.."),
        ("since 2019 to date", "2019/.."),
        ("2019年–至今", "2019/.."),
        ("2023年4月到现在", "2023-04/.."),
        ("by late 2023", "../2023-12~"),
        # One or the next.
        ("15 or 16 December 2023", "2023-12-15/2023-12-16"),
        ("31 December 2023 or 1 January 2024", "2023-12-31/2024-01-01"),
        ("15/16 December 2023", "2023-12-15/2023-12-16"),
        ("April/May 2023", "2023-04/2023-05"),
        ("Q1/Q2 2023", "2023-33/2023-34"),
        ("spring or summer 2023", "2023-21/2023-22"),
        ("2022 or 2023", "2022/2023"),
        ("possibly April or May 2023", "2023-04?/2023-05?"),
        ("by April or May 2023", "../2023-05"),
        ("2023年4月或5月", "2023-04/2023-05"),
        ("2023年12月15日或16日", "2023-12-15/2023-12-16"),
        # Weeks, quarters and half-years.
        ("2023-W14", "2023-04-03/2023-04-09"),
        ("2020W53", "2020-12-28/2021-01-03"),
        ("2023-W14-7", "2023-04-09"),
        ("week of 5 April 2023", "2023-04-03/2023-04-09"),
        ("the week starting April 5, 2023", "2023-04-05/2023-04-11"),
        ("week ending 5 April 2023", "2023-03-30/2023-04-05"),
        ("2023年4月5日当周", "2023-04-03/2023-04-09"),
        ("2023-H1", "2023-40"),
        ("2H 2023", "2023-41"),
        ("3Q 2023", "2023-35"),
        ("on or about 15 December 2023", "2023-12-15~"),
    ],
)
def test_end_takes_what_it_lacks_from_the_other(text, edtf):
    assert read_date(text).date.edtf == edtf


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("since 2019-2021", "Write 2019/2021 for the range, or 2019/.. if it has no end."),
        ("自2019年至2021年起", "open-ended"),
        ("early to April 2023", "not a date in a supported format"),
        ("15 or 20 December 2023", "write 2023-12-15/2023-12-20"),
        ("2023-W53", "no valid week"),
        ("week of 2 April 2023", "2023-03-27/2023-04-02 or 2023-04-02/2023-04-08"),
        ("week of April 2023", "does not identify a week"),
        ("9999-W53", "no valid week"),
    ],
)
def test_range_with_two_meanings_is_refused(text, reason):
    with pytest.raises(DateError) as refused:
        parse(text)
    assert reason in str(refused.value)
