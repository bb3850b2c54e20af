"""What the commands that import a file have in common: read, plan, say, and load or not."""

from __future__ import annotations

import hashlib
import shutil
import sys
import tempfile
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError

from kb.desk.importers.dry_run import REFUSE, ImportOutcome, counts_summary, plan_import
from kb.desk.importers.load import load_rows
from kb.desk.importers.readers import read_rows
from kb.desk.importers.rows import IN_THE_ADMIN, NO_LIMITS, FileRefused, file_size
from kb.desk.verbs.exceptions import ActionRefused

BAR = 40
DRAWN_EVERY = 20
# A larger file is read a second time for loading, so that it is never held whole.
ROWS_HELD = IN_THE_ADMIN.rows or 0
MAX_REFUSED_LINES = 1_000


class ImportCommand(BaseCommand):
    """Load a file as drafts: all of it, or nothing and the reasons."""

    kind: str

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="the file, or - for standard input")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, only")
        parser.add_argument(
            "--origin", default="", help="whose ids these are; the file's name unless given"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(options["file"])
        origin = (options["origin"] or ("" if options["file"] == "-" else path.stem))[:100]
        if not origin:
            raise CommandError("Say whose ids these are: --origin NAME.")
        columns = self._columns(options.get("column") or [])
        try:
            with open_file(options["file"]) as file:
                self._go_through(file, path.name, origin, columns, options)
        except OSError as problem:
            raise CommandError(f"Cannot read {path}: {problem.strerror or problem}") from problem
        except FileRefused as problem:
            raise CommandError(f"Nothing was stored. {problem}") from problem
        except ActionRefused as refusal:
            raise CommandError("Nothing was stored.\n" + "\n".join(refusal.reasons)) from refusal

    def _columns(self, given: list[str]) -> dict[str, str]:
        """``ours=theirs`` for each option, as ours and theirs."""
        pairs = [one.partition("=") for one in given]
        if wrong := [one for one, (ours, _, theirs) in zip(given, pairs, strict=True)
                     if not ours or not theirs]:  # fmt: skip
            raise CommandError(f"Write a column as ours=theirs, not as “{wrong[0]}”.")
        return {ours.strip(): theirs.strip() for ours, _, theirs in pairs}

    def _go_through(
        self, file: BinaryIO, name: str, origin: str, columns: dict[str, str], options: Any
    ) -> None:
        size = file_size(file)

        def planned() -> Iterator[ImportOutcome]:
            file.seek(0)
            return plan_import(read_rows(file, self.kind, NO_LIMITS, columns), origin=origin)

        held, counts = self._reported(planned(), file, size, options)
        total, said = sum(counts.values()), counts_summary(counts)
        if counts[REFUSE]:
            raise CommandError(f"Nothing was stored: {said}.")
        if options["dry_run"]:
            self.stdout.write(f"Would load: {said}.")
            return
        batch = load_rows(
            held if len(held) == total else planned(),
            origin=origin,
            name="standard input" if options["file"] == "-" else name,
            sha256=file_digest(file),
            progress=self._bar("Storing", total),
        )
        said = counts_summary(counts, done=True)
        self.stdout.write(f"Loaded as drafts: {said}. To undo: manage.py import_undo {batch.pk}")

    def _reported(
        self, outcomes: Iterator[ImportOutcome], file: BinaryIO, size: int, options: Any
    ) -> tuple[list[ImportOutcome], Counter[str]]:
        """Say what would happen to each row; return the outcomes, if they are few, and counts."""
        counts: Counter[str] = Counter()
        held: list[ImportOutcome] = []
        draw, is_said = self._bar("Checking", size), options["verbosity"] > 1 or options["dry_run"]
        for one in outcomes:
            counts[one.action] += 1
            number = sum(counts.values())
            if number <= ROWS_HELD:
                held.append(one)
            elif held:
                held = []
            if is_said or (one.action == REFUSE and counts[REFUSE] <= MAX_REFUSED_LINES):
                self.stdout.write(str(one))
            if number % DRAWN_EVERY == 0:
                draw(min(file.tell(), size))
        draw(size)
        return held, counts

    def _bar(self, what: str, total: int) -> Callable[[int], None]:
        """Draws how far it has come, where somebody looks on."""
        if not self.stderr.isatty():
            return lambda done: None

        def draw(done: int) -> None:
            full = BAR * done // max(total, 1)
            self.stderr.write(f"\r{what} [{'#' * full:<{BAR}}] {done:,}/{total:,}", ending="")
            if done >= total:
                self.stderr.write("")

        return draw


@contextmanager
def open_file(name: str) -> Iterator[BinaryIO]:
    """The file of this name; for "-" what comes by standard input, kept on disk meanwhile."""
    if name != "-":
        with Path(name).open("rb") as file:
            yield file
        return
    with tempfile.TemporaryFile() as kept:
        shutil.copyfileobj(getattr(sys.stdin, "buffer", sys.stdin), kept)
        kept.seek(0)
        yield kept  # type: ignore[misc]


def file_digest(file: BinaryIO) -> str:
    """The SHA-256 of a whole file, in hexadecimal digits."""
    file.seek(0)
    return hashlib.file_digest(file, "sha256").hexdigest()
