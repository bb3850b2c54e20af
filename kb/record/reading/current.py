"""Which source serves: an index that is current, or can be brought up to date, or else SQL."""

from __future__ import annotations

import logging
import os
import threading
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from kb.record.entry_source import EntrySource
from kb.record.export import snapshot
from kb.record.models import EntryChange
from kb.record.past.serving import served_time
from kb.record.reading.background import request_build
from kb.record.reading.build import current_state
from kb.record.reading.index import ReadingIndex, index_of, with_changes
from kb.record.reading.index_source import IndexSource
from kb.record.reading.table import State, TableFileError, read_table
from kb.record.sql_source import SqlSource

logger = logging.getLogger(__name__)

# More changed entries than this are not kept beside the file: the index is made anew.
MAX_CHANGES = 2_000
# From so many on a new file is made in the background, while the old one still serves.
MANY_CHANGES = 500
# States that a process remembers, because replicas may be at different ones.
MAX_STATES = 3
Signature = tuple[int, int, int]


def entry_source() -> EntrySource:
    """The source for one page; one query where there is an index, and more if it is behind."""
    path = settings.READING_INDEX
    # The index is that of today.
    if path is None or served_time() is not None:
        return SqlSource()
    index = _reader_for(Path(path)).current()
    return SqlSource() if index is None else IndexSource(index)


@dataclass(frozen=True)
class IndexFileStatus:
    """The file as this process knows it: its time, and the publication version that it has.

    The version is None as long as no list has asked for it, and if the file is not usable.
    """

    built_at: float
    version: int | None
    is_usable: bool


def index_file_status() -> IndexFileStatus | None:
    """What is known of the file without opening it; None if there is none, or no setting."""
    path = settings.READING_INDEX
    return None if path is None else _reader_for(Path(path)).file_status()


class IndexReader:
    """The index of one file in this process, brought up to date when it is asked for."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._signature: Signature | None = None
        self._file: ReadingIndex | None = None
        self._indexes: OrderedDict[State, ReadingIndex] = OrderedDict()

    def current(self) -> ReadingIndex | None:
        """The index at the state of the record; None where SQL has to answer."""
        file = self._current_file()
        if file is None:
            request_build(self.path)
            return None
        state = current_state()
        index = self._indexes.get(state) if state else None
        if index is not None:
            return index
        with self._lock, snapshot():
            # Read again, because a reader may have waited, and all must be of one state.
            state = current_state()
            if state is None:
                return None
            index = self._indexes.get(state) or self._brought_up_to(state, file)
            if index is None:
                request_build(self.path, is_stale=True)
                return None
            if len(index.changed) > MANY_CHANGES:
                request_build(self.path, is_stale=True)
            self._indexes[state] = index
            while len(self._indexes) > MAX_STATES:
                self._indexes.popitem(last=False)
            return index

    def file_status(self) -> IndexFileStatus | None:
        """What is known of the file; None if there is none."""
        try:
            built_at = self.path.stat().st_mtime
        except OSError:
            return None
        file, was_read = self._file, self._signature is not None
        version = file.base.table.version if file is not None else None
        return IndexFileStatus(built_at, version, is_usable=file is not None or not was_read)

    def _current_file(self) -> ReadingIndex | None:
        """The index of the file as it is now; None if there is none, or if it is not whole."""
        try:
            status = self.path.stat()
        except OSError:
            return None
        signature = (status.st_ino, status.st_mtime_ns, status.st_size)
        if signature != self._signature:
            with self._lock:
                if signature != self._signature:
                    self._load(signature)
        return self._file

    def _load(self, signature: Signature) -> None:
        self._indexes.clear()
        self._file = None
        try:
            self._file = index_of(read_table(self.path))
        except (OSError, TableFileError, KeyError, ValueError):
            logger.warning("reading index not usable", extra={"fields": {"path": str(self.path)}})
        self._signature = signature

    def _brought_up_to(self, state: State, file: ReadingIndex) -> ReadingIndex | None:
        """The newest index that the change log leads to this state from; None without any."""
        for index in (*reversed(self._indexes.values()), file):
            if index.state.change <= state.change:
                public_ids = changes_since(index.state, state)
                if public_ids is not None and len(index.changed) + len(public_ids) <= MAX_CHANGES:
                    return with_changes(index, public_ids, state)
        return None


def changes_since(start: State, end: State) -> set[str] | None:
    """The entries that changed between two states; None if the log does not tell which."""
    lines = EntryChange.objects.filter(pk__gte=start.change, pk__lte=end.change).order_by("pk")
    rows = list(lines.values_list("pk", "noted_at", "public_id")[: MAX_CHANGES + 2])
    # The first line is the one that the index includes; any other is of another record, or later.
    if not rows or State(*rows[0][:2]) != start or len(rows) > MAX_CHANGES + 1:
        return None
    public_ids = {public_id for _pk, _noted_at, public_id in rows[1:]}
    return None if "" in public_ids else public_ids


_readers: dict[Path, IndexReader] = {}
_readers_lock = threading.Lock()


def _reader_for(path: Path) -> IndexReader:
    with _readers_lock:
        return _readers.setdefault(path, IndexReader(path))


def _forget_readers() -> None:
    """After a fork: locks may be held by threads that are not there."""
    global _readers_lock
    _readers_lock = threading.Lock()
    _readers.clear()


os.register_at_fork(after_in_child=_forget_readers)
