""" "Order not stated" is drawn exactly where two orders are possible."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import pairwise, permutations

import pytest

from kb.dates import FuzzyDate
from kb.record.order_values import bounds_of
from kb.record.ordering import BeforeLink, Bounds, OrderedEntry, order_keys, tighten
from kb.record.undecided import order_is_stated, undecided_runs

DAY = 1440


def on(day, *names):
    bounds = Bounds(day * DAY, (day + 1) * DAY - 1)
    return [OrderedEntry(name, bounds) for name in names]


def links_of(*pairs):
    return [BeforeLink(pair[0], pair[1]) for pair in pairs]


@pytest.mark.parametrize(
    ("links", "runs"),
    [
        ([], [range(0, 3)]),
        (["ab"], [range(0, 3)]),  # c can be first, between or last
        (["bc"], [range(0, 3)]),
        (["ac"], [range(0, 3)]),
        (["ab", "ac"], [range(1, 3)]),
        (["ac", "bc"], [range(0, 2)]),
        (["ab", "bc"], []),
        (["ax", "xb", "bc"], []),  # x is on another page
    ],
)
def test_run_is_where_entries_of_a_date_can_change_places(links, runs):
    assert undecided_runs(on(1, "a", "b", "c"), links_of(*links)) == runs
    backwards = [range(3 - run.stop, 3 - run.start) for run in runs]
    assert undecided_runs(on(1, "c", "b", "a"), links_of(*links)) == backwards


def test_runs_are_of_one_date_each():
    entries = [*on(1, "a"), *on(2, "b", "c"), *on(3, "d", "e"), *on(4, "f")]
    assert undecided_runs(entries, []) == [range(1, 3), range(3, 5)]
    assert undecided_runs([], []) == []


def test_links_to_certain_times_can_decide_an_order():
    entries = on(1, "a", "b")
    times = [OrderedEntry(name, Bounds(DAY + n, DAY + n)) for n, name in enumerate("xy")]
    links = links_of("ax", "yb")
    bounds = tighten({entry.id: entry.bounds for entry in [*entries, *times]}, links)
    assert undecided_runs(entries, links) == [range(0, 2)]
    assert undecided_runs(entries, links, bounds) == []
    assert order_is_stated(*entries, links, bounds)


def test_order_of_two_is_stated_by_dates_or_by_a_chain_of_links():
    (a, b), (c,) = on(1, "a", "b"), on(2, "c")
    assert order_is_stated(a, c, []) and not order_is_stated(c, a, [])
    assert order_is_stated(a, b, links_of("ax", "xb"))
    assert not order_is_stated(b, a, links_of("ax", "xb"))
    assert not order_is_stated(a, b, [BeforeLink("a", "b", "contradicts")])


def possible_orders(names, links):
    edges = [(link.earlier, link.later) for link in links]
    return [
        order
        for order in permutations(names)
        if all(order.index(first) < order.index(second) for first, second in edges)
    ]


def test_runs_are_those_of_all_possible_orders():
    """Between two runs, each possible order has the same entries before and after."""
    chance = random.Random(4)
    for _ in range(1500):
        names = "bcdfg"[: chance.randint(2, 5)]
        ranked = chance.sample(names, len(names))
        links = [
            BeforeLink(*sorted(chance.sample(names, 2), key=ranked.index))
            for _ in range(chance.randint(0, 6))
        ]
        keys = order_keys(on(1, *names), links)
        page = sorted(names, key=keys.__getitem__)
        orders = possible_orders(page, links)
        cuts = [
            place
            for place in range(len(page) + 1)
            if len({frozenset(order[:place]) for order in orders}) == 1
        ]
        expected = [range(*ends) for ends in pairwise(cuts) if ends[1] - ends[0] > 1]
        assert undecided_runs(on(1, *page), links) == expected
        assert tuple(page) in orders


OFFSETS = range(-12 * 60, 14 * 60 + 1, 15)  # in minutes


def entry_of(name, when):
    return OrderedEntry(name, bounds_of(when), has_zone=when.has_zone if when.time else None)


def in_zone(when, minutes):
    sign, minutes = "-" if minutes < 0 else "+", abs(minutes)
    return replace(when, zone=f"{sign}{minutes // 60:02}:{minutes % 60:02}" if minutes else "Z")


@pytest.mark.slow
def test_time_without_a_zone_beside_one_with_it_is_decided_if_all_zones_agree():
    chance = random.Random(12)
    decided = 0
    for _ in range(400):
        clocks = [f"{chance.randrange(24):02}{chance.choice(['', ':00', ':17:30'])}" for _ in "ab"]
        stated = in_zone(FuzzyDate("2023-12-15", time=clocks[0]), chance.choice(OFFSETS))
        unstated = FuzzyDate(f"2023-12-{chance.randint(14, 16)}", time=clocks[1])
        every = [in_zone(unstated, minutes) for minutes in OFFSETS]
        is_decided = all(stated.before(other) for other in every) or all(
            other.before(stated) for other in every
        )
        entries = [entry_of("b", stated), entry_of("c", unstated)]
        assert undecided_runs(entries, []) == ([] if is_decided else [range(0, 2)])
        decided += is_decided
    assert 50 < decided < 350


def test_link_decides_what_a_missing_zone_leaves_open():
    entries = [
        entry_of("a", FuzzyDate("2023-12-15", time="18:05", zone="Z")),
        entry_of("b", FuzzyDate("2023-12-15", time="19:00")),
    ]
    assert undecided_runs(entries, []) == [range(0, 2)]
    assert undecided_runs(entries, links_of("ba")) == []


def test_run_reaches_from_the_first_to_the_last_time_that_a_zone_can_move():
    clocks = [("17:00", "Z"), ("18:00", ""), ("19:00", "Z"), ("20:00", "Z")]
    whens = [FuzzyDate("2023-12-15", time=time, zone=zone) for time, zone in clocks]
    entries = [entry_of(name, when) for name, when in zip("abcd", whens, strict=True)]
    far = entry_of("f", FuzzyDate("2023-12-17", time="18:00", zone="Z"))
    assert undecided_runs([*entries, far], []) == [range(0, 4)]
    # Two times without a zone are compared as they are printed; a day is not compared with hours.
    assert (
        undecided_runs([entries[1], entry_of("g", FuzzyDate("2023-12-15", time="19:00"))], []) == []
    )
    assert undecided_runs([entry_of("h", FuzzyDate("2023-12-15")), entries[0]], []) == []
