"""The values of filters with counts: the most frequent are the first of all."""

import pytest

from kb.record.entry_source import EntrySource
from kb.record.facets import MAX_OPTIONS, facet_options
from kb.record.filter_fields import place_labels
from kb.record.query import TimelineQuery
from kb.record.reading.current import entry_source
from tests.make import make_actor, make_event, published

pytestmark = pytest.mark.django_db


@pytest.fixture
def source() -> EntrySource:
    """Entries of eight actors: two with three entries, two with two, four with one."""
    actors = [
        published(make_actor(f"Actor {letter}", slug=f"actor-{letter}")) for letter in "hgfedcba"
    ]
    for number, entries in enumerate((3, 3, 2, 2, 1, 1, 1, 1)):
        for entry in range(entries):
            published(make_event(f"Event {number} {entry}", actors=((actors[number], "acted"),)))
    return entry_source()


@pytest.mark.parametrize("most", range(1, 10))
def test_the_most_frequent_are_the_first_of_all_with_those_equal_to_the_last(source, most):
    query = TimelineQuery.parse("")
    every = facet_options(query, source, ("actor",), most=None)["actor"]
    some = facet_options(query, source, ("actor",), most=most)["actor"]
    assert every.total == some.total == len(every.options) == 8
    assert some.options == every.options[: len(some.options)]
    assert len(some.options) >= min(most, 8)
    rest = every.options[len(some.options) :]
    assert all(option.count < some.options[-1].count for option in rest)


def test_a_chosen_value_is_among_the_most_frequent(source):
    query = TimelineQuery.parse("actor=actor-a")
    options = facet_options(query, source, ("actor",), most=1)["actor"]
    assert [option.choice.slug for option in options.options if option.selected] == ["actor-a"]
    assert options.total == 8
    assert options.listed() == list(options.options)
    assert options.unlisted == 0
    assert MAX_OPTIONS >= 8


def test_a_place_is_called_as_in_its_first_entry():
    for name in ("Hangzhou", "HANGZHOU", "Zürich"):
        published(make_event(name, place_name=name))
    assert place_labels(["hangzhou", "zurich", "nowhere"]) == {
        "hangzhou": "Hangzhou",
        "zurich": "Zürich",
    }
