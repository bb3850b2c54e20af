"""The kinds of files that can be imported, and how they are told apart."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO

from kb.desk.importers.csv_file import read_csv
from kb.desk.importers.day_order import with_day_order
from kb.desk.importers.entries import read_entries
from kb.desk.importers.file_notes import FileNotes
from kb.desk.importers.rows import (
    FileRefused,
    ImportRow,
    Limits,
    first_line,
    parse_json,
    within_row_limit,
)
from kb.desk.importers.timelinejs import read_timelinejs


@dataclass(frozen=True)
class Reader:
    """One kind of file: its name for editors, and the function that reads its rows."""

    label: str
    read: Callable[[BinaryIO, Limits, Mapping[str, str], FileNotes], Iterator[ImportRow]]


READERS = {
    "csv": Reader("CSV (table of events and statements)", read_csv),
    "timelinejs": Reader("TimelineJS (JSON or CSV)", read_timelinejs),
    "jsonl": Reader("JSON Lines (entries of another knowledge base)", read_entries),
}


def read_rows(
    file: BinaryIO,
    kind: str,
    limits: Limits,
    columns: Mapping[str, str] | None = None,
    notes: FileNotes | None = None,
) -> Iterator[ImportRow]:
    """The rows of a file of this kind, a key of READERS. Raises FileRefused, also between rows.

    Dates in figures are read in the order of ``notes``, which are complete after the last row.
    """
    notes = notes or FileNotes()
    if notes.order and kind != "csv":
        raise FileRefused("Only CSV files have an order of day and month. Leave it empty.")
    rows = READERS[kind].read(file, limits, columns or {}, notes)
    if notes.order:
        rows = with_day_order(rows, notes.order)
    return within_row_limit(notes.watch(rows), limits)


def detect_kind(file: BinaryIO, limits: Limits) -> str:
    """The kind of a file, judged by its first line. Raises FileRefused if it is not a text."""
    first = first_line(file, limits)
    if first.lstrip()[:1] in ("{", "["):
        try:
            whole = parse_json(first)
        except FileRefused:
            return "timelinejs"
        is_timeline = not isinstance(whole, dict) or {"events", "timeline"} & whole.keys()
        return "timelinejs" if is_timeline else "jsonl"
    try:
        head = next(csv.reader([first]), [])
    except csv.Error:
        return "csv"
    return "timelinejs" if {"Year", "Headline"} <= set(head) else "csv"
