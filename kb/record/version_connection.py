"""A connection of its own for a short query, which does not wait long for a server that hangs.

Django's own connection is closed after each request on SQLite, and its cursor doubles the time.
"""

from __future__ import annotations

import os
import select
import time
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

from django.db import Error as DjangoDatabaseError
from django.db import OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import load_backend

# To connect, and to wait for an answer. The query takes a fraction of a millisecond.
TIMEOUT_SECONDS = 2


class VersionConnection:
    """A connection of readers for one short query, used by one thread at a time."""

    def __init__(self, alias: str, sql: str) -> None:
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
        self._sql = sql
        self._poll: Any = None

    def read(self) -> tuple[str, ...] | None:
        """Return the first row as texts; None without one. Raises django.db.Error or OSError."""
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

    def _query(self) -> tuple[str, ...] | None:
        # Not with Django's cursor, which would double the time of this query.
        raw: Any = self._wrapper.connection
        with self._wrapper.wrap_database_errors:
            if self._poll is not None:
                return _polled_row(raw.pgconn, self._sql, self._poll)
            # All rows, because an open cursor would hold on to an old state of the database.
            row = next(iter(raw.execute(self._sql).fetchall()), None)
        return tuple(map(str, row)) if row else None

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


def _polled_row(connection: Any, sql: str, poll: Any) -> tuple[str, ...] | None:
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
    values = (result.get_value(0, column) or b"" for column in range(result.nfields))
    return tuple(value.decode() for value in values)


def _with_timeouts(settings: dict[str, Any]) -> dict[str, Any]:
    """Return the options of the connection, with short waits instead of long ones."""
    options = dict(settings.get("OPTIONS", {}))
    if settings["ENGINE"].endswith("sqlite3"):
        return options | {"timeout": TIMEOUT_SECONDS}
    options.setdefault("connect_timeout", TIMEOUT_SECONDS)
    # Linux: an unreachable server is noticed after this time, and not after a quarter of an hour.
    options.setdefault("tcp_user_timeout", TIMEOUT_SECONDS * 1000)
    return options
