"""Whole exports as files: an export that was sent once is copied from a file the next time.

A file belongs to one publication version, so it never goes stale; those of earlier versions are
removed when a later one is stored. Without the folder, or when the disk is full, exports are made
anew for each download, as small ones are anyway.

The files are below ``EXPORT_FILES`` in ``KB_DATA_DIR``. Every process uses the same ones: a file is
written under another name and takes its own when it is complete.
"""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
import time
import zlib
from collections.abc import Generator, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.conf import settings

from kb.record.private_files import make_private_folder, open_private

logger = logging.getLogger(__name__)

# Smaller exports take less than a second, and a crawler asks for many of them.
SMALLEST = 256 * 1024
PIECE = 256 * 1024
# An unfinished file this old belongs to a process that ended.
ABANDONED = 3600  # seconds
# A file is not stored if less than this would be free for the database.
RESERVE = 256 * 1024 * 1024
_COMPLETE, _PARTIAL = ".export", ".partial"


@dataclass(frozen=True)
class ExportKey:
    """What decides the bytes of an export: its version and everything else as one text."""

    version: int
    text: str

    @property
    def name(self) -> str:
        digest = hashlib.sha256(self.text.encode("utf-8", "replace")).hexdigest()
        return f"{self.version}-{digest}"


def copied_or_stored(
    key: ExportKey, pieces: Generator[bytes, None, None]
) -> tuple[Generator[bytes, None, None], bool]:
    """Return the bytes of the export, and whether they come from a file.

    Without a file, they are the given pieces, and are written to one on the way.
    """
    if not _limit():
        return pieces, False
    stored = _open_complete(key)
    if stored is not None:
        return _read(stored), True
    return _storing(key, pieces), False


def compress(pieces: Iterable[bytes]) -> Generator[bytes, None, None]:
    """Compress a stream with gzip. The first piece is sent at once, so that a reader sees it."""
    compressor = zlib.compressobj(6, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    is_first = True
    for piece in pieces:
        compressed = compressor.compress(piece)
        if is_first:
            compressed += compressor.flush(zlib.Z_SYNC_FLUSH)
            is_first = False
        if compressed:
            yield compressed
    yield compressor.flush()


def _limit() -> int:
    """How many bytes all files together may have; 0 if nothing is stored."""
    return int(settings.EXPORT_FILES_MB) * 1_000_000


def _folder() -> Path:
    return Path(settings.DATA_DIR) / settings.EXPORT_FILES


def _open_complete(key: ExportKey) -> IO[bytes] | None:
    path = _folder() / f"{key.name}{_COMPLETE}"
    try:
        stored = path.open("rb")
    except OSError:
        return None
    with suppress(OSError):
        os.utime(path)  # the files that were not used for the longest time are removed first
    return stored


def _read(stored: IO[bytes]) -> Generator[bytes, None, None]:
    with stored:
        while piece := stored.read(PIECE):
            yield piece


def _storing(key: ExportKey, pieces: Iterable[bytes]) -> Generator[bytes, None, None]:
    """Yield the pieces and store them when the last one has been asked for."""
    writer = _Writer(key)
    try:
        for piece in pieces:
            writer.write(piece)
            yield piece
        writer.finish()
    finally:
        writer.abandon()


class _Writer:
    """Writes one file. It begins with enough bytes, and gives up on the first error."""

    def __init__(self, key: ExportKey) -> None:
        self.key = key
        self.path = _folder() / f"{key.name}{_PARTIAL}"
        self.pending: list[bytes] = []
        self.size = 0
        self.file: IO[bytes] | None = None
        self.has_ended = False

    def write(self, piece: bytes) -> None:
        if self.has_ended:
            return
        self.size += len(piece)
        self.pending.append(piece)
        if self.size < SMALLEST:
            return
        try:
            if self.size > _limit():
                self.abandon()
                return
            if self.file is None:
                self.file = self._create()
                if self.file is None:
                    self.abandon()
                    return
            self.file.write(b"".join(self.pending))
            self.pending = []
        except OSError as problem:
            logger.warning("export not stored", extra={"fields": {"reason": problem.strerror}})
            self.abandon()

    def finish(self) -> None:
        """Give the file its name, if there is one, and remove what there is no more room for."""
        if self.file is None:
            return
        try:
            self.file.close()
            os.replace(self.path, self.path.with_suffix(_COMPLETE))
            self.file = None
            remove_excess(self.key.version)
        except OSError as problem:
            logger.warning("export not stored", extra={"fields": {"reason": problem.strerror}})

    def abandon(self) -> None:
        """Remove what has been written. Has no effect after ``finish``."""
        self.has_ended = True
        self.pending = []
        if self.file is not None:
            with suppress(OSError):
                self.file.close()
            with suppress(OSError):
                self.path.unlink()
            self.file = None

    def _create(self) -> IO[bytes] | None:
        """Open the file; None if another download stores the same export, or without room."""
        folder = _folder()
        make_private_folder(folder)
        if shutil.disk_usage(folder).free < RESERVE:
            return None
        _remove_abandoned(folder)
        try:
            return open(self.path, "xb", opener=open_private)
        except FileExistsError:
            return None


def remove_excess(version: int) -> None:
    """Remove the files of earlier versions, and the oldest ones beyond the limit."""
    files: list[tuple[float, int, Path]] = []
    for path in _folder().glob(f"*{_COMPLETE}"):
        number = path.name.partition("-")[0]
        with suppress(OSError):
            if not number.isdecimal() or int(number) < version:
                path.unlink()
            else:
                facts = path.stat()
                files.append((facts.st_mtime, facts.st_size, path))
    room = _limit()
    for _used, size, path in sorted(files, reverse=True):
        room -= size
        if room < 0:
            with suppress(OSError):
                path.unlink()


def _remove_abandoned(folder: Path) -> None:
    now = time.time()
    for path in folder.glob(f"*{_PARTIAL}"):
        with suppress(OSError):
            if now - path.stat().st_mtime > ABANDONED:
                path.unlink()
