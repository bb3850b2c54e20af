"""A long answer whose server goes away: another one continues it where it stopped."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from datetime import datetime

from django.db import Error

from kb.record.minimum_version import minimum_version
from kb.record.publication_version import current_version
from kb.record.reader_servers import is_server_error, note_server_error, reader_servers
from kb.record.wall import reading_alias, reading_publicly

Version = tuple[int, datetime | None]


class ResumedStream:
    """The pieces of an answer. They must depend on nothing but the publication version.

    ``make`` returns the pieces from their beginning. Inside the snapshot that it reads from, it
    calls the ``check_version`` it is passed. When a server goes away, the pieces are made again on
    the next one, and what was sent already is skipped. If no server has the same version, the
    error is raised: a reader then notices that the answer is not complete.
    """

    def __init__(
        self, make: Callable[[Callable[[], Version]], Generator[bytes, None, None]]
    ) -> None:
        self._make = make
        self._pieces = make(self._check_version)
        self._version: Version | None = None
        self._alias: str | None = None
        self._sent = 0

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            with reading_publicly(self._alias or reading_alias()):
                piece = next(self._pieces)
        except Error as error:
            # Before the first piece, the whole request is made again.
            if not self._sent or not self._is_lost(error):
                raise
            piece = self._continued(error)
        self._sent += len(piece)
        return piece

    def close(self) -> None:
        """Close the pieces, which ends their transaction."""
        with reading_publicly(self._alias or reading_alias()):
            self._pieces.close()

    def _is_lost(self, error: Error) -> bool:
        if not (reader_servers().has_choice and is_server_error(error)):
            return False
        note_server_error(self._alias or reading_alias())
        return True

    def _continued(self, error: Error) -> bytes:
        """The next piece, from the first server that is present and has the same version."""
        for alias in reader_servers().candidates():
            self._alias = alias
            self._pieces = self._make(self._check_version)
            try:
                with reading_publicly(alias):
                    piece = self._piece_after(self._sent)
            except _VersionDiffers:
                continue
            except Error as next_error:
                if not self._is_lost(next_error):
                    raise
            else:
                reader_servers().mark_present(alias)
                return piece
        raise error

    def _piece_after(self, length: int) -> bytes:
        """The first piece after the given length. Raises StopIteration if there is none."""
        while True:
            piece = next(self._pieces)
            if len(piece) > length:
                return piece[length:]
            length -= len(piece)

    def _check_version(self) -> Version:
        """Return the version of the present snapshot. Raises if the answer began with another."""
        version = current_version()
        minimum = minimum_version().current()
        if self._version is not None and version[0] < minimum:
            # What was removed meanwhile is not sent by this server any more.
            raise _VersionDiffers
        if self._version not in (None, version):
            raise _VersionDiffers
        self._version = version
        return version


class _VersionDiffers(Exception):
    """A server has another publication version than the one that the answer began with."""
