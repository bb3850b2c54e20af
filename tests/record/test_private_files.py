"""Files with unpublished text or secrets: only their owner can open them, whatever the umask."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management import call_command

from kb import env
from kb.bundle import BundleFinder
from kb.desk.management.importing import write_refused
from kb.record.index_changes import note_everything
from kb.record.private_files import create_private_file, make_private_folder, open_private
from kb.record.private_sqlite3.base import DatabaseWrapper
from kb.record.reading.background import build_file
from kb.site.http import export_files
from kb.site.http.export_files import ExportKey, copied_or_stored
from tests.make import make_event

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _open_umask():
    """Let the system remove no rights."""
    previous = os.umask(0)
    yield
    os.umask(previous)


def wide(folder: Path) -> dict[str, str]:
    """Return the rights of everything in the folder that others can open or change."""
    rights = {str(path): stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*")}
    return {path: oct(mode) for path, mode in rights.items() if mode & 0o077}


def test_private_file_keeps_the_rights_of_an_existing_one(tmp_path):
    path = tmp_path / "file"
    path.touch(0o640)
    create_private_file(path)
    with open(path, "w", opener=open_private) as file:
        file.write("text")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_folders_above_a_private_folder_are_private(tmp_path):
    make_private_folder(tmp_path / "a" / "b" / "c")
    assert wide(tmp_path) == {}
    make_private_folder(tmp_path / "a" / "b" / "c")


def test_secret_key_and_data_folder_are_private(tmp_path):
    env.make_secret_key(tmp_path / "data" / "folder")
    assert wide(tmp_path) == {}


def test_database_and_its_log_are_private(tmp_path):
    name = str(tmp_path / "record.sqlite3")
    connection = DatabaseWrapper(
        {
            "ENGINE": env.SQLITE,
            "NAME": name,
            "TIME_ZONE": None,
            "CONN_MAX_AGE": 0,
            "CONN_HEALTH_CHECKS": False,
            "AUTOCOMMIT": True,
            "OPTIONS": {"init_command": "PRAGMA journal_mode=WAL;"},
        }
    )
    raw = connection.get_new_connection(connection.get_connection_params())
    try:
        raw.execute("CREATE TABLE draft (text TEXT)")
        assert {path.name for path in tmp_path.iterdir()} == {
            "record.sqlite3",
            "record.sqlite3-wal",
            "record.sqlite3-shm",
        }
        assert wide(tmp_path) == {}
    finally:
        raw.close()


def test_database_of_the_settings_uses_this_engine(settings):
    if not settings.DATABASES["default"]["ENGINE"].endswith("postgresql"):
        assert settings.DATABASES["default"]["ENGINE"] == "kb.record.private_sqlite3"
    assert env.parse_database_url("sqlite:///a.sqlite3", origin="X")["ENGINE"] == env.SQLITE


@pytest.mark.slow
def test_new_installation_has_private_files(tmp_path):
    variables = {name: value for name, value in os.environ.items() if not name.startswith("KB_")}
    variables.pop("DATABASE_URL", None)
    variables |= {
        "KB_DATA_DIR": str(tmp_path / "new" / "data"),
        "KB_SECRET_KEY": "0123456789abcdef" * 4,
    }
    variables["DJANGO_SETTINGS_MODULE"] = "kb.settings"
    command = [sys.executable, "manage.py", "migrate", "--verbosity=0"]
    subprocess.run(command, cwd=ROOT, env=variables, check=True, umask=0)
    database = tmp_path / "new" / "data" / "record.sqlite3"
    assert sqlite3.connect(database).execute("SELECT count(*) FROM desk_event").fetchone() == (0,)
    assert wide(tmp_path) == {}


@pytest.mark.django_db
def test_backup_is_private_although_an_earlier_part_of_it_was_not(tmp_path):
    make_event("A secret draft")
    (tmp_path / "backup.jsonl.part").touch(0o666)
    call_command("export_kb", to=str(tmp_path / "backup.jsonl"))
    assert "A secret draft" in (tmp_path / "backup.jsonl").read_text()
    assert wide(tmp_path) == {}


def test_refused_rows_of_an_import_are_private(tmp_path):
    notes = SimpleNamespace(heads=["title"])
    write_refused([], notes, str(tmp_path / "rest.csv"))
    assert wide(tmp_path) == {}


@pytest.mark.django_db
def test_reading_index_and_its_lock_are_private(tmp_path):
    note_everything()
    path = tmp_path / "folder" / "reading.index"
    assert build_file(path) is not None
    assert {item.name for item in path.parent.iterdir()} == {"reading.index", "reading.index.lock"}
    assert wide(tmp_path) == {}


def test_stored_export_is_private(tmp_path, settings, monkeypatch):
    settings.DATA_DIR = tmp_path / "data"
    monkeypatch.setattr(export_files, "SMALLEST", 1)
    monkeypatch.setattr(export_files, "RESERVE", 0)
    pieces, _is_stored = copied_or_stored(ExportKey(7, "timeline.csv"), iter([b"a", b"b"]))
    next(pieces)
    assert wide(tmp_path) == {}, "while it is written"
    list(pieces)
    assert [path.suffix for path in (tmp_path / "data" / "exports").iterdir()] == [".export"]
    assert wide(tmp_path) == {}


def test_folder_of_stylesheets_does_not_open_the_data_folder(tmp_path, settings):
    settings.DATA_DIR = tmp_path / "data"
    list(BundleFinder().list(None))
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700


def test_uploaded_file_is_private(tmp_path, settings):
    storage = storages.create_storage(
        settings.STORAGES["default"]
        | {"OPTIONS": settings.STORAGES["default"]["OPTIONS"] | {"location": tmp_path / "files"}}
    )
    storage.save("folder/draft.txt", ContentFile("A secret draft"))
    assert wide(tmp_path) == {}
