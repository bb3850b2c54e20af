"""The lane of a machine: few places for all processes, in turn, and never a wait without an end."""

from __future__ import annotations

import subprocess
import sys
import threading
import time

import pytest

from kb.site.http.machine_lane import FOLDER, MachineLane, MachineLaneFull

HOLD = """
import fcntl, sys
file = open(sys.argv[1], "ab")
fcntl.flock(file, fcntl.LOCK_EX)
print("locked", flush=True)
sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    """The data of this test."""
    settings.DATA_DIR = tmp_path
    return tmp_path / FOLDER


def test_place_is_for_one_at_a_time():
    first, second = MachineLane(places=1), MachineLane(places=1)
    first.enter(0)
    with pytest.raises(MachineLaneFull):
        second.enter(0)
    first.leave()
    second.enter(0)
    second.leave()


def test_as_many_enter_as_there_are_places():
    lanes = [MachineLane(places=2) for _ in range(3)]
    lanes[0].enter(0)
    lanes[1].enter(0)
    with pytest.raises(MachineLaneFull):
        lanes[2].enter(0)
    lanes[0].leave()
    lanes[2].enter(0)
    for lane in lanes:
        lane.leave()


def test_place_of_another_process_is_respected_until_it_ends(folder):
    lane = MachineLane(places=1)
    lane.enter(0)
    lane.leave()
    other = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder / "place-0")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with other:
        assert other.stdout.readline() == b"locked\n"
        with pytest.raises(MachineLaneFull):
            lane.enter(0)
        other.kill()
        other.wait(20)
    lane.enter(0)
    lane.leave()


def test_who_has_just_left_does_not_pass_one_who_waits(monkeypatch):
    """The holder leaves and wants the place again at once, as the next piece of a file does."""
    looking = threading.Event()
    sleep = time.sleep

    def look_again(seconds: float) -> None:
        looking.set()
        sleep(seconds)

    monkeypatch.setattr("kb.site.http.machine_lane.time.sleep", look_again)
    order = []

    def work(name: str, lane: MachineLane) -> None:
        lane.enter(20)
        order.append(name)
        lane.leave()

    holder = MachineLane(places=1)
    holder.enter(0)
    thread = threading.Thread(target=work, args=["who waited", MachineLane(places=1)])
    thread.start()
    assert looking.wait(20)
    holder.leave()
    work("who left", holder)
    thread.join(20)
    assert order == ["who waited", "who left"]


def test_nobody_waits_where_no_file_can_be_made(folder):
    folder.write_text("a file in the place of the folder")
    lanes = [MachineLane(places=1) for _ in range(2)]
    for lane in lanes:
        lane.enter(0)
    for lane in lanes:
        lane.leave()


def test_files_are_private(folder):
    lane = MachineLane(places=1)
    lane.enter(0)
    lane.leave()
    lane.leave()
    assert folder.stat().st_mode & 0o077 == 0
    assert {path.stat().st_mode & 0o077 for path in folder.iterdir()} == {0}
