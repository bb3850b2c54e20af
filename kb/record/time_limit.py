"""How long the database works for one reader: a limit for each request, and for parts of it.

``PublicWall`` opens a ``ReaderWork`` around each request. The connection of readers checks it
before each query, and on SQLite also while a query runs. On PostgreSQL the statement timeout of the
role ends a query that runs. Both end in ``ReaderTimeLimit``. Other connections have no limit.

Settings import the wall, which imports this module, so it must not import a model, nor settings.
"""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from types import TracebackType
from typing import Any, TypeVar

from django.db import OperationalError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import DatabaseErrorWrapper

T = TypeVar("T")
# Parts that a page can do without, such as counts, are left out after this part of the time.
OPTIONAL_SHARE = 0.6
# How many steps of its virtual machine SQLite makes between two checks: some 10 ms. Each check
# waits for Python's global lock, so more checks would slow the query down.
STEPS_BETWEEN_CHECKS = 200_000
# What SQLite says when a query was interrupted, or waited for a lock for too long.
_SQLITE_CODES = frozenset({sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
# PostgreSQL's codes for a query that was cancelled, as the statement timeout does, and for a lock
# that was not available.
_POSTGRESQL_CODES = frozenset({"57014", "55P03"})

logger = logging.getLogger(__name__)


class ReaderTimeLimit(OperationalError):
    """The database has worked for a reader's request for as long as it may."""


class ReaderLeft(ReaderTimeLimit):
    """The reader has closed the connection, so nobody waits for the answer."""


class ReaderWork:
    """The work for one request: when it started, when it must end, and what else can end it.

    ``checks`` are called with the work before each query and while one runs. They may raise
    ``ReaderTimeLimit``, or wait and then call ``postpone``.
    """

    def __init__(self, seconds: float, checks: Sequence[Callable[[ReaderWork], None]] = ()) -> None:
        self.seconds = seconds
        self.checks = checks
        self.started_at = time.monotonic()
        self._processor_started_at = time.thread_time()
        self._server_seconds = 0.0
        self.error: ReaderTimeLimit | None = None
        self.has_omitted_parts = False
        self._in_optional_part = False

    def check(self) -> None:
        """Raise ReaderTimeLimit if the work must end."""
        for check in self.checks:
            check(self)
        if time.monotonic() > self._ends_at:
            raise ReaderTimeLimit("The time limit for readers was reached.")

    def postpone(self, seconds: float) -> None:
        """Do not count time in which the request waited."""
        self.started_at += seconds

    def add_server_time(self, seconds: float) -> None:
        """Count the time in which another process has worked for the request."""
        self._server_seconds += seconds

    @property
    def cost(self) -> float:
        """Seconds of the processor and of the database server, without the work for others.

        Seconds of the clock would make every request look expensive when the machine is busy. Only
        the thread that works can ask.
        """
        return time.thread_time() - self._processor_started_at + self._server_seconds

    @property
    def is_over(self) -> bool:
        """Whether the whole time is used up, not just that of the optional parts."""
        return time.monotonic() > self.started_at + self.seconds

    @property
    def _ends_at(self) -> float:
        share = OPTIONAL_SHARE if self._in_optional_part else 1
        return self.started_at + share * self.seconds

    @contextmanager
    def optional(self) -> Iterator[None]:
        """In this block the work must end earlier, so that time is left for the rest."""
        self._in_optional_part = True
        try:
            yield
        finally:
            self._in_optional_part = False
            self.error = None


_work: ContextVar[ReaderWork | None] = ContextVar("reader_work", default=None)


@contextmanager
def reader_work(work: ReaderWork) -> Iterator[None]:
    """Limit what the readers' connection does in this block."""
    token = _work.set(work)
    try:
        yield
    finally:
        _work.reset(token)


def with_checks(items: Iterable[T]) -> Iterator[T]:
    """The items, before each a check of the present request's work, as before each query.

    For long parts without queries. Raises ReaderTimeLimit.
    """
    for item in items:
        if work := _work.get():
            work.check()
        yield item


def postpone_limit(seconds: float) -> None:
    """Do not count time in which the present request waited for something that is made once."""
    work = _work.get()
    if work is not None:
        work.postpone(seconds)


def has_omitted_parts() -> bool:
    """Whether a part was left out of the answer to the present request, for lack of time."""
    work = _work.get()
    return work is not None and work.has_omitted_parts


def optional_part(name: str, make: Callable[[], T]) -> T | None:
    """The value of ``make()``, or None if there is not enough time for it.

    Raises ReaderTimeLimit when no time is left for the rest either. ``name`` is for the log.
    """
    work = _work.get()
    if work is None:
        return make()
    try:
        with work.optional(), _savepoint():
            return make()
    except ReaderLeft:
        raise
    except ReaderTimeLimit:
        if work.is_over:
            raise
        work.has_omitted_parts = True
        logger.warning("part left out", extra={"fields": {"part": name}})
        return None


@contextmanager
def _savepoint() -> Iterator[None]:
    """On PostgreSQL an error ends a transaction, so one that is open gets a savepoint."""
    with ExitStack() as stack:
        # Only the connections of this thread: another thread may open one at any moment.
        for connection in connections.all(initialized_only=True):
            is_limited = connection.vendor == "postgresql" and _has_limit(connection)
            if is_limited and connection.in_atomic_block:
                stack.enter_context(transaction.atomic(using=connection.alias))
        yield


# --- The connection --------------------------------------------------------------------------


def install_time_limit(connection: BaseDatabaseWrapper) -> None:
    """Let a new connection of readers check the work for the current request."""
    if not _has_limit(connection):
        connection.execute_wrappers.append(_check_before_query)
    # Django converts the errors of a driver here, also while rows are fetched.
    connection.wrap_database_errors = _ReaderErrors(connection)
    if connection.vendor == "sqlite":
        connection.connection.set_progress_handler(_check_while_running, STEPS_BETWEEN_CHECKS)


def _has_limit(connection: BaseDatabaseWrapper) -> bool:
    return _check_before_query in connection.execute_wrappers


def _check_before_query(
    execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    work = _work.get()
    if work is None:
        return execute(sql, params, many, context)
    work.check()
    # SQLite works in this thread.
    is_elsewhere = context["connection"].vendor != "sqlite"
    started_at = time.monotonic()
    try:
        return execute(sql, params, many, context)
    finally:
        if is_elsewhere:
            work.add_server_time(time.monotonic() - started_at)


def _check_while_running() -> int:
    """SQLite calls this while a query runs; anything but 0 interrupts the query."""
    work = _work.get()
    if work is None:
        return 0
    try:
        work.check()
    except ReaderTimeLimit as error:
        work.error = error
        return 1
    return 0


class _ReaderErrors(DatabaseErrorWrapper):
    """Converts the errors of a driver, those of a time limit to ReaderTimeLimit."""

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if exc_value is not None and _is_time_limit(exc_value):
            work = _work.get()
            error = (work and work.error) or ReaderTimeLimit(*exc_value.args)
            raise error.with_traceback(traceback) from exc_value
        super().__exit__(exc_type, exc_value, traceback)


def _is_time_limit(error: BaseException) -> bool:
    if isinstance(error, sqlite3.Error):
        # The extended code has the kind of error in its lowest byte.
        return (getattr(error, "sqlite_errorcode", 0) or 0) & 0xFF in _SQLITE_CODES
    return getattr(error, "sqlstate", None) in _POSTGRESQL_CODES
