"""Which PostgreSQL server answers readers: one of several replicas, or the primary.

Each server is a database alias of its own, so Django keeps a connection to each, and a request
stays on one. A process asks its own replica first, always the same one, so that the publication
version that it sees does not go back and forth between servers. A replica that does not answer is
left out, and asked again after a pause. So is one that is too late: it may have words that were
removed (``kb.record.minimum_version``).

Settings import this module, so it must not import a model, nor settings.
"""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from zlib import crc32

from django.conf import settings
from django.db import Error, InterfaceError, OperationalError, connections

from kb.record.time_limit import ReaderTimeLimit
from kb.record.wall import PUBLIC, PUBLIC_PRIMARY, is_public, primary_options, public_database

# To connect to one of several servers.
CONNECT_SECONDS = 2
# A server is left out for this long after its first failure, and twice as long after each further
# one. Each attempt may take as long as CONNECT_SECONDS.
FIRST_PAUSE_SECONDS = 1.0
MAX_PAUSE_SECONDS = 16.0
# A late server is asked for its version again after this time, and a version that was read is
# relied on for as long.
LATE_PAUSE_SECONDS = 1.0
# A server that is stopped or starting refuses within this time; one that hangs does not.
QUICK_REFUSAL_SECONDS = 0.5

logger = logging.getLogger(__name__)


def reader_databases(
    default: dict[str, Any], *, own: dict[str, Any], user: str, password: str
) -> dict[str, dict[str, Any]]:
    """The aliases of readers and their settings; the arguments are those of ``public_database``.

    ``own`` (KB_PUBLIC_DATABASE_URL) may name several servers. Each gets an alias: ``public``,
    ``public_2`` and so on. ``public_primary`` is the server of the desk with the role of readers.
    """
    public = public_database(default, own=own, user=user, password=password)
    if (
        not own
        or not default["ENGINE"].endswith("postgresql")
        or own["ENGINE"] != default["ENGINE"]
    ):
        return {PUBLIC: public}
    databases = {
        PUBLIC if place == 1 else f"{PUBLIC}_{place}": _with_timeouts({**public, **server})
        for place, server in enumerate(_single_servers(public), start=1)
    }
    desk = {part: default[part] for part in ("HOST", "PORT", "NAME")}
    options = primary_options(default)
    databases[PUBLIC_PRIMARY] = _with_timeouts({**public, **desk, "OPTIONS": options})
    return databases


def _single_servers(database: Mapping[str, Any]) -> list[dict[str, str]]:
    """The host and the port of each server of a database entry with lists of them, as in libpq."""
    hosts = database["HOST"].split(",")
    ports = database["PORT"].split(",")
    if len(ports) == 1:
        ports *= len(hosts)
    return [{"HOST": host, "PORT": port} for host, port in zip(hosts, ports, strict=True)]


def _with_timeouts(database: dict[str, Any]) -> dict[str, Any]:
    options = dict(database["OPTIONS"])
    options.setdefault("connect_timeout", CONNECT_SECONDS)
    # Linux: a server that cannot be reached is noticed after this time.
    options.setdefault("tcp_user_timeout", CONNECT_SECONDS * 1000)
    return {**database, "OPTIONS": options}


@dataclass
class _Pause:
    """Until when a server is left out, for how long, and whether it refused at once."""

    retry_at: float
    seconds: float
    is_quick: bool = False


class ReaderServers:
    """The servers of readers as this process knows them: their order, and which are away."""

    def __init__(
        self,
        replicas: Sequence[str],
        *,
        primary: str = "",
        is_primary_for_all: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._replicas = list(replicas)
        self._primary = primary
        self._is_primary_for_all = is_primary_for_all
        self._clock = clock
        self._away: dict[str, _Pause] = {}
        # When a server that is late is asked again.
        self._late: dict[str, float] = {}
        # The version of a server, and when it was read.
        self._versions: dict[str, tuple[int, float]] = {}
        self._first = 0

    @property
    def has_choice(self) -> bool:
        """Whether a request may be answered by another server than the first."""
        return len(self._replicas) > 1 or bool(self._primary)

    @property
    def replicas(self) -> list[str]:
        """The aliases of the replicas, those that are away too."""
        return list(self._replicas)

    @property
    def primary(self) -> str:
        """The alias of the primary; "" if readers have no other server than those of ``public``."""
        return self._primary

    def set_worker(self, number: int) -> None:
        """Let the workers of a machine, numbered one after the other, begin with each replica.

        Machines begin with different ones by their names: each may have a single worker.
        """
        self._first = (crc32(socket.gethostname().encode()) + number) % len(self._replicas)

    def present_replicas(self) -> list[str]:
        """The aliases of the replicas that are not away."""
        return [alias for alias in self._replicas if alias not in self._away]

    @property
    def late(self) -> list[str]:
        """The aliases of the servers that are left out because they are late."""
        return sorted(self._late)

    def candidates(self, *, with_primary: bool = False) -> Iterator[str]:
        """The aliases to ask, one after the other, without those that are away.

        The primary is the last, if it serves all readers or ``with_primary``, and while a replica
        is left out because it is late. If no other is left, those that are away follow, because one
        may be back. Not those that hang: waiting for them would hold up every request.
        """
        aliases = self._replicas[self._first :] + self._replicas[: self._first]
        if self._primary and (with_primary or self._is_primary_for_all):
            aliases.append(self._primary)
        asked = set()
        # The list grows by the primary when a replica is found to be late.
        for alias in aliases:
            if self._may_be_asked(alias):
                asked.add(alias)
                began = self._clock()
                yield alias
                # Whoever goes on had no answer.
                if pause := self._away.get(alias):
                    pause.is_quick = self._clock() - began < QUICK_REFUSAL_SECONDS
            if alias in self._late and self._primary and self._primary not in aliases:
                aliases.append(self._primary)
        for alias in aliases:
            pause = self._away.get(alias)
            if alias not in asked and pause and pause.is_quick:
                yield alias

    def _may_be_asked(self, alias: str) -> bool:
        now = self._clock()
        if (retry_at := self._late.get(alias)) is not None:
            if now < retry_at:
                return False
            self._late[alias] = now + LATE_PAUSE_SECONDS
        pause = self._away.get(alias)
        if pause is None:
            return True
        if now < pause.retry_at:
            return False
        # This request tries. The others need not wait for it.
        seconds = min(2 * pause.seconds, MAX_PAUSE_SECONDS)
        self._away[alias] = _Pause(now + seconds, seconds, pause.is_quick)
        return True

    def mark_away(self, alias: str) -> None:
        """Leave the server out for a pause, if there is another one."""
        self._versions.pop(alias, None)
        # Several requests may notice it at once.
        if self.has_choice and alias not in self._away:
            self._away[alias] = _Pause(self._clock() + FIRST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS)
            logger.warning("reader server away", extra={"fields": {"database": alias}})

    def mark_present(self, alias: str) -> None:
        """Note that the server has answered."""
        if alias in self._away:
            self._away.pop(alias, None)
            logger.info("reader server back", extra={"fields": {"database": alias}})

    def admits(self, alias: str, number: int, minimum: int) -> bool:
        """Note the version that was read from the server; return whether it may answer readers.

        If it is below the minimum, the server is late and left out until it has it.
        """
        now = self._clock()
        self._versions[alias] = (number, now)
        if number < minimum:
            if alias not in self._late:
                logger.warning("reader server late", extra={"fields": {"database": alias}})
            self._late[alias] = now + LATE_PAUSE_SECONDS
            return False
        if self._late.pop(alias, None) is not None:
            logger.info("reader server caught up", extra={"fields": {"database": alias}})
        return True

    def is_known_to_have(self, alias: str, version: int) -> bool:
        """Whether the server had the version within the last second; always for version 0."""
        number, read_at = self._versions.get(alias, (0, float("-inf")))
        is_new = self._clock() - read_at < LATE_PAUSE_SECONDS
        return not version or (is_new and number >= version)


@cache
def reader_servers() -> ReaderServers:
    """The servers in the settings, for all threads of this process."""
    aliases = [alias for alias in settings.DATABASES if is_public(alias)]
    return ReaderServers(
        [alias for alias in aliases if alias != PUBLIC_PRIMARY],
        primary=PUBLIC_PRIMARY if PUBLIC_PRIMARY in aliases else "",
        is_primary_for_all=settings.READERS_ON_PRIMARY,
    )


def is_server_error(error: BaseException) -> bool:
    """Whether a reader's request may succeed on another server: this one is away or interrupted it.

    A replica ends a query that would hold up what it receives from the primary.
    """
    return isinstance(error, OperationalError | InterfaceError) and not isinstance(
        error, ReaderTimeLimit
    )


def note_server_error(alias: str) -> None:
    """Mark the server as away unless its connection is still open; close what is left of it."""
    connection = connections[alias]
    raw: Any = connection.connection
    if raw is None or raw.closed:
        reader_servers().mark_away(alias)
    if not connection.in_atomic_block:
        try:
            connection.close()
        except Error:
            connection.connection = None
