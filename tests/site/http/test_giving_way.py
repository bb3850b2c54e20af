"""Streams pause while other requests are answered, for as long as they worked at most."""

from __future__ import annotations

import pytest

from kb.record.places import Places
from kb.record.time_limit import ReaderWork
from kb.site.http import giving_way
from kb.site.http.giving_way import LEAST_WORK, LONGEST_PAUSE, GivingWay, answering


@pytest.fixture(autouse=True)
def places(monkeypatch):
    """Requests of this test alone."""
    places = Places(10)
    monkeypatch.setattr(giving_way, "ANSWERING", places)
    return places


def work_of(seconds: float) -> ReaderWork:
    work = ReaderWork(5)
    work.add_server_time(seconds)
    return work


@pytest.fixture
def pauses():
    return []


def test_nobody_else_is_answered_so_there_is_no_pause(pauses):
    GivingWay(pauses.append).check(work_of(1))
    assert pauses == []


def test_pause_is_as_long_as_the_work_and_not_counted(pauses):
    work = work_of(0.2)
    started_at = work.started_at
    with answering():
        GivingWay(pauses.append).check(work)
    assert sum(pauses) == pytest.approx(work.cost, abs=0.05)
    assert work.started_at - started_at == pytest.approx(sum(pauses))


def test_pause_ends_with_the_other_request(places):
    pauses = []

    def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 2:
            places.leave()

    places.take()
    GivingWay(sleep).check(work_of(0.2))
    assert len(pauses) == 2


@pytest.mark.parametrize(
    ("seconds", "longest"), [(LEAST_WORK / 100, 0), (60, LONGEST_PAUSE)], ids=["short", "long"]
)
def test_short_work_gets_no_pause_and_long_work_no_long_one(pauses, monkeypatch, seconds, longest):
    monkeypatch.setattr(ReaderWork, "cost", seconds)
    with answering():
        GivingWay(pauses.append).check(ReaderWork(5))
    assert sum(pauses) == pytest.approx(longest, abs=0.01)


def test_work_is_made_good_for_once(pauses, monkeypatch):
    monkeypatch.setattr(ReaderWork, "cost", 0.1)
    giving = GivingWay(pauses.append)
    work = ReaderWork(5)
    giving.check(work)
    with answering():
        giving.check(work)
    assert pauses == []
