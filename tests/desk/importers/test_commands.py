"""The commands that import a file and undo an import."""

from __future__ import annotations

import csv
import io

import pytest
from django.core.management import CommandError, call_command

from kb.desk.models import Event, ImportBatch
from tests.desk.importers.files import EVENT, table

pytestmark = pytest.mark.django_db


def test_commands_report_load_and_undo(tmp_path, capsys):
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_bytes(table(EVENT))
    bad.write_bytes(table({**EVENT, "date": "whenever"}))
    call_command("import_csv", str(good), dry_run=True)
    assert "Would load: 1 will add." in capsys.readouterr().out
    assert not Event.objects.exists()
    with pytest.raises(CommandError, match="1 refused"):
        call_command("import_csv", str(bad))
    assert "refused" in capsys.readouterr().out
    call_command("import_csv", str(good))
    number = ImportBatch.objects.get().pk
    assert f"import_undo {number}" in capsys.readouterr().out
    call_command("import_undo", str(number))
    assert not Event.objects.exists()
    for other in (number, 0):
        with pytest.raises(CommandError):
            call_command("import_undo", str(other))
    for command in ("import_csv", "import_timelinejs"):
        with pytest.raises(CommandError, match="Cannot read"):
            call_command(command, str(tmp_path / "nothing"))


def test_next_file_of_an_origin_needs_no_option(tmp_path, capsys):
    path = tmp_path / "log.csv"
    path.write_bytes("Fall;Wann\nCafé;4/5/26\n".encode("cp1252"))
    options = [
        "--encoding=cp1252",
        "--century=20",
        "--day-first",
        "--source=https://a.example.org/",
    ]
    columns = ["--column", "title=Fall", "--column", "date=Wann"]
    call_command("import_table", str(path), "--origin=cafes", *options, *columns)
    path.write_bytes("Wann;Fall\n4/5/26;Café\n5/5/26;Bar\n".encode("cp1252"))
    call_command("import_table", str(path), "--origin=cafes")
    assert "1 added, 1 unchanged" in capsys.readouterr().out
    assert [event.happened.edtf for event in Event.objects.order_by("pk")] == [
        "2026-05-04", "2026-05-05",
    ]  # fmt: skip
    assert {event.citations.get().source.url for event in Event.objects.all()} == {
        "https://a.example.org/"
    }
    with pytest.raises(CommandError, match="not UTF-8"):
        call_command("import_table", str(path), "--origin=bars")


def test_source_that_is_no_address_is_refused(tmp_path):
    path = tmp_path / "log.csv"
    path.write_bytes(table(EVENT))
    with pytest.raises(CommandError, match="--source"):
        call_command("import_table", str(path), "--source=javascript:alert(1)")


def test_good_rows_are_loaded_and_the_others_written_to_a_file(tmp_path, capsys):
    path, rest = tmp_path / "log.csv", tmp_path / "rest.csv"
    path.write_bytes(table(EVENT, {**EVENT, "id": "e2", "date": "whenever", "title": "=1+1"}))
    call_command("import_table", str(path), "--rest", str(rest))
    assert "Loaded as drafts: 1 added, 1 refused." in capsys.readouterr().out
    assert Event.objects.get().title == EVENT["title"]
    (row,) = csv.DictReader(io.StringIO(rest.read_text(encoding="utf-8-sig")))
    assert (row["id"], row["title"], row["date"]) == ("e2", "'=1+1", "whenever")
    assert "whenever" in row["reasons"]
