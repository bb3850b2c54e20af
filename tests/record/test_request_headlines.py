"""The headline of a request for comment says who asked whom and what became of it."""

import pytest

from kb.dates import FuzzyDate
from kb.record.request_headlines import MAX_HEADLINE_LENGTH, request_headline

DAY = FuzzyDate("2023-12-17")


@pytest.mark.parametrize(
    ("asked_by", "asked", "outcome", "headline"),
    [
        ("Gotham Gazette", ["Baz Parts"], "no_reply",
         "Gotham Gazette asked Baz Parts for comment: no reply by 17 December 2023"),
        ("Gotham Gazette", ["Baz Parts"], "answered",
         "Gotham Gazette asked Baz Parts for comment: answered 17 December 2023"),
        ("Gotham Gazette", ["Baz Parts"], "declined",
         "Gotham Gazette asked Baz Parts for comment: declined"),
        ("", ["Baz Parts"], "not_stated",
         "Baz Parts was asked for comment: outcome not stated"),
        ("", ["Ann", "Baz Parts"], "declined",
         "Ann and Baz Parts were asked for comment: declined"),
        ("Gotham Gazette", [], "declined", "Gotham Gazette asked for comment: declined"),
        ("", [], "declined", "A request for comment: declined"),
        ("", ["A", "B", "C", "D", "E"], "declined",
         "A, B, C and 2 others were asked for comment: declined"),
    ],
)  # fmt: skip
def test_headline_names_parties_and_outcome(asked_by, asked, outcome, headline):
    days = {"no_reply": {"no_reply_by": DAY}, "answered": {"answered": DAY}}.get(outcome, {})
    assert request_headline(asked_by, asked, outcome, **days) == headline


def test_unknown_days_are_left_out():
    assert request_headline("", ["Baz"], "no_reply").endswith(": no reply")
    assert request_headline("", ["Baz"], "answered").endswith(": answered")


def test_headline_fits_its_column():
    assert len(request_headline("x" * 200, ["y" * 200] * 3, "declined")) <= MAX_HEADLINE_LENGTH
