"""Which server is asked next, and when one that was away is asked again."""

from __future__ import annotations

import pytest

from kb.record import reader_servers
from kb.record.reader_servers import MAX_PAUSE_SECONDS, ReaderServers


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def order_of_worker(number: int) -> str:
    servers = ReaderServers(["a", "b", "c"])
    servers.set_worker(number)
    return "".join(servers.candidates())


def test_workers_begin_with_different_replicas():
    orders = [order_of_worker(number) for number in (1, 2, 3, 4)]
    assert set(orders) == {"abc", "bca", "cab"}
    assert orders[3] == orders[0]


def test_machines_with_one_worker_begin_with_different_replicas(monkeypatch):
    orders = set()
    for number in range(20):
        monkeypatch.setattr(reader_servers.socket, "gethostname", lambda name=f"m{number}": name)
        orders.add(order_of_worker(1))
    assert orders == {"abc", "bca", "cab"}


def test_primary_is_last_and_only_for_whom_it_serves(clock):
    servers = ReaderServers(["a", "b"], primary="p", clock=clock)
    assert list(servers.candidates()) == ["a", "b"]
    assert list(servers.candidates(with_primary=True)) == ["a", "b", "p"]
    for_all = ReaderServers(["a", "b"], primary="p", is_primary_for_all=True, clock=clock)
    assert list(for_all.candidates()) == ["a", "b", "p"]


def test_server_that_is_away_is_asked_by_one_request_after_the_pause(clock):
    servers = ReaderServers(["a", "b"], clock=clock)
    servers.mark_away("a")
    assert list(servers.candidates()) == ["b"]
    clock.now += 1.1
    assert next(servers.candidates()) == "a"
    assert next(servers.candidates()) == "b", "the others need not wait for it"
    servers.mark_present("a")
    assert next(servers.candidates()) == "a"


def test_pauses_become_longer_up_to_a_limit(clock):
    servers = ReaderServers(["a", "b"], clock=clock)
    servers.mark_away("a")
    pauses, began = [], clock.now
    while len(pauses) < 7:
        clock.now += 0.5
        if next(servers.candidates()) == "a":
            servers.mark_away("a")
            pauses.append(clock.now - began)
            began = clock.now
    assert pauses == sorted(pauses)
    assert pauses[0] == 1
    assert pauses[-1] == MAX_PAUSE_SECONDS


def test_server_that_nobody_needed_meanwhile_is_asked_when_it_is_needed(clock):
    servers = ReaderServers(["a", "b"], clock=clock)
    servers.mark_away("b")
    clock.now += 1000
    assert next(servers.candidates()) == "a"
    servers.mark_away("a")
    assert list(servers.candidates()) == ["b"]


@pytest.mark.parametrize("seconds, asked", [(0.01, ["b", "a"]), (2, ["b"])])
def test_server_that_refused_at_once_is_asked_early_when_no_other_is_left(clock, seconds, asked):
    servers = ReaderServers(["a", "b"], clock=clock)
    for alias in servers.candidates():
        if alias == "a":
            clock.now += seconds
            servers.mark_away("a")
    aliases = []
    for alias in servers.candidates():
        aliases.append(alias)
        servers.mark_away(alias)
    assert aliases == asked
    servers.mark_present("b")
    assert next(servers.candidates()) == "b"


def test_only_server_is_always_asked():
    servers = ReaderServers(["a"])
    servers.mark_away("a")
    assert list(servers.candidates()) == ["a"]
    assert not servers.has_choice
