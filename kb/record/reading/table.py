"""The table of a reading index: arrays of rows in the order of time, in a file or in memory.

A file begins with MAGIC, the length and the checksum of its header, and the header as JSON: format,
state, and for each array its type, place and length. Workers map the file into memory and share it.
"""

from __future__ import annotations

import json
import mmap
import os
import struct
import tempfile
import zlib
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from kb.record.months import MONTHS_OF_SCALE
from kb.record.private_files import make_private_folder
from kb.record.reading.bitmaps import bitmap_of_mask
from kb.record.reading.packed_keys import PACKED_SIZE, pack_id, packed_id

MAGIC = b"KBREAD01"
FORMAT = 2
# The arrays of this format, by row (``keys`` to ``source_ends``) and by code.
ARRAYS = frozenset(
    {
        *("keys", "pk", "revision", "kind", "dated", "earliest", "latest", "known"),
        *("by_pk", "by_revision", "by_id"),
        *("shown_codes", "shown_ends", "source_codes", "source_ends"),
        *("values", "value_ends", "bitmaps", "bitmap_ends", "totals"),
    }
)
_ALIGNMENT = 64
_PREFIX = struct.Struct("<8sII")  # magic, length of the header, its checksum
Array = NDArray[Any]


class TableFileError(ValueError):
    """A file that is not a whole reading index of this format."""


class State(NamedTuple):
    """The last line of the change log that a table includes, by key and moment."""

    change: int
    noted_at: datetime


class Columns(NamedTuple):
    """By row, the code of its column and kind if its whole date is in one column, else 0.

    A code is ``(column - lowest + 1) * number of kinds + kind``. ``wide`` has the dated rows whose
    date is not in one column.
    """

    lowest: int
    codes: Array
    wide: BitMap


@dataclass
class Table:
    """Rows in the order of their sort keys.

    ``names`` has the range of codes of each facet; a code stands for one value of it. ``texts`` is
    the search text of each row, only in memory: a file leaves that to the database.
    """

    arrays: Mapping[str, Array]
    names: Mapping[str, tuple[int, int]]
    kinds: tuple[str, ...]
    state: State
    version: int = 0
    texts: tuple[str, ...] | None = None
    _bitmaps: dict[int, BitMap] = field(default_factory=dict)
    _names: dict[str, BitMap] = field(default_factory=dict)
    _values: dict[int, str] = field(default_factory=dict)
    _codes: dict[tuple[str, str], int] = field(default_factory=dict)
    _columns: dict[str, Columns] = field(default_factory=dict)
    _within: dict[int, BitMap] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.arrays["pk"])

    @cached_property
    def dated(self) -> BitMap:
        return bitmap_of_mask(self.arrays["dated"] != 0)

    @cached_property
    def in_one_year(self) -> BitMap:
        """Dated rows whose date lies in one year or has an open end."""
        first, last = (self.months(self.arrays[name]) for name in ("earliest", "latest"))
        same = (first < 0) | (last < 0) | (first // 12 == last // 12)
        return bitmap_of_mask(same & (self.arrays["dated"] != 0))

    @cached_property
    def _months(self) -> tuple[int, Array]:
        days = np.concatenate([self.arrays["earliest"], self.arrays["latest"]])
        days = days[days > 0]
        if not len(days):
            return 1, np.array([-1], dtype=np.int32)
        first, last = int(days.min()), int(days.max())
        since_1970 = np.arange(first, last + 1, dtype=np.int64) - datetime(1970, 1, 1).toordinal()
        months = since_1970.astype("datetime64[D]").astype("datetime64[M]").astype(np.int32)
        return first, np.concatenate([[-1], months + 1970 * 12]).astype(np.int32)

    def within_days(self, days: int) -> BitMap:
        """The rows with both ends known, ``days`` at most from the first to the last possible one.

        Made once for each number of days; the caller must not change it.
        """
        bitmap = self._within.get(days)
        if bitmap is None:
            first, last = self.arrays["earliest"], self.arrays["latest"]
            is_within = (first > 0) & (last > 0) & (last < first + days)
            bitmap = self._within[days] = bitmap_of_mask(is_within)
        return bitmap

    def months(self, days: Array) -> Array:
        """The month numbers of days of this table, -1 for none (``kb.record.months``)."""
        first, months = self._months
        places: Array = np.maximum(days, first - 1) - (first - 1)
        return np.asarray(months[places])

    def columns(self, scale: str) -> Columns:
        """The columns of a histogram in which the rows lie, made once for each scale."""
        columns = self._columns.get(scale)
        if columns is None:
            columns = self._columns[scale] = self._make_columns(scale)
        return columns

    def _make_columns(self, scale: str) -> Columns:
        days = (self.arrays["earliest"], self.arrays["latest"])
        if scale == "day":
            first, last = (np.where(ends > 0, ends.astype(np.int32), -1) for ends in days)
        else:
            months = MONTHS_OF_SCALE[scale]
            first, last = (
                np.where(places >= 0, places // months, -1) for places in map(self.months, days)
            )
        is_dated = self.arrays["dated"] != 0
        is_inside = is_dated & (first == last) & (first >= 0)
        lowest = int(first[is_inside].min()) if is_inside.any() else 0
        kinds = len(self.kinds)
        codes = np.where(is_inside, (first - lowest + 1) * kinds + self.arrays["kind"], 0)
        narrow = codes.astype(np.min_scalar_type(int(codes.max()) if len(codes) else 0))
        return Columns(lowest, narrow, bitmap_of_mask(is_dated & ~is_inside))

    @cached_property
    def ends_of_dates(self) -> tuple[int, int] | None:
        """The first and the last day of all dated rows, as ordinals; None without any."""
        return ends_of_days(self, np.flatnonzero(self.arrays["dated"]))

    def value(self, code: int) -> str:
        """The value of a facet that a code stands for."""
        value = self._values.get(code)
        if value is None:
            value = self._values[code] = self._bytes_of(code).decode()
        return value

    def _bytes_of(self, code: int) -> bytes:
        start, end = self.arrays["value_ends"][code : code + 2]
        return self.arrays["values"][start:end].tobytes()

    def code(self, name: str, value: str) -> int | None:
        """The code of a value of a facet; None if no row has it."""
        code = self._codes.get((name, value))
        if code is None:
            codes = self.codes_from(name, value)
            if not codes or self._bytes_of(codes[0]) != value.encode():
                return None
            code = self._codes[name, value] = codes[0]
        return code

    def codes_from(self, name: str, value: str) -> range:
        """The codes of a facet whose values are this one or greater."""
        first, last = self.names.get(name, (0, 0))
        codes = range(first, last)
        return codes[bisect_left(codes, value.encode(), key=self._bytes_of) :]

    def rows_with(self, code: int) -> BitMap:
        """The rows that have a value of a facet. The caller must not change it."""
        bitmap = self._bitmaps.get(code)
        if bitmap is None:
            ends = self.arrays["bitmap_ends"]
            blob = self.arrays["bitmaps"][int(ends[code]) : int(ends[code + 1])]
            bitmap = self._bitmaps[code] = BitMap.deserialize(blob.tobytes())
        return bitmap

    def rows_with_name(self, name: str) -> BitMap:
        """The rows that have any value of a facet. The caller must not change it."""
        bitmap = self._names.get(name)
        if bitmap is None:
            bitmaps = [self.rows_with(code) for code in range(*self.names[name])]
            bitmap = self._names[name] = BitMap.union(*bitmaps) if bitmaps else BitMap()
        return bitmap

    def rows_of_entries(self, keys: Iterable[int]) -> Array:
        """The rows of entries by their primary keys; keys of no row are left out."""
        numbers = np.fromiter(keys, dtype=np.int64)
        if not len(self) or not len(numbers):
            return np.empty(0, dtype=np.uint32)
        order, pks = self.arrays["by_pk"], self.arrays["pk"]
        places = np.searchsorted(pks, numbers, sorter=order)
        rows = order[np.minimum(places, len(order) - 1)]
        return np.asarray(rows[pks[rows] == numbers])

    def rows_of_id(self, public_id: str) -> list[int]:
        """The rows whose ids are this one, zeros at their ends left aside; at most a few."""
        order, keys, packed = self.arrays["by_id"], self.arrays["keys"], pack_id(public_id)
        place = bisect_left(
            range(len(order)), packed, key=lambda at: packed_id(bytes(keys[order[at]]))
        )
        rows = []
        while place < len(order) and packed_id(bytes(keys[order[place]])) == packed:
            rows.append(int(order[place]))
            place += 1
        return rows

    def place_of(self, packed: bytes, *, after: bool = False) -> int:
        """How many rows are before the one with this packed sort key; ``after``: or are it."""
        key = np.array(packed, dtype=f"S{PACKED_SIZE}")
        return int(np.searchsorted(self.arrays["keys"], key, side="right" if after else "left"))


def ends_of_days(table: Table, rows: Array) -> tuple[int, int] | None:
    """The first and the last of all first and last days of these rows, as ordinals."""
    days = [
        part[part > 0] for part in (table.arrays[name][rows] for name in ("earliest", "latest"))
    ]
    days = [part for part in days if part.size]
    if not days:
        return None
    return min(int(part.min()) for part in days), max(int(part.max()) for part in days)


def write_table(table: Table, path: Path) -> None:
    """Write the file beside its place and rename it, so that nobody reads half of it."""
    layout, place = {}, 0
    pieces: list[tuple[int, bytes]] = []
    checksum = 0
    for name, array in table.arrays.items():
        content = np.ascontiguousarray(array).tobytes()
        padding = -place % _ALIGNMENT
        pieces.append((padding, content))
        checksum = zlib.crc32(content, zlib.crc32(bytes(padding), checksum))
        layout[name] = [array.dtype.str, place + padding, len(array)]
        place += padding + len(content)
    header = json.dumps(
        {
            "format": FORMAT,
            "change": table.state.change,
            "noted_at": table.state.noted_at.isoformat(),
            "version": table.version,
            "kinds": table.kinds,
            "names": table.names,
            "arrays": layout,
            "size": place,
            "checksum": checksum,
        }
    ).encode()
    header += b" " * (-(_PREFIX.size + len(header)) % _ALIGNMENT)
    make_private_folder(path.parent)
    descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(_PREFIX.pack(MAGIC, len(header), zlib.crc32(header)) + header)
            for padding, content in pieces:
                file.write(bytes(padding))
                file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def read_table(path: Path) -> Table:
    """Map a file into memory. Raises OSError without one, TableFileError if it is not whole."""
    with path.open("rb") as file:
        prefix = file.read(_PREFIX.size)
        if len(prefix) < _PREFIX.size:
            raise TableFileError(f"{path} is too short.")
        magic, length, checksum = _PREFIX.unpack(prefix)
        header_text = file.read(length)
        if magic != MAGIC or zlib.crc32(header_text) != checksum:
            raise TableFileError(f"{path} is not a reading index of this version.")
        header = json.loads(header_text)
        start = _PREFIX.size + length
        if header["format"] != FORMAT or os.fstat(file.fileno()).st_size != start + header["size"]:
            raise TableFileError(f"{path} is not whole, or not of this format.")
        if header["arrays"].keys() != ARRAYS:
            raise TableFileError(f"{path} has other arrays than this format.")
        content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    with memoryview(content) as whole, whole[start:] as data:
        is_whole = zlib.crc32(data) == header["checksum"]
    if not is_whole:
        raise TableFileError(f"The checksum of {path} is wrong.")
    # The pages that the checksum read are not needed yet.
    content.madvise(mmap.MADV_DONTNEED)
    arrays = {
        name: np.frombuffer(content, dtype=dtype, count=count, offset=start + place)
        for name, (dtype, place, count) in header["arrays"].items()
    }
    return Table(
        arrays,
        {name: (first, last) for name, (first, last) in header["names"].items()},
        tuple(header["kinds"]),
        State(header["change"], datetime.fromisoformat(header["noted_at"])),
        header["version"],
    )
