"""Two positions differ only if they cannot both be true."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.record.differences import (
    ActorValue,
    Answer,
    OptionValue,
    PartyAnswer,
    TimeValue,
    changed_over_time,
    differ,
    disputed,
    respect,
)
from kb.record.ordering import Bounds
from kb.text.numbers import NumberRange, read_number

DAY = 1440


def minute(text):
    """The minute of an ISO time with its offset."""
    moment = datetime.fromisoformat(text)
    return int((moment.replace(tzinfo=None) - datetime.min - moment.utcoffset()) / timedelta(0, 60))


def period(first, last, *, about=False):
    return TimeValue(Bounds(minute(first), minute(last)), about)


def unzoned(first, last, *, about=False):
    """Days in a zone that is not known: as wide as all zones."""
    return period(f"{first}T00:00+14:00", f"{last}T23:59-12:00", about=about)


DECEMBER = unzoned("2023-12-01", "2023-12-31")
DAY_15 = unzoned("2023-12-15", "2023-12-15")
WASHINGTON_15 = period("2023-12-15T00:00-05:00", "2023-12-15T23:59-05:00")
BEIJING_16 = period("2023-12-16T00:00+08:00", "2023-12-16T23:59+08:00")
BEIJING_17 = period("2023-12-17T00:00+08:00", "2023-12-17T23:59+08:00")
PARTS = [("cloud", "company"), ("team", "cloud"), ("lab", "company")]


@pytest.mark.parametrize(
    ("first", "second", "differs"),
    [
        (Answer.YES, Answer.NO, True),
        (Answer.YES, Answer.IN_PART, False),
        (Answer.NO, Answer.IN_PART, True),
        (Answer.NO, Answer.NO, False),
        (Answer.NO, None, False),
        (DECEMBER, DAY_15, False),
        (WASHINGTON_15, BEIJING_16, False),
        (WASHINGTON_15, BEIJING_17, True),
        (DAY_15, unzoned("2023-12-17", "2023-12-17"), False),
        (DAY_15, unzoned("2023-12-18", "2023-12-18"), True),
        (DECEMBER, unzoned("2024-02-01", "2024-02-29"), True),
        (
            unzoned("2023-12-01", "2023-12-31", about=True),
            unzoned("2024-01-20", "2024-01-20"),
            False,
        ),
        (
            unzoned("2023-12-01", "2023-12-31", about=True),
            unzoned("2024-02-20", "2024-02-20"),
            True,
        ),
        (TimeValue(Bounds(None, 9)), TimeValue(Bounds(10, None)), True),
        (TimeValue(Bounds(None, 10)), TimeValue(Bounds(10, None)), False),
        (TimeValue(Bounds(None, 9), is_approximate=True), TimeValue(Bounds(9999, None)), False),
        (TimeValue(Bounds(600, 600), is_approximate=True), TimeValue(Bounds(660, 660)), False),
        (TimeValue(Bounds(600, 600), is_approximate=True), TimeValue(Bounds(661, 661)), True),
        (TimeValue(Bounds()), DAY_15, False),
        (OptionValue("a"), OptionValue("b"), True),
        (OptionValue("a"), OptionValue("a"), False),
        (ActorValue("team"), ActorValue("company"), False),
        (ActorValue("company"), ActorValue("cloud"), False),
        (ActorValue("team"), ActorValue("lab"), True),
        (ActorValue("other"), ActorValue("company"), True),
        (OptionValue("a"), ActorValue("b"), False),
    ],
)
def test_values_differ_if_they_cannot_both_be_true(first, second, differs):
    assert differ(first, second, PARTS) is differs
    assert differ(second, first, PARTS) is differs


@pytest.mark.parametrize(
    ("first", "second", "differs"),
    [
        ("40 people", "42 people", True),
        ("about 40 people", "44 people", False),
        ("about 40 people", "45 people", True),
        ("about 40", "about 48", False),
        ("at least 40", "39", True),
        ("at least 40", "1 million", False),
        ("more than 40", "40", True),
        ("more than 40", "at most 40", True),
        ("at least 40", "at most 40", False),
        ("less than 40", "40–50", True),
        ("2–3 million", "2.5 million", False),
        ("2–3 million", "3–4 million", False),
        ("2–3 million", "at least 4 million", True),
        ("40 people", "42 accounts", False),
        ("40 people", "42 People", True),
        ("约30人", "30人以上", False),
    ],
)
def test_numbers_differ_if_their_ranges_do_not_overlap(first, second, differs):
    assert differ(read_number(first), read_number(second)) is differs


def test_disputed_names_the_pairs_that_differ():
    answers = {"a": DECEMBER, "b": DAY_15, "c": BEIJING_17, "d": None, "e": WASHINGTON_15}
    assert disputed(answers) == [("b", "c"), ("c", "e")]
    assert disputed({"a": ActorValue("team"), "b": ActorValue("cloud")}, PARTS) == []


def test_respect_is_the_property_that_a_question_asks_for():
    kinds = ["whether", "when", "which", "how_many", "who"]
    assert [respect(kind) for kind in kinds] == ["fact", "date", "option", "number", "actor"]
    with pytest.raises(ValueError, match="why"):
        respect("why")


def test_party_changed_its_account_only_where_the_order_is_certain():
    accounts = [
        PartyAnswer("late", "maker", Bounds(9 * DAY, 10 * DAY), Answer.NO),
        PartyAnswer("early", "maker", Bounds(DAY, 2 * DAY), Answer.YES),
        PartyAnswer("some day", "maker", Bounds(DAY, 20 * DAY), Answer.NO),
        PartyAnswer("undated", "maker", Bounds(), Answer.NO),
        PartyAnswer("other", "press", Bounds(0, 0), Answer.YES),
        PartyAnswer("same", "maker", Bounds(15 * DAY, 15 * DAY), Answer.NO),
    ]
    assert changed_over_time(accounts) == [("early", "late"), ("early", "same")]


# --- Properties --------------------------------------------------------------------------------

minutes = st.integers(0, 300)
ends = st.one_of(st.none(), minutes)
bounds = st.tuples(ends, ends).map(
    lambda pair: Bounds(*sorted(pair)) if None not in pair else Bounds(*pair)
)
times = st.builds(TimeValue, bounds, st.booleans())
decimals = st.integers(-20, 20).map(Decimal)
BOUND_KINDS = ["exact", "about", "at_least", "at_most", "more_than", "less_than"]
numbers = st.builds(
    lambda first, second, bound, unit: NumberRange(*sorted((first, second)), bound, unit),
    decimals,
    decimals,
    st.sampled_from(BOUND_KINDS),
    st.sampled_from(["", "people"]),
)
# Each actor is part of one other at most.
WHOLES = {"c": "b", "b": "a", "d": "a", "f": "e"}
actors = st.sampled_from("abcdefg").map(ActorValue)
answers = st.sampled_from(Answer)
values = st.one_of(
    st.none(), answers, times, numbers, actors, st.sampled_from("xy").map(OptionValue)
)


@given(values, values)
def test_difference_is_symmetric_and_irreflexive(first, second):
    parts = list(WHOLES.items())
    assert differ(first, second, parts) == differ(second, first, parts)
    assert not differ(first, first, parts)


@st.composite
def widened(draw):
    """A value, and one that is true whenever the first is."""
    value = draw(values)
    if draw(st.integers(0, 5)) == 0:
        return value, None
    match value:
        case TimeValue():
            earliest, latest = value.bounds.earliest, value.bounds.latest
            more, less = draw(minutes), draw(minutes)
            wider = Bounds(
                None if earliest is None or draw(st.booleans()) else earliest - less,
                None if latest is None or draw(st.booleans()) else latest + more,
            )
            return value, TimeValue(wider, value.is_approximate or draw(st.booleans()))
        case NumberRange():
            low, high = value.low - abs(draw(decimals)), value.high + abs(draw(decimals))
            bound = draw(st.sampled_from(WIDER_BOUNDS[value.bound]))
            return value, NumberRange(low, high, bound, value.unit)
        case ActorValue():
            return value, ActorValue(WHOLES.get(value.id, value.id))
        case Answer.IN_PART:
            return value, value
    return value, value


WIDER_BOUNDS = {
    "exact": ["exact", "about", "at_least", "at_most"],
    "about": ["about"],
    "at_least": ["at_least"],
    "at_most": ["at_most"],
    "more_than": ["more_than", "at_least"],
    "less_than": ["less_than", "at_most"],
}


@given(widened(), values)
def test_wider_value_differs_from_no_more(pair, other):
    value, wider = pair
    parts = list(WHOLES.items())
    assert differ(value, other, parts) or not differ(wider, other, parts)


@given(times, times)
def test_times_that_share_a_minute_do_not_differ(first, second):
    def minutes_of(value):
        earliest, latest = value.bounds.earliest, value.bounds.latest
        start = -1 if earliest is None else earliest
        return set(range(start, (301 if latest is None else latest) + 1))

    shared = minutes_of(first) & minutes_of(second)
    if first.is_approximate or second.is_approximate:
        assert not (shared and differ(first, second))
    else:
        assert differ(first, second) == (not shared)


def has_number(value, number):
    """Whether the number is possible, by another way than ``differ`` takes."""
    margin = Decimal("0.1") if value.bound == "about" else 0
    low = number >= value.low - margin * abs(value.low)
    high = number <= value.high + margin * abs(value.high)
    return {
        "exact": low and high,
        "about": low and high,
        "at_least": low,
        "more_than": number > value.low,
        "at_most": high,
        "less_than": number < value.high,
    }[value.bound]


@given(numbers, numbers)
def test_numbers_differ_exactly_if_none_is_possible_for_both(first, second):
    # Every limit is a multiple of 0.1, so a common range contains one of 0.05.
    steps = [Decimal(step) / 20 for step in range(-20 * 60, 20 * 60 + 1)]
    common = any(has_number(first, step) and has_number(second, step) for step in steps)
    assert differ(first, second) == (first.unit == second.unit and not common)
