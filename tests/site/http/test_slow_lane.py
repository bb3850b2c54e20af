"""The slow lane: one at a time, in order, and never a queue without a limit."""

from __future__ import annotations

import threading
import time

import pytest

from kb.record.time_limit import ReaderWork
from kb.site.http import slow_lane
from kb.site.http.machine_lane import MachineLane, MachineLaneFull
from kb.site.http.slow_lane import (
    LaneFull,
    LaneTicket,
    SlowLane,
    SlowShapes,
    expect_stream,
    request_shape,
)


@pytest.fixture(autouse=True)
def lane(monkeypatch):
    """A lane and a memory of this test."""
    lane = SlowLane(max_waiting=2)
    monkeypatch.setattr(slow_lane, "LANE", lane)
    monkeypatch.setattr(slow_lane, "SLOW_SHAPES", SlowShapes())
    return lane


def wait_until(condition) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


def test_free_lane_is_entered_without_waiting(lane):
    assert lane.enter(0) == 0
    with pytest.raises(LaneFull):
        lane.enter(0.01)
    lane.leave()
    assert lane.enter(0) == 0


def test_place_goes_to_who_has_waited_longest(lane):
    order = []
    lane.enter(0)

    def wait(name: int) -> None:
        lane.enter(20)
        order.append(name)
        lane.leave()

    threads = []
    for name in range(2):
        threads.append(threading.Thread(target=wait, args=[name]))
        threads[-1].start()
        wait_until(lambda count=name + 1: len(lane._waiting) == count)
    lane.leave()
    for thread in threads:
        thread.join(20)
    assert order == [0, 1]


def test_who_comes_when_enough_wait_is_refused_at_once(lane):
    lane.enter(0)
    threads = [threading.Thread(target=lane.enter, args=[20]) for _ in range(2)]
    for thread in threads:
        thread.start()
    wait_until(lambda: len(lane._waiting) == 2)
    started_at = time.monotonic()
    with pytest.raises(LaneFull):
        lane.enter(20)
    assert time.monotonic() - started_at < 10
    for _thread in threads:
        lane.leave()
    for thread in threads:
        thread.join(20)


def test_piece_of_a_stream_waits_however_many_do(lane):
    lane.max_waiting = 0
    lane.enter(0)
    with pytest.raises(LaneFull, match="waited"):
        lane.enter(0.01, is_patient=True)


def test_quick_request_never_asks_for_the_lane(lane):
    ticket = LaneTicket("/timeline/")
    with ticket.held():
        ticket.check(ReaderWork(5))
        assert not lane._is_taken


def test_slow_request_enters_once_and_leaves(lane):
    work, ticket = ReaderWork(5), LaneTicket("/timeline/?q=a")
    work.add_server_time(1)
    with ticket.held():
        ticket.check(work)
        ticket.check(work)
        assert lane._is_taken
    assert not lane._is_taken


def test_shape_asks_at_the_start_after_a_slow_request_until_one_is_quick(lane):
    work = ReaderWork(5)
    work.add_server_time(1)
    with (first := LaneTicket("slow")).held():
        first.check(work)
    with (other := LaneTicket("quick")).held():
        other.check(ReaderWork(5))
        assert not lane._is_taken
    with (again := LaneTicket("slow")).held():
        again.check(ReaderWork(5))
        assert lane._is_taken
    with (third := LaneTicket("slow")).held():
        third.check(ReaderWork(5))
        assert not lane._is_taken


@pytest.fixture
def machine_lane(settings, tmp_path, monkeypatch):
    """The one place of a machine of this test."""
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(slow_lane, "MachineLane", lambda: MachineLane(places=1))
    return MachineLane(places=1)


def test_piece_of_a_stream_needs_both_lanes_from_its_first_query(lane, machine_lane):
    with (ticket := LaneTicket("/timeline.csv", is_patient=True)).held():
        ticket.check(ReaderWork(5))
        assert lane._is_taken
        with pytest.raises(MachineLaneFull):
            machine_lane.enter(0)
    assert not lane._is_taken
    machine_lane.enter(0)
    machine_lane.leave()


def test_request_that_becomes_a_stream_needs_both_lanes_from_there(lane, machine_lane):
    with (ticket := LaneTicket("/timeline.csv")).held():
        ticket.check(ReaderWork(5))
        assert not lane._is_taken
        expect_stream()
        ticket.check(ReaderWork(5))
        assert lane._is_taken
        with pytest.raises(MachineLaneFull):
            machine_lane.enter(0)
    machine_lane.enter(0)
    machine_lane.leave()


def test_page_does_not_need_the_lane_of_the_machine(lane, machine_lane):
    machine_lane.enter(0)
    work = ReaderWork(5)
    work.add_server_time(1)
    with (ticket := LaneTicket("/timeline/")).held():
        ticket.check(work)
        assert lane._is_taken
    machine_lane.leave()


def test_stream_that_waits_too_long_for_the_machine_leaves_its_lane(
    lane, machine_lane, monkeypatch
):
    monkeypatch.setattr(slow_lane, "MAX_PIECE_WAIT_SECONDS", 0.01)
    machine_lane.enter(0)
    with (
        pytest.raises(LaneFull),
        (ticket := LaneTicket("/timeline.csv", is_patient=True)).held(),
    ):
        ticket.check(ReaderWork(5))
    assert not lane._is_taken
    machine_lane.leave()


def test_waiting_is_not_counted_as_work(lane):
    lane.enter(0)
    work, ticket = ReaderWork(5), LaneTicket("/slow/")
    work.add_server_time(1)
    before = work.started_at
    threading.Timer(0.1, lane.leave).start()
    with ticket.held():
        ticket.check(work)
    assert work.started_at > before


def test_memory_of_slow_shapes_is_bounded(monkeypatch):
    monkeypatch.setattr(slow_lane, "MAX_REMEMBERED", 2)
    shapes = SlowShapes()
    for name in "abc":
        shapes.add(name)
    assert ["a" in shapes, "b" in shapes, "c" in shapes] == [False, True, True]


def test_shape_needs_as_many_quick_requests_as_slow_ones():
    shapes = SlowShapes()
    for _ in range(9):
        shapes.add("a")
    for _ in range(slow_lane.MAX_SCORE - 1):
        shapes.subtract("a")
        assert "a" in shapes
    shapes.subtract("a")
    shapes.subtract("a")
    assert "a" not in shapes


@pytest.mark.parametrize(
    ("address", "other", "same"),
    [
        ("/timeline/?q=a", "/timeline/?q=b", True),
        ("/timeline/?q=a&from=2020", "/timeline/?from=1999&q=b", True),
        ("/timeline/?q=a", "/timeline/?known=a", False),
        ("/timeline/", "/timeline.csv", False),
        ("/actors/a/", "/actors/b/", True),
        ("/actors/", "/actors/b/", False),
    ],
)
def test_shape_is_the_address_without_values(rf, address, other, same):
    assert (request_shape(rf.get(address)) == request_shape(rf.get(other))) is same
