"""Answering a reader from a past record: every query in a block goes to its file.

The file has the tables of the record as they were (``kb.record.past.making``), so whatever a page
asks, it is answered as on that day, and nothing of today can come between.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import load_backend

from kb.record.past.times import PublicationTime
from kb.record.wall import is_reading_publicly, reading_alias, reading_publicly

_SQLITE = "django.db.backends.sqlite3"

_served: ContextVar[PastRecord | None] = ContextVar("served_past_record", default=None)


def served_time() -> PublicationTime | None:
    """The time whose record answers the present request; None for the record of today."""
    past = _served.get()
    return past.time if past else None


def sqlite_connection(alias: str, name: str, options: dict[str, Any]) -> BaseDatabaseWrapper:
    """A connection to another database than those of the settings, which is not open yet."""
    settings: dict[str, Any] = {**connections[alias].settings_dict}
    for part in ("HOST", "PORT", "USER", "PASSWORD"):
        settings[part] = ""
    settings |= {"ENGINE": _SQLITE, "NAME": name, "OPTIONS": options, "CONN_MAX_AGE": 0}
    settings |= {"CONN_HEALTH_CHECKS": False, "ATOMIC_REQUESTS": False, "AUTOCOMMIT": True}
    wrapper: BaseDatabaseWrapper = load_backend(_SQLITE).DatabaseWrapper(settings, alias)
    return wrapper


@dataclass
class PastRecord:
    """The record of a time, open for one request. Close it when the answer is complete."""

    time: PublicationTime
    connection: BaseDatabaseWrapper
    alias: str
    # Whether a stream is made from it, which closes it.
    is_streamed: bool = False

    @classmethod
    def open(cls, time: PublicationTime, path: Path) -> PastRecord:
        """Open a file for the present reader. Raises OperationalError if there is none.

        The connection has the guards of every connection of readers, and their time limit.
        """
        alias = reading_alias()
        name = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
        # In tests inside a transaction, readers have the connection of the desk.
        connection = sqlite_connection(connections[alias].alias, name, {})
        connection.ensure_connection()
        return cls(time, connection, alias)

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Send every query of readers in this block to the past record."""
        own = connections[self.alias]
        token = _served.set(self)
        connections[self.alias] = self.connection
        try:
            if is_reading_publicly():
                yield
            else:
                with reading_publicly(self.alias):
                    yield
        finally:
            connections[self.alias] = own
            _served.reset(token)

    def close(self) -> None:
        """Close the connection; nothing if it is closed."""
        self.connection.close()


class ClosablePieces(Protocol):
    """The pieces of a stream, which can be closed before the last."""

    def __iter__(self) -> Iterator[bytes]: ...

    def __next__(self) -> bytes: ...

    def close(self) -> None: ...


class PastPieces:
    """Pieces that are made from a past record. It is closed with them, or after the last."""

    def __init__(self, past: PastRecord, pieces: ClosablePieces) -> None:
        self._past, self._pieces = past, pieces
        past.is_streamed = True

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        # Between two pieces the server has control, and answers others in this thread.
        try:
            with self._past.serving():
                return next(self._pieces)
        except StopIteration:
            self._past.close()
            raise

    def close(self) -> None:
        try:
            with self._past.serving():
                self._pieces.close()
        finally:
            self._past.close()


def in_served_record(pieces: ClosablePieces) -> ClosablePieces:
    """The pieces of a stream, made from the record that answers the present request."""
    past = _served.get()
    return PastPieces(past, pieces) if past else pieces
