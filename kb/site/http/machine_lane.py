"""The lane of a machine: of all its processes, few make pieces of files at the same time.

A place is the lock of a file in ``KB_DATA_DIR``, which ends with the process that holds it. Who
wants a place first takes the turn, another lock, and gives it back with the place in hand. So a
process that has just left cannot pass one that waits. Where the files cannot be opened, as on a
read-only disk, nobody waits.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO

from django.conf import settings

from kb.record.private_files import make_private_folder, open_private

FOLDER = "slow-lane"
# The other processors stay free for pages.
PLACES = max(1, (os.cpu_count() or 1) // 2)
SECONDS_BETWEEN_LOOKS = 0.01


class MachineLaneFull(Exception):
    """The others kept the lane for too long."""


class MachineLane:
    """The place of one request. Other requests and processes have objects of their own."""

    def __init__(self, places: int = PLACES) -> None:
        self._paths = [f"place-{number}" for number in range(places)]
        self._place: IO[bytes] | None = None

    def enter(self, max_seconds: float) -> None:
        """Wait for a place and take it. Raises MachineLaneFull after so many seconds."""
        ends_at = time.monotonic() + max_seconds
        with ExitStack() as files:
            try:
                folder = Path(settings.DATA_DIR) / FOLDER
                make_private_folder(folder)
                turn, *places = [
                    files.enter_context(open(folder / name, "ab", opener=open_private))
                    for name in ("turn", *self._paths)
                ]
            except OSError:
                return
            _wait_for([turn], ends_at)
            place = _wait_for(places, ends_at)
            # The other files are closed, which gives the turn to the next.
            self._place = open(os.dup(place.fileno()), "ab")  # noqa: SIM115 (until ``leave``)

    def leave(self) -> None:
        """Give the place back. Has no effect without one."""
        if self._place is not None:
            self._place.close()
            self._place = None


def _wait_for(files: Sequence[IO[bytes]], ends_at: float) -> IO[bytes]:
    """The first of the files whose lock is free, locked. Raises MachineLaneFull."""
    while True:
        for file in files:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                continue
            return file
        if time.monotonic() >= ends_at:
            raise MachineLaneFull("The other processes kept the lane for too long.")
        time.sleep(SECONDS_BETWEEN_LOOKS)
