"""A backup is restored whole, into either engine, and only where nothing is lost by mistake."""

from __future__ import annotations

import hashlib
import json
import tempfile
from contextlib import nullcontext

import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from kb.desk.full_backup.archive import opened_backup
from kb.desk.full_backup.manifest import InvalidBackup, Manifest
from kb.desk.full_backup.restoring import RestoreRefused, plan_restore, restore_backup
from kb.desk.full_backup.tables import INDEX_TABLES, OMITTED_TABLES, tables_of
from kb.desk.full_backup.writing import write_backup
from kb.desk.models import Actor, Event, SourceText
from kb.record.models import Entry, Revision
from tests.desk.full_backup.archives import members, sealed, with_manifest
from tests.local_server import LocalServer
from tests.make import make_actor, make_event, published

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
KEY = "0123456789abcdefghijklmnopqrstuvwxyz-0123456789abcdefghijklmnop"


def restore_file(path, *, replace=True) -> Manifest:
    """Restore in the place of the test's own rows."""
    if connection.vendor == "postgresql":
        # The test's rows are in the same transaction, and their checks are still pending.
        connection.check_constraints()
    with opened_backup(path) as backup:
        restore_backup(plan_restore(backup), replace=replace)
        return backup.manifest


def test_restored_database_equals_original(everything, reader, editor, tmp_path):
    before = write_backup(tmp_path / "a.zip")
    page = reader.get("/timeline.json").json()
    Authenticator.objects.all().delete()
    SourceText.objects.all().delete()
    published(make_event("Published after the backup"))
    restore_file(tmp_path / "a.zip")
    after = write_backup(tmp_path / "b.zip")
    assert after.checksum == before.checksum
    assert reader.get("/timeline.json").json()["entries"] == page["entries"]
    account = get_user_model().objects.get(username="editor")
    assert account.is_active and account.check_password("editor-password")
    assert account.groups.get().name == "Publisher"
    assert Authenticator.objects.get().data == {"secret": "abc", "n": [1, 2.5, None]}
    assert SourceText.objects.get().body
    assert Entry.objects.count() == 2
    # Sessions are not part of a backup: the editor who was signed in no longer is.
    assert not Session.objects.exists()
    assert editor.get("/admin/").status_code == 302


def test_restored_database_gives_no_key_twice(everything, tmp_path):
    deleted = make_actor("Deleted before the backup")
    key = deleted.pk
    deleted.delete()
    write_backup(tmp_path / "a.zip")
    restore_file(tmp_path / "a.zip")
    assert make_actor("New").pk > key
    assert published(make_event("Another")).pk


def test_failed_restore_changes_nothing(everything, tmp_path):
    write_backup(tmp_path / "a.zip")
    contents = members(tmp_path / "a.zip")
    manifest = json.loads(contents["manifest.json"])
    table = next(table for table in manifest["tables"] if table["name"] == "desk_actor")
    table["rows"], table["bytes"], table["sha256"] = 0, 0, sha256_of_nothing()
    empty = contents | {"tables/desk_actor.jsonl": b""}
    with_manifest(tmp_path / "b.zip", empty, tables=manifest["tables"])
    before = list(Actor.objects.values_list("pk", "name"))
    # The actors that other rows name are missing.
    with pytest.raises(InvalidBackup, match="inconsistent"), transaction.atomic():
        restore_file(tmp_path / "b.zip")
    assert list(Actor.objects.values_list("pk", "name")) == before
    assert Revision.objects.exists()


def sha256_of_nothing() -> str:
    return "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_database_with_rows_is_replaced_only_after_confirmation(everything, tmp_path, capsys):
    path = tmp_path / "a.zip"
    write_backup(path)
    name = str(connection.settings_dict["NAME"]).rpartition("/")[2]
    with pytest.raises(RestoreRefused, match="not empty .*accounts: 1.*events: 1.*--replace"):
        restore_file(path, replace=False)
    for wrong in (None, "another"):
        with pytest.raises(CommandError, match=f"--replace --confirm {name}"):
            call_command("restore", str(path), replace=True, confirm=wrong)
    assert f"deletes everything in the database {name} (accounts: 1" in capsys.readouterr().err
    make_actor("Added after the backup")
    if connection.vendor == "postgresql":
        connection.check_constraints()
    call_command("restore", str(path), replace=True, confirm=name)
    assert not Actor.objects.filter(name="Added after the backup").exists()
    assert "Everyone has to sign in again" in capsys.readouterr().out


def test_backup_of_another_release_is_refused(everything, tmp_path):
    manifest = write_backup(tmp_path / "a.zip")
    contents = members(tmp_path / "a.zip")
    tables = json.loads(contents["manifest.json"])["tables"]
    actor = next(table for table in tables if table["name"] == "desk_actor")
    unknown = tables + [actor | {"name": "desk_later"}]
    for changes, extra, message in (
        ({"version": 2}, {}, "Upgrade the program first"),
        ({"migrations": [*manifest.migrations, "desk.9999_later"]}, {}, "desk.9999_later, which"),
        ({"tables": unknown}, {"tables/desk_later.jsonl": b""}, "does not match"),
        ({"migrations": manifest.migrations[1:]}, {}, "lacks a migration before"),
    ):
        with_manifest(tmp_path / "b.zip", contents | extra, **changes)
        with pytest.raises(InvalidBackup, match=message):
            restore_file(tmp_path / "b.zip")
    text = contents["tables/desk_actor.jsonl"]
    with_manifest(tmp_path / "b.zip", contents | {"tables/desk_later.jsonl": text}, tables=unknown)
    with pytest.raises(InvalidBackup, match="table desk_later, which this release does not know"):
        restore_file(tmp_path / "b.zip")
    del contents["tables/desk_actor.jsonl"]
    with_manifest(
        tmp_path / "b.zip", contents, tables=[table for table in tables if table is not actor]
    )
    with pytest.raises(InvalidBackup, match="lacks the table desk_actor"):
        restore_file(tmp_path / "b.zip")


def test_every_table_is_in_the_backup_or_left_out_for_a_reason():
    stored = {
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if not model._meta.proxy
    }
    tables = tables_of(apps)
    assert tables.keys() | INDEX_TABLES | OMITTED_TABLES.keys() == stored
    assert {"auth_user", "mfa_authenticator", "desk_sourcetext", "desk_rightschange"} <= set(tables)
    for table in tables.values():
        columns = {column.name for column in described(table.name)}
        assert columns == set(table.columns), "generated columns are in the index only"


def described(table: str):
    with connection.cursor() as cursor:
        return connection.introspection.get_table_description(cursor, table)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs both databases")
def test_backup_is_equal_after_postgresql_and_sqlite_and_back(everything, tmp_path):
    first = write_backup(tmp_path / "postgresql.zip")
    sqlite = LocalServer(tmp_path / "data", KB_SECRET_KEY=KEY)
    sqlite.copy_tables()
    sqlite.manage("restore", str(tmp_path / "postgresql.zip"))
    sqlite.manage("backup", str(tmp_path / "sqlite.zip"))
    assert restore_file(tmp_path / "sqlite.zip").engine.startswith("SQLite")
    last = write_backup(tmp_path / "again.zip")
    assert first.checksum == last.checksum
    before, after = members(tmp_path / "postgresql.zip"), members(tmp_path / "sqlite.zip")
    for name in before.keys() - {"manifest.json"}:
        assert before[name] == after[name], name


def without_columns(table, contents, newer):
    """Take columns that a later migration added out of a table and its entry in the manifest."""
    member = f"tables/{table['name']}.jsonl"
    places = [place for place, name in enumerate(table["columns"]) if name not in newer]
    rows = [json.loads(line) for line in contents[member].splitlines()]
    lines = [json.dumps([row[place] for place in places]) + "\n" for row in rows]
    contents[member] = "".join(lines).encode()
    table["columns"] = [table["columns"][place] for place in places]
    table["bytes"] = len(contents[member])
    table["sha256"] = hashlib.sha256(contents[member]).hexdigest()


@pytest.mark.one_database
def test_trial_restores_and_migrates_backup_of_earlier_release(everything, tmp_path, monkeypatch):
    """As before desk.0033, which added pairs that are marked as different, and those after."""
    manifest = write_backup(tmp_path / "a.zip")
    contents = members(tmp_path / "a.zip")
    newer = ["desk_distinctpair"]
    newer_migrations = (
        "desk.0033_add_distinct_pairs",
        "desk.0034_hash_recovery_codes",
        "desk.0035_add_unfinished_imports",
    )
    for name in newer:
        del contents[f"tables/{name}.jsonl"]
    tables = json.loads(contents["manifest.json"])["tables"]
    imports = next(table for table in tables if table["name"] == "desk_importbatch")
    without_columns(
        imports, contents, ["active_at", "rows_done", "rows_total", "runner", "unfinished"]
    )
    older = with_manifest(
        tmp_path / "older.zip",
        contents,
        migrations=[name for name in manifest.migrations if name not in newer_migrations],
        tables=[table for table in tables if table["name"] not in newer],
    )
    with pytest.raises(RestoreRefused, match=r"before the migration desk\.0033_add_distinct_pairs"):
        restore_file(older)
    # The temporary database stays, so that it can be read.
    folder = tmp_path / "trial"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "TemporaryDirectory", lambda prefix: nullcontext(str(folder)))
    call_command("restore", str(older), trial=True)
    server = LocalServer(folder, KB_SECRET_KEY=KEY)
    server.manage("backup", str(tmp_path / "newest.zip"))
    with opened_backup(tmp_path / "newest.zip") as backup:
        assert backup.manifest.migrations == manifest.migrations
    stored = members(tmp_path / "newest.zip")
    assert stored["tables/desk_event.jsonl"] == contents["tables/desk_event.jsonl"]
    assert stored["tables/auth_user.jsonl"] == contents["tables/auth_user.jsonl"]


def test_damaged_backup_fails_a_trial(everything, tmp_path):
    write_backup(tmp_path / "a.zip")
    contents = members(tmp_path / "a.zip")
    contents["tables/desk_event.jsonl"] = contents["tables/desk_event.jsonl"][:-1]
    sealed(tmp_path / "b.zip", list(contents.items()))
    with pytest.raises(CommandError, match="does not match the manifest"):
        call_command("restore", str(tmp_path / "b.zip"), trial=True)
    assert Event.objects.exists()
