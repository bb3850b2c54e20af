"""The publication version that a server must have to answer readers, raised by each removal.

It is a column of the row of the version, and the primary has the newest. Every process asks the
primary for it at most every REFRESH_SECONDS, and uses no answer that is older than LEASE_SECONDS.
A removal with a late replica waits for longer than that, so that all processes leave the replica
out when the receipt is written.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from functools import cache

from django.db import Error

from kb.record.models import Epoch
from kb.record.reader_servers import ReaderServers, reader_servers
from kb.record.version_connection import VersionConnection

REFRESH_SECONDS = 0.5
# Below ``kb.record.late_replicas.MAX_WAIT_SECONDS``, which a removal waits for late replicas.
LEASE_SECONDS = 2.0
_SQL = f"SELECT minimum FROM {Epoch._meta.db_table}"  # noqa: S608

logger = logging.getLogger(__name__)


class MinimumVersion:
    """The minimum as this process knows it, for all its threads."""

    def __init__(
        self,
        servers: ReaderServers,
        *,
        read: Callable[[str], int] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._servers = servers
        self._read = read or self._read_row
        self._clock = clock
        self._connections: dict[str, VersionConnection] = {}
        self._lock = threading.Lock()
        self._value = 0
        # When the last answer was asked for; after a failure, when it failed.
        self._asked_at = float("-inf")
        self._has_failed = False

    def current(self) -> int:
        """The minimum; 0 is any version, and so is a site without replicas.

        Asks the primary itself if the last answer is too old, as after a pause without requests.
        Otherwise another thread asks, and the request does not wait. While the primary does not
        answer, the highest of what is known and of what the replicas say is used.
        """
        if not self._servers.primary:
            return 0
        age = self._clock() - self._asked_at
        if age < REFRESH_SECONDS:
            return self._value
        if age >= LEASE_SECONDS:
            # If a primary that has failed is being asked again, there is nothing to wait for.
            if self._lock.acquire(blocking=not self._has_failed):
                self._refresh_and_release(is_needed=self._is_old)
        elif self._lock.acquire(blocking=False):
            threading.Thread(target=self._refresh_and_release, daemon=True).start()
        return self._value

    def start_again(self) -> None:
        """In a copy of the process: the lock may be held by a thread that is not there.

        The connections stay with the process that opened them.
        """
        self._lock = threading.Lock()
        self._connections = {}
        self._asked_at, self._has_failed = float("-inf"), False

    def _is_old(self) -> bool:
        return self._clock() - self._asked_at >= REFRESH_SECONDS

    def _refresh_and_release(self, is_needed: Callable[[], bool] = lambda: True) -> None:
        """Ask, unless the thread that had the lock before has just done so."""
        try:
            if is_needed():
                self._refresh()
        finally:
            self._lock.release()

    def _refresh(self) -> None:
        asked_at = self._clock()
        try:
            # Lower after a restored backup, or on a new primary that had not received it.
            self._value = self._read(self._servers.primary)
        except (Error, OSError):
            if not self._has_failed:
                logger.warning("minimum version not readable")
            self._has_failed = True
            self._value = max(
                [self._value, *map(self._minimum_of, self._servers.present_replicas())]
            )
            self._asked_at = self._clock()
        else:
            self._has_failed = False
            self._asked_at = asked_at

    def _minimum_of(self, alias: str) -> int:
        try:
            return self._read(alias)
        except (Error, OSError):
            return 0

    def _read_row(self, alias: str) -> int:
        connection = self._connections.get(alias)
        if connection is None:
            connection = self._connections[alias] = VersionConnection(alias, _SQL)
        try:
            row = connection.read()
        except (Error, OSError):
            connection.close()
            raise
        return int(row[0]) if row else 0


@cache
def minimum_version() -> MinimumVersion:
    """The minimum for the servers in the settings."""
    minimum = MinimumVersion(reader_servers())
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=minimum.start_again)
    return minimum
