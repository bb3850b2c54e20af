"""The wall: while a reader is served, nothing but the record can be read, and nothing written.

What readers send (``kb.record.reader_writes``) is the one exception, for the tables listed there.

Readers' requests run inside ``reading_publicly()``. There every query goes to the connection
``public``, which the database itself keeps to the tables ``record_*``: on PostgreSQL by a role
without any other right (``kb.record.role``), on SQLite by a file opened read-only and an
authorizer, below. A view that forgets a filter therefore fails; it cannot leak.

Settings import this module, so it must not import a model, nor settings.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from pathlib import Path
from typing import Any

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.db.backends.signals import connection_created
from psycopg import IsolationLevel
from psycopg import OperationalError as PostgreSQLError
from psycopg.pq import TransactionStatus

from kb.record.reader_connection import register_fork_handler, remember_file
from kb.record.time_limit import install_time_limit

PUBLIC = "public"
# The server of the desk, for readers whom a replica cannot serve (``kb.record.reader_servers``).
PUBLIC_PRIMARY = "public_primary"
READABLE_PREFIX = "record_"
# PostgreSQL ends each statement of readers after this time. ``KB_READER_TIMEOUT_MS`` is for all
# statements of a request together.
STATEMENT_TIMEOUT_MS = 2000
# How long readers on SQLite wait for a lock, which they need only while the file is recovered.
LOCK_TIMEOUT_SECONDS = 5
# A server that has ended no statement by then hangs.
MAX_SILENT_SECONDS = STATEMENT_TIMEOUT_MS / 1000 + 1

# The alias that serves the reader; "" while no reader is served.
_reading_alias: ContextVar[str] = ContextVar("reading_alias", default="")


class WallError(RuntimeError):
    """Code that serves readers tried to write."""


def is_public(alias: str) -> bool:
    """Whether this is the alias of a readers' connection."""
    return alias == PUBLIC or alias.startswith(f"{PUBLIC}_")


@contextmanager
def reading_publicly(alias: str = PUBLIC) -> Iterator[None]:
    """Send every read in this block to a readers' connection, and refuse every write."""
    token = _reading_alias.set(alias)
    try:
        yield
    finally:
        _reading_alias.reset(token)


@contextmanager
def leaving_wall() -> Iterator[None]:
    """Send the queries in this block to the desk's connection, while a reader is served.

    Only ``kb.record.reader_writes`` may call it: it refuses every table that is not listed there.
    """
    token = _reading_alias.set("")
    try:
        yield
    finally:
        _reading_alias.reset(token)


def is_reading_publicly() -> bool:
    """Whether the code that asks is serving a reader."""
    return bool(_reading_alias.get())


def reading_alias() -> str:
    """The alias that serves the present reader."""
    return _reading_alias.get() or PUBLIC


def is_readable(table: str) -> bool:
    """Whether readers may read this table: the record's own tables, by name, and no other."""
    return table.startswith(READABLE_PREFIX)


def is_wall_violation(error: BaseException) -> bool:
    """Whether an error comes from the wall: a write while serving a reader, or a refused table."""
    if isinstance(error, WallError):
        return True
    if not isinstance(error, DatabaseError):
        return False
    # PostgreSQL's own code for a missing right; SQLite's words for what its authorizer denies.
    if getattr(error.__cause__, "sqlstate", None) == "42501":
        return True
    return "not authorized" in str(error) or "is prohibited" in str(error)


class RecordRouter:
    """Sends *every* model's reads to ``public`` while a reader is served.

    Every model and not just the record's: a desk model read from a public view must reach the
    connection that refuses it, not quietly be answered by the one that would not.
    """

    def db_for_read(self, model: type, **hints: Any) -> str:
        return _reading_alias.get() or DEFAULT_DB_ALIAS

    def db_for_write(self, model: type, **hints: Any) -> str:
        if is_reading_publicly():
            raise WallError(
                f"{model.__name__} cannot be written in a request for a public page. Public pages "
                "are read-only."
            )
        return DEFAULT_DB_ALIAS

    def allow_relation(self, first: Any, second: Any, **hints: Any) -> bool:
        return True  # the two aliases are one database

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == DEFAULT_DB_ALIAS


def public_database(
    default: dict[str, Any], *, own: dict[str, Any], user: str, password: str
) -> dict[str, Any]:
    """The settings of the alias ``public``, from those of ``default``.

    ``own`` is KB_PUBLIC_DATABASE_URL when it is set; else ``user`` and ``password`` sign in on
    the same server; else (only until the role is made) the desk's own credentials do, read-only
    by courtesy, and the system check kb.W002 says so.
    """
    if default["ENGINE"].endswith("sqlite3"):
        return {
            "ENGINE": default["ENGINE"],
            "NAME": read_only_address(default["NAME"]),
            # Only waiting: the journal mode is the file's own, and writing pragmas would fail.
            "OPTIONS": {"timeout": LOCK_TIMEOUT_SECONDS},
            # Opened once in each thread; ``check_reader_connection`` notices a new file.
            "CONN_MAX_AGE": None,
            "TEST": {"MIRROR": DEFAULT_DB_ALIAS},
        }
    public: dict[str, Any] = {**default, "TEST": {"MIRROR": DEFAULT_DB_ALIAS}}
    public["OPTIONS"] = primary_options(default)
    if own:
        public.update(own)
    elif user:
        public.update(USER=user, PASSWORD=password)
    return public


def primary_options(default: dict[str, Any]) -> dict[str, str]:
    """The options of the desk's database, for readers who are sent to the same server.

    Their role is read-only on every server, so libpq must not look for one that they can write.
    """
    options = dict(default.get("OPTIONS", {}))
    if options.get("target_session_attrs") == "read-write":
        options["target_session_attrs"] = "primary"
    return options


def read_only_address(path: str) -> str:
    """The SQLite address that opens the file at ``path`` without the right to write.

    As a URI, because only a URI can say ``mode=ro``; ``as_uri`` encodes what a path may hold.
    """
    return Path(path).resolve().as_uri() + "?mode=ro"


# Reading a row needs these; every other action (INSERT, ATTACH, CREATE, DROP, …) is refused.
_ALLOWED_ACTIONS = frozenset(
    {
        sqlite3.SQLITE_SELECT,
        sqlite3.SQLITE_RECURSIVE,
        sqlite3.SQLITE_TRANSACTION,
        sqlite3.SQLITE_SAVEPOINT,
    }
)
# Full-text search asks for data_version; the rest read back what the system checks verify.
_ALLOWED_PRAGMAS = frozenset(
    {"data_version", "journal_mode", "synchronous", "foreign_keys", "busy_timeout", "query_only"}
)
# Opening a full-text table parses its declaration, for which SQLite asks as if it were to enter the
# table in the schema. It is not entered; a statement that tries is refused ("may not be modified"),
# and the file is read-only besides.
_ASKED_BY_FULL_TEXT_SEARCH = frozenset(
    {
        (sqlite3.SQLITE_READ, "sqlite_master", "ROWID"),
        *(
            (sqlite3.SQLITE_UPDATE, "sqlite_master", column)
            for column in ("type", "name", "tbl_name", "rootpage", "sql")
        ),
    }
)
# Tables that are no tables: they unfold a value that the query already holds.
_TABLE_FUNCTIONS = frozenset({"json_each", "json_tree"})


def authorize(
    action: int, first: str | None, second: str | None, database: str | None, trigger: str | None
) -> int:
    """SQLite asks this while it prepares a statement; one refusal fails the whole statement.

    ``first`` and ``second`` depend on the action: table and column for a read (the column is
    empty for ``count(*)`` and ``EXISTS``, which are asked about as well), pragma and value.
    """
    if action in _ALLOWED_ACTIONS:
        return sqlite3.SQLITE_OK
    if (action, first, second) in _ASKED_BY_FULL_TEXT_SEARCH:
        return sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_READ and first is not None:
        if is_readable(first) or first in _TABLE_FUNCTIONS:
            return sqlite3.SQLITE_OK
    elif action == sqlite3.SQLITE_FUNCTION:
        if (second or "").lower() != "load_extension":
            return sqlite3.SQLITE_OK
    # With a value a pragma is a change, so only the bare form passes.
    elif action == sqlite3.SQLITE_PRAGMA and second is None and first in _ALLOWED_PRAGMAS:
        return sqlite3.SQLITE_OK
    return sqlite3.SQLITE_DENY


def install_authorizer(connection: Any) -> None:
    """Put the authorizer on an open SQLite connection; nothing to do on PostgreSQL."""
    if connection.vendor == "sqlite":
        connection.connection.set_authorizer(authorize)


def limit_desk_role(connection: Any) -> None:
    """Set the limits of readers on a connection to PostgreSQL that has the role of the desk.

    Not as options of the connection, which PgBouncer refuses. Through PgBouncer in transaction mode
    not at all, because the server's session is shared with the desk.
    """
    if connection.vendor != "postgresql":
        return
    desk = connections[DEFAULT_DB_ALIAS].settings_dict
    parts = ("USER", "HOST", "PORT", "NAME")
    if any(connection.settings_dict[part] != desk[part] for part in parts):
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        # A pooler names another process when it connects than the server does.
        if cursor.fetchone()[0] != connection.connection.info.backend_pid:
            return
        cursor.execute("SET default_transaction_read_only = on")
        cursor.execute(f"SET statement_timeout = {STATEMENT_TIMEOUT_MS}")


def prepare_postgresql(connection: Any) -> None:
    """Let each transaction read one state, and notice a server that hangs.

    The level is part of BEGIN, which costs nothing and which PgBouncer passes on.
    """
    if connection.vendor != "postgresql":
        return
    raw = connection.connection
    raw.isolation_level = IsolationLevel.REPEATABLE_READ
    if PUBLIC_PRIMARY in connections.settings:
        # There is another server to ask.
        raw.wait = partial(_wait, raw)


def _wait(raw: Any, generator: Any, *args: Any, **kwargs: Any) -> Any:
    """psycopg's ``Connection.wait``, which closes the connection to a server that hangs."""
    try:
        return type(raw).wait(raw, generator, *args, **{"timeout": MAX_SILENT_SECONDS, **kwargs})
    except PostgreSQLError:
        if raw.pgconn.transaction_status == TransactionStatus.ACTIVE:
            raw.pgconn.finish()
        raise


def guard_new_connection(sender: Any, connection: Any, **kwargs: Any) -> None:
    """Receiver of ``connection_created``: every new readers' connection is guarded at birth."""
    if is_public(connection.alias):
        install_authorizer(connection)
        limit_desk_role(connection)
        prepare_postgresql(connection)
        install_time_limit(connection)
        remember_file(connection)


# Here and not in an app's ready(): settings import this module, so no process can open a
# connection before this line has run.
connection_created.connect(guard_new_connection, dispatch_uid="kb.record.wall")
register_fork_handler(is_public)
