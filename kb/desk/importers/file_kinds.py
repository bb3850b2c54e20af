"""Tells the kinds of files apart by what they begin with, and says what to do with others."""

from __future__ import annotations

import csv
import re
import zipfile
from typing import BinaryIO

from kb.desk.importers.json_text import is_script, parse_json
from kb.desk.importers.rows import FileRefused, Limits
from kb.desk.importers.spreadsheet import IS_PROTECTED
from kb.desk.importers.text_files import check_size, first_line

_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
_BLOCK_SIZE = 1 << 20
_MARKWHEN_NAMES = (".mw", ".markwhen")
# A line of a timeline in Markwhen: a date, a colon, and words.
_MARKWHEN_LINE = re.compile(
    r"\s*(?:now|[0-9]{4}(?:-[0-9]{2}){0,2})(?:\s*[-/]\s*+[^:,;\t]*+)?:\s++\S"
)
_HTML = re.compile(
    r"\s*<(?:!doctype html|html|head|body|meta|table|title|div|style|script)\b", re.I
)
_SAVE_AS = "Save the sheet as a workbook (.xlsx, .ods) or as CSV (UTF-8), and upload that."


def detect_kind(file: BinaryIO, limits: Limits, name: str = "", encoding: str = "") -> str:
    """The kind of a file, a key of READERS: by its first line, and its name for some.

    Raises FileRefused, with what to do, for what is not read.
    """
    check_size(file, limits)
    head = file.read(4)
    file.seek(0)
    if head == b"PK\x03\x04":
        return _kind_of_archive(file)
    if head == _OLD_OFFICE:
        raise FileRefused(_old_office_message(file))
    first = first_line(file, limits, encoding)
    begins = first.lstrip()
    if begins[:1] in ("{", "["):
        return _kind_of_json(first)
    if begins[:1] == "<":
        raise FileRefused(_markup_message(first))
    if begins.upper().startswith("BEGIN:VCALENDAR"):
        return "ical"
    if name.lower().endswith(_MARKWHEN_NAMES) or _MARKWHEN_LINE.match(first):
        return "markwhen"
    if is_script(first):
        return "timelinejs"
    try:
        heads = next(csv.reader([first]), [])
    except csv.Error:
        return "csv"
    return "timelinejs" if {"Year", "Headline"} <= set(heads) else "csv"


def _kind_of_json(first: str) -> str:
    try:
        whole = parse_json(first)
    except FileRefused:
        return "timelinejs"
    is_timeline = not isinstance(whole, dict) or {"events", "timeline"} & whole.keys()
    return "timelinejs" if is_timeline else "jsonl"


def _kind_of_archive(file: BinaryIO) -> str:
    """The kind of a workbook. Raises FileRefused for any other archive."""
    try:
        with zipfile.ZipFile(file) as archive:
            names = set(archive.namelist())
            media_type = archive.read("mimetype")[:100] if "mimetype" in names else b""
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as problem:
        raise FileRefused(
            "This is a damaged workbook or ZIP file. If it is a workbook, open it, save it again, "
            "and upload that."
        ) from problem
    finally:
        file.seek(0)
    if "xl/workbook.xml" in names or media_type.startswith(
        b"application/vnd.oasis.opendocument.spreadsheet"
    ):
        return "sheet"
    if "xl/workbook.bin" in names:
        raise FileRefused(f"This is a binary Excel workbook (.xlsb). {_SAVE_AS}")
    if "word/document.xml" in names or media_type.startswith(b"application/vnd.oasis.opendocument"):
        raise FileRefused(
            "This is a text document, not a workbook. Copy its table into a spreadsheet program. "
            f"{_SAVE_AS}"
        )
    raise FileRefused(
        "This is a ZIP file without a workbook in it. Unpack it, and upload the file that is in it."
    )


def _old_office_message(file: BinaryIO) -> str:
    """What to do with a file of Office before 2007, or with an encrypted one of today."""
    mark, rest = "EncryptedPackage".encode("utf-16-le"), b""
    while block := file.read(_BLOCK_SIZE):
        if mark in rest + block:
            file.seek(0)
            return IS_PROTECTED
        rest = block[-len(mark) :]
    file.seek(0)
    return f"This is an old Office file (.xls or .doc). {_SAVE_AS}"


def _markup_message(first: str) -> str:
    begins = first.strip()[:40]
    if _HTML.match(first):
        return (
            "This is a web page (HTML), which some programs save with the name .xls. Open it in a "
            f"spreadsheet program. {_SAVE_AS}"
        )
    if begins.lower().startswith("<?xml"):
        return f"This is an XML file. Open it in a spreadsheet program. {_SAVE_AS}"
    return (
        f"The file begins with “{begins}”, as web pages and XML files do, and not with the "
        f"headings of a table. {_SAVE_AS}"
    )
