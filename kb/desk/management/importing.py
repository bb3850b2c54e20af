"""What the commands that import a file have in common: read, plan, say, and load or not."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kb.desk.importers import batches
from kb.desk.importers.rows import FileRefused, Row
from kb.desk.verbs.refusing import Refused

BAR = 40


class ImportCommand(BaseCommand):
    """Load a file as drafts: all of it, or nothing and the reasons."""

    read: Callable[[bytes], list[Row]]

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, only")
        parser.add_argument(
            "--origin", default="", help="whose ids these are; the file's name unless given"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(options["file"])
        origin = (options["origin"] or path.stem)[:100]
        try:
            content = path.read_bytes()
            outcomes = batches.plan(type(self).read(content), origin=origin)
        except OSError as problem:
            raise CommandError(f"Cannot read {path}: {problem}") from problem
        except FileRefused as problem:
            raise CommandError(f"Nothing was stored. {problem}") from problem
        for line in batches.report(outcomes):
            if options["verbosity"] > 1 or options["dry_run"] or "refused" in line:
                self.stdout.write(line)
        said = batches.summary(outcomes)
        if any(one.action == batches.REFUSE for one in outcomes):
            raise CommandError(f"Nothing was stored: {said}.")
        if options["dry_run"]:
            self.stdout.write(f"Would load: {said}.")
            return
        try:
            batch = batches.load(
                outcomes,
                origin=origin,
                name=path.name,
                content=content,
                progress=self._bar(len(outcomes)),
            )
        except Refused as refusal:
            raise CommandError("Nothing was stored.\n" + "\n".join(refusal.reasons)) from refusal
        self.stdout.write(f"Loaded as drafts: {said}. To undo: manage.py import_undo {batch.pk}")

    def _bar(self, total: int) -> Callable[[int], None]:
        """Draws how far it has come, where somebody looks on."""
        if not self.stderr.isatty():
            return lambda done: None

        def draw(done: int) -> None:
            if done == total or done % 20 == 0:
                full = BAR * done // total
                self.stderr.write(f"\r[{'#' * full:<{BAR}}] {done}/{total}", ending="")
                if done == total:
                    self.stderr.write("")

        return draw
