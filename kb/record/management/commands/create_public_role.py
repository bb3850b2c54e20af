"""``manage.py create_public_role``: create or correct the role of readers' queries."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from kb.record import role
from kb.record.wall import PUBLIC


class Command(BaseCommand):
    """Prints what it granted; safe to repeat, and to be repeated after each migration."""

    help = (
        "PostgreSQL: make or mend the readers' role, which may read the record's tables and "
        "nothing else. Run it after every `migrate`: a new table is closed until then."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--user", default="", help="instead of KB_PUBLIC_DB_USER")

    def handle(self, *args: Any, user: str, **options: Any) -> None:
        if connection.vendor != "postgresql":
            self.stdout.write(
                "Nothing to do: on SQLite the readers' connection is read-only and guarded by "
                "the program itself; there are no roles."
            )
            return
        public = settings.DATABASES[PUBLIC]
        desk = settings.DATABASES["default"].get("USER", "")
        name = user or public.get("USER", "")
        if not name or name == desk:
            raise CommandError(
                "Name the role: set KB_PUBLIC_DB_USER (and KB_PUBLIC_DB_PASSWORD), not to the "
                "user that the desk signs in as."
            )
        password = public.get("PASSWORD", "") if public.get("USER") == name else ""
        with transaction.atomic():
            tables = role.grant_read_only(connection, name, password)
        self.stdout.write(f"The role {name} may connect, use the schema and SELECT from:")
        for table in tables:
            self.stdout.write(f"  {table}")
        self.stdout.write(
            f"{len(tables)} tables. Nothing else: read-only, each statement cut off after two "
            "seconds" + ("." if password else "; its password was left as it is.")
        )
