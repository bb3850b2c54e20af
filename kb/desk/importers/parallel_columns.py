"""Columns of CSV with several values in a cell, which belong together by their position."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest

from kb.formats.csv import split_values


def values_together(cell: Mapping[str, str], names: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """For each position, the values of these columns; "" for one that a cell lacks."""
    if cell.keys().isdisjoint(names) or not any(map(cell.get, names)):
        return iter(())
    columns = [split_values(cell[name]) if cell.get(name) else [] for name in names]
    return zip_longest(*columns, fillvalue="")
