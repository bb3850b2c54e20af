"""Finished lines of entries, kept in a private file from one export to the next.

Each file has the lines of one format in one language, as one edition of the program writes them. It
says up to which change of the record it is current, and of each line which records it names. Who
opens it for a later state removes the lines that a publication since then may have changed; those
are rendered again by the next export that needs them. So a file may lack lines, and has no wrong
ones. Beside the lines are blocks of them (``kb.record.kept_blocks``). It can be deleted at any
time. Without one, or when it cannot be used, lines are rendered.
"""

from __future__ import annotations

import logging
import shutil
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from kb.record.entry_order import neighbours
from kb.record.graph import component
from kb.record.kept_blocks import (
    BLOCK_TABLES,
    Block,
    empty_blocks,
    find_block,
    has_blocks,
    remove_blocks_naming,
    store_block,
)
from kb.record.models import EntryChange, Revision
from kb.record.private_files import create_private_file, make_private_folder

logger = logging.getLogger(__name__)

# After more changes than this, lines are rendered anew instead of compared with them.
MAX_CHANGES = 20_000
# How long another process that writes is waited for, in seconds.
MAX_WAIT = 2
BATCH_SIZE = 500
# No line is kept if less than this is free for the database, in bytes.
RESERVE = 256 * 1024 * 1024
_LINE_TABLES = """
CREATE TABLE IF NOT EXISTS state (
    edition TEXT, change INTEGER, noted_at TEXT, revision INTEGER, published_at TEXT);
CREATE TABLE IF NOT EXISTS line (
    entry INTEGER PRIMARY KEY, head BLOB, tail BLOB, edtf TEXT, zone TEXT, time TEXT);
CREATE TABLE IF NOT EXISTS named (
    record TEXT, entry INTEGER, PRIMARY KEY (record, entry)) WITHOUT ROWID;
"""
_TABLES = _LINE_TABLES + BLOCK_TABLES


class LineState(NamedTuple):
    """A state of the record: the last line of the change log and the last revision.

    The moments tell it from the same keys in another record, or in one that was restored.
    """

    change: int
    noted_at: str
    revision: int
    published_at: str


class KeptLine(NamedTuple):
    """The line of an entry in two parts, and its date, which its order in a list rests on.

    Between the parts is what depends on the list: from which entry on the order is not stated.
    """

    head: bytes
    tail: bytes
    edtf: str
    zone: str
    time: str


class NewLine(NamedTuple):
    """A line to keep: the primary key of its entry, and the ids of all records it depends on."""

    entry: int
    line: KeptLine
    named: Collection[str]


def current_line_state() -> LineState | None:
    """The state that the caller's snapshot reads; None if nothing was published. Two queries."""
    change = EntryChange.objects.order_by("-pk").values_list("pk", "noted_at").first()
    revision = Revision.objects.order_by("-pk").values_list("pk", "published_at").first()
    if change is None or revision is None:
        return None
    return LineState(change[0], _text(change[1]), revision[0], _text(revision[1]))


def changes_between(start: LineState, end: LineState) -> set[str] | None:
    """The ids of the records that changed in between; None if that cannot be told. Two queries."""
    changes = EntryChange.objects.filter(pk__gte=start.change, pk__lte=end.change).order_by("pk")
    revisions = Revision.objects.filter(pk__gte=start.revision, pk__lte=end.revision)
    public_ids: set[str] = set()
    for rows, first in (
        (changes.values_list("pk", "noted_at", "public_id"), start[:2]),
        (revisions.order_by("pk").values_list("pk", "published_at", "public_id"), start[2:]),
    ):
        lines = list(rows[: MAX_CHANGES + 2])
        # The first is the one that the file includes, if this is still the same record.
        if not lines or len(lines) > MAX_CHANGES + 1 or (lines[0][0], _text(lines[0][1])) != first:
            return None
        public_ids.update(public_id for _pk, _moment, public_id in lines[1:])
    return None if "" in public_ids else public_ids


class LineFile:
    """The lines of one file at one state of the record. Close it; no method raises an error."""

    def __init__(self, path: Path, edition: str, state: LineState, max_bytes: int) -> None:
        self.path = path
        self._edition = edition
        self._state = state
        self._max_bytes = max_bytes
        self._connection: sqlite3.Connection | None = None
        with self._giving_up_on_errors():
            make_private_folder(path.parent)
            create_private_file(path)
            # A server may ask for the next piece of an export in another thread.
            self._connection = sqlite3.connect(
                path, timeout=MAX_WAIT, isolation_level=None, check_same_thread=False
            )
            self._bring_up_to_date(self._connection)

    @property
    def is_usable(self) -> bool:
        """Whether the file has lines of this state, and takes new ones."""
        return self._connection is not None

    def lines(self, entries: Collection[int]) -> dict[int, KeptLine]:
        """The lines that are kept, by primary key of the entry. One query for each 500."""
        lines: dict[int, KeptLine] = {}
        connection = self._connection
        if connection is None:
            return lines
        keys = list(entries)
        with self._giving_up_on_errors(), _transaction(connection, "DEFERRED"):
            # Another process may have brought the file to a later state than this one's.
            if not self._is_current(connection):
                return lines
            for start in range(0, len(keys), BATCH_SIZE):
                chunk = keys[start : start + BATCH_SIZE]
                sql = f"SELECT * FROM line WHERE entry IN ({_marks(chunk)})"  # noqa: S608
                for entry, *columns in connection.execute(sql, chunk):
                    lines[entry] = KeptLine._make(columns)
        return lines

    def keep(self, new: Iterable[NewLine]) -> None:
        """Store lines that were rendered at this state, unless the file is as large as it may."""
        connection = self._connection
        if connection is None:
            return
        with self._giving_up_on_errors(), _transaction(connection, "IMMEDIATE"):
            if not self._is_current(connection) or self._is_full(connection):
                return
            for entry, line, named in new:
                connection.execute(
                    "INSERT OR REPLACE INTO line VALUES (?, ?, ?, ?, ?, ?)", (entry, *line)
                )
                connection.executemany(
                    "INSERT OR IGNORE INTO named VALUES (?, ?)",
                    [(record, entry) for record in sorted(named)],
                )

    def block(self, first: int) -> Block | None:
        """The finished block that begins with the entry with this primary key. Two queries."""
        connection = self._connection
        if connection is None:
            return None
        with self._giving_up_on_errors(), _transaction(connection, "DEFERRED"):
            return find_block(connection, first) if self._is_current(connection) else None
        return None

    def keep_block(self, entries: Collection[int], following: int | None, block: Block) -> None:
        """Store the joined lines of these entries, in the order of the list, as ``keep`` does.

        ``following`` is the entry after them in the list.
        """
        connection = self._connection
        if connection is None:
            return
        with self._giving_up_on_errors(), _transaction(connection, "IMMEDIATE"):
            if self._is_current(connection) and not self._is_full(connection):
                store_block(connection, entries, following, block)

    def close(self) -> None:
        """Close the file. May be called twice."""
        if self._connection is not None:
            with suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None

    def _bring_up_to_date(self, connection: sqlite3.Connection) -> None:
        """Remove what changed since the state of the file, or all; close it if it is of a later."""
        # Words that were withdrawn are overwritten, not only given free.
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}")
        for statement in _TABLES.split(";"):
            connection.execute(statement)
        if self._is_current(connection):
            return
        with _transaction(connection, "IMMEDIATE"):
            edition, state = _stored_state(connection) or ("", self._state)
            if edition == self._edition and _is_later(state, self._state):
                # This replica is behind the one that the file was made from.
                self.close()
                return
            changed = changes_between(state, self._state) if edition == self._edition else None
            if changed is None:
                _empty(connection)
            else:
                if has_blocks(connection):
                    # Which order is stated depends on the dates of all that links connect.
                    remove_blocks_naming(connection, component(changed, neighbours))
                _remove_lines_naming(connection, sorted(changed))
            connection.execute("DELETE FROM state")
            row = (self._edition, *self._state)
            connection.execute("INSERT INTO state VALUES (?, ?, ?, ?, ?)", row)

    def _is_current(self, connection: sqlite3.Connection) -> bool:
        return _stored_state(connection) == (self._edition, self._state)

    def _is_full(self, connection: sqlite3.Connection) -> bool:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        (page_size,) = connection.execute("PRAGMA page_size").fetchone()
        has_room = shutil.disk_usage(self.path.parent).free >= RESERVE
        return bool(pages * page_size > self._max_bytes) or not has_room

    @contextmanager
    def _giving_up_on_errors(self) -> Iterator[None]:
        """From the first error on, this export renders its lines; a torn file is removed."""
        try:
            yield
        except (OSError, sqlite3.Error) as problem:
            logger.warning("kept lines not used", extra={"fields": {"reason": str(problem)}})
            self.close()
            if isinstance(problem, sqlite3.DatabaseError) and not isinstance(
                problem, sqlite3.OperationalError
            ):
                remove_line_file(self.path)


def remove_line_file(path: Path) -> None:
    """Remove a file of lines and what SQLite keeps beside it."""
    for suffix in ("", "-wal", "-shm"):
        with suppress(OSError):
            path.with_name(path.name + suffix).unlink()


def empty_line_files(folder: Path) -> None:
    """Remove all lines from the files of a folder, and overwrite them. Exports that run go on."""
    for path in folder.glob("*.sqlite3"):
        try:
            connection = sqlite3.connect(path, timeout=MAX_WAIT, isolation_level=None)
            with closing(connection):
                connection.execute("PRAGMA secure_delete=ON")
                with _transaction(connection, "IMMEDIATE"):
                    _empty(connection)
                    connection.execute("DELETE FROM state")
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.Error:
            remove_line_file(path)


@contextmanager
def _transaction(connection: sqlite3.Connection, mode: str) -> Iterator[None]:
    connection.execute(f"BEGIN {mode}")
    try:
        yield
    except BaseException:
        with suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise
    with suppress(sqlite3.ProgrammingError):  # closed inside the block, which rolls back
        connection.execute("COMMIT")


def _stored_state(connection: sqlite3.Connection) -> tuple[str, LineState] | None:
    row = connection.execute("SELECT * FROM state").fetchone()
    return (row[0], LineState._make(row[1:])) if row else None


def _is_later(state: LineState, than: LineState) -> bool:
    return state.change > than.change or state.revision > than.revision


def _remove_lines_naming(connection: sqlite3.Connection, public_ids: Sequence[str]) -> None:
    """Remove the lines that depend on these records. Their ids stay, which costs lines at most."""
    for start in range(0, len(public_ids), BATCH_SIZE):
        chunk = public_ids[start : start + BATCH_SIZE]
        entries = f"SELECT entry FROM named WHERE record IN ({_marks(chunk)})"  # noqa: S608
        connection.execute(f"DELETE FROM line WHERE entry IN ({entries})", chunk)  # noqa: S608


def _empty(connection: sqlite3.Connection) -> None:
    connection.execute("DELETE FROM line")
    connection.execute("DELETE FROM named")
    empty_blocks(connection)


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))


def _text(moment: datetime) -> str:
    return moment.isoformat()
