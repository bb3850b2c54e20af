"""Properties of all dates, tested with generated dates and texts."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.dates import DateError, FuzzyDate, parse, parse_edtf, read_date, typed_edtf

ORDER = {"none": 0, "possible": 1, "certain": 2}


@st.composite
def pieces(draw):
    """One date of EDTF, of any kind that we read; it may still be impossible (31 February)."""
    mark = st.sampled_from(["", "", "", "?", "~", "%"])
    year = f"{draw(st.integers(1, 9999)):04}"
    kind = draw(st.sampled_from(["day", "month", "group", "year", "masked", "marked"]))
    month, day = f"{draw(st.integers(1, 12)):02}", f"{draw(st.integers(1, 31)):02}"
    if kind == "masked":
        return draw(
            st.sampled_from(
                [
                    f"{year[:3]}X",
                    f"{year[:2]}XX",
                    f"{year}-XX",
                    f"{year}-XX-XX",
                    f"{year}-{month}-XX",
                ]
            )
        ) + draw(mark)
    if kind == "marked":
        parts = [draw(mark) + part + draw(mark) for part in (year, month, day)]
        return "-".join(parts[: draw(st.integers(1, 3))])
    rest = {
        "day": f"-{month}-{day}",
        "month": f"-{month}",
        "group": f"-{draw(st.integers(21, 41))}",
        "year": "",
    }[kind]
    return year + rest + draw(mark)


@st.composite
def texts(draw):
    """A piece, or an interval of two, with open and unknown ends."""
    ends = st.one_of(pieces(), pieces(), st.sampled_from(["..", ""]))
    return draw(st.one_of(pieces(), st.builds("{}/{}".format, ends, ends), st.just("")))


def read_or_none(text):
    try:
        return parse_edtf(text)
    except DateError:
        return None


dates = texts().map(read_or_none).filter(lambda when: when is not None)
days = st.one_of(st.none(), st.dates(date.min, date.max))


@given(dates)
def test_edtf_and_json_read_back_as_the_same_date(when):
    """The EDTF and the JSON of a date read back as the same date."""
    assert parse_edtf(when.edtf) == when == FuzzyDate.from_json(when.to_json())
    assert parse(typed_edtf(when.edtf)).edtf == when.edtf
    assert parse(when.edtf, edtf_first=True) == when


@given(dates)
def test_bounds_are_days_of_the_years_1_to_9999_in_order(when):
    for day in (when.earliest, when.latest):
        assert day is None or date.min <= day <= date.max
    if when.earliest and when.latest:
        assert when.earliest <= when.latest
    assert when.is_unknown == (when.earliest is None and when.latest is None)


@given(dates, days, days, days, days)
@pytest.mark.slow
def test_wider_range_has_at_least_the_same_dates(when, a, b, c, d):
    def wider(first, second, widest):
        return None if first is None or second is None else widest(first, second)

    narrow = when.relation(a, b)
    wide = when.relation(wider(a, c, min), wider(b, d, max))
    if not (a and b and a > b):
        assert ORDER[wide] >= ORDER[narrow]


@given(dates, days, days)
def test_certain_date_has_every_possible_day_in_the_range(when, earliest, latest):
    relation = when.relation(earliest, latest)
    known = [day for day in (when.earliest, when.latest) if day]
    inside = [
        (earliest is None or earliest <= day) and (latest is None or day <= latest) for day in known
    ]
    if relation == "certain":
        assert known and all(inside)
    if any(inside):
        assert relation in ("certain", "possible")


@given(st.lists(dates, max_size=20), st.randoms(use_true_random=False))
@pytest.mark.slow
def test_order_does_not_depend_on_the_order_before(several, chance):
    def key(when):
        return (when.sort_key, when.edtf)

    shuffled = list(several)
    chance.shuffle(shuffled)
    assert sorted(shuffled, key=key) == sorted(several, key=key)
    keys = [when.sort_key for when in sorted(several, key=key)]
    assert keys == sorted(keys)


@given(dates)
def test_every_date_has_words(when):
    explanation = read_date(typed_edtf(when.edtf)).explanation
    for text in (when.words(), when.note(), when.span_words(), explanation):
        assert text and not set("~%X") & set(text.split("Rule")[0])
    assert when.words()[0] == when.words()[0].upper()
    assert when.precision and len(when.edtf) <= 64


WORDS = """
early mid- late before after by since until between and from to of the about April june 15 2023
2024 q2 half first second quarter spring winter 1990s 19th century - – / .. ? ~ % , . 2023年
4月 15日 之前 上半年 年代 世纪 约 至 以来 初 底 第二季度 0000 9999 13 31 X 2023-04 [ ] Y T
"""
FRAGMENTS = st.sampled_from(WORDS.split())


@given(
    st.one_of(
        st.text(max_size=250),
        st.text(alphabet="0123456789-/X.?~%T:+ZY年月日 ", max_size=40),
        st.lists(FRAGMENTS, max_size=9).map(" ".join),
        st.lists(FRAGMENTS, max_size=9).map("".join),
        st.text(st.characters(categories=["Cs", "Cc", "Cf", "Nd", "No", "Zs"]), max_size=20),
    )
)
def test_any_text_is_a_date_or_raises_date_error(text):
    for reader in (parse, parse_edtf, read_date):
        try:
            reading = reader(text)
        except DateError as refused:
            assert str(refused).isprintable()
        else:
            when = reading if isinstance(reading, FuzzyDate) else reading.date
            assert parse_edtf(when.edtf).edtf == when.edtf
            assert len(when.phrase) <= 200


@given(st.lists(FRAGMENTS, min_size=1, max_size=6).map(" ".join))
def test_reading_a_phrase_twice_gives_the_same_date(text):
    try:
        when = parse(text)
    except DateError:
        return
    assert parse(text) == when
    assert parse(typed_edtf(when.edtf)).edtf == when.edtf
