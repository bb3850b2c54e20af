"""Arrays of whole numbers in the fewest bytes that hold the greatest: one to eight of them.

numpy calculates with one, two, four and eight bytes. Numbers of another width are stored as bytes
of no type, the lowest first, and widened where they are used.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

_NATIVE = frozenset({1, 2, 4, 8})
Array = NDArray[Any]


def type_for(greatest: int) -> np.dtype[Any]:
    """The type of numbers from 0 to this one."""
    size = max(1, -(-greatest.bit_length() // 8))
    return np.dtype(f"<u{size}" if size in _NATIVE else f"V{size}")


def narrow(numbers: Array, greatest: int | None = None) -> Array:
    """The same numbers, none negative, in as few bytes as the greatest needs, or this one."""
    if greatest is None:
        greatest = int(numbers.max()) if len(numbers) else 0
    dtype = type_for(greatest)
    if dtype.kind != "V":
        return numbers.astype(dtype)
    parts = numbers.astype("<u8").view(np.uint8).reshape(-1, 8)[:, : dtype.itemsize]
    return np.ascontiguousarray(parts).view(dtype).ravel()


def wide(numbers: Array) -> Array:
    """Numbers of ``narrow`` in a type with which numpy calculates."""
    if numbers.dtype.kind != "V":
        return numbers
    size = numbers.dtype.itemsize
    parts = np.ascontiguousarray(numbers).view(np.uint8).reshape(-1, size)
    whole = np.zeros((len(parts), 4 if size < 4 else 8), dtype=np.uint8)
    # Byte by byte of all numbers: number by number takes ten times as long.
    for place in range(size):
        whole[:, place] = parts[:, place]
    return whole.view("<u4" if size < 4 else "<u8").ravel()


def number_at(numbers: Array, place: int) -> int:
    """One number of an array of ``narrow``."""
    return int.from_bytes(numbers[place].tobytes(), "little")
