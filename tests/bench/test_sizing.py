"""The sizing model: what must hold whatever the costs are."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.sizing import Costs, Load, distinct, main, plan, popularity

loads = st.builds(
    Load,
    views=st.floats(1, 1e9),
    addresses=st.floats(1, 1e8),
    exponent=st.floats(0, 2),
    publications=st.floats(0, 1e5),
    peak=st.floats(1, 20),
)
costs = st.builds(
    Costs,
    computed_ms=st.floats(20, 500),
    database_ms=st.floats(0, 20),
    processes=st.floats(1, 64),
    proxy_seconds=st.floats(0, 60),
    proxy_locations=st.floats(1, 300),
)


@given(st.floats(1, 1e8), st.floats(0, 2))
def test_probabilities_of_all_addresses_add_up_to_one(addresses, exponent):
    groups = popularity(addresses, exponent)
    assert sum(count * probability for count, probability in groups) == pytest.approx(1)
    assert sum(count for count, _ in groups) == int(addresses)


def test_distinct_addresses_agree_with_a_count_by_hand():
    # Two addresses, equally popular: of two requests, both are different half of the time.
    assert distinct(2, popularity(2, 0)) == pytest.approx(1.5)
    assert distinct(1, popularity(1000, 1)) == pytest.approx(1, rel=1e-6)
    assert distinct(1e9, popularity(1000, 1)) == pytest.approx(1000)


@settings(max_examples=50)
@given(loads, costs)
def test_no_more_is_computed_than_requested_and_no_more_requested_than_viewed(load, cost):
    result = plan(load, cost)
    assert 0 <= result.computed <= result.at_origin <= load.views_a_second * (1 + 1e-9)
    assert result.web_machines >= 1
    assert result.replicas >= 1


def test_rarer_publication_and_a_longer_proxy_time_need_no_more_machines():
    load = Load(views=1e8, addresses=1e5)
    often, rarely = (plan(replace(load, publications=number), Costs()) for number in (20_000, 20))
    assert rarely.computed < often.computed
    assert rarely.web_machines <= often.web_machines
    shielded = plan(load, Costs(proxy_seconds=10))
    assert shielded.at_origin < plan(load, Costs()).at_origin


def test_table_has_a_row_for_each_power_of_ten(capsys):
    main(["--addresses", "1000"])
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[1] for line in lines[2:]] == ["10^5", "10^6", "10^7", "10^8", "10^9"]
