"""What a process knows of the version that a server must have, and for how long."""

from __future__ import annotations

import threading

import pytest
from django.db import OperationalError

from kb.record.late_replicas import MAX_WAIT_SECONDS
from kb.record.minimum_version import LEASE_SECONDS, REFRESH_SECONDS, MinimumVersion
from kb.record.models import Epoch
from kb.record.publication_version import require_version
from kb.record.reader_servers import LATE_PAUSE_SECONDS, ReaderServers


class Servers:
    """What each server says, or that it is away."""

    def __init__(self) -> None:
        self.now = 100.0
        self.minimums: dict[str, int | None] = {"a": 0, "b": 0, "p": 0}
        self.asked: list[str] = []

    def read(self, alias: str) -> int:
        self.asked.append(alias)
        minimum = self.minimums[alias]
        if minimum is None:
            raise OperationalError
        return minimum


@pytest.fixture
def servers() -> Servers:
    return Servers()


@pytest.fixture
def minimum(servers) -> MinimumVersion:
    readers = ReaderServers(["a", "b"], primary="p")
    return MinimumVersion(readers, read=servers.read, clock=lambda: servers.now)


def test_removal_waits_longer_than_a_process_relies_on_an_answer():
    assert REFRESH_SECONDS < LEASE_SECONDS < MAX_WAIT_SECONDS


def test_site_without_replicas_asks_nobody(servers):
    minimum = MinimumVersion(ReaderServers(["public"]), read=servers.read)
    assert minimum.current() == 0
    assert servers.asked == []


def test_primary_is_asked_once_for_many_requests(minimum, servers):
    for _ in range(100):
        minimum.current()
    assert servers.asked == ["p"]


def test_request_after_a_pause_waits_for_the_primary(minimum, servers):
    minimum.current()
    servers.minimums["p"] = 7
    servers.now += LEASE_SECONDS
    assert minimum.current() == 7


def test_busy_process_learns_it_without_a_request_that_waits(minimum, servers):
    minimum.current()
    servers.minimums["p"] = 7
    servers.now += REFRESH_SECONDS
    before = set(threading.enumerate())
    first = minimum.current()
    for thread in set(threading.enumerate()) - before:
        thread.join(timeout=10)
    assert first in (0, 7)
    assert minimum.current() == 7


def test_without_the_primary_the_highest_of_the_replicas_is_used(minimum, servers):
    servers.minimums |= {"p": None, "a": 3, "b": 5}
    assert minimum.current() == 5
    servers.minimums |= {"a": None, "b": None}
    servers.now += LEASE_SECONDS
    assert minimum.current() == 5, "what was known is remembered"


def test_restored_backup_may_have_a_lower_one(minimum, servers):
    servers.minimums["p"] = 9
    assert minimum.current() == 9
    servers.minimums["p"] = 2
    servers.now += LEASE_SECONDS
    assert minimum.current() == 2


def test_late_server_is_left_out_until_it_has_the_version(servers):
    readers = ReaderServers(["a", "b"], primary="p", clock=lambda: servers.now)
    assert not readers.admits("a", 4, minimum=5)
    assert list(readers.candidates()) == ["b", "p"]
    assert readers.late == ["a"]
    servers.now += LATE_PAUSE_SECONDS
    assert next(readers.candidates()) == "a"
    assert next(readers.candidates()) == "b", "the others need not wait for it"
    assert readers.admits("a", 5, minimum=5)
    assert list(readers.candidates()) == ["a", "b"]


def test_primary_follows_when_all_others_turn_out_to_be_late(servers):
    readers = ReaderServers(["a", "b"], primary="p", clock=lambda: servers.now)
    asked = []
    for alias in readers.candidates():
        asked.append(alias)
        if readers.admits(alias, 5 if alias == "p" else 4, minimum=5):
            break
    assert asked[-1] == "p"
    assert sorted(asked) == ["a", "b", "p"]


def test_version_of_a_server_is_relied_on_for_a_short_time(servers):
    readers = ReaderServers(["a", "b"], primary="p", clock=lambda: servers.now)
    assert readers.is_known_to_have("a", 0)
    assert not readers.is_known_to_have("a", 5)
    readers.admits("a", 5, minimum=0)
    assert readers.is_known_to_have("a", 5)
    assert not readers.is_known_to_have("a", 6)
    readers.mark_away("a")
    assert not readers.is_known_to_have("a", 5)
    readers.admits("a", 5, minimum=0)
    servers.now += LATE_PAUSE_SECONDS
    assert not readers.is_known_to_have("a", 5)


@pytest.mark.django_db
def test_required_version_only_rises():
    Epoch.objects.create(pk=1, number=9)
    require_version(8)
    require_version(4)
    assert Epoch.objects.get().minimum == 8
