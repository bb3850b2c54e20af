"""The connection of readers stays open from one request to the next, one in each thread.

Opening an SQLite file and preparing its guards costs more than most pages read. Before each request
``check_reader_connection`` closes a connection that must not be used again; Django opens the next.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit
from weakref import WeakKeyDictionary

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

logger = logging.getLogger(__name__)


class FileIdentity(NamedTuple):
    """What tells a file from another one at the same path."""

    device: int
    inode: int


# Whether requests are answered inside a transaction of whoever asks.
_is_in_transaction: ContextVar[bool] = ContextVar("is_in_transaction", default=False)
_opened_files: WeakKeyDictionary[BaseDatabaseWrapper, FileIdentity | None] = WeakKeyDictionary()


def file_identity(path: Path) -> FileIdentity | None:
    """The identity of the file at the path; None if there is no file."""
    try:
        status = path.stat()
    except OSError:
        return None
    return FileIdentity(status.st_dev, status.st_ino)


def remember_file(connection: BaseDatabaseWrapper) -> None:
    """Remember which file a new SQLite connection has opened."""
    if connection.vendor == "sqlite":
        _opened_files[connection] = file_identity(_path(connection))


@contextmanager
def answering_in_transaction() -> Iterator[None]:
    """Let the requests of this thread in this block read inside a transaction that is open."""
    token = _is_in_transaction.set(True)
    try:
        yield
    finally:
        _is_in_transaction.reset(token)


def check_reader_connection(alias: str) -> None:
    """Close the connection if its file was replaced or if a transaction was left open."""
    connection = connections[alias]
    # In tests inside a transaction, readers use the desk's connection.
    if connection.connection is None or connection.alias != alias:
        return
    if connection.in_atomic_block:
        if _is_in_transaction.get():
            return
        logger.error("transaction left open")
        _discard(connection)
    elif connection.vendor == "sqlite" and _is_replaced(connection):
        logger.warning("database file replaced")
        connection.close()


def _is_replaced(connection: BaseDatabaseWrapper) -> bool:
    return _opened_files.get(connection) != file_identity(_path(connection))


def _discard(connection: BaseDatabaseWrapper) -> None:
    """Close a connection inside a transaction, and forget the transaction."""
    raw, connection.connection = connection.connection, None
    # Django resets the other attributes of the transaction when it connects again.
    connection.in_atomic_block = False
    raw.close()


def close_before_fork(alias: str) -> None:
    """Close the connection of this thread before the process is copied.

    A copy must not use the file handle or the socket of its parent.
    """
    connection = connections[alias]
    if connection.alias == alias and not connection.in_atomic_block:
        connection.close()


def _path(connection: BaseDatabaseWrapper) -> Path:
    """The path in the address that ``read_only_address`` makes."""
    return Path(unquote(urlsplit(str(connection.settings_dict["NAME"])).path))


def register_fork_handler(is_public: Callable[[str], bool]) -> None:
    """Close the connections of these aliases whenever a thread copies the process."""

    def close_all() -> None:
        for alias in filter(is_public, connections):
            close_before_fork(alias)

    if hasattr(os, "register_at_fork"):
        os.register_at_fork(before=close_all)
