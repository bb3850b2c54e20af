"""``manage.py build_reading_index``: make the file from which lists are counted and sorted."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from kb.record.reading.background import BuildRunningError, build_file, prune_change_log


class Command(BaseCommand):
    help = "Build the reading index from the record. Readers use the old one until it is complete."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--quiet", action="store_true", help="Print nothing if all is well.")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.READING_INDEX is None:
            raise CommandError("Set KB_READING_INDEX to the path of the file.")

        def progress(rows: int) -> None:
            if not options["quiet"]:
                self.stdout.write(f"{rows:,} entries read")

        try:
            table = build_file(Path(settings.READING_INDEX), progress)
        except BuildRunningError as problem:
            raise CommandError(str(problem)) from problem
        if table is None:
            raise CommandError("The record is empty. Publish something first.")
        prune_change_log()
        if not options["quiet"]:
            self.stdout.write(f"Indexed {len(table):,} entries in {settings.READING_INDEX}.")
