"""The publication version, read once for each request: one short query on an open connection.

The connections are further ones to the readers' database, with the same rights. A query takes the
one that was used last, or opens one if all are in use, so most processes have one or two. Django's
own connection is closed after each request on SQLite, and to open one takes longer than to send a
stored response.
"""

from __future__ import annotations

import logging
import os
import select
import time
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from urllib.request import url2pathname

from django.db import Error as DjangoDatabaseError
from django.db import OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import load_backend

from kb.record.models import Epoch
from kb.record.reader_servers import reader_servers

logger = logging.getLogger(__name__)

# After a failure the database is left alone for this long: each attempt may take seconds.
RETRY_SECONDS = 1.0
# To connect, and to wait for an answer. The query takes a fraction of a millisecond.
TIMEOUT_SECONDS = 2
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
        # The last is the one that was used last. pop() and append() are atomic.
        self._idle: list[_VersionConnection] = []
        self._failed_at: float | None = None
        # When the state was last read, in seconds since 1970.
        self.read_at: float | None = None

    def current(self) -> RecordState | None:
        """Return the state of the record, or None if the database cannot be read."""
        failed_at = self._failed_at
        if failed_at is not None:
            now = time.monotonic()
            if now - failed_at < RETRY_SECONDS:
                return None
            # This thread tries. The others need not wait for it.
            self._failed_at = now
        failure: Exception | None = None
        for alias in self._servers.candidates():
            connection = self._connection(alias)
            try:
                number, changed_at = connection.read()
            except (DjangoDatabaseError, OSError) as error:
                connection.close()
                self._servers.mark_away(alias)
                failure = error
                continue
            self._idle.append(connection)
            self._servers.mark_present(alias)
            if failed_at is not None:
                self._failed_at = None
                logger.info("publication version read again")
            self.read_at = time.time()
            return RecordState(number, changed_at, int(self.read_at // SECONDS_PER_DAY))
        self._note_failure(failure)
        return None

    def _connection(self, alias: str) -> _VersionConnection:
        """An idle connection to the server, or a new one."""
        while True:
            try:
                connection = self._idle.pop()
            except IndexError:
                return _VersionConnection(alias)
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


class _VersionConnection:
    """A connection to the readers' database, used by one thread at a time."""

    def __init__(self, alias: str) -> None:
        self.alias = alias
        settings = connections[alias].settings_dict
        backend = load_backend(settings["ENGINE"])
        # The alias makes the wall guard it as every readers' connection (kb.record.wall).
        self._wrapper: BaseDatabaseWrapper = backend.DatabaseWrapper(
            {**settings, "OPTIONS": _with_timeouts(settings)}, alias
        )
        self._wrapper.inc_thread_sharing()
        self._path = ""
        if self._wrapper.vendor == "sqlite":
            self._path = url2pathname(urlsplit(str(settings["NAME"])).path)
        self._file: tuple[int, int] | None = None
        self._sql = _SQL[self._wrapper.vendor]
        self._poll: Any = None

    def read(self) -> tuple[int, str]:
        """Return the number and the moment of the version. Raises django.db.Error or OSError."""
        self._reconnect_if_file_was_replaced()
        if self._wrapper.connection is not None:
            try:
                return self._query()
            except DjangoDatabaseError:
                # The server may have restarted, or closed an idle connection: try a new one.
                self.close()
        with self._wrapper.wrap_database_errors:
            self._wrapper.connect()
        # Windows has no poll(); there the query waits for as long as the server takes.
        if self._wrapper.vendor == "postgresql" and hasattr(select, "poll"):
            self._poll = select.poll()
            self._poll.register(self._wrapper.connection.pgconn.socket, select.POLLIN)
        try:
            return self._query()
        except DjangoDatabaseError:
            self.close()
            raise

    def _query(self) -> tuple[int, str]:
        # Not with Django's cursor, which would double the time of this query.
        raw: Any = self._wrapper.connection
        with self._wrapper.wrap_database_errors:
            if self._poll is not None:
                row = _polled_row(raw.pgconn, self._sql, self._poll)
            else:
                # All rows, because an open cursor would hold on to an old state of the database.
                row = next(iter(raw.execute(self._sql).fetchall()), None)
        return (int(row[0]), str(row[1])) if row else (0, "")

    def _reconnect_if_file_was_replaced(self) -> None:
        """A restored backup is a new file; the open connection would read the old one for ever."""
        if not self._path:
            return
        status = os.stat(self._path)
        file = (status.st_dev, status.st_ino)
        if file != self._file:
            self.close()
            self._file = file

    def close(self) -> None:
        self._poll = None
        self._wrapper.close()


def _polled_row(connection: Any, sql: str, poll: Any) -> tuple[str, str] | None:
    """Return the first row, without waiting for a server that hangs.

    ``connection`` is the one of libpq; ``poll`` waits for its socket. Raises OperationalError; the
    connection must be closed after that.
    """
    deadline = time.monotonic() + TIMEOUT_SECONDS
    connection.send_query(sql.encode())
    connection.flush()
    while connection.is_busy():
        if not poll.poll(max(deadline - time.monotonic(), 0) * 1000):
            raise OperationalError("The database server does not answer.")
        connection.consume_input()
    result = connection.get_result()
    # The end of the answer follows the result; without reading it, the next query would fail.
    while connection.get_result() is not None:
        continue
    if result is None or not result.nfields:
        raise OperationalError("The publication version cannot be read.")
    if not result.ntuples:
        return None
    number, changed_at = (result.get_value(0, column) or b"" for column in range(2))
    return number.decode(), changed_at.decode()


def _with_timeouts(settings: dict[str, Any]) -> dict[str, Any]:
    """Return the options of the connection, with short waits instead of long ones."""
    options = dict(settings.get("OPTIONS", {}))
    if settings["ENGINE"].endswith("sqlite3"):
        return options | {"timeout": TIMEOUT_SECONDS}
    options.setdefault("connect_timeout", TIMEOUT_SECONDS)
    # Linux: an unreachable server is noticed after this time, and not after a quarter of an hour.
    options.setdefault("tcp_user_timeout", TIMEOUT_SECONDS * 1000)
    return options
