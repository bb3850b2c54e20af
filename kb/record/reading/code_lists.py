"""By row, the codes of its facets, one list after the other in one array."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kb.record.reading.numbers import narrow, wide

# The place of a list is stored for each row as the distance from that of the first of so many rows,
# which takes one byte. A power of two.
_BLOCK_BITS = 4
_BLOCK = 1 << _BLOCK_BITS
Array = NDArray[Any]


def arrays_of_lists(part: str) -> frozenset[str]:
    """The names of the arrays of one kind of lists."""
    return frozenset({f"{part}_codes", f"{part}_blocks", f"{part}_offsets"})


def lists_of_codes(part: str, rows: Array, codes: Array, count: int) -> dict[str, Array]:
    """The arrays of lists: a row and a code for each facet, of so many rows."""
    order = np.argsort(rows, kind="stable")
    starts = np.zeros(count + 1, dtype=np.int64)
    np.cumsum(np.bincount(rows, minlength=count), out=starts[1:])
    blocks = starts[::_BLOCK]
    offsets = starts - np.repeat(blocks, _BLOCK)[: count + 1]
    return {
        f"{part}_codes": narrow(codes[order]),
        f"{part}_blocks": blocks.astype(np.uint32),
        f"{part}_offsets": narrow(offsets),
    }


def codes_of_rows(arrays: Mapping[str, Array], rows: Array, part: str) -> Array:
    """The codes of these rows one after the other."""
    blocks, offsets = arrays[f"{part}_blocks"], arrays[f"{part}_offsets"]
    starts, ends = (
        blocks[places >> _BLOCK_BITS].astype(np.int64) + wide(offsets[places])
        for places in (rows, rows + 1)
    )
    lengths = ends - starts
    # The places of all codes: from each start as many as the row has.
    before = np.cumsum(lengths) - lengths
    places = np.repeat(starts - before, lengths) + np.arange(int(lengths.sum()))
    return wide(arrays[f"{part}_codes"][places])
