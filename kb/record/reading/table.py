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
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pyroaring import BitMap

from kb.record.months import MONTHS_OF_SCALE
from kb.record.private_files import make_private_folder
from kb.record.reading.bitmaps import (
    bitmap_of,
    bitmap_of_mask,
    mask_of,
    rows_in,
    stored_bitmap,
)
from kb.record.reading.code_lists import arrays_of_lists
from kb.record.reading.key_columns import KEY_ARRAYS, KeyColumns, KeyNumbers
from kb.record.reading.numbers import number_at, type_for, wide

MAGIC = b"KBREAD01"
FORMAT = 4
# The arrays of this format: by row, of all rows together, and by code.
ARRAYS = frozenset(
    {
        *KEY_ARRAYS,
        *("pk", "revision", "earliest", "latest", "known", "by_pk", "by_revision"),
        *arrays_of_lists("shown"),
        *arrays_of_lists("source"),
        *("dated", "days", "pks", "least_pk"),
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
    the search text of each row, only in memory: a file leaves that to the database. ``listed`` are
    the facets whose codes are there by row (``code_lists``).
    """

    arrays: Mapping[str, Array]
    names: Mapping[str, tuple[int, int]]
    kinds: tuple[str, ...]
    state: State
    version: int = 0
    texts: tuple[str, ...] | None = None
    listed: frozenset[str] = frozenset()
    _bitmaps: dict[int, BitMap] = field(default_factory=dict)
    _names: dict[str, BitMap] = field(default_factory=dict)
    _of_name: dict[str, list[BitMap]] = field(default_factory=dict)
    _values: dict[int, str] = field(default_factory=dict)
    _codes: dict[tuple[str, str], int] = field(default_factory=dict)
    _columns: dict[str, Columns] = field(default_factory=dict)
    _within: dict[int, BitMap] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.arrays["pk"])

    @cached_property
    def keys(self) -> KeyColumns:
        """The sort keys of the rows."""
        return KeyColumns(self.arrays)

    @cached_property
    def dated(self) -> BitMap:
        return stored_bitmap(self.arrays["dated"])

    @property
    def is_dated(self) -> NDArray[np.bool_]:
        """By row, whether it is dated."""
        return mask_of(self.dated, len(self))

    @property
    def by_revision(self) -> Array:
        """The rows in the order of their revisions, to be widened."""
        order = self.arrays["by_revision"]
        return order if len(order) else self.arrays["by_pk"]

    @cached_property
    def in_one_year(self) -> BitMap:
        """Dated rows whose date lies in one year or has an open end."""
        first, last = self.months("earliest"), self.months("latest")
        same = (first < 0) | (last < 0) | (first // 12 == last // 12)
        return bitmap_of_mask(same) & self.dated

    @cached_property
    def _months(self) -> Array:
        """The month number of each of the different days, -1 for none (``kb.record.months``)."""
        since_1970 = self.arrays["days"].astype(np.int64) - datetime(1970, 1, 1).toordinal()
        months = since_1970.astype("datetime64[D]").astype("datetime64[M]").astype(np.int32)
        months += 1970 * 12
        months[0] = -1
        return np.asarray(months)

    def within_days(self, days: int) -> BitMap:
        """The rows with both ends known, ``days`` at most from the first to the last possible one.

        Made once for each number of days; the caller must not change it.
        """
        bitmap = self._within.get(days)
        if bitmap is None:
            first, last = self.days("earliest"), self.days("latest")
            is_within = (first > 0) & (last > 0) & (last < first + days)
            bitmap = self._within[days] = bitmap_of_mask(is_within)
        return bitmap

    def places_of_days(self, name: str) -> Array:
        """By row, the place of its day among all different days, 0 for none."""
        return wide(self.arrays[name])

    def place_of_day(self, day: int, *, after: bool = False) -> int:
        """How many of the different days are before this one; ``after``: or are it."""
        side: Literal["left", "right"] = "right" if after else "left"
        return int(np.searchsorted(self.arrays["days"], np.uint32(day), side=side))

    def days(self, name: str, rows: Array | None = None) -> Array:
        """The days of these rows, or of all, as ordinals, 0 for none."""
        places = self.arrays[name] if rows is None else self.arrays[name][rows]
        return np.asarray(self.arrays["days"][wide(places)])

    def months(self, name: str, rows: Array | None = None) -> Array:
        """The month numbers of the days of these rows, or of all, -1 for none."""
        places = self.arrays[name] if rows is None else self.arrays[name][rows]
        return np.asarray(self._months[wide(places)])

    def columns(self, scale: str) -> Columns:
        """The columns of a histogram in which the rows lie, made once for each scale."""
        columns = self._columns.get(scale)
        if columns is None:
            columns = self._columns[scale] = self._make_columns(scale)
        return columns

    def _make_columns(self, scale: str) -> Columns:
        ends = ("earliest", "latest")
        if scale == "day":
            days = (self.days(name).astype(np.int32) for name in ends)
            first, last = (np.where(ordinals > 0, ordinals, -1) for ordinals in days)
        else:
            months = MONTHS_OF_SCALE[scale]
            first, last = (
                np.where(numbers >= 0, numbers // months, -1) for numbers in map(self.months, ends)
            )
        is_dated = self.is_dated
        is_inside = is_dated & (first == last) & (first >= 0)
        lowest = int(first[is_inside].min()) if is_inside.any() else 0
        kinds = np.zeros(len(self), dtype=np.uint8)
        for place, kind in enumerate(self.kinds):
            kinds[rows_in(self.rows_of_kind(kind))] = place
        codes = np.where(is_inside, (first - lowest + 1) * len(self.kinds) + kinds, 0)
        narrow = codes.astype(np.min_scalar_type(int(codes.max()) if len(codes) else 0))
        return Columns(lowest, narrow, bitmap_of_mask(is_dated & ~is_inside))

    @cached_property
    def ends_of_dates(self) -> tuple[int, int] | None:
        """The first and the last day of all dated rows, as ordinals; None without any."""
        return ends_of_days(self, rows_in(self.dated))

    def value(self, code: int) -> str:
        """The value of a facet that a code stands for."""
        value = self._values.get(code)
        if value is None:
            value = self._values[code] = self._bytes_of(code).decode()
        return value

    def _bytes_of(self, code: int) -> bytes:
        start, end = self._bounds("value_ends", code)
        return self.arrays["values"][start:end].tobytes()

    def _bounds(self, ends: str, code: int) -> tuple[int, int]:
        """The beginning and the end of what belongs to a code."""
        return number_at(self.arrays[ends], code), number_at(self.arrays[ends], code + 1)

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
        codes = self._codes_of(name)
        return codes[bisect_left(codes, value.encode(), key=self._bytes_of) :]

    def codes_before(self, name: str, value: str) -> range:
        """The codes of a facet whose values are less than this one."""
        codes = self._codes_of(name)
        return codes[: bisect_left(codes, value.encode(), key=self._bytes_of)]

    def _codes_of(self, name: str) -> range:
        return range(*self.names.get(name, (0, 0)))

    def rows_with(self, code: int) -> BitMap:
        """The rows that have a value of a facet. The caller must not change it."""
        bitmap = self._bitmaps.get(code)
        if bitmap is None:
            start, end = self._bounds("bitmap_ends", code)
            content = self.arrays["bitmaps"][start:end]
            rows = type_for(max(len(self) - 1, 0))
            # Rows as they are, only where a bitmap would not be shorter.
            if len(content) == number_at(self.arrays["totals"], code) * rows.itemsize:
                bitmap = bitmap_of(wide(content.view(rows)))
            else:
                bitmap = stored_bitmap(content)
            self._bitmaps[code] = bitmap
        return bitmap

    def bitmaps_of(self, name: str) -> Sequence[BitMap]:
        """The rows of each value of a facet, in the order of codes. The caller must change none."""
        bitmaps = self._of_name.get(name)
        if bitmaps is None:
            codes = range(*self.names[name])
            bitmaps = self._of_name[name] = [self.rows_with(code) for code in codes]
        return bitmaps

    def rows_of_kind(self, kind: str) -> BitMap:
        """The rows of entries of a kind. The caller must not change it."""
        code = self.code("kind", kind)
        return BitMap() if code is None else self.rows_with(code)

    def rows_with_name(self, name: str) -> BitMap:
        """The rows that have any value of a facet. The caller must not change it."""
        bitmap = self._names.get(name)
        if bitmap is None:
            bitmaps = self.bitmaps_of(name)
            bitmap = self._names[name] = BitMap.union(*bitmaps) if bitmaps else BitMap()
        return bitmap

    def rows_of_entries(self, keys: ArrayLike) -> Array:
        """The rows of entries by their primary keys; keys of no row are left out."""
        numbers = np.array(keys, dtype=np.int64)
        if not len(self) or not len(numbers):
            return np.empty(0, dtype=np.uint32)
        numbers -= int(self.arrays["least_pk"][0])
        pks = rows_in(self._pks)
        numbers = numbers[(numbers >= 0) & (numbers <= int(pks[-1]))]
        places = np.searchsorted(pks, numbers.astype(np.uint32))
        places = places[pks[places] == numbers]
        return np.asarray(wide(self.arrays["by_pk"][places]))

    @property
    def _pks(self) -> BitMap:
        """All primary keys, less the least."""
        return stored_bitmap(self.arrays["pks"])

    def pk(self, row: int) -> int:
        """The primary key of the entry of a row."""
        return number_at(self.arrays["pk"], row)

    def revision(self, row: int) -> int:
        """The primary key of the revision of a row."""
        return number_at(self.arrays["revision"], row)

    def key(self, row: int) -> KeyNumbers:
        """The sort key of a row."""
        return self.keys[row]


def ends_of_days(table: Table, rows: Array) -> tuple[int, int] | None:
    """The first and the last of all first and last days of these rows, as ordinals."""
    days = [part[part > 0] for part in (table.days(name, rows) for name in ("earliest", "latest"))]
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
            "listed": sorted(table.listed),
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
        listed=frozenset(header["listed"]),
    )
