"""``manage.py demo``: set up a database with the sample stories and serve it, in one command.

Each step can be repeated. A second run keeps everything that was entered in between.
"""

from __future__ import annotations

import logging
import os
import secrets
import socket
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from kb.desk.backup import backup_models
from kb.desk.models import Event, Statement
from kb.desk.models.log import Action
from kb.desk.signin import rights_log
from kb.desk.verbs.audit_log import record
from kb.desk.verbs.publishing import publish, withdraw
from kb.desk.verbs.saving import bump_version_or_fail
from kb.record.vocabulary import Change

STORIES = ("bytedance-openai", "titanic-1912")
EDITOR = "editor"
# What the demo corrects and withdraws after loading, so that readers can see both.
CORRECTED_EVENT = "carpathia-picks-up-boats"
CORRECTED_TITLE = "The Carpathia takes 712 people on board from the boats"
CORRECTION_NOTE = (
    "The title called all 712 people survivors. One of them died shortly afterwards, according to "
    "the report of the court."
)
WITHDRAWN_STATEMENT = "clerk-on-survivors"
WITHDRAWAL_NOTE = (
    "This was not a statement of its own: the clerk gave out an earlier version of Captain "
    "Haddock’s message, which has its own entry."
)


@contextmanager
def _logged_from(level: int, logger: logging.Logger) -> Iterator[None]:
    """In the block, leave out what the logger writes below the level."""
    earlier = logger.level
    logger.setLevel(level)
    try:
        yield
    finally:
        logger.setLevel(earlier)


class Command(BaseCommand):
    """Migrates, loads the sample stories into an empty desk, makes an editor, serves.

    ``manage.py dev`` does the same with another server.
    """

    # The name of this command, and of its target in the Makefile.
    name = "demo"
    help = "Set up the database and serve the sample data on 127.0.0.1, port PORT."
    # The database does not exist yet when the checks would run; `migrate` runs them.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--no-serve", action="store_true", help="set up everything without starting the server"
        )

    def handle(self, *args: Any, no_serve: bool, **options: Any) -> None:
        if not no_serve:
            self.require_free_port()
        # The first lines are for a person: not the log of the groups and the account made here.
        with _logged_from(logging.WARNING, rights_log.logger):
            call_command("migrate", interactive=False, verbosity=0)
            if self.desk_is_empty():
                self.load_stories()
            else:
                self.stdout.write(
                    "The database already contains entries. The sample data was not loaded."
                )
            self.collect_static_files()
            self.make_editor()
        if not no_serve:
            self.serve()

    def require_free_port(self) -> None:
        """Raise CommandError, before anything is changed, if the port is in use."""
        with socket.socket() as probe:
            # As the server does: a port whose last connections are closing counts as free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", settings.PORT))
            except OSError as problem:
                raise CommandError(
                    f"Cannot use port {settings.PORT} ({problem.strerror}). Choose another port: "
                    f"PORT={settings.PORT + 1} make {self.name}"
                ) from problem

    def desk_is_empty(self) -> bool:
        """Whether no table of the desk has a row that belongs in a backup.

        The sample is loaded only then. The log of rights, for example, has rows from the beginning.
        """
        return not any(
            model._base_manager.exists()
            for model in backup_models()
            if model._meta.app_label == "desk"
        )

    def load_stories(self) -> None:
        """Load the sample stories, then publish a correction and a withdrawal. All or nothing."""
        with transaction.atomic():
            call_command("loaddata", *STORIES, verbosity=1, stdout=self.stdout)
            event = Event.objects.get(slug=CORRECTED_EVENT)
            bump_version_or_fail(event, event.version)
            event.title = CORRECTED_TITLE
            event.save()
            record([event], Action.SAVED, by=None)
            publish(event, by=None, change=Change.CORRECTION, note=CORRECTION_NOTE)
            statement = Statement.objects.get(slug=WITHDRAWN_STATEMENT)
            withdraw(statement, by=None, note=WITHDRAWAL_NOTE)

    def collect_static_files(self) -> None:
        """Collect the static files that the web server serves."""
        call_command("collectstatic", interactive=False, verbosity=0)

    def make_editor(self) -> None:
        """Create an account, if there is none, and print its password."""
        users = get_user_model()._default_manager
        with transaction.atomic():
            if users.exists():
                return
            # Only its hash is stored, so it can be read nowhere else later.
            password = secrets.token_urlsafe(16)
            users.create_superuser(EDITOR, password=password)
        self.stdout.write(
            f"Sign in at http://127.0.0.1:{settings.PORT}/{settings.ADMIN_PATH} "
            f"as {EDITOR}, password {password}"
        )

    def serve(self) -> None:
        """Replace this process by the web server, which then gets Ctrl-C and sets the exit code."""
        self.stdout.write(f"Serving on http://127.0.0.1:{settings.PORT}/ (Ctrl-C stops it)")
        self.stdout.flush()
        command = [sys.executable, *self.server()]
        os.chdir(settings.BASE_DIR)
        try:
            os.execv(sys.executable, command)  # noqa: S606 (no shell, and nothing from outside)
        except OSError as problem:
            raise CommandError(f"Cannot start the web server: {problem}") from problem

    def server(self) -> list[str]:
        """The arguments with which Python runs the web server."""
        return [
            "-m",
            "gunicorn",
            "kb.wsgi",
            f"--bind=127.0.0.1:{settings.PORT}",
            # One process with threads is enough for one computer, and has one SQLite cache.
            "--workers=1",
            "--threads=12",
            "--worker-class=kb.worker.Worker",
            # After Ctrl-C, wait 3 seconds for open requests instead of 30.
            "--graceful-timeout=3",
            # The longest request line that gunicorn accepts, so that our own 414 is answered.
            "--limit-request-line=8190",
            "--log-level=warning",
        ]
