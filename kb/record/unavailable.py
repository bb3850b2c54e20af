"""Whether an error means that the database or its disk cannot do its work now, and why.

Such an error is not one of the program: the same request succeeds later. Requests that fail with it
are answered 503 and not 500.
"""

from __future__ import annotations

import errno
import sqlite3
from enum import Enum

from django.db import DatabaseError


class UnavailableReason(Enum):
    """Why the database cannot do its work; the values are for logs and metrics."""

    BUSY = "busy"
    FULL = "full"
    READ_ONLY = "read-only"
    AWAY = "away"


# SQLite's primary result codes.
_SQLITE_REASONS = {
    sqlite3.SQLITE_BUSY: UnavailableReason.BUSY,
    sqlite3.SQLITE_LOCKED: UnavailableReason.BUSY,
    sqlite3.SQLITE_PROTOCOL: UnavailableReason.BUSY,
    sqlite3.SQLITE_FULL: UnavailableReason.FULL,
    sqlite3.SQLITE_READONLY: UnavailableReason.READ_ONLY,
    sqlite3.SQLITE_IOERR: UnavailableReason.AWAY,
    sqlite3.SQLITE_CANTOPEN: UnavailableReason.AWAY,
}
# The beginnings of PostgreSQL's codes (SQLSTATE), the longest first.
_SQLSTATE_REASONS = (
    ("53100", UnavailableReason.FULL),
    ("55P03", UnavailableReason.BUSY),
    ("57014", UnavailableReason.BUSY),  # ended by the time limit of a statement
    ("25006", UnavailableReason.READ_ONLY),
    ("58030", UnavailableReason.AWAY),
    ("57P", UnavailableReason.AWAY),  # shut down, starting, in recovery
    ("08", UnavailableReason.AWAY),
    ("53", UnavailableReason.BUSY),  # too many connections, out of memory
)
_ERRNO_REASONS = {
    errno.ENOSPC: UnavailableReason.FULL,
    errno.EDQUOT: UnavailableReason.FULL,
    errno.EROFS: UnavailableReason.READ_ONLY,
}
# Of an error and what caused it. A chain may be a circle.
_MAX_DEPTH = 8


def unavailable_reason(error: BaseException | None) -> UnavailableReason | None:
    """The reason if the error, or an error that led to it, is of the database or its disk."""
    for _depth in range(_MAX_DEPTH):
        if error is None:
            return None
        if (reason := _own_reason(error)) is not None:
            return reason
        error = error.__cause__ or error.__context__
    return None


def _own_reason(error: BaseException) -> UnavailableReason | None:
    if isinstance(error, sqlite3.Error):
        return _SQLITE_REASONS.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
    if isinstance(error, OSError):
        return _ERRNO_REASONS.get(error.errno or 0)
    if type(error).__module__.startswith("psycopg"):
        return _postgresql_reason(error)
    if isinstance(error, DatabaseError) and error.__cause__ is None and "locked" in str(error):
        return UnavailableReason.BUSY
    return None


def _postgresql_reason(error: BaseException) -> UnavailableReason | None:
    """From the code of the server; an error without one is of the connection."""
    sqlstate = getattr(error, "sqlstate", None)
    if sqlstate is None:
        names = {kind.__name__ for kind in type(error).__mro__}
        return UnavailableReason.AWAY if names & {"OperationalError", "InterfaceError"} else None
    return next(
        (reason for beginning, reason in _SQLSTATE_REASONS if sqlstate.startswith(beginning)), None
    )
