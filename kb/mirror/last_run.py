"""What the last run has made of each address, so that the next one makes only what has changed.

The program says itself whether an answer would be the same again: its ETag stands for the address,
the publication version and the program (``kb.site.http.decorators``). A file that was made from an
answer with this ETag stays, if the mirror still has it. So does one that was made from records that
nothing published since then concerns (``kb.mirror.changed_records``). ``program_key`` is what
decides besides how an answer becomes a file.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage

from kb.mirror.read_records import ReadIds
from kb.mirror.work_list import FileEntry
from kb.record.proof.checkpoint import verifier_key
from kb.site.http.build_info import build_info

_NAME, _NEW_NAME = "last-run.sqlite3", "list-of-this-run.sqlite3"
_TABLES = """
CREATE TABLE key (value TEXT NOT NULL);
CREATE TABLE state (value TEXT NOT NULL);
CREATE TABLE page (
    address TEXT PRIMARY KEY, etag TEXT NOT NULL, files TEXT NOT NULL, links TEXT NOT NULL,
    ids TEXT
) WITHOUT ROWID;
"""


class MadePage(NamedTuple):
    """What was made from an answer: its ETag, its files, and the addresses that it leads to.

    ``ids`` are those that it was made from; None if it may depend on something else.
    """

    etag: str
    files: tuple[FileEntry, ...]
    links: tuple[str, ...]
    ids: ReadIds | None = None


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
            "SELECT etag, files, links, ids FROM page WHERE address = ?", (address,)
        ).fetchone()
        if row is None:
            return None
        files = tuple(FileEntry(*file) for file in json.loads(row[1]))
        return MadePage(row[0], files, tuple(json.loads(row[2])), _read_ids(row[3]))

    def state(self) -> str:
        """The state of the record that the last run read; "" if it is not known."""
        row = self._old.execute("SELECT value FROM state").fetchone() if self._old else None
        return row[0] if row else ""

    def note_state(self, state: str) -> None:
        """Note the state of the record that this run reads."""
        self._new.execute("INSERT INTO state VALUES (?)", (state,))

    def add(self, address: str, made: MadePage) -> None:
        """Note what was made of an address."""
        texts = json.dumps(made.files), json.dumps(made.links)
        ids = made.ids and "/".join(" ".join(sorted(part)) for part in made.ids)
        self._new.execute(
            "INSERT OR REPLACE INTO page VALUES (?, ?, ?, ?, ?)",
            (address, made.etag, *texts, ids),
        )

    def keep(self) -> None:
        """Let the next run read what this one has made: its files are in the mirror."""
        self._new.execute("COMMIT")
        self._new_path.replace(self._path)


def _read_ids(text: str | None) -> ReadIds | None:
    if text is None:
        return None
    read, _slash, asked = text.partition("/")
    return ReadIds(frozenset(read.split()), frozenset(asked.split()))


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
