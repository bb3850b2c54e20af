"""Tables as text: separators, encodings, years of two digits, hidden rows, and the sum of rows."""

from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from kb.desk.importers.dry_run import REFUSE, plan_import
from kb.desk.importers.file_kinds import detect_kind
from kb.desk.importers.file_notes import FileNotes
from kb.desk.importers.read_options import ReadOptions
from kb.desk.importers.readers import read_rows
from kb.desk.importers.rows import ADMIN_LIMITS, NO_LIMITS, FileRefused
from tests.desk.importers.files import planned
from tests.text.hostile import CHARSETS


def rows_of(content, notes=None, name="log.csv", **options):
    file = io.BytesIO(content)
    chosen = ReadOptions(**options)
    kind = detect_kind(file, ADMIN_LIMITS, name, chosen.encoding)
    return list(read_rows(file, kind, ADMIN_LIMITS, chosen, notes))


def test_headings_below_a_title_are_found():
    notes = FileNotes()
    content = b"Log of pumps, as of May\n\nName;When\nPump fails;2023\n\nPump runs;2024\n"
    rows = rows_of(content, notes)
    assert [(row.line, row.title, row.date) for row in rows] == [
        (4, "Pump fails", "2023"), (6, "Pump runs", "2024"),
    ]  # fmt: skip
    assert notes.head_row == 3


@pytest.mark.parametrize("encoding", ["cp1252", "gb18030", "big5", "shift_jis", "utf-16-le"])
def test_any_encoding_is_read_when_it_is_named(encoding):
    text = "Caf\u00e9" if encoding in ("cp1252", "utf-16-le") else "\u5317\u4eac"
    content = f"title,date\n{text},2023\n".encode(encoding)
    (row,) = rows_of(content, encoding=encoding)
    assert row.title == text


def test_encodings_are_proposed_with_a_sample():
    with pytest.raises(FileRefused, match="“北京,2023” with --encoding gb18030"):
        rows_of("title,date\n北京,2023\n".encode("gb18030"))
    with pytest.raises(FileRefused, match="not in the encoding ascii"):
        rows_of("title\nCafé\n".encode(), encoding="ascii")


def test_utf_16_without_a_mark_is_read():
    (row,) = rows_of("title,date\nPump fails,2023\n".encode("utf-16-le"))
    assert row.title == "Pump fails"


@pytest.mark.parametrize("text", ["4/5/26", "04.05.26", "5-Apr-26", "5 April 26", "April 5, 26"])
def test_year_of_two_digits_is_asked_about(text):
    notes = FileNotes()
    (row,) = rows_of(f'title,date\nPump fails,"{text}"\n'.encode(), notes)
    assert "1926 or 2026?" in row.problems[0]
    assert f"“{text}” in row 2" in notes.sentences()[-1]
    (row,) = rows_of(f'title,date\nPump fails,"{text}"\n'.encode(), century="19")
    assert "1926" in row.date and not row.problems


@pytest.mark.parametrize("text", ["46115", "2026-04-03", "12345", "3 April 2026", "99999"])
def test_other_dates_are_left_alone(text):
    (row,) = rows_of(f"title,date\nPump fails,{text}\n".encode())
    assert row.date == ("2026-04-03" if text == "46115" else text)


@pytest.mark.django_db
def test_row_with_more_cells_than_headings_is_refused():
    good, bad = planned(b"title,date\nPump fails,2023,,\nPump runs, again,2024\n")
    assert (good.action, bad.action) == ("will add", REFUSE)
    assert "3 cells, but there are 2 headings" in str(bad)


HIDDEN = b"""title,date,place
"Pump fails,2023,Foo
Pump runs,2024,Foo
Pump stops",2025,Foo
Pump starts,2026,Foo
"""


def test_stray_quotation_mark_does_not_hide_rows():
    row, other = rows_of(HIDDEN)
    assert "looks like 3 rows" in row.problems[0]
    assert other.title == "Pump starts" and not other.problems
    with pytest.raises(FileRefused, match="begins in row 3"):
        rows_of(b'title,date\nPump fails,2023\n"Pump runs,2024\nPump stops,2025\n')
    with pytest.raises(FileRefused, match="Row 2 has a quotation mark"):
        rows_of(b'title,date\n"Pump fails,2023\n"Pump runs,2024\n')


def test_line_breaks_of_a_cell_are_read():
    notes = FileNotes()
    content = b'title,date,summary\nPump fails,2023,"So, it\nwas, again"\n'
    (row,) = rows_of(content, notes)
    assert row.summary == "So, it\nwas, again" and not row.problems
    assert notes.rows_on_several_lines == 1


names = st.text(alphabet='ab "', min_size=1, max_size=5).map(str.strip).filter(bool)


@given(st.lists(st.one_of(st.just(""), names), max_size=12), st.integers(0, 12))
def test_every_line_is_a_row_is_refused_or_is_ignored(titles, place):
    """A stray quotation mark at any place loses no line without a word."""
    plain = [title.replace('"', "") for title in titles]
    lines = [f"{title},2023,x" if title else "" for title in plain]
    if lines:
        lines[place % len(lines)] = f'"{lines[place % len(lines)]}'
    notes = FileNotes()
    try:
        rows = rows_of("\n".join(["title,date,place", *lines, ""]).encode(), notes)
    except FileRefused:
        return
    assert len(rows) + notes.ignored.total() == len(lines) or any(row.problems for row in rows)


@pytest.mark.django_db
def test_command_prints_the_sum_of_rows(tmp_path, capsys):
    path = tmp_path / "log.csv"
    path.write_bytes(b"Log\ntitle,date\nPump fails,2023\n\nPump runs,whenever\n")
    with pytest.raises(CommandError, match="1 refused"):
        call_command("import_table", str(path))
    assert (
        "Rows in the file, without the headings: 4 = 1 will add + 1 refused + 2 ignored (1 above "
        "the headings, 1 empty)." in capsys.readouterr().out
    )


@pytest.mark.django_db
@pytest.mark.parametrize("option", ["--day-first", "--dates=day-first"])
@pytest.mark.parametrize("command", ["import_table", "import_csv"])
def test_command_reads_days_centuries_columns_and_encodings(tmp_path, capsys, option, command):
    path = tmp_path / "log.txt"
    path.write_bytes("Fall;Wann\nCafé;4/5/26\n".encode("cp1252"))
    call_command(
        command, str(path), "--dry-run", "--encoding=cp1252", "--century=20", option,
        "--column", "title=Fall", "--column", "date=Wann",
    )  # fmt: skip
    assert "“Café” [4 May 2026, 2026-05-04]: will add." in capsys.readouterr().out
    with pytest.raises(CommandError, match="is not an encoding"):
        call_command(command, str(path), "--encoding=klingon")


@pytest.mark.django_db
@pytest.mark.parametrize("encoding", CHARSETS[:-1], ids=lambda name: repr(name[:20]))
def test_command_refuses_an_encoding_that_is_not_for_text(tmp_path, encoding):
    path = tmp_path / "log.csv"
    path.write_bytes(b"title,date\nPump fails,2023\n")
    with pytest.raises(CommandError, match="is not an encoding of text files"):
        call_command("import_table", str(path), f"--encoding={encoding}")


@pytest.mark.django_db
def test_command_detects_other_kinds(tmp_path, capsys):
    path = tmp_path / "timeline.js"
    path.write_text('var timeline = {"events": [{"start_date": {"year": "2023"}, '
                    '"text": {"headline": "Pump fails"}}]};\n')  # fmt: skip
    call_command("import_table", str(path), "--dry-run")
    assert "“Pump fails” [2023, 2023]: will add." in capsys.readouterr().out
    path.write_text("var timeline = {events: []};\n")
    with pytest.raises(CommandError, match="names need quotation marks"):
        call_command("import_table", str(path))


@pytest.mark.django_db
@pytest.mark.slow
def test_memory_does_not_grow_with_rows():
    """The rows of a file without limits are read and planned one chunk at a time."""
    many = io.BytesIO(b"title,date\n" + b"".join(b"Pump %d,2023\n" % n for n in range(3_000)))
    rows = read_rows(many, "csv", NO_LIMITS)
    next(plan_import(rows, origin="here"))
    assert many.tell() < len(many.getvalue()) or next(rows).line <= 502
