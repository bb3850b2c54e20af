"""The report on a file as a whole: columns that are not read, dates, and what is left out."""

from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command

from kb.desk.importers.dry_run import plan_import
from kb.desk.importers.file_notes import FileNotes
from kb.desk.importers.read_options import ReadOptions
from kb.desk.importers.readers import read_rows
from kb.desk.importers.rows import ADMIN_LIMITS
from tests.desk.importers.files import loaded, planned, slide, table, timeline

pytestmark = pytest.mark.django_db


def notes_on(content, kind="csv", columns=None, order=""):
    notes = FileNotes()
    options = ReadOptions(columns=columns or {}, order=order)
    list(read_rows(io.BytesIO(content), kind, ADMIN_LIMITS, options, notes))
    return notes.sentences()


def test_columns_that_are_not_read_are_named():
    (note,) = notes_on(b"title,date,Country,,colour\nPump fails,2023,Atlantis,x,red\n")
    assert note == "Columns that are not read: “Country”, “column 4 (no name)”, “colour”."
    assert notes_on(b"title,date\nPump fails,2023\n") == []


def test_mapped_column_is_read():
    columns = {"place": "Country"}
    assert notes_on(b"title,date,Country\nPump fails,2023,Atlantis\n", columns=columns) == []


def test_addressees_of_a_table_of_events_are_named_as_not_read():
    (note,) = notes_on(b"title,date,to\nPump fails,2023,Foo Works\n")
    assert "“to”" in note


def test_file_without_any_date_is_warned_of():
    unread, warning = notes_on(b"title,Jahr\nPump fails,2023\nPump runs,2024\n")
    assert "“Jahr”" in unread
    assert "No row of the file has a date" in warning and "--column date=NAME" in warning
    (warning,) = notes_on(b"title,date\nPump fails,\nPump runs,\n")
    assert "No row of the file has a date" in warning
    (note,) = notes_on(b"title,date\nPump fails,\nPump runs,2024\n")
    assert note == "Rows without a date: 1 (row 2)."


def test_long_list_of_columns_is_cut():
    head = ",".join(["title", "date", *(f"extra {number}" for number in range(40))])
    (note,) = notes_on(f"{head}\nPump fails,2023\n".encode())
    assert note.endswith("and 10 more.")


def test_columns_of_timelinejs_that_are_not_read_are_named():
    (note,) = notes_on(b"Year,Headline,Background\n2023,Pump fails,#fff\n", "timelinejs")
    assert note == "Columns that are not read: “Background”."


@pytest.mark.parametrize(
    "content",
    [
        timeline(
            slide("2023", "Pump fails"),
            title={"text": {"headline": "The pump", "text": "<p>How it failed.</p>"}},
            eras=[{"start_date": {"year": "2022"}}],
        ),
        b"Year,Headline,Text,Type\n,The pump,<p>How it failed.</p>,title\n"
        b"2022,Before,,era\n2023,Pump fails,,\n",
    ],
)
def test_title_text_and_eras_are_reported_as_left_out(content):
    title, eras = notes_on(content, "timelinejs")
    assert "“How it failed.”" in title and "incident “The pump”" in title
    assert eras == "Eras are not imported: 1."


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"date": "mid-2023"}, "Mid-2023 (1 May – 31 August), 2023-05~/2023-08~"),
        ({"date": "15 December 2023", "time": "18:05", "zone": "+08:00"}, "18:05 +08:00"),
        ({"date": ""}, "Date not stated"),
        ({"start": "3 April 2023", "end": "7 April 2023"}, "2023-04-03/2023-04-07"),
    ],
)
def test_report_shows_how_a_date_was_read(cells, words):
    (outcome,) = planned(table({"id": "1", "title": "Pump fails", **cells}))
    assert words in outcome.date_words
    assert f"“Pump fails” [{outcome.date_words}]: will add." in str(outcome)


def test_unchanged_row_shows_its_date_and_an_unreadable_one_none():
    content = table({"id": "1", "title": "Pump fails", "date": "mid-2023"})
    loaded(content)
    (outcome,) = planned(content)
    assert "2023-05~/2023-08~" in outcome.date_words
    (refused,) = planned(table({"id": "2", "title": "Pump fails", "date": "whenever"}))
    assert refused.date_words == "" and "[" not in str(refused)


def test_command_prints_notes_and_dates(tmp_path, capsys):
    file = tmp_path / "pump.csv"
    file.write_bytes(b"title,date,Country\nPump fails,03/25/2023,Atlantis\nPump runs,04/05/2023,\n")
    with pytest.raises(CommandError, match="1 refused"):
        call_command("import_csv", str(file), dry_run=True)
    printed = capsys.readouterr().out
    assert "Please check: Columns that are not read: “Country”." in printed
    assert "--dates month-first" in printed
    call_command("import_csv", str(file), "--dry-run", "--dates", "month-first")
    printed = capsys.readouterr().out
    assert "[5 April 2023, 2023-04-05]: will add." in printed
    assert "Would load: 2 will add." in printed


def test_notes_cost_no_query(django_assert_num_queries):
    rows = list(read_rows(io.BytesIO(b"title,date\nPump fails,2023\n"), "csv", ADMIN_LIMITS))
    with django_assert_num_queries(1):  # the rows of earlier imports
        list(plan_import(rows, origin="here"))
