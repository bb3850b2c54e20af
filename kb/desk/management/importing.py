"""What the commands that import a file share: read, plan, report, and load."""

from __future__ import annotations

import csv
import hashlib
import shutil
import sys
import tempfile
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError

from kb.desk.importers.day_order import day_order
from kb.desk.importers.dry_run import REFUSE, ImportOutcome, counts_summary, plan_import
from kb.desk.importers.encodings import ENCODINGS
from kb.desk.importers.file_kinds import detect_kind
from kb.desk.importers.file_notes import FileNotes
from kb.desk.importers.load import Loading
from kb.desk.importers.origins import remember_options, remembered_options
from kb.desk.importers.read_options import ReadOptions
from kb.desk.importers.readers import READERS, read_rows
from kb.desk.importers.rows import NO_LIMITS, FileRefused, printable
from kb.desk.importers.runs import ImportInterrupted
from kb.desk.importers.text_files import file_size
from kb.desk.verbs.exceptions import ActionRefused
from kb.formats.csv import guard_cell
from kb.record.private_files import open_private
from kb.record.unavailable import UnavailableReason, unavailable_reason
from kb.text.encodings import text_codec
from kb.text.links import LinkError, canonical_url

BAR_WIDTH = 40
ROWS_PER_DRAW = 20
MAX_REFUSED_LINES = 1_000
BLOCK_SIZE = 1 << 20  # bytes
CONTINUE = "Run the same command again to continue, or undo the import with import_undo."


class ImportCommand(BaseCommand):
    """Loads a file as drafts: all of its rows, or none, with the reasons.

    ``kind`` is a key of READERS; "" is for any kind that is read.
    """

    kind = ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="file to import, or - for standard input")
        parser.add_argument(
            "--dry-run", action="store_true", help="show what would happen without saving anything"
        )
        parser.add_argument(
            "--origin", default="", help="system the row ids come from (default: the file name)"
        )
        parser.add_argument(
            "--encoding", default="", help="encoding of a text file (default: UTF-8 or UTF-16)"
        )
        parser.add_argument(
            "--source", default="", metavar="ADDRESS", help="source of all rows that have none"
        )

        parser.add_argument(
            "--rest",
            default="",
            metavar="FILE",
            help="load a table without its refused rows, and write these to a CSV file",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(options["file"])
        origin = (options["origin"] or ("" if options["file"] == "-" else path.stem))[:100]
        if not origin:
            raise CommandError("--origin NAME is required (the system the row ids come from).")
        read_options = read_options_of(options).with_defaults(remembered_options(origin))
        try:
            with open_file(options["file"]) as file:
                summary = self._import(file, path.name, origin, read_options, options)
        except OSError as problem:
            if unavailable_reason(problem) is UnavailableReason.FULL:
                raise CommandError("Nothing was saved. The disk is full.") from problem
            raise CommandError(f"Cannot read {path}: {problem.strerror or problem}") from problem
        except FileRefused as problem:
            raise CommandError(f"Nothing was saved. {problem}") from problem
        except ImportInterrupted as problem:
            raise CommandError("\n".join([*problem.reasons, CONTINUE])) from problem
        except ActionRefused as refusal:
            raise CommandError("Nothing was saved.\n" + "\n".join(refusal.reasons)) from refusal
        # Last, because where this cannot be written any more, the rows are saved all the same.
        self.stdout.write(summary)

    def _import(
        self,
        file: BinaryIO,
        name: str,
        origin: str,
        read_options: ReadOptions,
        options: dict[str, Any],
    ) -> str:
        """Plan the import and, unless ``--dry-run`` is set, load its rows. Returns a summary."""
        size = file_size(file)
        kind = self.kind or detect_kind(file, NO_LIMITS, name, read_options.encoding)

        def plan(notes: FileNotes) -> Iterator[ImportOutcome]:
            file.seek(0)
            rows = read_rows(file, kind, NO_LIMITS, read_options, notes)
            return plan_import(rows, origin=origin)

        notes, counts, loads = FileNotes(), Counter[str](), not options["dry_run"]
        loads_rest = bool(options["rest"] and READERS[kind].is_table)
        loading = Loading(
            origin=origin,
            name="standard input" if options["file"] == "-" else name,
            sha256=file_sha256(file),
        )
        loadable = self._report(plan(notes), counts, file, size, options)
        if loads:
            loading.prepare(_until_refused(loadable, counts, loads_rest))
        for _outcome in loadable:
            pass  # those that are only reported
        for sentence in notes.sentences():
            self.stdout.write(f"Please check: {sentence}")
        self.stdout.write(notes.balance(counts))
        summary = counts_summary(counts)
        if counts[REFUSE] and not loads_rest:
            more = " more" if loading.goes_on else ""
            raise CommandError(f"Nothing{more} was saved: {summary}.")
        if not loads:
            return f"Would load: {summary}."
        if counts[REFUSE]:
            write_refused(plan(notes := FileNotes()), notes, options["rest"])
        batch = loading.store(
            lambda: (outcome for outcome in plan(FileNotes()) if outcome.action != REFUSE),
            on_stored=lambda _batch: remember_options(origin, read_options),
        )
        summary = counts_summary(counts, done=True)
        return f"Loaded as drafts: {summary}. To undo: manage.py import_undo {batch.pk}"

    def _report(
        self,
        outcomes: Iterator[ImportOutcome],
        counts: Counter[str],
        file: BinaryIO,
        size: int,
        options: dict[str, Any],
    ) -> Iterator[ImportOutcome]:
        """Print the outcomes and count them. Yields those that are not refused."""
        draw = self._progress_bar("Checking", size)
        prints_all = options["verbosity"] > 1 or options["dry_run"]
        for number, outcome in enumerate(outcomes, start=1):
            counts[outcome.action] += 1
            is_refused = outcome.action == REFUSE
            if prints_all or (is_refused and counts[REFUSE] <= MAX_REFUSED_LINES):
                self.stdout.write(str(outcome))
            if number % ROWS_PER_DRAW == 0:
                draw(min(file.tell(), size))
            if not is_refused:
                yield outcome
        draw(size)

    def _progress_bar(self, label: str, total: int) -> Callable[[int], None]:
        """A function that draws the progress on a terminal, and does nothing elsewhere."""
        if not self.stderr.isatty():
            return lambda done: None

        def draw(done: int) -> None:
            full = BAR_WIDTH * done // max(total, 1)
            bar = f"{'#' * full:<{BAR_WIDTH}}"
            self.stderr.write(f"\r{label} [{bar}] {done:,}/{total:,}", ending="")
            if done >= total:
                self.stderr.write("")

        return draw


def _until_refused(
    outcomes: Iterator[ImportOutcome], counts: Mapping[str, int], loads_rest: bool
) -> Iterator[ImportOutcome]:
    """The outcomes; none after a refused row, because nothing is loaded then."""
    for outcome in outcomes:
        if counts[REFUSE] and not loads_rest:
            return
        yield outcome


def write_refused(outcomes: Iterable[ImportOutcome], notes: FileNotes, name: str) -> int:
    """Write the refused rows of a table to a CSV file, with the reasons. Returns their number."""
    number = 0
    with open(name, "w", encoding="utf-8-sig", newline="", opener=open_private) as file:
        lines = csv.writer(file)
        for outcome in outcomes:
            if not number and outcome.action == REFUSE:
                lines.writerow(map(guard_cell, [*notes.heads, "reasons"]))
            if outcome.action == REFUSE:
                number += 1
                missing = [""] * (len(notes.heads) - len(outcome.row.cells))
                reasons = " ".join(outcome.reasons)
                lines.writerow(map(guard_cell, [*outcome.row.cells, *missing, reasons]))
    return number


def read_options_of(options: Mapping[str, Any]) -> ReadOptions:
    """What the options of a command say about its file. Raises CommandError."""
    encoding = options.get("encoding") or ""
    if encoding and not text_codec(encoding):
        raise CommandError(
            f"“{printable(encoding[:60])}” is not an encoding of text files. Usual ones are: "
            f"{', '.join(ENCODINGS)}."
        )
    order = options.get("day_order") or options.get("dates") or ""
    return ReadOptions(
        columns=_column_names(options.get("column") or []),
        encoding=encoding,
        order=day_order(order),
        century=options.get("century") or "",
        source=_source_address(options.get("source") or ""),
    )


def _source_address(text: str) -> str:
    """The address in its usual spelling. Raises CommandError."""
    try:
        return canonical_url(text) if text else ""
    except LinkError as problem:
        raise CommandError(f"--source: {problem}") from problem


def _column_names(options: list[str]) -> dict[str, str]:
    """The options ``--column ours=theirs`` as {ours: theirs}. Raises CommandError."""
    names = {}
    for option in options:
        ours, _, theirs = option.partition("=")
        if not ours or not theirs:
            raise CommandError(
                f"“{option}” is not a field=column pair. Write, for example, title=Name."
            )
        names[ours.strip()] = theirs.strip()
    return names


@contextmanager
def open_file(name: str) -> Iterator[BinaryIO]:
    """The file of this name; for "-" standard input, copied to a temporary file that can seek."""
    if name != "-":
        with Path(name).open("rb") as file:
            yield file
        return
    with tempfile.TemporaryFile() as copy:
        shutil.copyfileobj(getattr(sys.stdin, "buffer", sys.stdin), copy)
        copy.seek(0)
        yield copy


def file_sha256(file: BinaryIO) -> str:
    """The SHA-256 of a whole file, in hexadecimal digits."""
    file.seek(0)
    digest = hashlib.sha256()
    while block := file.read(BLOCK_SIZE):
        digest.update(block)
    return digest.hexdigest()
