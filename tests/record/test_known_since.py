"""The day by which a source and an entry became public."""

from datetime import date

import pytest

from kb.dates import parse
from kb.record.known_since import known_since, public_since


def source(text: str) -> dict:
    return {"published": parse(text).to_json()}


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2023-12-15", date(2023, 12, 15)),
        ("2023-12", date(2023, 12, 31)),
        ("2023-12-15/..", date(2023, 12, 15)),
        ("../2023-12-15", date(2023, 12, 15)),
    ],
)
def test_source_is_public_from_the_last_day_that_its_date_may_mean(text, day):
    assert public_since(source(text)) == day


def test_entry_is_public_with_the_earliest_source_that_supports_it():
    sources = {
        "first": source("2023-12-14"),
        "later": source("2023-12-15"),
        "latest": source("2023-12-20"),
    }
    bearings = {
        "first": "disputes",
        "later": "supports",
        "latest": "supports",
        "missing": "supports",
    }
    citations = [
        {"source": name, "bearing": bearing, "via": None} for name, bearing in bearings.items()
    ]
    assert known_since({"citations": citations}, sources) == date(2023, 12, 15)


def test_entry_without_a_public_source_is_not_known():
    citations = [{"source": "missing", "bearing": "supports", "via": None}]
    assert known_since({"citations": citations}, {}) is None


def test_source_that_nobody_has_read_makes_nothing_known():
    sources = {"relayed": source("2023-12-14"), "relaying": source("2023-12-20")}
    citations = [
        {"source": "relayed", "bearing": "supports", "via": "relaying"},
        {"source": "relaying", "bearing": "supports", "via": None},
    ]
    assert known_since({"citations": citations}, sources) == date(2023, 12, 20)
