"""What an export still has to ask for, and the files of the mirror: on disk, in constant memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

_TABLES = """
CREATE TABLE address (number INTEGER PRIMARY KEY, address TEXT NOT NULL UNIQUE, source TEXT);
CREATE TABLE file (
    path TEXT PRIMARY KEY, size INTEGER, sha256 TEXT, old_size INTEGER, old_sha256 TEXT
) WITHOUT ROWID;
CREATE TABLE posting (word TEXT, record TEXT, PRIMARY KEY (word, record)) WITHOUT ROWID;
"""


class FileEntry(NamedTuple):
    """A file of the mirror: its path below the folder, its bytes and their SHA-256 in hex."""

    path: str
    size: int
    sha256: str


class Posting(NamedTuple):
    """A word of the search and a record that has it."""

    word: str
    record: str


class LinkedAddress(NamedTuple):
    """An address to ask for, and the one that links to it; "" for those an export begins with."""

    address: str
    source: str


class WorkList:
    """A scratch database for one run. ``close`` it; the file is of no use afterwards."""

    def __init__(self, path: Path) -> None:
        path.unlink(missing_ok=True)
        self._database = sqlite3.connect(path, isolation_level=None)
        self._database.executescript(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN;" + _TABLES
        )

    def close(self) -> None:
        """End the run."""
        self._database.close()

    # --- Addresses -----------------------------------------------------------------------------

    def add_addresses(self, addresses: Iterable[str], source: str = "") -> None:
        """Add addresses that were not added before."""
        self._database.executemany(
            "INSERT OR IGNORE INTO address (address, source) VALUES (?, ?)",
            ((address, source) for address in addresses),
        )

    def addresses(self) -> Iterator[LinkedAddress]:
        """Every address once, also those that are added while this runs."""
        number = 0
        while True:
            row = self._database.execute(
                "SELECT number, address, source FROM address WHERE number > ? ORDER BY number",
                (number,),
            ).fetchone()
            if row is None:
                return
            number = row[0]
            yield LinkedAddress(row[1], row[2])

    # --- Files ---------------------------------------------------------------------------------

    def add_old_file(self, file: FileEntry) -> None:
        """Note a file of the mirror as it is."""
        self._database.execute(
            "INSERT OR REPLACE INTO file (path, old_size, old_sha256) VALUES (?, ?, ?)", file
        )

    def old_file(self, path: str) -> FileEntry | None:
        """The file as it is in the mirror; None if there is none."""
        row = self._database.execute(
            "SELECT path, old_size, old_sha256 FROM file WHERE path = ? AND old_size IS NOT NULL",
            (path,),
        ).fetchone()
        return FileEntry(*row) if row else None

    def add_file(self, file: FileEntry) -> None:
        """Note a file as it has to be."""
        self._database.execute(
            "INSERT INTO file (path, size, sha256) VALUES (?, ?, ?) ON CONFLICT (path) "
            "DO UPDATE SET size = excluded.size, sha256 = excluded.sha256",
            file,
        )

    def has_file(self, path: str) -> bool:
        """Whether the file has to be in the mirror, as far as is known."""
        row = self._database.execute(
            "SELECT 1 FROM file WHERE path = ? AND size IS NOT NULL", (path,)
        ).fetchone()
        return row is not None

    def files(self) -> Iterator[FileEntry]:
        """All files that have to be in the mirror, by path."""
        rows = self._database.execute(
            "SELECT path, size, sha256 FROM file WHERE size IS NOT NULL ORDER BY path"
        )
        return (FileEntry(*row) for row in rows)

    def changed_paths(self) -> Iterator[str]:
        """The files whose bytes are not those in the mirror, by path."""
        rows = self._database.execute(
            "SELECT path FROM file WHERE size IS NOT NULL AND sha256 IS NOT old_sha256 "
            "ORDER BY path"
        )
        return (path for (path,) in rows)

    def gone_paths(self) -> Iterator[str]:
        """The files in the mirror that do not belong to it any more, by path."""
        rows = self._database.execute("SELECT path FROM file WHERE size IS NULL ORDER BY path")
        return (path for (path,) in rows)

    def counts(self) -> tuple[int, int, int, int]:
        """How many files there will be, were, change, and go."""
        row = self._database.execute(
            "SELECT count(size), count(old_size), "
            "count(CASE WHEN size IS NOT NULL AND sha256 IS NOT old_sha256 THEN 1 END), "
            "count(CASE WHEN size IS NULL THEN 1 END) FROM file"
        ).fetchone()
        return (row[0], row[1], row[2], row[3])

    def total_size(self) -> int:
        """The bytes of all files that have to be in the mirror."""
        row = self._database.execute("SELECT total(size) FROM file").fetchone()
        return int(row[0])

    # --- Words of the search -------------------------------------------------------------------

    def add_postings(self, postings: Iterable[Posting]) -> None:
        """Note the words of records."""
        self._database.executemany("INSERT OR IGNORE INTO posting VALUES (?, ?)", postings)

    def postings(self) -> Iterator[Posting]:
        """All words with their records, in order."""
        rows = self._database.execute("SELECT word, record FROM posting ORDER BY word, record")
        return (Posting(*row) for row in rows)
