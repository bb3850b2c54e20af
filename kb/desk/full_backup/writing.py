"""Writing a backup."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from django.db import connection

from kb.desk.full_backup.archive import Progress, ignore_progress, new_archive
from kb.desk.full_backup.keys import last_key
from kb.desk.full_backup.manifest import InvalidBackup, Manifest
from kb.desk.full_backup.schema import database_state
from kb.desk.full_backup.snapshot import desk_snapshot
from kb.desk.full_backup.tables import Table, tables_of

EPOCH_TABLE = "record_epoch"


def write_backup(path: Path, progress: Progress = ignore_progress) -> Manifest:
    """Write everything that the database holds to a new file; return the manifest.

    Editors go on meanwhile: the file has the state of its beginning. Also works before the
    migrations of a new release are run. Raises FileExistsError if there is such a file, OSError if
    it cannot be written, and InvalidBackup if the database is empty or of a newer release.
    """
    with desk_snapshot():
        state = database_state()
        if not state.nodes:
            raise InvalidBackup(
                "The database has no tables. Check KB_DATABASE_URL and KB_DATA_DIR."
            )
        tables = tables_of(state.models())
        with new_archive(path) as archive:
            entries = [
                archive.add_table(
                    table.name, table.columns, table.lines(), last_key(table), progress
                )
                for table in tables.values()
            ]
            manifest = Manifest(
                made_at=datetime.now(UTC).isoformat(timespec="seconds"),
                release=_release(),
                engine=engine_version(),
                publication_version=publication_version(tables[EPOCH_TABLE]),
                migrations=state.names(),
                tables=entries,
            )
            archive.add_manifest(manifest)
    return manifest


def publication_version(epochs: Table) -> int:
    """Return the publication version of the database; 0 before the first publication."""
    return epochs.model._base_manager.values_list("number", flat=True).first() or 0


def engine_version() -> str:
    """Return the database and its version: ``PostgreSQL 17.2``, ``SQLite 3.51.3``."""
    if connection.vendor == "sqlite":
        return f"SQLite {sqlite3.sqlite_version}"
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        (text,) = cursor.fetchone()
    return f"PostgreSQL {text}"


def _release() -> str:
    try:
        return version("on-the-record")
    except PackageNotFoundError:  # run from a folder of its source
        return ""
