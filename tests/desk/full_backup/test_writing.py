"""A backup is one state of the database, private, whole or not there, and in nobody's way."""

from __future__ import annotations

import json
import resource
import threading
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from kb.desk.full_backup.archive import opened_backup
from kb.desk.full_backup.snapshot import desk_snapshot
from kb.desk.full_backup.writing import write_backup
from kb.desk.management.row_progress import RowProgress
from kb.desk.models import Actor
from kb.record.backup_status import BackupEvent, backup_status
from tests.desk.full_backup.archives import members
from tests.make import make_actor

pytestmark = [pytest.mark.slow]


@pytest.fixture(autouse=True)
def status_file(settings, tmp_path):
    settings.BACKUP_STATUS = tmp_path / "status" / "status.json"
    return settings.BACKUP_STATUS


@pytest.mark.django_db
def test_command_writes_a_private_file_and_notes_it(everything, tmp_path, status_file, capsys):
    call_command("backup", str(tmp_path))
    (path,) = tmp_path.glob("record-*.zip")
    assert path.stat().st_mode & 0o777 == 0o600
    assert status_file.stat().st_mode & 0o777 == 0o600
    printed = capsys.readouterr().out
    with opened_backup(path) as backup:
        backup.check()
        assert backup.manifest.checksum in printed
        assert backup.manifest.rows > 100
    assert "accounts with password hashes" in printed
    manifest = json.loads(members(path)["manifest.json"])
    assert manifest["format"] == "on-the-record-backup" and "sessions" in manifest["contents"]
    status = backup_status()
    assert status.last_backup is not None and status.last_check is None
    assert status.last_backup.checksum == manifest["checksum"]
    assert status.last_backup.age() < timedelta(minutes=5)
    call_command("restore", str(path), check=True)
    assert "undamaged" in capsys.readouterr().out
    assert backup_status().last_check is not None and backup_status().last_restore is None
    with pytest.raises(CommandError, match="already exists"):
        call_command("backup", str(path))


@pytest.mark.django_db
def test_full_disk_leaves_no_file_and_is_noted(everything, tmp_path):
    path = tmp_path / "a.zip"
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4_000, hard))
    try:
        with pytest.raises(CommandError, match=r"Cannot write .*a\.zip: .*Make room"):
            call_command("backup", str(path))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert [item for item in tmp_path.iterdir() if item.name != "status"] == []
    assert backup_status().failed is BackupEvent.BACKUP
    call_command("backup", str(path))
    assert backup_status().failed is None


def test_progress_is_a_line_now_and_then(monkeypatch):
    lines, moments = [], iter([0.0, 1.0, 6.0, 7.0, 12.0])
    clock = SimpleNamespace(monotonic=lambda: next(moments))
    monkeypatch.setattr("kb.desk.management.row_progress.time", clock)
    progress = RowProgress(lines.append)
    for rows in (1, 2_000, 2_001, 3_000):
        progress("Writing desk_event", rows)
    assert lines == ["Writing desk_event: 2,000 rows", "Writing desk_event: 3,000 rows"]


@pytest.mark.django_db
def test_damaged_status_counts_as_no_status(status_file):
    status_file.parent.mkdir()
    for content in ("", "[]", "[" * 100_000, '{"backup": {"at": "yesterday"}, "failure": 3}'):
        status_file.write_text(content)
        assert backup_status().last_backup is None


@pytest.mark.django_db(transaction=True)
def test_snapshot_is_one_state_and_blocks_no_writer(tmp_path):
    make_actor("Before")

    def write():
        make_actor("Meanwhile")
        connection.close()

    with desk_snapshot():
        assert Actor.objects.count() == 1
        writer = threading.Thread(target=write)
        writer.start()
        writer.join(timeout=10)
        assert not writer.is_alive(), "the writer waits for the snapshot"
        assert Actor.objects.count() == 1
    assert Actor.objects.count() == 2
    make_actor("Writes go on afterwards")
    assert write_backup(tmp_path / "a.zip").rows > 3
