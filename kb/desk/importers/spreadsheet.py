"""Reads the rows of a workbook: .xlsx and .ods, with python-calamine.

The whole sheet is in memory, so a file is measured before it is read: what it unpacks to, and how
many cells lie between its first and its last one.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import BinaryIO

from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from kb.desk.importers.file_notes import FileNotes
from kb.desk.importers.rows import MAX_COLUMNS, FileRefused, Limits
from kb.desk.importers.table_lines import TableLine
from kb.desk.importers.text_files import check_size

MAX_UNPACKED_BYTES = 300_000_000
MAX_PARTS = 10_000  # files in a workbook
MAX_CELLS = 5_000_000  # between the first and the last cell of a sheet
_BLOCK_SIZE = 1 << 20
_CELL = re.compile(rb'<(?:\w+:)?c [^<>]*?\br="([A-Z]{1,3})([0-9]{1,7})"')
_ROW, _END_OF_ROW = b"<table:table-row", b"</table:table-row>"
_CELL_TAG = re.compile(rb"<table:table-cell([^<>]*)")
_REPEATED = re.compile(rb'number-(?:rows|columns)-repeated="([0-9]+)"')
_MAX_DIGITS = 12  # of a number of rows or columns; far more than any that is read
_DAMAGED = "The workbook is damaged and cannot be read. Open it, save it again, and upload that."
IS_PROTECTED = "The workbook is protected by a password. Save a copy without one, and upload that."
_TOO_LARGE = "The workbook is too large to read. Save the sheet as CSV (UTF-8), and upload that."

Cell = int | float | str | bool | time | date | datetime | timedelta


def sheet_lines(file: BinaryIO, limits: Limits, notes: FileNotes) -> Iterator[TableLine]:
    """The rows of the first visible sheet that has any, empty ones between them too.

    Dates are in ISO 8601, whole numbers without a decimal point. Other sheets are noted as not
    read. Raises FileRefused.
    """
    check_size(file, limits)
    _check_unpacked(file)
    file.seek(0)
    try:
        workbook = CalamineWorkbook.from_filelike(file)
        names = [
            sheet.name
            for sheet in workbook.sheets_metadata
            if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible
        ]
        sheets = [workbook.get_sheet_by_name(name) for name in names]
    except PasswordError as problem:
        raise FileRefused(IS_PROTECTED) from problem
    except (CalamineError, ValueError, OSError) as problem:
        raise FileRefused(_DAMAGED) from problem
    filled = [sheet for sheet in sheets if sheet.height]
    if not filled:
        raise FileRefused("The workbook has no visible sheet with anything in it.")
    sheet, *others = filled
    notes.sheet = sheet.name
    if others:
        other_names = ", ".join(f"“{other.name[:60]}”" for other in others[:10])
        notes.remarks.append(
            f"Only the sheet “{sheet.name[:60]}” is read. Not read: {other_names}. To read another "
            "one, make it the first."
        )
    # The rows begin with the first of the sheet, and the columns with the first that is filled.
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        texts = [*map(_cell_text, cells)]
        if longest := next((text for text in texts if len(text) > limits.cell), ""):
            raise FileRefused(
                f"Row {number} has a field with more than {limits.cell:,} characters: "
                f"“{longest[:40]}…”."
            )
        yield TableLine(number, texts)


def _cell_text(cell: Cell) -> str:
    """A cell as a text that the reader of rows understands."""
    match cell:
        case str():
            return cell
        case bool():
            return "yes" if cell else "no"
        case float() if cell.is_integer():
            return str(int(cell))
        case datetime():
            midnight = cell.time() == time()
            return cell.date().isoformat() if midnight else cell.isoformat(" ", "minutes")
        case time():
            return cell.isoformat("minutes")
        case date():
            return cell.isoformat()
        case _:
            return str(cell)


def _check_unpacked(file: BinaryIO) -> None:
    """Raise FileRefused for a file that is damaged, or would fill the memory."""
    unpacked, rows, columns, repeated = 0, 0, 0, 1
    try:
        with zipfile.ZipFile(file) as archive:
            if len(archive.infolist()) > MAX_PARTS:
                raise FileRefused(_TOO_LARGE)
            for entry in archive.infolist():
                is_sheet = "worksheets/" in entry.filename or entry.filename == "content.xml"
                with archive.open(entry) as part:
                    rest = b""
                    while block := part.read(_BLOCK_SIZE):
                        unpacked += len(block)
                        if unpacked > MAX_UNPACKED_BYTES:
                            raise FileRefused(_TOO_LARGE)
                        if is_sheet:
                            text = rest + block
                            for match in _CELL.finditer(text):
                                rows = max(rows, int(match[2]))
                                columns = max(columns, _column_number(match[1]))
                            repeated = max(repeated, _repeated(text))
                            rest = text[-500:]
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, RuntimeError) as problem:
        raise FileRefused(_DAMAGED) from problem
    if rows * min(columns, 1 << 14) > MAX_CELLS or repeated > MAX_CELLS // MAX_COLUMNS:
        raise FileRefused(
            f"A cell of the sheet lies in row {max(rows, repeated):,} and another in column "
            f"{max(columns, 1):,}: too far apart to read. Delete the stray cells, or save the "
            "sheet as CSV."
        )


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _repeated(text: bytes) -> int:
    """How often a row or cell with a value is repeated at most, in a piece of an .ods file."""
    tags = [match[1] for match in _CELL_TAG.finditer(text) if b"office:value" in match[1]]
    for row in text.split(_ROW)[1:]:
        tag, _, cells = row.partition(_END_OF_ROW)[0].partition(b">")
        if b"office:value" in cells:
            tags.append(tag)
    counts = (_REPEATED.search(tag) for tag in tags)
    return max((int(match[1][:_MAX_DIGITS]) for match in counts if match), default=1)
