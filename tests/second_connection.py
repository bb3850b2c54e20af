"""The readers' connection to the test database, with the rights of readers."""

from __future__ import annotations

import os

from django.db import connections, transaction

from kb.record import role
from kb.record.wall import PUBLIC, read_only_address


def open_to_test_database() -> str:
    """Connect the alias ``public`` to the test database; return the new role, "" on SQLite."""
    default, public = connections["default"], connections[PUBLIC]
    public.close()
    if default.vendor == "sqlite":
        public.settings_dict["NAME"] = read_only_address(default.settings_dict["NAME"])
        return ""
    # Roles belong to the whole server, so each process of a parallel run has its own.
    name = f"kb_reader_{os.getpid()}"
    with transaction.atomic():
        role.grant_read_only(default, name, "reader-password")
    public.settings_dict.update(
        NAME=default.settings_dict["NAME"], USER=name, PASSWORD="reader-password"
    )
    public.settings_dict["OPTIONS"].pop("options", None)
    return name


def grant_again() -> None:
    """Give the role of readers its rights again, after a test that created tables anew."""
    default, public = connections["default"], connections[PUBLIC]
    if default.vendor == "postgresql":
        with transaction.atomic():
            role.grant_read_only(default, public.settings_dict["USER"], "")


def close(name: str) -> None:
    """Close the connection, as PostgreSQL requires before dropping a database; drop the role."""
    connections[PUBLIC].close()
    if name:
        with connections["default"].cursor() as cursor:
            cursor.execute(f'DROP OWNED BY "{name}"')
            cursor.execute(f'DROP ROLE "{name}"')
