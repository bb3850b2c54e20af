"""Files that are too large, or only look like what they say: refused in words, nothing stored."""

from __future__ import annotations

import gzip
import io
import json
import resource
import zipfile

import pytest
from django.core.management import CommandError, call_command

from kb.desk.importers.file_kinds import detect_kind
from kb.desk.importers.readers import READERS, read_rows
from kb.desk.importers.rows import ADMIN_LIMITS, MAX_COLUMNS, NO_LIMITS, FileRefused
from kb.desk.models import Event, ImportBatch

MOST_MEMORY = 100_000  # kilobytes


def packed(name="bomb.csv"):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(name, b"0" * 3_000_000)
    return out.getvalue()


def slides(text):
    return b'{"events": [' + text + b"]}"


BOMBS = {
    "nothing": (b"", "empty"),
    "zip": (packed(), "ZIP file without a workbook"),
    "gzip": (gzip.compress(b"title\n" * 100_000), "gzip"),
    "old Office file": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "old Office file"),
    "PDF": (b"%PDF-1.7\n", "a PDF"),
    "picture": (b"\x89PNG\r\n\x1a\n" + bytes(500), "NUL|not UTF-8"),
    "NUL in a field": (b"title\na\0b\n", "Line 2 contains a NUL"),
    "columns without end": (b"title," * 1_000_000 + b"\n", "columns|line has more than"),
    "too many columns": (b"title" + b",x" * MAX_COLUMNS + b"\n", "201 columns"),
    "one field without end": (b'title\n"' + b"x" * 9_000_000, "line has more than"),
    "a long field": (b"title\n" + b"x" * 70_000, "more than 65,536 characters"),
    "a quotation mark that stays open": (b'title\n"' + b"x\n" * 200_000, "closing quotation"),
    "a short one": (b'title\n"x\n', "closing quotation"),
    "Windows-1252": ("title\ncafé\n".encode("cp1252"), "Line 2 may be: “café” with --enc"),
    "half of UTF-16": (b"\xff\xfet\x00i\x00\x00\xd8", "UTF-16"),
    "half a letter": (b"title\n\xf0\x9f\x8c", "not UTF-8"),
    "deep JSON": (b"[" * 100_000, "nested|cannot be read|not a timeline"),
    "deep slides": (slides(b"[" * 900 + b"]" * 900), "nested more than 50"),
    "crowded JSON": (slides(b"[],[]," * 600_000 + b"[]"), "more than 1,000,000 elements"),
    "a crowded line": (b'{"kind":"event","x":[' + b"1," * 999_990 + b"1]}\n", "timeline|parts"),
    "endless rows": (b"title\n" + b"x\n" * 20_001, "more than 20,000 rows"),
    "only a head": (b"title\n", "no entries"),
    "a whole knowledge base": (
        b'{"format": "on-the-record", "version": 1}\n{"rows": 0}\n',
        "whole knowledge base.*import_kb",
    ),
    "a page of a list": (b'{"query": "", "entries": [], "next": null}', "jsonl"),
    "a web page": (b"<!doctype html><title>x</title>\n<p>x</p>\n", "web page .HTML."),
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
@pytest.mark.slow
def test_malicious_file_is_refused_with_message(name):
    content, message = BOMBS[name]
    file = io.BytesIO(content)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(FileRefused, match=f"(?s){message}") as refusal:
        for _row in read_rows(file, detect_kind(file, ADMIN_LIMITS), ADMIN_LIMITS):
            pass
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MOST_MEMORY
    assert len(str(refusal.value)) < 600


@pytest.mark.parametrize("kind", READERS)
def test_huge_file_is_refused_before_reading(kind, tmp_path):
    path = tmp_path / "large"
    with path.open("wb") as file:
        file.truncate(1_000_000_000)
    with path.open("rb") as file, pytest.raises(FileRefused, match="1,000.0 MB|10 MB at most"):
        list(read_rows(file, kind, ADMIN_LIMITS))


@pytest.mark.slow
def test_command_reads_many_rows_but_no_endless_line(tmp_path):
    many = io.BytesIO(b"title\n" + b"x\n" * 30_000)
    assert sum(1 for _ in read_rows(many, "csv", NO_LIMITS)) == 30_000
    path = tmp_path / "large"
    with path.open("wb") as file:
        file.write(b'title\n"')
        file.truncate(1_000_000_000)
    with path.open("rb") as file, pytest.raises(FileRefused, match="NUL|line has more than"):
        list(read_rows(file, "csv", NO_LIMITS))


@pytest.mark.django_db
@pytest.mark.parametrize("command", ["import_csv", "import_timelinejs", "import_jsonl"])
@pytest.mark.slow
def test_commands_refuse_without_traceback(command, tmp_path):
    for name, (content, _said) in BOMBS.items():
        path = tmp_path / "file"
        path.write_bytes(content)
        if name in ("a long field", "endless rows") and command == "import_csv":
            continue
        with pytest.raises(CommandError, match="Nothing was saved"):
            call_command(command, str(path), verbosity=0)
    for wrong in (tmp_path, tmp_path / "nothing"):
        with pytest.raises(CommandError, match=r"Cannot read .*(directory|No such file)"):
            call_command(command, str(wrong))
    assert not Event.objects.exists()
    assert not ImportBatch.objects.exists()


@pytest.mark.django_db
def test_all_line_ends_are_read(tmp_path):
    for content in (
        b"title,date\r\na,2023\rb,2024\nc,2025",
        b"title;date\ra;2023\rb;2024\rc;2025\r",
    ):
        rows = [(row.title, row.date) for row in read_rows(io.BytesIO(content), "csv", NO_LIMITS)]
        assert rows == [("a", "2023"), ("b", "2024"), ("c", "2025")]


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["\\ud800", "\\u0000", "\\u202e", "\\ufeff\\u200b"])
def test_invalid_characters_are_named(text, tmp_path, capsys):
    line = f'{{"id": "1", "kind": "event", "title": "a{text}b", "date": {{"edtf": "2023"}}}}\n'
    path = tmp_path / "lines.jsonl"
    path.write_text(line, encoding="utf-8")
    with pytest.raises(CommandError, match="1 refused"):
        call_command("import_jsonl", str(path))
    assert "Remove the character U+" in capsys.readouterr().out
    deck = json.loads(json.dumps({"events": [{"start_date": {"year": "2023"}}]}))
    deck["events"][0]["unique_id"] = "x"
    path.write_text(json.dumps(deck).replace('"x"', f'"a{text}b"'), encoding="utf-8")
    with pytest.raises(CommandError):
        call_command("import_timelinejs", str(path))
    assert not Event.objects.exists()
