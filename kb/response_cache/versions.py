"""The publication version, read once for each request: one short query on an open connection.

The connections are further ones to the readers' database, with the same rights. A query takes the
one that was used last, or opens one if all are in use, so most processes have one or two. Django's
own connection is closed after each request on SQLite, and to open one takes longer than to send a
stored response.
"""

from __future__ import annotations

import logging
import time
from typing import NamedTuple

from django.db import Error as DjangoDatabaseError
from django.db import OperationalError, connections

from kb.record.minimum_version import minimum_version
from kb.record.models import Epoch
from kb.record.reader_servers import reader_servers
from kb.record.version_connection import VersionConnection

logger = logging.getLogger(__name__)

# After a failure the database is left alone for this long: each attempt may take seconds.
RETRY_SECONDS = 1.0
SECONDS_PER_DAY = 86_400
# The table has one row, by a constraint. A condition would double the time on PostgreSQL, and so
# would a converter for the moment on SQLite, where it is read as text.
_SQL = {
    "postgresql": f"SELECT number, changed_at FROM {Epoch._meta.db_table}",  # noqa: S608
    "sqlite": f"SELECT number, CAST(changed_at AS TEXT) FROM {Epoch._meta.db_table}",  # noqa: S608
}


class RecordState(NamedTuple):
    """What every public answer depends on: the publication version and the day (UTC).

    ``changed_at`` is the moment of the publication, because a restored backup may have a number
    that was used before.
    """

    number: int
    changed_at: str
    day: int


class VersionReader:
    """Reads the state of the record for all threads of this process.

    It asks the server that answers the requests of readers (``kb.record.reader_servers``).
    """

    def __init__(self) -> None:
        self._servers = reader_servers()
        self._minimum = minimum_version()
        # The last is the one that was used last. pop() and append() are atomic.
        self._idle: list[VersionConnection] = []
        self._failed_at: float | None = None
        # When the state was last read, in seconds since 1970.
        self.read_at: float | None = None

    def current(self) -> RecordState | None:
        """Return the state of the record, or None if no server can be read that may answer."""
        failed_at = self._failed_at
        if failed_at is not None:
            now = time.monotonic()
            if now - failed_at < RETRY_SECONDS:
                return None
            # This thread tries. The others need not wait for it.
            self._failed_at = now
        minimum = self._minimum.current()
        failure: Exception | None = None
        for alias in self._servers.candidates():
            connection = self._connection(alias)
            try:
                row = connection.read()
            except (DjangoDatabaseError, OSError) as error:
                connection.close()
                self._servers.mark_away(alias)
                failure = error
                continue
            self._idle.append(connection)
            self._servers.mark_present(alias)
            number, changed_at = (int(row[0]), row[1]) if row else (0, "")
            if not self._servers.admits(alias, number, minimum):
                continue
            if failed_at is not None:
                self._failed_at = None
                logger.info("publication version read again")
            self.read_at = time.time()
            return RecordState(number, changed_at, int(self.read_at // SECONDS_PER_DAY))
        self._note_failure(failure)
        return None

    def minimum(self) -> int:
        """The version that a kept response must have: one before may have removed words."""
        return self._minimum.current()

    def _connection(self, alias: str) -> VersionConnection:
        """An idle connection to the server, or a new one."""
        while True:
            try:
                connection = self._idle.pop()
            except IndexError:
                return VersionConnection(alias, _SQL[connections[alias].vendor])
            if connection.alias == alias:
                return connection
            connection.close()

    def close(self) -> None:
        """Close the connections that are not in use."""
        while self._idle:
            self._idle.pop().close()

    def _note_failure(self, error: Exception | None) -> None:
        if self._failed_at is None:
            # None: the servers were found to be away by others.
            kind = type(error or OperationalError())
            fields = {"error": f"{kind.__module__}.{kind.__qualname__}"}
            logger.warning("publication version not readable", extra={"fields": fields})
        self._failed_at = time.monotonic()
