"""Sort keys as columns of numbers, which sort as the texts do (``kb.record.ordering.encode_key``).

Rows in the order of time share their places, the first three numbers of a key, with their
neighbours: each place is stored once, with the first of its rows. Rows that no source lists have no
carrier and no position. Ids, which are shorter than the longest, all end with the same zeros, so
they are stored divided by one number.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Mapping
from functools import cached_property
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from kb.record.reading.bitmaps import bitmap_of, stored_bitmap
from kb.record.reading.numbers import narrow, number_at

# The arrays of the columns: by place, by listed row, and by row; and one number.
KEY_ARRAYS = frozenset(
    {
        *("place_starts", "place_middles", "place_widths", "place_ranks", "widths"),
        *("listed", "listed_carriers", "listed_positions", "carriers"),
        *("id_low", "id_high", "id_unit"),
    }
)
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_ID_LENGTH = 12
# How many digits each part of a key has, and in which base.
_PARTS = ((12, 10), (12, 10), (6, 10), (_ID_LENGTH, 36), (6, 10), (_ID_LENGTH, 36))
_SIDES: tuple[Literal["left"], Literal["right"]] = ("left", "right")
_LOW_BITS = 32
_LOW = (1 << _LOW_BITS) - 1
Array = NDArray[Any]


class KeyNumbers(NamedTuple):
    """The parts of a sort key; the ids of the carrier and of the entry are numbers too."""

    middle: int
    width: int
    rank: int
    carrier: int
    position: int
    id: int


def key_numbers(key: str) -> KeyNumbers:
    """The parts of a sort key. Raises ValueError for text that is no sort key."""
    middle, width, rank, carrier, position, public_id = key.split(".")
    return KeyNumbers(
        int(middle), int(width), int(rank), int(carrier, 36), int(position), int(public_id, 36)
    )


def key_text(numbers: KeyNumbers) -> str:
    """The sort key as text."""
    parts = zip(numbers, _PARTS, strict=True)
    return ".".join(
        f"{number:0{digits}d}" if base == 10 else _base36(number, digits)
        for number, (digits, base) in parts
    )


class KeyColumns:
    """The sort keys of the rows of a table, read from their arrays."""

    def __init__(self, arrays: Mapping[str, Array]) -> None:
        self._arrays = arrays
        self._unit = int(arrays["id_unit"][0])

    def __len__(self) -> int:
        return len(self._arrays["id_low"])

    def __getitem__(self, row: int) -> KeyNumbers:
        place = int(np.searchsorted(self._arrays["place_starts"], row, side="right")) - 1
        middle = int(self._arrays["place_middles"][place])
        return KeyNumbers(middle, *self._width_and_rank(place), *self._rest(row))

    def place_of(self, key: KeyNumbers, *, after: bool = False) -> int:
        """How many rows are before the one with this key; ``after``: or are it."""
        middles = self._arrays["place_middles"]
        middle = np.uint64(key.middle)
        first, last = (int(np.searchsorted(middles, middle, side=side)) for side in _SIDES)
        wanted = key[1:3]
        place = first + bisect_left(range(first, last), wanted, key=self._width_and_rank)
        start = self._start(place)
        if place == last or self._width_and_rank(place) != wanted:
            return start
        rows = range(start, self._start(place + 1))
        find = bisect_right if after else bisect_left
        return start + find(rows, key[3:], key=self._rest)

    def rows_of_ids(self, public_ids: Collection[str]) -> list[int]:
        """The rows with these ids, zeros at their ends left aside, in ascending order."""
        numbers = {int(public_id.ljust(_ID_LENGTH, "0"), 36) for public_id in public_ids}
        low = np.array([number // self._unit & _LOW for number in numbers], dtype=np.uint32)
        rows = np.flatnonzero(np.isin(self._arrays["id_low"], low)).tolist()
        return [row for row in rows if self._id(row) in numbers]

    @cached_property
    def _listed(self) -> BitMap:
        return stored_bitmap(self._arrays["listed"])

    def _start(self, place: int) -> int:
        starts = self._arrays["place_starts"]
        return int(starts[place]) if place < len(starts) else len(self)

    def _width_and_rank(self, place: int) -> tuple[int, int]:
        width = number_at(self._arrays["place_widths"], place)
        rank = number_at(self._arrays["place_ranks"], place)
        return int(self._arrays["widths"][width]), rank

    def _rest(self, row: int) -> tuple[int, int, int]:
        """The carrier, the position and the id of a row."""
        if row not in self._listed:
            return 0, 0, self._id(row)
        place = self._listed.rank(row) - 1
        carrier = number_at(self._arrays["listed_carriers"], place)
        position = number_at(self._arrays["listed_positions"], place)
        return int(self._arrays["carriers"][carrier]), position, self._id(row)

    def _id(self, row: int) -> int:
        high = self._arrays["id_high"]
        number = int(self._arrays["id_low"][row])
        if len(high):
            number += number_at(high, row) << _LOW_BITS
        return number * self._unit


class KeyCollector:
    """Sort keys that come one after the other, in their order, to be made into arrays."""

    def __init__(self) -> None:
        self._numbers = tuple(array("Q") for _part in _PARTS)

    def add(self, key: str) -> None:
        for numbers, number in zip(self._numbers, key_numbers(key), strict=True):
            numbers.append(number)

    def arrays(self) -> dict[str, Array]:
        """The arrays of ``KeyColumns``."""
        middle, width, rank, carrier, position, ids = (
            np.array(numbers, dtype=np.uint64) for numbers in self._numbers
        )
        is_first = np.ones(len(ids), dtype=np.bool_)
        is_first[1:] = False
        for numbers in (middle, width, rank):
            is_first[1:] |= numbers[1:] != numbers[:-1]
        starts = np.flatnonzero(is_first)
        widths, width_codes = np.unique(width[starts], return_inverse=True)
        listed = np.flatnonzero((carrier > 0) | (position > 0))
        carriers, carrier_codes = np.unique(carrier[listed], return_inverse=True)
        unit = _common_unit(ids)
        high = ids // unit >> np.uint64(_LOW_BITS)
        listed_rows = bitmap_of(listed)
        listed_rows.run_optimize()
        return {
            "place_starts": starts.astype(np.uint32),
            "place_middles": middle[starts],
            "place_widths": narrow(width_codes),
            "place_ranks": narrow(rank[starts]),
            "widths": widths,
            "listed": np.frombuffer(listed_rows.serialize(), dtype=np.uint8),
            "listed_carriers": narrow(carrier_codes),
            "listed_positions": narrow(position[listed]),
            "carriers": carriers,
            "id_low": (ids // unit & np.uint64(_LOW)).astype(np.uint32),
            "id_high": narrow(high if high.any() else high[:0]),
            "id_unit": np.array([unit], dtype=np.uint64),
        }


def _common_unit(ids: Array) -> np.uint64:
    """The greatest power of 36 that divides all ids."""
    for zeros in range(_ID_LENGTH - 1, 0, -1):
        unit = np.uint64(36**zeros)
        if not (ids % unit).any():
            return unit
    return np.uint64(1)


def _base36(number: int, digits: int) -> str:
    text = ""
    while number:
        number, digit = divmod(number, 36)
        text = _DIGITS[digit] + text
    return text.rjust(digits, "0")
