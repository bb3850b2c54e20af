"""Workbooks: typed cells, the row of the headings, the numbers of rows, and what is refused."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date, datetime

import pytest

from kb.desk.importers import spreadsheet
from kb.desk.importers.dry_run import ADD, plan_import
from kb.desk.importers.file_kinds import detect_kind
from kb.desk.importers.file_notes import FileNotes
from kb.desk.importers.readers import read_rows
from kb.desk.importers.rows import ADMIN_LIMITS, FileRefused
from kb.desk.models import Event
from tests.desk.importers.files import loaded
from tests.desk.importers.workbooks import ods, xlsx


def rows_of(content, notes=None):
    file = io.BytesIO(content)
    kind = detect_kind(file, ADMIN_LIMITS, "log.xlsx")
    return list(read_rows(file, kind, ADMIN_LIMITS, notes=notes))


@pytest.mark.parametrize("write", [xlsx, ods])
def test_typed_dates_and_numbers_are_read(write):
    first, second = rows_of(
        write(
            ["id", "title", "date", "figure_labels", "figure_numbers"],
            [7, "Pump fails", date(2026, 4, 3), "pumps", 1400],
            [8, "Pump runs", "mid-2026", "", ""],
        )
    )
    assert (first.external_id, first.title, first.date) == ("7", "Pump fails", "2026-04-03")
    assert first.stated_figures[0].number == "1400"
    assert (second.line, second.date) == (3, "mid-2026")


def test_date_and_time_of_one_cell_are_read():
    (row,) = rows_of(xlsx(["title", "date"], ["Pump fails", datetime(2026, 4, 3, 18, 5)]))
    assert row.date == "2026-04-03 18:05"


def test_headings_below_a_title_are_found_and_rows_numbered_as_in_the_sheet():
    notes = FileNotes()
    rows = rows_of(
        xlsx(
            ["Recalls of widgets"], [], ["Name", "When"], ["Pump fails", "2026"], [],
            ["Pump runs", "2026"], first_row=2,
        ),
        notes,
    )  # fmt: skip
    assert [row.line for row in rows] == [5, 7]
    assert notes.place() == "Sheet “Log”, headings found in row 4."
    assert notes.balance({ADD: len(rows)}) == (
        "Rows in the file, without the headings: 6 = 2 will add + 4 ignored (3 empty, 1 above the "
        "headings)."
    )


def test_other_sheets_are_named_as_not_read():
    notes = FileNotes()
    content = xlsx(sheets={"A": [["title"], ["Pump fails"]], "B": [["title"], ["Pump runs"]]})
    (row,) = rows_of(content, notes)
    assert row.title == "Pump fails"
    assert "Only the sheet “A” is read. Not read: “B”." in notes.sentences()[-1]


def test_day_numbers_are_read_and_reported():
    notes = FileNotes()
    first, second = rows_of(
        xlsx(["title", "date"], ["Pump fails", 46115], ["Pump runs", 46115.5]), notes
    )
    assert (first.date, second.date) == ("2026-04-03", "2026-04-03 12:00")
    assert (
        "day numbers of a spreadsheet: 2. “46115” in row 2 is 2026-04-03." in notes.sentences()[-1]
    )


@pytest.mark.django_db
def test_workbook_is_loaded_and_found_unchanged():
    content = xlsx(["id", "title", "date"], [1, "Pump fails", date(2026, 4, 3)])
    loaded(content, rows_of)
    assert Event.objects.get().happened.edtf == "2026-04-03"
    assert [row.action for row in plan_import(rows_of(content), origin="here")] == ["unchanged"]


def _with_part(content, name, change):
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for entry in old.infolist():
            text = old.read(entry)
            new.writestr(entry.filename, change(text) if entry.filename == name else text)
    return out.getvalue()


def _archive(**parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name.replace("__", "/"), text)
    return out.getvalue()


SHEET = xlsx(["title"], ["Pump fails"])
REFUSED = {
    "far cell": (
        _with_part(
            SHEET, "xl/worksheets/s1.xml", lambda text: text.replace(b'r="A2"', b'r="XFD1048576"')
        ),
        "too far apart",
    ),
    "cut off": (SHEET[:-40], "damaged"),
    "broken part": (
        _with_part(SHEET, "xl/worksheets/s1.xml", lambda text: text[:120]), "damaged|no visible"
    ),
    "nothing in it": (xlsx(), "no visible sheet"),
    "repeated row": (
        _with_part(
            ods(["title"], ["x"]), "content.xml",
            lambda text: text.replace(
                b"<table:table-row>", b'<table:table-row table:number-rows-repeated="1000000">'
            ),
        ),
        "too far apart",
    ),
    "password": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(900) + "EncryptedPackage".encode("utf-16-le"),
        "protected by a password",
    ),
    "old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(900), "old Office file"),
    "binary workbook": (_archive(xl__workbook="").replace(b"workbook", b"workbook"), "ZIP file"),
    "document": (
        _archive(mimetype="application/vnd.oasis.opendocument.text"), "text document"
    ),
    "web page": (b"<table><tr><td>title</td></tr></table>", "web page"),
    "declaration": (b"<![if !x]>title,date\n", "begins with “<..if !x"),
    "XML": (b"<?xml version='1.0'?><Workbook/>", "XML file"),
    "picture": (b"\x89PNG\r\n\x1a\n" + bytes(500), "NUL|not UTF-8"),
    "empty": (b"", "empty"),
    "only spaces": (b" \n \n", "column names"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_file_that_is_not_read_is_refused_with_what_to_do(name):
    content, message = REFUSED[name]
    with pytest.raises(FileRefused, match=message) as refusal:
        rows_of(content)
    assert re.fullmatch(r"[A-Z].*[.)]", str(refusal.value), re.DOTALL)


@pytest.mark.parametrize(("limit", "value"), [("MAX_UNPACKED_BYTES", 500_000), ("MAX_PARTS", 9)])
def test_workbook_that_unpacks_to_too_much_is_refused(monkeypatch, limit, value):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("workbook.xml", *map(str, range(9))):
            archive.writestr(f"xl/{name}", "0" * 60_000)
    content = out.getvalue()
    assert len(content) < 10_000, "it is small while it is packed"
    monkeypatch.setattr(spreadsheet, limit, value)
    with pytest.raises(FileRefused, match="too large to read"):
        rows_of(content)


@pytest.mark.one_database
@pytest.mark.slow
def test_workbook_cut_anywhere_is_read_or_refused():
    for end in range(0, len(SHEET), 97):
        with pytest.raises(FileRefused):
            rows_of(SHEET[:end])
