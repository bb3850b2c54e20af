"""``manage.py import_kb FILE``: load a backup of ``export_kb`` into an empty knowledge base."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kb.desk.backup import BackupError, load_lines
from kb.desk.management.importing import open_file
from kb.desk.suppression.removal_file import InvalidRemovalFile, read_removals


class Command(BaseCommand):
    help = "Load an export of a whole knowledge base into an empty database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="file written by export_kb, or - for standard input")
        parser.add_argument(
            "--dry-run", action="store_true", help="show what would happen without saving anything"
        )

        parser.add_argument(
            "--removed",
            type=Path,
            metavar="FILE",
            help="removed.json of the site, to remove again what it removed after the export",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            removals = read_removals(options["removed"]) if options["removed"] else []
            with open_file(options["file"]) as file:
                rows = load_lines(file, dry_run=options["dry_run"], removals=removals)
        except OSError as problem:
            raise CommandError(
                f"Cannot read {options['file']}: {problem.strerror or problem}"
            ) from problem
        except (BackupError, InvalidRemovalFile) as problem:
            raise CommandError(f"Nothing was saved. {problem}") from problem
        result = "would be saved" if options["dry_run"] else "saved"
        self.stdout.write(f"{rows} rows {result}.")
