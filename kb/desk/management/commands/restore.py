"""``manage.py restore FILE``: load a backup into an empty database, or only check it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection

from kb.desk.full_backup.archive import Backup, opened_backup
from kb.desk.full_backup.manifest import InvalidBackup
from kb.desk.full_backup.restoring import RestorePlan, RestoreRefused, plan_restore, restore_backup
from kb.desk.management.row_progress import RowProgress
from kb.desk.suppression.removal_file import InvalidRemovalFile, read_removals
from kb.record.backup_status import BackupEvent, note_backup_event, note_backup_failure

# Beginnings of the settings that must not reach a temporary installation, as such or from a file.
_OWN_SETTINGS = ("DATABASE_URL", "KB_DATABASE_URL", "KB_PUBLIC_", "SENTRY_DSN")


class Command(BaseCommand):
    help = (
        "Load a backup into a new database, of SQLite or PostgreSQL: all of it, or nothing. Every "
        "digest is compared before anything is written, and every row after it."
    )
    # The database may have no tables yet.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="file written by backup")
        way = parser.add_mutually_exclusive_group()
        way.add_argument(
            "--check", action="store_true", help="compare the file with its digests, store nothing"
        )
        way.add_argument(
            "--trial",
            action="store_true",
            help="restore into a temporary SQLite database, compare everything, and delete it",
        )
        way.add_argument(
            "--replace", action="store_true", help="delete everything that is in the database first"
        )
        parser.add_argument(
            "--confirm",
            metavar="NAME",
            help="with --replace: the name of the database, instead of typing it",
        )

        parser.add_argument(
            "--removed",
            type=Path,
            metavar="FILE",
            help="removed.json of the site, to remove again what it removed after the backup",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        event = BackupEvent.CHECK if options["check"] else BackupEvent.RESTORE
        start = time.monotonic()
        try:
            with opened_backup(path) as backup:
                result = self._run(path, backup, options)
        except OSError as problem:
            note_backup_failure(event, problem)
            raise CommandError(f"Cannot read {path}: {problem.strerror or problem}.") from problem
        except (InvalidBackup, InvalidRemovalFile, RestoreRefused) as problem:
            if isinstance(problem, InvalidBackup):
                note_backup_failure(event, problem)
            raise CommandError(f"Nothing was changed. {problem}") from problem
        except DatabaseError as problem:
            note_backup_failure(event, problem)
            reason = " ".join(str(problem).split())
            raise CommandError(
                f"The restore failed: the database reported “{reason}”."
            ) from problem
        manifest = backup.manifest
        note_backup_event(
            event,
            checksum=manifest.checksum,
            rows=manifest.rows,
            size=backup.size,
            made_at=manifest.made_at,
        )
        self.stdout.write(
            f"{result} {manifest.rows:,} rows of publication version "
            f"{manifest.publication_version}, made on {manifest.made_at} from {manifest.engine}, "
            f"in {time.monotonic() - start:.1f} s."
        )
        self.stdout.write(f"Checksum of the contents: {manifest.checksum}")
        if event == BackupEvent.RESTORE and not options["trial"]:
            self._next_steps()

    def _run(self, path: Path, backup: Backup, options: dict[str, Any]) -> str:
        """Do what the options ask for; return the beginning of the sentence about the result."""
        if options["check"]:
            backup.check(RowProgress(self.stderr.write))
            return "The backup is undamaged:"
        if options["trial"]:
            self._restore_elsewhere(path)
            return "Restored into a temporary database and compared:"
        plan = plan_restore(backup)
        if options["replace"]:
            self._confirm(plan, options["confirm"])
        restore_backup(
            plan,
            replace=options["replace"],
            progress=RowProgress(self.stderr.write),
            removals=read_removals(options["removed"]) if options["removed"] else [],
        )
        return "Restored:"

    def _confirm(self, plan: RestorePlan, name: str | None) -> None:
        """Say what is lost, and ask for the name of the database. Raises RestoreRefused."""
        if not plan.lost:
            return
        database = Path(str(connection.settings_dict["NAME"])).name
        self.stderr.write(
            f"This deletes everything in the database {database} ({', '.join(plan.lost)})."
        )
        if name is None and sys.stdin.isatty():
            name = input(f"Type {database} to delete it and restore the backup: ")
        if name != database:
            raise RestoreRefused(
                "The name of the database was not confirmed. Make a backup of it first; then pass "
                f"--replace --confirm {database}."
            )

    def _restore_elsewhere(self, path: Path) -> None:
        """Restore in a process of its own, into a folder that is deleted. Raises InvalidBackup."""
        with tempfile.TemporaryDirectory(prefix="restore-") as folder:
            environment = {
                name: value
                for name, value in os.environ.items()
                if not name.startswith(_OWN_SETTINGS)
            } | {
                "DJANGO_SETTINGS_MODULE": "kb.settings",
                "KB_BACKUP_STATUS": "off",
                "KB_DATABASE_URL": f"sqlite:///{folder}/record.sqlite3",
                "KB_DATA_DIR": folder,
                "KB_READING_INDEX": "off",
            }
            command = [sys.executable, "-m", "kb", "restore", str(path.absolute())]
            result = subprocess.run(  # noqa: S603 (this program)
                command,
                cwd=settings.BASE_DIR,  # from where `kb` can be imported in a checkout
                env=environment,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
            )
        if result.returncode:
            lines = result.stderr.decode(errors="replace").strip().splitlines()
            raise InvalidBackup(f"The trial failed: {lines[-1] if lines else 'no reason given'}")

    def _next_steps(self) -> None:
        if connection.vendor == "postgresql":
            self.stdout.write("Next: run manage.py create_public_role, then start the web server.")
        else:
            self.stdout.write("Next: start the web server.")
        self.stdout.write("Everyone has to sign in again. Run manage.py preflight to check.")
