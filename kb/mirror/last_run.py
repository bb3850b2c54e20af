"""What the last run has made of each address, so that the next one makes only what has changed.

The program says itself whether an answer would be the same again: its ETag stands for the address,
the publication version and the program (``kb.site.http.decorators``). A file that was made from an
answer with this ETag stays, if the mirror still has it. ``program_key`` is what decides besides how
an answer becomes a file.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage

from kb.mirror.work_list import FileEntry
from kb.record.proof.checkpoint import verifier_key
from kb.site.http.build_info import build_info

_NAME, _NEW_NAME = "last-run.sqlite3", "list-of-this-run.sqlite3"
_TABLES = """
CREATE TABLE key (value TEXT NOT NULL);
CREATE TABLE page (
    address TEXT PRIMARY KEY, etag TEXT NOT NULL, files TEXT NOT NULL, links TEXT NOT NULL
) WITHOUT ROWID;
"""


class MadePage(NamedTuple):
    """What was made from an answer: its ETag, its files, and the addresses that it leads to."""

    etag: str
    files: tuple[FileEntry, ...]
    links: tuple[str, ...]


class LastRun:
    """The last run that ended, and what this one has made so far. ``close`` it.

    The work folder keeps it between runs; without it, everything is made again.
    """

    def __init__(self, work_folder: Path) -> None:
        self._path, self._new_path = work_folder / _NAME, work_folder / _NEW_NAME
        key = program_key()
        self._old = _opened(self._path, key)
        self._new_path.unlink(missing_ok=True)
        self._new = sqlite3.connect(self._new_path, isolation_level=None)
        self._new.executescript(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN;" + _TABLES
        )
        self._new.execute("INSERT INTO key VALUES (?)", (key,))

    def close(self) -> None:
        """End the run without keeping what it has made."""
        self._new.close()
        if self._old is not None:
            self._old.close()

    def page(self, address: str) -> MadePage | None:
        """What the last run has made of an address; None if it did not ask for it."""
        if self._old is None:
            return None
        row = self._old.execute(
            "SELECT etag, files, links FROM page WHERE address = ?", (address,)
        ).fetchone()
        if row is None:
            return None
        files = tuple(FileEntry(*file) for file in json.loads(row[1]))
        return MadePage(row[0], files, tuple(json.loads(row[2])))

    def add(
        self, address: str, etag: str, files: Iterable[FileEntry], links: Iterable[str]
    ) -> None:
        """Note what was made of an address."""
        texts = json.dumps(list(files)), json.dumps(list(links))
        self._new.execute(
            "INSERT OR REPLACE INTO page VALUES (?, ?, ?, ?)", (address, etag, *texts)
        )

    def keep(self) -> None:
        """Let the next run read what this one has made: its files are in the mirror."""
        self._new.execute("COMMIT")
        self._new_path.replace(self._path)


def program_key() -> str:
    """A digest of what decides how files look, besides the record: program and settings."""
    languages = [code for code, _name in settings.LANGUAGES]
    statics = settings.STATIC_URL, getattr(staticfiles_storage, "manifest_hash", "")
    seed = json.dumps([build_info(), languages, statics, verifier_key()], default=str)
    return hashlib.sha256(seed.encode()).hexdigest()


def _opened(path: Path, key: str) -> sqlite3.Connection | None:
    """The state of the last run; None if there is none, or of another program or other settings."""
    if not path.exists():
        return None
    database = sqlite3.connect(path)
    with suppress(sqlite3.DatabaseError):
        if database.execute("SELECT value FROM key").fetchone() == (key,):
            return database
    database.close()
    return None
