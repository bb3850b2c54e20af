"""The kinds of files that can be imported."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from django.utils.translation import gettext_lazy as _

from kb.desk.importers.csv_file import read_csv, read_sheet
from kb.desk.importers.day_order import with_day_order
from kb.desk.importers.entries import read_entries
from kb.desk.importers.file_notes import FileNotes
from kb.desk.importers.ical_file import read_ical
from kb.desk.importers.markwhen_file import read_markwhen
from kb.desk.importers.read_options import NO_OPTIONS, ReadOptions
from kb.desk.importers.row_changes import changed_rows
from kb.desk.importers.rows import FileRefused, ImportRow, Limits, within_row_limit
from kb.desk.importers.timelinejs import read_timelinejs
from kb.record.vocabulary import Label


@dataclass(frozen=True)
class Reader:
    """One kind of file: its name for editors, and the function that reads its rows.

    A table has headings, which can be mapped, and dates in figures.
    """

    label: Label
    read: Callable[[BinaryIO, Limits, ReadOptions, FileNotes], Iterator[ImportRow]]
    is_table: bool = False


READERS = {
    "csv": Reader(_("CSV (table of events and statements)"), read_csv, is_table=True),
    "sheet": Reader(_("Workbook (.xlsx or .ods)"), read_sheet, is_table=True),
    "timelinejs": Reader(_("TimelineJS (JSON or CSV)"), read_timelinejs),
    "ical": Reader("iCalendar (.ics)", read_ical),
    "markwhen": Reader("Markwhen (.mw)", read_markwhen),
    "jsonl": Reader(_("JSON Lines (entries of another knowledge base)"), read_entries),
}


def read_rows(
    file: BinaryIO,
    kind: str,
    limits: Limits,
    options: ReadOptions = NO_OPTIONS,
    notes: FileNotes | None = None,
) -> Iterator[ImportRow]:
    """The rows of a file of this kind, a key of READERS. Raises FileRefused, also between rows.

    ``notes`` are complete after the last row.
    """
    notes = notes or FileNotes()
    notes.order = options.order
    reader = READERS[kind]
    if not reader.is_table:
        if options.order and not options.is_remembered:
            raise FileRefused("Only tables have an order of day and month. Leave it empty.")
        if options.columns and not options.is_remembered:
            raise FileRefused("Only tables support column mapping. Remove it.")
    rows = changed_rows(reader.read(file, limits, options, notes), options, notes)
    if options.order:
        rows = with_day_order(rows, options.order)
    return within_row_limit(notes.watch(rows), limits)
