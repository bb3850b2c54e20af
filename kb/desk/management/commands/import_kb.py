"""``manage.py import_kb FILE``: load a backup of ``export_kb`` into an empty knowledge base."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kb.desk.backup import BackupError, load_lines
from kb.desk.management.importing import open_file


class Command(BaseCommand):
    help = "Store an export of a whole knowledge base in this one, which must be empty."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="what export_kb wrote, or - for standard input")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, only")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with open_file(options["file"]) as file:
                rows = load_lines(file, dry_run=options["dry_run"])
        except OSError as problem:
            raise CommandError(
                f"Cannot read {options['file']}: {problem.strerror or problem}"
            ) from problem
        except BackupError as problem:
            raise CommandError(f"Nothing was stored. {problem}") from problem
        result = "would be stored" if options["dry_run"] else "stored"
        self.stdout.write(f"{rows} rows {result}.")
