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
        "PostgreSQL: create or update the public database role, which can only read the published "
        "tables. Run it after every `migrate` to grant access to new tables."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--user", default="", help="name of the role (default: KB_PUBLIC_DB_USER)"
        )

    def handle(self, *args: Any, user: str, **options: Any) -> None:
        if connection.vendor != "postgresql":
            self.stdout.write(
                "Nothing to do. SQLite has no roles; the public connection is read-only."
            )
            return
        public = settings.DATABASES[PUBLIC]
        desk = settings.DATABASES["default"].get("USER", "")
        name = user or public.get("USER", "")
        if not name or name == desk:
            raise CommandError(
                "Set KB_PUBLIC_DB_USER and KB_PUBLIC_DB_PASSWORD to a role other than the database "
                "user of the desk."
            )
        password = public.get("PASSWORD", "") if public.get("USER") == name else ""
        with transaction.atomic():
            tables = role.grant_read_only(connection, name, password)
        self.stdout.write(f"The role {name} may connect, use the schema and SELECT from:")
        for table in tables:
            self.stdout.write(f"  {table}")
        self.stdout.write(
            f"{len(tables)} tables, read-only, with a statement timeout of two seconds"
            + ("." if password else ". The password was not changed.")
        )
