"""The order of a timeline follows links and dates, and nothing else moves an entry."""

from __future__ import annotations

import random
from itertools import pairwise, product
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.record.graph import component
from kb.record.ordering import (
    MAX_KEY_LENGTH,
    BeforeLink,
    Bounds,
    DateConflictError,
    LinkCycleError,
    OrderedEntry,
    OrderKey,
    encode_key,
    find_contradiction,
    find_cycle,
    order_keys,
    tighten,
)

DAY = 24 * 60 * 60
# A day without a zone can begin 14 hours before and end 12 hours after that day in UTC.
ANY_ZONE = (-14 * 60 * 60, 12 * 60 * 60)


def days(first, last=None):
    """The bounds of these days in UTC."""
    return Bounds(first * DAY, ((last or first) + 1) * DAY - 1)


def order(entries, links=()):
    keys = order_keys(entries, links)
    return sorted(keys, key=keys.__getitem__)


def chain(*ids):
    return [BeforeLink(earlier, later) for earlier, later in pairwise(ids)]


def stated(**bounds):
    return [OrderedEntry(name, value) for name, value in bounds.items()]


# --- Examples ----------------------------------------------------------------------------------


def test_funeral_is_after_death_of_the_same_month():
    death, funeral = days(1, 31), days(2)
    entries = stated(death=death, funeral=funeral, trial=days(10))
    links = chain("death", "funeral")
    assert tighten({"death": death, "funeral": funeral}, links)["death"] == days(1, 2)
    assert order(entries, links) == ["death", "funeral", "trial"]
    assert order(entries) == ["funeral", "trial", "death"]


def test_answers_of_one_day_are_after_what_they_answer_and_in_the_order_of_their_source():
    answers = [OrderedEntry(f"answer{n}", days(17), "paper", 5 - n) for n in (1, 2, 3, 4)]
    links = [BeforeLink("report", answer.id, "answers") for answer in answers]
    entries = [*answers, OrderedEntry("report", days(17), "wire", 9)]
    assert order(entries, links) == ["report", "answer4", "answer3", "answer2", "answer1"]


@pytest.mark.parametrize("kind", ["part_of", "claimed_cause", "contradicts"])
def test_other_kinds_of_links_state_no_order(kind):
    links = [BeforeLink("b", "a", kind), BeforeLink("a", "b", kind)]
    assert find_cycle(links) is None
    assert order(stated(a=days(1), b=days(1)), links) == ["a", "b"]


def test_narrower_date_is_before_wider_date_with_the_same_middle():
    assert order(stated(a=days(10, 12), b=days(11))) == ["b", "a"]


def test_date_with_open_end_is_after_closed_dates_of_its_day():
    noon = 5 * DAY + DAY // 2
    entries = [
        OrderedEntry("since", Bounds(5 * DAY, None), anchor=noon),
        OrderedEntry("until", Bounds(None, 6 * DAY - 1), anchor=noon),
        OrderedEntry("day", days(5)),
        OrderedEntry("next", days(6)),
    ]
    assert order(entries) == ["day", "since", "until", "next"]


def test_open_dates_move_and_closed_dates_stay_when_they_are_linked():
    month, until, since = days(1, 31), Bounds(None, 32 * DAY - 1), Bounds(DAY, None)
    entries = stated(a=since, m=month, z=until)
    links = chain("z", "m", "a")
    keys = order_keys(entries, links)
    assert order(entries, links) == ["z", "m", "a"]
    assert keys["m"] == order_keys(stated(m=month), [])["m"]


def test_chain_through_undated_entry_is_valid_and_undated_entry_is_last():
    entries = stated(a=days(4), b=days(4), u=Bounds(), v=Bounds())
    assert order(entries, chain("b", "u", "a")) == ["b", "a", "u", "v"]
    assert order(entries, chain("v", "b", "u")) == ["a", "b", "v", "u"]
    assert tighten({"a": days(1, 9), "u": Bounds()}, chain("a", "u")) == {
        "a": days(1, 9),
        "u": Bounds(),
    }


def test_cycle_is_named_whole():
    links = [*chain("c", "d", "b", "c"), *chain("a", "b")]
    assert find_cycle(links) == ["b", "c", "d"]
    assert find_cycle([BeforeLink("a", "a")]) == ["a"]
    with pytest.raises(LinkCycleError) as raised:
        order_keys(stated(b=days(1), c=days(1), d=days(1)), links)
    assert raised.value.cycle == ["b", "c", "d"]


def test_contradiction_names_both_ends_of_the_chain():
    bounds = {"a": days(9), "b": days(1, 30), "u": Bounds(), "c": days(3)}
    assert find_contradiction(bounds, chain("a", "b", "u", "c")) == ("a", "c")
    assert find_contradiction(bounds, chain("c", "b", "u", "a")) is None
    with pytest.raises(DateConflictError) as raised:
        tighten(bounds, chain("a", "b", "u", "c"))
    assert raised.value.pair == ("a", "c")


def test_links_to_entries_that_are_not_there_are_ignored():
    assert order(stated(a=days(1), b=days(1)), chain("b", "draft", "a")) == ["a", "b"]


def test_bounds_in_reverse_are_refused():
    with pytest.raises(ValueError, match="is after"):
        Bounds(2, 1)


@pytest.mark.slow
def test_long_chain_takes_linear_time():
    names = [f"e{number:05}" for number in range(10_000)]
    entries = [OrderedEntry(name, days(1)) for name in names]
    start = process_time()
    assert order(entries, chain(*reversed(names))) == names[::-1]
    assert process_time() - start < 5


def test_component_is_collected_with_one_call_for_each_distance():
    edges = {"a": ["b"], "b": ["a", "c"], "c": ["b"], "x": ["y"], "y": ["x"]}
    batches = []

    def neighbours(batch):
        batches.append(list(batch))
        return [end for name in batch for end in edges.get(name, [])]

    assert component(["a"], neighbours) == {"a", "b", "c"}
    assert batches == [["a"], ["b"], ["c"]]


# --- Keys as strings ---------------------------------------------------------------------------

numbers = st.integers(-2000, 2 * 9999 * 366 * DAY)
ids = st.text("bcdxyz23456789", min_size=1, max_size=12)
order_key = st.builds(
    OrderKey,
    numbers,
    st.integers(0, 999_999_999_999),
    st.integers(0, 999_999),
    st.one_of(st.just(""), ids),
    st.integers(0, 999_999),
    ids,
)


@given(order_key, order_key)
def test_encoded_keys_sort_as_keys(first, second):
    encoded, other = encode_key(first), encode_key(second)
    assert (encoded < other, encoded == other) == (first < second, first == second)
    assert len(encoded) == len(other) <= MAX_KEY_LENGTH


@pytest.mark.parametrize(
    "key",
    [
        OrderKey(1, 1, 1, "", 0, "Ab"),
        OrderKey(1, 1, 1, "", 0, ""),
        OrderKey(1, 1, 1, "a-b", 0, "b"),
        OrderKey(1, 1, 10**6, "", 0, "b"),
        OrderKey(-(10**7), 1, 1, "", 0, "b"),
    ],
)
def test_key_that_would_not_sort_is_refused(key):
    with pytest.raises(ValueError, match=r"public id|digits"):
        encode_key(key)


# --- Random histories --------------------------------------------------------------------------

NAMES = "bcdfgh"


def random_bounds(chance):
    """Undated, open at one end, a moment, or days with a zone or as wide as all zones."""
    first = chance.randrange(12)
    last = first + chance.choice([0, 0, 1, 3, 9])
    early, late = chance.choice([(0, 0), (-28_800, -28_800), ANY_ZONE])
    shape = chance.randrange(10)
    if shape == 0:
        return Bounds()
    if shape == 1:
        return Bounds(first * DAY + early, None)
    if shape == 2:
        return Bounds(None, (last + 1) * DAY - 1 + late)
    if shape == 3:
        minute = first * DAY + chance.randrange(0, DAY, 21_600)
        return Bounds(minute, minute)
    return Bounds(first * DAY + early, (last + 1) * DAY - 1 + late)


def random_entry(chance, name):
    """An entry, often with an anchor: any moment of an open date, the middle day of a closed."""
    bounds = random_bounds(chance)
    anchor = chance.choice([None, 3 * DAY])
    if None not in (bounds.earliest, bounds.latest):
        middle = (bounds.earliest + bounds.latest) // 2
        floor = max(bounds.earliest, middle // DAY * DAY)
        anchor = chance.choice([None, floor])
    carrier, position = chance.choice(["", "paper", "wire"]), chance.choice([None, 1, 2])
    return OrderedEntry(name, bounds, carrier, position, anchor)


def random_history(chance):
    names = NAMES[: chance.randint(2, len(NAMES))]
    entries = [random_entry(chance, name) for name in names]
    links = []
    for _ in range(chance.randint(0, len(names))):
        ends = chance.sample(names, 2)
        # Mostly in one direction, so that most histories have no cycle.
        ends = sorted(ends) if chance.random() < 0.9 else ends
        links.append(BeforeLink(*ends, chance.choice(["follows", "answers", "part_of"])))
    return entries, links


def chains(links, names):
    """All pairs that ordering links connect, by Warshall's algorithm."""
    pairs = {(link.earlier, link.later) for link in links if link.kind != "part_of"}
    for middle, first, last in product(names, repeat=3):
        if (first, middle) in pairs and (middle, last) in pairs:
            pairs.add((first, last))
    return pairs


def is_before(first, second):
    return None not in (first.latest, second.earliest) and first.latest < second.earliest


def check_refused(entries, links, pairs):
    """Whether the history is impossible; then it must be refused with the right names."""
    bounds = {entry.id: entry.bounds for entry in entries}
    edges = {(link.earlier, link.later) for link in links if link.kind != "part_of"}
    cycle = find_cycle(links)
    assert (cycle is not None) == any(first == last for first, last in pairs)
    if cycle:
        assert set(zip(cycle, cycle[1:] + cycle[:1], strict=True)) <= edges
        with pytest.raises(LinkCycleError):
            order_keys(entries, links)
        return True
    conflicts = {pair for pair in pairs if is_before(bounds[pair[1]], bounds[pair[0]])}
    pair = find_contradiction(bounds, links)
    assert (pair is not None) == bool(conflicts)
    if pair:
        assert pair in conflicts
        with pytest.raises(DateConflictError):
            order_keys(entries, links)
    return pair is not None


def check_order(entries, links, pairs, keys):
    bounds = {entry.id: entry.bounds for entry in entries}
    narrowed = tighten(bounds, links)
    for first, second in product(bounds, repeat=2):
        if first == second:
            continue
        is_linked = (first, second) in pairs
        if bounds[first].is_undated == bounds[second].is_undated:
            certain = is_before(bounds[first], bounds[second])
            certain |= is_before(narrowed[first], narrowed[second])
            assert not (is_linked or certain) or keys[first] < keys[second]
        elif bounds[second].is_undated:
            assert keys[first] < keys[second]
        assert keys[first] != keys[second]
        if is_linked and not (bounds[first].is_undated or bounds[second].is_undated):
            early, late = narrowed[first], narrowed[second]
            assert early.earliest is None or late.earliest >= early.earliest
            assert late.latest is None or early.latest <= late.latest
    encoded = sorted(keys, key=lambda name: encode_key(keys[name]))
    assert encoded == sorted(keys, key=keys.__getitem__)


def check_stable(entries, links, keys, chance):
    """Neither the order of the input nor unrelated entries change a key."""
    shuffled = chance.sample(entries, len(entries)), chance.sample(links, len(links))
    assert order_keys(*shuffled) == keys
    others = [OrderedEntry(f"x{n}", random_bounds(chance), "paper", n) for n in range(3)]
    more = order_keys([*others, *entries], [*links, BeforeLink("x0", "nothing")])
    assert {name: more[name] for name in keys} == keys
    linked = component(
        [entries[0].id],
        lambda batch: {
            name
            for link in links
            for name in (link.earlier, link.later)
            if {link.earlier, link.later} & set(batch)
        },
    )
    part = order_keys([entry for entry in entries if entry.id in linked], links)
    assert part == {name: keys[name] for name in linked}


@pytest.mark.slow
def test_random_histories_are_refused_or_in_order():
    chance = random.Random(12)
    refused = 0
    for _ in range(10_000):
        entries, links = random_history(chance)
        pairs = chains(links, [entry.id for entry in entries])
        if check_refused(entries, links, pairs):
            refused += 1
            continue
        keys = order_keys(entries, links)
        check_order(entries, links, pairs, keys)
        check_stable(entries, links, keys, chance)
    assert 1000 < refused < 7000
