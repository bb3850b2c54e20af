"""``manage.py demo``: from an empty folder to a page in the browser, in one command.

Each step is safe to repeat, and a second run keeps everything that was entered in between.
"""

from __future__ import annotations

import os
import secrets
import socket
import sys
from argparse import ArgumentParser
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

STORY = "bytedance-openai"
EDITOR = "editor"


class Command(BaseCommand):
    """Migrates, loads the sample story into an empty desk, makes an editor, serves.

    ``manage.py dev`` does the same with another server.
    """

    # The name of this command, for make as well.
    name = "demo"
    help = "Set up what is missing and serve the sample story on 127.0.0.1, port PORT."
    # The database does not exist yet when the checks would run; `migrate` runs them.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--no-serve", action="store_true", help="set everything up and stop there"
        )

    def handle(self, *args: Any, no_serve: bool, **options: Any) -> None:
        if not no_serve:
            self.require_free_port()
        call_command("migrate", interactive=False, verbosity=0)
        if self.desk_is_empty():
            call_command("loaddata", STORY, verbosity=1, stdout=self.stdout)
        else:
            self.stdout.write("The desk holds entries already: the sample story is left alone.")
        self.collect_static_files()
        self.make_editor()
        if not no_serve:
            self.serve()

    def require_free_port(self) -> None:
        """Stop before anything is done when somebody else answers on the port."""
        with socket.socket() as probe:
            # As the server will: a port that is merely winding down counts as free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", settings.PORT))
            except OSError as problem:
                raise CommandError(
                    f"Port {settings.PORT} cannot be used ({problem.strerror}). "
                    f"Choose another one: PORT={settings.PORT + 1} make {self.name}"
                ) from problem

    def desk_is_empty(self) -> bool:
        """Whether no desk table holds a row; the demo never mixes into somebody's own work."""
        return not any(
            model._base_manager.exists() for model in apps.get_app_config("desk").get_models()
        )

    def collect_static_files(self) -> None:
        """Put the static files where the web server takes them from."""
        call_command("collectstatic", interactive=False, verbosity=0)

    def make_editor(self) -> None:
        """Make the one account, if there is none, and print its password this one time."""
        users = get_user_model()._default_manager
        with transaction.atomic():
            if users.exists():
                return
            # Only its hash is kept, so this line is the one place where it can be read.
            password = secrets.token_urlsafe(12)
            users.create_superuser(EDITOR, password=password)
        self.stdout.write(
            f"Sign in at http://127.0.0.1:{settings.PORT}/{settings.ADMIN_PATH} "
            f"as {EDITOR}, password {password}"
        )

    def serve(self) -> None:
        """Become the web server, so that Ctrl-C and the exit code are the server's own."""
        self.stdout.write(f"Serving on http://127.0.0.1:{settings.PORT}/ (Ctrl-C stops it)")
        self.stdout.flush()
        command = [sys.executable, *self.server()]
        os.chdir(settings.BASE_DIR)
        try:
            os.execv(sys.executable, command)  # noqa: S606 (no shell, and nothing from outside)
        except OSError as problem:
            raise CommandError(f"Cannot start the web server: {problem}") from problem

    def server(self) -> list[str]:
        """The arguments with which Python is the web server."""
        return [
            "-m",
            "gunicorn",
            "kb.wsgi",
            f"--bind=127.0.0.1:{settings.PORT}",
            # One process with threads: a laptop's worth, and one SQLite cache.
            "--workers=1",
            "--threads=8",
            # Ctrl-C waits this many seconds for requests that are being answered, not thirty.
            "--graceful-timeout=3",
            # The longest request line that gunicorn can take, so that our 414 answers first.
            "--limit-request-line=8190",
            "--log-level=warning",
        ]
