"""A list of prepared rows in a temporary file, so that a large import is not in memory whole."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from contextlib import suppress
from tempfile import SpooledTemporaryFile
from typing import Generic, TypeVar

Item = TypeVar("Item")
# Bytes up to which the list is in memory.
MAX_IN_MEMORY = 4 << 20


class Spool(Generic[Item]):
    """Items that are added once and read in the same order, any number of times.

    The file has no name, so that no other program can open it. Its disk space is free as soon as
    the spool is closed or dropped, or the process ends.
    """

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile(max_size=MAX_IN_MEMORY)  # noqa: SIM115 (closed below)
        self._number = 0

    def add(self, item: Item) -> None:
        """Add an item at the end. What it refers to is copied. Raises OSError on a full disk."""
        pickle.dump(item, self._file, pickle.HIGHEST_PROTOCOL)
        self._file.flush()
        self._number += 1

    def __len__(self) -> int:
        return self._number

    def __iter__(self) -> Iterator[Item]:
        self._file.seek(0)
        for _ in range(self._number):
            item: Item = pickle.load(self._file)  # noqa: S301 (written above, by this process)
            yield item

    def close(self) -> None:
        """Free the file."""
        with suppress(OSError):  # closing writes again what a full disk did not take
            self._file.close()

    def __del__(self) -> None:
        self.close()
