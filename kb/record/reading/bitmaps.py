"""Between bitmaps of rows and arrays of their numbers."""

from __future__ import annotations

from array import array
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap


def bitmap_of(rows: NDArray[Any]) -> BitMap:
    """A bitmap of row numbers. By way of an array of Python, ten times faster than from numpy."""
    return BitMap(array("I", rows.astype(np.uint32, copy=False).tobytes()))


def rows_in(bitmap: BitMap) -> NDArray[np.uint32]:
    """The row numbers of a bitmap, in ascending order."""
    return np.frombuffer(bitmap.to_array(), dtype=np.uint32)
