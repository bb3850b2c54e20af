"""``manage.py backup FILE``: everything in the database, in one file, while the desk is in use."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from kb.desk.full_backup.manifest import CONTENTS, InvalidBackup
from kb.desk.full_backup.writing import write_backup
from kb.desk.management.row_progress import RowProgress
from kb.record.backup_status import BackupEvent, note_backup_event, note_backup_failure


class Command(BaseCommand):
    help = f"Write a backup to a new file. {CONTENTS} Restore it with restore."
    # A backup is also made of a database that the checks complain about.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file",
            type=Path,
            help="path of the new file; in a folder that exists, a file named by the time",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        if path.is_dir():
            path /= f"record-{datetime.now(UTC):%Y-%m-%dT%H%M%SZ}.zip"
        progress = RowProgress(self.stderr.write)
        start = time.monotonic()
        try:
            manifest = write_backup(path, progress)
        except FileExistsError as problem:
            raise CommandError(f"{path} already exists. Choose another path.") from problem
        except OSError as problem:
            note_backup_failure(BackupEvent.BACKUP, problem)
            raise CommandError(
                f"Cannot write {path}: {problem.strerror or problem}. No file was left there. Make "
                "room, or choose another path."
            ) from problem
        except InvalidBackup as problem:
            note_backup_failure(BackupEvent.BACKUP, problem)
            raise CommandError(f"No backup was made. {problem}") from problem
        except DatabaseError as problem:
            note_backup_failure(BackupEvent.BACKUP, problem)
            reason = " ".join(str(problem).split())
            raise CommandError(
                f"No backup was made: the database reported “{reason}”."
            ) from problem
        size = path.stat().st_size
        note_backup_event(
            BackupEvent.BACKUP,
            checksum=manifest.checksum,
            rows=manifest.rows,
            size=size,
            made_at=manifest.made_at,
        )
        self.stdout.write(
            f"Wrote {path}: {manifest.rows:,} rows of publication version "
            f"{manifest.publication_version}, {size / 1e6:,.1f} MB, in "
            f"{time.monotonic() - start:.1f} s."
        )
        self.stdout.write(f"Checksum of the contents: {manifest.checksum}")
        self.stdout.write(CONTENTS)
