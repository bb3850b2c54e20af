"""Numbers are read as their source words them, and refused if they have two readings."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.text.numbers import MAX_NUMBER, NumberError, NumberRange, read_number

READINGS = """
1,200 | 1200 | 1200 | exact |
about 1,200 | 1200 | 1200 | about |
ABOUT 40 Accounts | 40 | 40 | about | Accounts
nearly forty people | 40 | 40 | about | people
at least 40 | 40 | 40 | at_least |
no fewer than 10 | 10 | 10 | at_least |
40+ | 40 | 40 | at_least |
40 people or more | 40 | 40 | at_least | people
up to 40 accounts | 40 | 40 | at_most | accounts
no more than 40 | 40 | 40 | at_most |
more than 2 million | 2000000 | 2000000 | more_than |
fewer than ten | 10 | 10 | less_than |
1.5 million | 1500000 | 1500000 | exact |
1.234 million | 1234000 | 1234000 | exact |
30k users | 30000 | 30000 | exact | users
40% | 40 | 40 | exact | %
$2 million | 2000000 | 2000000 | exact | $
about US$2–3 million | 2000000 | 3000000 | about | US$
$2 million to $3 million | 2000000 | 3000000 | exact | $
40 tons of oil | 40 | 40 | exact | tons of oil
40 requests per day | 40 | 40 | exact | requests per day
half a million | 500000 | 500000 | exact |
two dozen people | 24 | 24 | exact | people
three hundred and five thousand | 305000 | 305000 | exact |
two million three hundred thousand and six | 2300006 | 2300006 | exact |
2–3 million | 2000000 | 3000000 | exact |
at least 2–3 million | 2000000 | 3000000 | at_least |
two to three million | 2000000 | 3000000 | exact |
1.5 to 2 million | 1500000 | 2000000 | exact |
two to three hundred thousand | 200000 | 300000 | exact |
two hundred to three hundred thousand | 200000 | 300000 | exact |
between 2 and 3 million users | 2000000 | 3000000 | exact | users
500 to 1 million | 500 | 1000000 | exact |
200,000 to 3 million | 200000 | 3000000 | exact |
5 thousand to 10 million | 5000 | 10000000 | exact |
10 to 1,000 | 10 | 1000 | exact |
1 200 people | 1200 | 1200 | exact | people
约30人 | 30 | 30 | about | 人
３０人左右 | 30 | 30 | about | 人
30余人 | 30 | 30 | more_than | 人
30多万人 | 300000 | 300000 | more_than | 人
超过200万用户 | 2000000 | 2000000 | more_than | 用户
不到30人 | 30 | 30 | less_than | 人
至少三十人 | 30 | 30 | at_least | 人
30人以上 | 30 | 30 | at_least | 人
不超过30人 | 30 | 30 | at_most | 人
2至3万 | 20000 | 30000 | exact |
两到三万人 | 20000 | 30000 | exact | 人
在2至3万元之间 | 20000 | 30000 | exact | 元
8000至1万 | 8000 | 10000 | exact |
三千到五千万 | 30000000 | 50000000 | exact |
3至5百万 | 3000000 | 5000000 | exact |
十至二十万 | 100000 | 200000 | exact |
一万二千 | 12000 | 12000 | exact |
1万2千 | 12000 | 12000 | exact |
1亿2000万 | 120000000 | 120000000 | exact |
一百零五 | 105 | 105 | exact |
"""


@pytest.mark.parametrize("line", READINGS.strip().splitlines())
def test_number_is_read_as_it_is_worded(line):
    text, low, high, bound, unit = (part.strip() for part in line.split("|"))
    assert read_number(text) == NumberRange(Decimal(low), Decimal(high), bound, unit)


TWO_READINGS = [
    *("1.234", "1,23", "1.234.567", "12,34,567", "1.234,5", "1,2345", "about 1.234 people"),
    *("2–3,000", "1–1,200", "1.234k", "三百到五千万"),
]


@pytest.mark.parametrize("text", TWO_READINGS)
def test_number_with_two_readings_is_refused(text):
    with pytest.raises(NumberError, match=f"“{text}” has two readings"):
        read_number(text)


@pytest.mark.parametrize(
    "text",
    [
        *("dozens", "several", "hundreds of people", "a", "a person", "to 40", "40 to", "not 40"),
        *("40 not confirmed", "about about 40", "40 more", "3 in 4", "40 of 50", "40 (of 50)"),
        *("-5", "007", "1/2", "½", "10²", "1e5", "٣", "5 4", "2m", "2b", "$2 to €3", "$2 fines"),
        *("1 million 2 million", "two hundred three hundred", "between 2", "from 2", "hundred"),
        *("几十人", "数百人", "两三万", "一百二", "一万二", "1万2", "二〇二三", "万", "30多至40人"),
        *("30人以下以上", "30人之中"),
    ],
)
def test_text_that_is_not_a_number_is_refused(text):
    with pytest.raises(NumberError, match="is not a number in a supported format") as refused:
        read_number(text)
    assert f"“{text}”" in str(refused.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (" ", "Enter a number"),
        ("9" * 201, "at most 200 characters"),
        ("9" * 19, "too large"),
        ("3 to 2", "begins above its end"),
        ("more than 40 or less", "in two ways"),
        ("约30人以上", "in two ways"),
    ],
)
def test_refusal_names_the_fault(text, message):
    with pytest.raises(NumberError, match=message):
        read_number(text)


def test_impossible_range_is_refused():
    for arguments in ((Decimal(2), Decimal(1)), (Decimal(1), Decimal("NaN")), (1, 1, "some")):
        with pytest.raises((ValueError, AttributeError)):
            NumberRange(*arguments)


# --- Generated numbers -------------------------------------------------------------------------

BOUNDS = {
    "exact": ["{}", "exactly {}", "恰好{}"],
    "about": ["about {}", "{} or so", "约{}", "{}左右"],
    "at_least": ["at least {}", "{} or more", "至少{}", "{}以上"],
    "at_most": ["at most {}", "up to {}", "{} at most", "不超过{}"],
    "more_than": ["more than {}", "over {}", "> {}", "超过{}"],
    "less_than": ["less than {}", "fewer than {}", "不到{}"],
}
SCALES = {"": 1, " thousand": 1000, " million": 10**6, " billion": 10**9, "万": 10**4, "亿": 10**8}
ONES = [
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen"),
    "nineteen",
]
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
whole = st.integers(0, 99_999)


def english(number):
    """The number in words, by another way than the reader takes."""
    if number >= 10**6:
        return f"{english(number // 10**6)} million" + tail(number % 10**6)
    if number >= 1000:
        return f"{english(number // 1000)} thousand" + tail(number % 1000)
    if number >= 100:
        return f"{ONES[number // 100]} hundred" + (tail(number % 100, " and "))
    if number >= 20:
        return TENS[number // 10 - 2] + (f"-{ONES[number % 10]}" if number % 10 else "")
    return ONES[number]


def tail(rest, before=" "):
    return before + english(rest) if rest else ""


def chinese(number):
    """The number in Chinese characters: sections of four, with 零 for gaps."""
    text, gap = "", False
    for unit, value in (("亿", 10**8), ("万", 10**4), ("", 1)):
        section = number // value % 10**4
        if not section:
            gap = bool(text)
            continue
        text += "零" if text and (gap or section < 1000) else ""
        text += four(section) + unit
        gap = False
    return text or "零"


def four(section):
    text, gap = "", False
    for unit, value in (("千", 1000), ("百", 100), ("十", 10), ("", 1)):
        digit = section // value % 10
        if not digit:
            gap = bool(text)
            continue
        text += "零" if gap else ""
        text += "零一二三四五六七八九"[digit] + unit
        gap = False
    return text


@given(st.integers(0, 10**9 - 1))
def test_number_in_words_reads_back(number):
    for text in (english(number), chinese(number), f"{number:,}", str(number)):
        assert read_number(text) == NumberRange(Decimal(number), Decimal(number))


@given(st.sampled_from(sorted(BOUNDS)), st.data())
def test_bound_and_unit_read_back(bound, data):
    form = data.draw(st.sampled_from(BOUNDS[bound]))
    unit = data.draw(st.sampled_from(["", "people", "人", "Accounts"]))
    number = data.draw(whole)
    scale = data.draw(st.sampled_from(sorted(SCALES)))
    text = form.format(f"{number:,}{scale} {unit}".strip())
    value = Decimal(number * SCALES[scale])
    assert read_number(text) == NumberRange(value, value, bound, unit)


@given(
    whole, whole, st.sampled_from(sorted(SCALES)), st.sampled_from(["-", "–", " to ", "至", "~"])
)
def test_scale_of_a_range_is_for_both_numbers(first, second, scale, between):
    low, high = sorted((first + 1, second + 1))
    number = read_number(f"{low}{between}{high}{scale}")
    assert (number.low, number.high) == (low * SCALES[scale], high * SCALES[scale])


@given(
    st.one_of(
        st.text(max_size=40),
        st.text("0123456789.,-–~+ 万亿千百十零一二两三余多约to and million", max_size=25),
    )
)
def test_any_text_is_read_or_refused(text):
    """What is read has only known numbers in it, and its own words say the same again."""
    try:
        number = read_number(text)
    except NumberError as error:
        assert str(error)
        return
    assert 0 <= number.low <= number.high < MAX_NUMBER
    assert not any(character.isdigit() for character in number.unit)
    assert number.unit in " ".join(text.split())
