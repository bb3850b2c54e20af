"""Before a start or an upgrade: each check has a line, which says what to do."""

from __future__ import annotations

import shutil
from collections import namedtuple

import pytest
from django.core import checks
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder

from kb.record.backup_status import BackupEvent, note_backup_event, note_backup_failure

pytestmark = [pytest.mark.django_db]
Usage = namedtuple("Usage", "free")


@pytest.fixture(autouse=True)
def quiet(settings, tmp_path, monkeypatch):
    """No messages of the system checks, which have tests of their own; room; no backup yet."""
    settings.BACKUP_STATUS = tmp_path / "status.json"
    monkeypatch.setattr(checks, "run_checks", lambda **options: [])
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: Usage(10**12))


def report(capsys) -> list[str]:
    try:
        call_command("preflight")
    except CommandError as error:
        return [*capsys.readouterr().out.splitlines(), str(error)]
    return capsys.readouterr().out.splitlines()


def note(event: BackupEvent, made_at: str = "2026-01-01T00:00:00+00:00") -> None:
    note_backup_event(event, checksum="0" * 64, rows=1, size=1, made_at=made_at)


def test_everything_in_order_is_ready(capsys):
    note(BackupEvent.BACKUP)
    note(BackupEvent.RESTORE)
    lines = report(capsys)
    assert lines[-1] == "Ready."
    assert all(line.startswith("ok ") for line in lines[:-1])
    engine = "SQLite" if connection.vendor == "sqlite" else "PostgreSQL"
    assert lines[0].startswith(f"ok       database: {engine}")
    assert "ok       backup: The last backup was 0 hours ago." in lines


def test_missing_and_failed_backups_are_reported(capsys, settings):
    lines = report(capsys)
    assert "warning  backup: No backup is known. Run manage.py backup FILE." in lines
    assert lines[-1] == "Ready."
    settings.BACKUP_STATUS.write_text(
        '{"backup": {"at": "2020-01-01T00:00:00+00:00", "made_at": "2020-01-01T00:00:00+00:00", '
        '"rows": 1, "bytes": 1}}'
    )
    note_backup_failure(BackupEvent.BACKUP, OSError())
    lines = report(capsys)
    assert "FAILED   backup: The last backup failed. Read the log, and run it again." in lines
    assert any("hours ago, more than 26. Run manage.py backup FILE." in line for line in lines)
    assert lines[-1].startswith("Not ready: 1 of ")


def test_pending_migration_and_newer_database_fail(capsys):
    MigrationRecorder(connection).record_unapplied("desk", "0030_rights_log")
    assert any(
        "migrations: 1 are not applied, such as desk.0030_rights_log. Make a backup" in line
        for line in report(capsys)
    )
    MigrationRecorder(connection).record_applied("desk", "9999_later")
    assert any("desk.9999_later, which this release does not know" in line
               for line in report(capsys))  # fmt: skip


def test_messages_of_the_system_checks_are_lines(capsys, monkeypatch):
    messages = [checks.Error("Broken.", hint="Mend\nit.", id="kb.E1"), checks.Warning("Odd.")]
    monkeypatch.setattr(checks, "run_checks", lambda **options: messages)
    lines = report(capsys)
    assert "FAILED   kb.E1: Broken. Mend it." in lines
    assert "warning  settings: Odd." in lines
    assert lines[-1].startswith("Not ready: 1 of ")


def test_full_disk_and_missing_folder_are_reported(capsys, settings, tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: Usage(1_000_000))
    assert any("has 1 MB free, and 5" in line for line in report(capsys))
    settings.DATA_DIR = tmp_path / "missing"
    assert any("data folder" in line and "cannot be written" in line for line in report(capsys))


def test_database_that_is_away_is_reported(capsys, monkeypatch):
    def refuse():
        raise OperationalError("connection\nrefused")

    monkeypatch.setattr(connection, "ensure_connection", refuse)
    lines = report(capsys)
    assert lines[0] == (
        "FAILED   database: It cannot be opened: connection refused. Start the database, or "
        "correct KB_DATABASE_URL."
    )
    assert not any("migrations" in line for line in lines)
