"""Accounts become values that are compared: a claim is contested if two cannot both be true."""

from __future__ import annotations

import pytest

from kb.dates import FuzzyDate
from kb.record.claim_values import actor_parts, date_bounds, stated_bounds
from kb.record.contested import is_contested
from kb.record.number_words import number_words


def account(position="asserts", **value):
    date = FuzzyDate(value.pop("date", ""), zone=value.pop("zone", "")).to_json()
    fields = {"option": "", "number": None, "actor": None, **value}
    return {"position": position, "date": date, **fields}


def claim(question, *accounts, options=("a", "b"), unit="accounts"):
    return {"question": question, "options": options, "unit": unit, "accounts": accounts}


def number(bound, low, high=""):
    return {"bound": bound, "low": low, "high": high or low}


def dates(*values):
    return claim("when", *(account(date=value) for value in values))


@pytest.mark.parametrize(
    ("document", "contested"),
    [
        (claim("whether", account("asserts"), account("denies")), True),
        (claim("whether", account("confirms_in_part"), account("denies")), True),
        (claim("whether", account("reports"), account("confirms_in_part")), False),
        (claim("whether", account("denies"), account("undecided")), False),
        (claim("whether", account("denies"), account("does_not_address")), False),
        (dates("2023-12", "2023-12-15"), False),
        (dates("2023-12-15", "2023-12-16"), False),
        (dates("2023-12-15", "2023-12-18"), True),
        (dates("2023-04", "2023-06"), True),
        (dates("2023-04", "2023-06~"), False),
        (dates("2023-04", ""), False),
        (claim("which", account(option="a"), account(option="b")), True),
        (claim("which", account(option="a"), account("denies")), False),
        (claim("how_many", account(number=number("exact", "40")), account()), False),
        (
            claim(
                "how_many",
                account(number=number("at_least", "2000000")),
                account(number=number("exact", "2000000", "3000000")),
            ),
            False,
        ),
        (
            claim(
                "how_many",
                account(number=number("exact", "40")),
                account(number=number("exact", "42")),
            ),
            True,
        ),
        (claim("who", account(actor="cloud"), account(actor="company")), False),
        (claim("who", account(actor="cloud"), account(actor="other")), True),
    ],
)
def test_claim_is_contested_if_two_accounts_cannot_both_be_true(document, contested):
    assert is_contested(document, [("cloud", "company")]) is contested


def test_claim_of_edition_1_about_a_reason_is_answered_by_yes_and_no():
    """It has no options."""
    accounts = (account("alleges"), account("denies"))
    assert is_contested(claim("which", *accounts, options=()))


def test_day_in_washington_and_next_day_in_beijing_do_not_differ():
    accounts = [
        account(date="2023-12-15", zone="-05:00"),
        account(date="2023-12-16", zone="+08:00"),
    ]
    assert not is_contested(claim("when", *accounts))


def test_statements_are_compared_by_day_unless_a_zone_is_stated():
    first, second = FuzzyDate("2023-12-15"), FuzzyDate("2023-12-16")
    earlier, later = stated_bounds([first, second])
    assert earlier.is_before(later)
    earlier, later = stated_bounds([first, FuzzyDate("2023-12-16", zone="+08:00")])
    assert not earlier.is_before(later)
    assert date_bounds(FuzzyDate("../2023")).earliest is None


def test_parts_follow_the_chain_of_wholes():
    known = {
        "team": {"part_of": "cloud"},
        "cloud": {"part_of": "company"},
        "company": {"part_of": None},
    }
    claims = [claim("who", account(actor="team")), claim("whether", account())]
    assert actor_parts(claims, known) == [("team", "cloud"), ("cloud", "company")]
    circle = {"a": {"part_of": "b"}, "b": {"part_of": "a"}}
    assert actor_parts([claim("who", account(actor="a"))], circle) == [("a", "b"), ("b", "a")]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (number("exact", "1200"), "1,200 accounts"),
        (number("about", "2000000", "3000000"), "about 2,000,000–3,000,000 accounts"),
        (number("at_least", "1.5"), "at least 1.5 accounts"),
    ],
)
def test_number_in_words(value, words):
    assert number_words(value, "accounts") == words
