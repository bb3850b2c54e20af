"""The desk's connection to PostgreSQL follows the primary when another server takes its place.

KB_DATABASE_URL may name several servers; libpq connects to the one that can be written. Django
checks before each request that a connection is still open. This adds what that does not notice: a
server that is open and refuses to write.

Settings import this module, so it must not import a model, nor settings.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.db import DEFAULT_DB_ALIAS, DatabaseError
from django.db.backends.signals import connection_created

CONNECT_SECONDS = 5
# PostgreSQL's code for a write in a read-only transaction.
_READ_ONLY = "25006"


def follow_primary(database: dict[str, Any]) -> dict[str, Any]:
    """The settings of the desk's database; with several servers, those that find the primary."""
    if "," not in database.get("HOST", ""):
        return database
    options = {
        "target_session_attrs": "read-write",
        "connect_timeout": CONNECT_SECONDS,
        "tcp_user_timeout": CONNECT_SECONDS * 1000,
    }
    return {**database, "OPTIONS": options | database["OPTIONS"]}


def _leave_read_only_server(
    execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    try:
        return execute(sql, params, many, context)
    except DatabaseError as error:
        if getattr(error.__cause__, "sqlstate", None) == _READ_ONLY:
            # Django closes it when the request has ended, and connects again for the next.
            context["connection"].close_at = time.monotonic()
        raise


def watch_new_connection(sender: Any, connection: Any, **kwargs: Any) -> None:
    """Receiver of ``connection_created``."""
    if (
        connection.alias == DEFAULT_DB_ALIAS
        and connection.vendor == "postgresql"
        and _leave_read_only_server not in connection.execute_wrappers
    ):
        connection.execute_wrappers.append(_leave_read_only_server)


connection_created.connect(watch_new_connection, dispatch_uid="kb.record.desk_connection")
