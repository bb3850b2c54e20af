"""The whole knowledge base, out and in again: byte for byte, and all or nothing."""

from __future__ import annotations

import hashlib
import io
import json
import os
import subprocess
import sys
from secrets import token_urlsafe

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.db import connection

from kb.desk.backup import (
    EXCLUDED_TABLES,
    FORMAT,
    BackupError,
    backup_models,
    dump_lines,
    load_lines,
)
from kb.desk.models import Actor, Approval, Comment, Event, Transfer
from kb.desk.verbs.publishing import publish
from kb.desk.verbs.transfers.merge import merge
from kb.desk.verbs.transfers.undo import undo_transfer
from kb.record.models import Entry, Facet, Revision
from tests.lists import LIST_MODELS
from tests.make import make_actor, make_event, make_source, make_statement, published
from tests.postgres import server
from tests.story import load_story

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
HOSTILE = "naïve\u2028“𝕏” 🏳️‍🌈 <script> \\ \" ' %s {0} \ttab 字节跳动 مرحبا"
HEAD = json.dumps({"format": FORMAT, "version": 1}).encode() + b"\n"


def ended(lines):
    """The last line of a file of these."""
    digest = hashlib.sha256(b"".join(lines)).hexdigest()
    trailer = {"rows": len(lines) - 1, "sha256": digest}
    return json.dumps(trailer, sort_keys=True).encode() + b"\n"


def empty():
    """Take every row away, as no verb ever would."""
    with connection.cursor() as cursor:
        for derived in (Facet, Entry, *LIST_MODELS):
            derived.objects.all().delete()
        for model in reversed(backup_models()):
            for several in model._meta.many_to_many:
                if several.remote_field.through._meta.auto_created:
                    cursor.execute(f'DELETE FROM "{several.remote_field.through._meta.db_table}"')
            cursor.execute(f'DELETE FROM "{model._meta.db_table}"')


@pytest.fixture
def everything(django_user_model):
    """The article's story, and one of whatever it lacks."""
    load_story()
    editor = django_user_model.objects.create_user("an editor")
    event = make_event(HOSTILE[:150], summary=HOSTILE, happened="2023-05~/2023-08~",
                       happened_phrase="mid-2023")  # fmt: skip
    published(event)
    event.title = "Corrected"
    event.updated_by = editor
    event.save()
    publish(event, by=editor, change="correction", note=HOSTILE)
    make_statement(HOSTILE, speaker=make_actor("字节跳动"), source=make_source(HOSTILE[:200]))
    Comment.objects.create(public_id=event.public_id, text=HOSTILE, written_by=editor)
    Approval.objects.create(public_id=event.public_id, sha256="0" * 64, approved_by=editor)
    double = published(make_actor("A double"))
    published(make_statement(HOSTILE, speaker=double))
    double.refresh_from_db()
    merge(double, into=Actor.objects.get(slug="bytedance"), by=editor, note=HOSTILE, across=True)


def test_restored_backup_equals_original(everything, reader):
    before = b"".join(dump_lines())
    pages = [reader.get("/timeline.json?size=100").json(), reader.get("/timeline/").text]
    empty()
    assert load_lines(before.splitlines(keepends=True)) == before.count(b"\n") - 2
    assert b"".join(dump_lines()) == before
    after = reader.get("/timeline.json?size=100").json()
    assert after["entries"] == pages[0]["entries"]
    assert b'"table": "desk.edition"' in before
    # What was merged elsewhere can be taken back here.
    undo_transfer(Transfer.objects.get(), by=None, note="They are two.")
    assert reader.get("/actors/bytedance/").status_code == 200


def test_rows_added_after_restore_get_new_keys(everything):
    lines = list(dump_lines())
    empty()
    load_lines(lines)
    assert make_actor("Another").pk not in set(
        Actor.objects.exclude(name="Another").values_list("pk", flat=True)
    )
    assert published(make_event("Another")).pk


def test_restored_accounts_cannot_sign_in(everything):
    lines = list(dump_lines())
    empty()
    get_user_model().objects.all().delete()
    load_lines(lines)
    account = get_user_model().objects.get(username="an editor")
    assert not account.is_active
    assert not account.has_usable_password()
    assert b"password" not in b"".join(lines)


def test_a_dry_run_stores_nothing(everything):
    lines = list(dump_lines())
    empty()
    assert load_lines(lines, dry_run=True) == len(lines) - 2
    assert not Event.objects.exists()
    assert not Revision.objects.exists()


def test_restore_requires_empty_database(everything):
    with pytest.raises(BackupError, match="not empty"):
        load_lines(list(dump_lines()))


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([], "is incomplete"),
        ([b""], "Line 1: this is not JSON"),
        ([b"PK\x03\x04"], "Line 1: this is not JSON"),
        ([b"\xff\xfe{"], "Line 1: this is not JSON"),
        ([b"[" * 100_000], "Line 1: this is not JSON"),
        ([b'{"events": []}'], "not an export"),
        ([b"[]"], "not a row"),
        ([b'{"format": "on-the-record", "version": 99}'], "version 99"),
        ([HEAD], "is incomplete"),
        ([HEAD, b'{"rows": 3}'], "should have 3 rows but has 0"),
        ([HEAD, b'{"rows": 0}'], "checksum does not match"),
        ([HEAD, ended([HEAD]), b'{"rows": 0}'], "Line 3: there is text after"),
        (
            [HEAD, b'{"table": "auth.user", "key": 1, "fields": {}}'],
            "table 'auth.user' does not exist",
        ),
        ([HEAD, b'{"table": "desk.actor", "key": 1}'], "Cannot save line 2"),
        ([HEAD, b'{"table": "desk.actor", "key": "x", "fields": {}}'], "Cannot save line 2"),
        (
            [HEAD, b'{"table": "desk.actor", "key": 1, "fields": {"nothing": 1}}'],
            "Cannot save line 2",
        ),
    ],
)
def test_invalid_backup_is_refused_and_nothing_is_stored(lines, message):
    with pytest.raises(BackupError, match=message):
        load_lines(lines)
    assert not Actor.objects.exists()


def test_inconsistent_rows_are_refused(everything):
    lines = [line for line in dump_lines() if b'"table": "desk.source"' not in line]
    lines = [*lines[:-1], ended(lines[:-1])]
    empty()
    with pytest.raises(BackupError, match="are inconsistent"):
        load_lines(lines)


def with_outcome(lines, outcome):
    """The file as an earlier release wrote it: its statements have an outcome."""
    rows = [json.loads(line) for line in lines[:-1]]
    for row in rows:
        if row.get("table") == "desk.statement":
            row["fields"]["outcome"] = outcome
    lines = [json.dumps(row, sort_keys=True).encode() + b"\n" for row in rows]
    return [*lines, ended(lines)]


def test_outcome_of_earlier_backup_is_left_out(everything):
    lines = list(dump_lines())
    empty()
    load_lines(with_outcome(lines, "said"))
    assert b"".join(dump_lines()) == b"".join(lines)


def test_backup_with_missing_line_is_refused(everything):
    lines = list(dump_lines())
    empty()
    for gone in range(0, len(lines), max(1, len(lines) // 12)):
        with pytest.raises(BackupError):
            load_lines([line for number, line in enumerate(lines) if number != gone])
    assert not Event.objects.exists()


def test_commands_export_and_import_file(everything, tmp_path, capsys):
    path = tmp_path / "all.jsonl"
    call_command("export_kb", to=str(path))
    assert path.read_bytes() == b"".join(dump_lines())
    with pytest.raises(CommandError, match="already exists"):
        call_command("export_kb", to=str(path))
    call_command("export_kb")
    assert capsys.readouterr().out.encode() == path.read_bytes()
    with pytest.raises(CommandError, match="not empty"):
        call_command("import_kb", str(path))
    with pytest.raises(CommandError, match="Cannot read"):
        call_command("import_kb", str(tmp_path / "nothing"))
    empty()
    call_command("import_kb", str(path), dry_run=True)
    assert "rows would be saved" in capsys.readouterr().out
    call_command("import_kb", str(path))
    assert b"".join(dump_lines()) == path.read_bytes()


@pytest.mark.slow
@pytest.mark.skipif(connection.vendor != "sqlite", reason="begins on SQLite")
def test_backup_moves_from_sqlite_to_postgresql(everything, tmp_path):
    first, second = tmp_path / "sqlite.jsonl", tmp_path / "postgresql.jsonl"
    call_command("export_kb", to=str(first))
    with server() as url:
        env = {
            **os.environ,
            "DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "kb.settings",
            "KB_DATA_DIR": str(tmp_path / "data"),
            "KB_SECRET_KEY": token_urlsafe(50),
        }
        for command in (["migrate", "-v0"], ["import_kb", str(first)],
                        ["export_kb", "--to", str(second)]):  # fmt: skip
            done = subprocess.run(
                [sys.executable, "manage.py", *command], env=env, capture_output=True, text=True
            )
            assert done.returncode == 0, done.stderr
    assert second.read_bytes() == first.read_bytes()


def test_every_table_is_exported_or_listed_as_left_out():
    exported = {model._meta.label_lower for model in backup_models()}
    ours = {
        model._meta.label_lower
        for label in ("desk", "record")
        for model in apps.get_app_config(label).get_models()
    }
    assert exported | set(EXCLUDED_TABLES) == ours
    assert not exported & set(EXCLUDED_TABLES)
    assert all(EXCLUDED_TABLES.values())
    # Tables of many to many, which no model stands for, are lists in the rows of one side.
    through = {
        field.remote_field.through._meta.db_table
        for model in backup_models()
        for field in model._meta.many_to_many
    }
    named = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    named = {table for table in named if table.startswith(("desk_", "record_"))}
    left = {apps.get_model(label)._meta.db_table for label in EXCLUDED_TABLES}
    assert named - through - left == {model._meta.db_table for model in backup_models()} - through


def test_backup_with_flipped_bit_is_refused(everything):
    whole = b"".join(dump_lines())
    empty()
    for place in range(0, len(whole), len(whole) // 12):
        altered = bytearray(whole)
        altered[place] ^= 1
        with pytest.raises(BackupError):
            load_lines(bytes(altered).splitlines(keepends=True))
        with pytest.raises(BackupError):
            load_lines(whole[:place].splitlines(keepends=True))
    assert not Event.objects.exists()


def test_backup_is_read_from_standard_input(everything, monkeypatch, capsys):
    whole = b"".join(dump_lines())
    empty()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(whole)))
    call_command("import_kb", "-")
    assert "rows saved" in capsys.readouterr().out
    assert b"".join(dump_lines()) == whole


def test_query_count_does_not_grow_with_rows(queries):
    make_event()
    with queries() as few:
        list(dump_lines())
    for _ in range(20):
        make_event()
        make_statement()
    with queries() as more:
        list(dump_lines())
    assert len(more) <= len(few) + 8
