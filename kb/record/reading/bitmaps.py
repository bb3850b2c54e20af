"""Between bitmaps of rows and arrays of their numbers."""

from __future__ import annotations

import struct
from array import array
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

# The portable format of roaring bitmaps: containers of 65,536 rows each, with the lower halves of
# their rows, or with one bit for each row if more than this are in it.
_COOKIE = 12346
_CONTAINER = 1 << 16
_MAX_ARRAY = 4096


def bitmap_of(rows: NDArray[Any]) -> BitMap:
    """A bitmap of row numbers. By way of an array of Python, ten times faster than from numpy."""
    return BitMap(array("I", rows.astype(np.uint32, copy=False).tobytes()))


def bitmap_of_mask(mask: NDArray[np.bool_]) -> BitMap:
    """A bitmap of the places where a mask is true; ten times faster than from their numbers."""
    keys, contents = [], []
    for start in range(0, len(mask), _CONTAINER):
        part = mask[start : start + _CONTAINER]
        count = int(np.count_nonzero(part))
        if not count:
            continue
        keys.append((start // _CONTAINER, count - 1))
        if count <= _MAX_ARRAY:
            contents.append(np.flatnonzero(part).astype("<u2").tobytes())
        else:
            bits = np.packbits(part, bitorder="little").tobytes()
            contents.append(bits.ljust(_CONTAINER // 8, b"\0"))
    place = 8 + 8 * len(keys)
    offsets = []
    for content in contents:
        offsets.append(place)
        place += len(content)
    head = struct.pack("<II", _COOKIE, len(keys))
    head += b"".join(struct.pack("<HH", *key) for key in keys)
    head += struct.pack(f"<{len(offsets)}I", *offsets)
    return BitMap.deserialize(head + b"".join(contents))


def stored_bitmap(content: NDArray[np.uint8]) -> BitMap:
    """The bitmap that is stored in an array of bytes."""
    return BitMap.deserialize(content.tobytes())


def mask_of(bitmap: BitMap, count: int) -> NDArray[np.bool_]:
    """For each of so many rows, whether it is in the bitmap."""
    mask = np.zeros(count, dtype=np.bool_)
    mask[rows_in(bitmap)] = True
    return mask


def rows_in(bitmap: BitMap) -> NDArray[np.uint32]:
    """The row numbers of a bitmap, in ascending order."""
    return np.frombuffer(bitmap.to_array(), dtype=np.uint32)
