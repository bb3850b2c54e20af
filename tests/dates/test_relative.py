"""Proposals for words that depend on the day of their source."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.dates import RULES, DateError, parse, parse_edtf, resolve_relative
from kb.dates.proposals import EXAMPLE_DAY, PROPOSALS

EXAMPLES = [(rule, text, edtf) for rule in PROPOSALS for text, edtf in rule.examples]
TEXTS = [text for _, text, _ in EXAMPLES]


@pytest.mark.parametrize(
    ("rule", "text", "edtf"), EXAMPLES, ids=[f"{rule.id}-{text}" for rule, text, _ in EXAMPLES]
)
def test_every_example_of_the_proposals_is_read_as_stated(rule, text, edtf):
    when = resolve_relative(text, EXAMPLE_DAY)
    assert (when.edtf, when.rule, when.phrase) == (edtf, rule.id, text)


def test_proposals_are_rules_and_never_read_without_a_source():
    assert set(PROPOSALS) <= set(RULES)
    for text in TEXTS:
        with pytest.raises(DateError):
            parse(text)


@pytest.mark.parametrize(
    ("text", "edtf"),
    [
        ("tonight", "2023-12-18"),
        ("the day before yesterday", "2023-12-16"),
        ("yesterday morning", "2023-12-17"),
        ("Thursday night", "2023-12-14"),
        ("last Monday", "2023-12-11"),
        ("this Friday", "2023-12-22"),
        ("this past weekend", "2023-12-16/2023-12-17"),
        ("this weekend", "2023-12-23/2023-12-24"),
        ("next weekend", "2023-12-30?/2023-12-31?"),
        ("early next year", "2024-01~/2024-04~"),
        ("mid last month", "2023-11-11~/2023-11-20~"),
        ("last quarter", "2023-35"),
        ("since last year", "2022/.."),
        ("later this month", "2023-12-18/2023-12-31"),
        ("earlier this week", "2023-12-18/2023-12-18"),
        ("about two days ago", "2023-12-16~"),
        ("a couple of days ago", "2023-12-16~"),
        ("ten years ago", "2013-06~/2014-06~"),
        ("a few years ago", "2018~/2022~"),
        ("in late November", "2023-11-21~/2023-11-30~"),
        ("15 December", "2023-12-15"),
        ("Fri", "2023-12-15"),
        ("Tues. morning", "2023-12-12"),
        ("last Thurs", "2023-12-14"),
        ("Friday local time", "2023-12-15"),
        ("the 18th", "2023-12-18"),
        ("the 19th", "2023-11-19"),
        ("on the 31st", "2023-10-31"),
        ("5号", "2023-12-05"),
        ("二十日", "2023-11-20"),
        ("15日晚", "2023-12-15"),
        ("当地时间周五", "2023-12-15"),
        ("昨晚", "2023-12-17"),
        ("前天", "2023-12-16"),
        ("周三", "2023-12-13"),
        ("下周五", "2023-12-29"),
        ("上周", "2023-12-11/2023-12-17"),
        ("本月初", "2023-12-01~/2023-12-10~"),
        ("今年4月", "2023-04"),
        ("去年12月15日", "2022-12-15"),
        ("半年前", "2023-06~"),
        ("两周前左右", None),
        ("未来几天", "2023-12-18/2023-12-23~"),
        # What has no one reading, or does not depend on the source.
        ("by Friday", None),
        ("recently", None),
        ("last summer", None),
        ("two days later", None),
        ("大前天", None),
        ("15 December 2023", None),
        ("2023年4月", None),
        ("hello", None),
        ("", None),
        ("last " * 100, None),
    ],
)
def test_words_are_resolved_from_the_day_of_the_source(text, edtf):
    when = resolve_relative(text, EXAMPLE_DAY)
    assert (when and when.edtf) == edtf


def test_weekend_of_an_article_of_friday_is_the_one_before():
    friday = date(2023, 12, 15)
    assert resolve_relative("Last weekend", friday).edtf == "2023-12-09/2023-12-10"
    assert resolve_relative("about a few months ago", friday).edtf == "2023-07~/2023-11~"


@given(st.sampled_from(TEXTS), st.dates())
def test_every_day_has_a_valid_proposal_or_none(text, on):
    when = resolve_relative(text, on)
    assert when is None or parse_edtf(when.edtf).edtf == when.edtf


@given(st.integers(0, 60), st.dates(date(1900, 1, 1), date(2100, 1, 1)))
def test_distance_includes_the_day_that_it_counts_to(number, on):
    for unit, days in (("days", 1), ("weeks", 7)):
        when = resolve_relative(f"{number} {unit} ago", on)
        assert when.earliest <= on - timedelta(days=number * days) <= when.latest


@given(st.text(max_size=60), st.dates())
def test_any_text_has_a_proposal_or_none(text, on):
    resolve_relative(text, on)
