"""Errors of the database and its disk are told from errors of the program."""

from __future__ import annotations

import errno
import sqlite3

import psycopg
import pytest
from django.db import IntegrityError, OperationalError, ProgrammingError

from kb.record.unavailable import UnavailableReason, unavailable_reason


def sqlite_error(code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("x")
    error.sqlite_errorcode = code
    return error


def sqlstate(code: str) -> psycopg.Error:
    return psycopg.errors.lookup(code)("x")


@pytest.mark.parametrize(
    ("cause", "reason"),
    [
        (sqlite_error(sqlite3.SQLITE_FULL), "full"),
        (sqlite_error(sqlite3.SQLITE_READONLY_DBMOVED), "read-only"),
        (sqlite_error(sqlite3.SQLITE_BUSY_SNAPSHOT), "busy"),
        (sqlite_error(sqlite3.SQLITE_IOERR_WRITE), "away"),
        (sqlite_error(sqlite3.SQLITE_CANTOPEN), "away"),
        (sqlite_error(sqlite3.SQLITE_ERROR), None),
        (sqlite_error(sqlite3.SQLITE_CORRUPT), None),
        (sqlstate("53100"), "full"),
        (sqlstate("25006"), "read-only"),
        (sqlstate("53300"), "busy"),
        (sqlstate("55P03"), "busy"),
        (sqlstate("57P01"), "away"),
        (sqlstate("57P03"), "away"),
        (sqlstate("42703"), None),
        (psycopg.OperationalError("connection refused"), "away"),
        (psycopg.InterfaceError("the connection is closed"), "away"),
        (psycopg.DataError("x"), None),
        (OSError(errno.ENOSPC, "x"), "full"),
        (OSError(errno.EROFS, "x"), "read-only"),
        (FileNotFoundError(errno.ENOENT, "x"), None),
        (ValueError("database is locked"), None),
    ],
)
def test_reason_is_read_from_the_error_and_from_its_cause(cause, reason):
    wrapped = OperationalError("x")
    wrapped.__cause__ = cause
    expected = reason and UnavailableReason(reason)
    assert (unavailable_reason(cause), unavailable_reason(wrapped)) == (expected, expected)


def test_errors_of_the_program_have_no_reason():
    circle = ProgrammingError("x")
    circle.__context__ = IntegrityError("x")
    circle.__context__.__context__ = circle
    assert unavailable_reason(circle) is None
    assert unavailable_reason(None) is None
    assert unavailable_reason(OperationalError("disk I/O error")) is None
