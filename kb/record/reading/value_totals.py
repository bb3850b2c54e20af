"""How many of some rows each value of a facet has, in all layers together, as an array.

Only the values that are asked for become texts: a filter of a large record has many thousands.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from kb.record.entry_source import FrequentValues
from kb.record.reading.counts import count_codes
from kb.record.reading.table import Table

Array = NDArray[Any]
Parts = Sequence[tuple[Table, BitMap]]


class ValueTotals(NamedTuple):
    """The rows of each value of one facet.

    ``by_code`` are those of the values in the table of the file, in the order of their codes;
    ``others`` those of values that only changed entries have, without zeros.
    """

    table: Table
    name: str
    by_code: Array
    others: dict[str, int]

    @property
    def different(self) -> int:
        """How many values have any rows."""
        return int(np.count_nonzero(self.by_code)) + len(self.others)

    def counts(self) -> dict[str, int]:
        """All values with their numbers of rows; no zeros."""
        return self._named(np.flatnonzero(self.by_code)) | self.others

    def frequent(self, most: int | None, also: Collection[str]) -> FrequentValues:
        """The values of ``EntrySource.frequent_values``."""
        different = self.different
        if most is None or different <= most + len(also):
            return FrequentValues(self.counts(), different)
        place = different - most - len(also)
        places = np.flatnonzero(self.by_code)
        totals = np.append(self.by_code[places], list(self.others.values())).astype(np.int64)
        least = int(np.partition(totals, place)[place])
        frequent = self._named(places[self.by_code[places] >= least])
        frequent |= {value: count for value, count in self.others.items() if count >= least}
        for value in also:
            if count := self._count(value):
                frequent[value] = count
        return FrequentValues(frequent, different)

    def _named(self, places: Array) -> dict[str, int]:
        first = self.table.names[self.name][0]
        return {
            self.table.value(first + place): total
            for place, total in zip(places.tolist(), self.by_code[places].tolist(), strict=True)
        }

    def _count(self, value: str) -> int:
        code = self.table.code(self.name, value)
        if code is None:
            return self.others.get(value, 0)
        return int(self.by_code[code - self.table.names[self.name][0]])


def value_totals(parts: Parts, names: Collection[str]) -> dict[str, ValueTotals]:
    """By name, the totals of the rows of each layer, of which the first is the file."""
    table, rows = parts[0]
    totals = {
        name: ValueTotals(table, name, by_code, {})
        for name, by_code in count_codes(table, rows, list(names)).items()
    }
    for layer, layer_rows in parts[1:]:
        for name, by_code in count_codes(layer, layer_rows, list(names)).items():
            totals[name] = _with_layer(totals[name], layer, by_code)
    return totals


def _with_layer(totals: ValueTotals, layer: Table, by_code: Array) -> ValueTotals:
    """The same with the rows of the values of another table."""
    places = np.flatnonzero(by_code)
    if not places.size:
        return totals
    sums, others = totals.by_code.astype(np.int64), dict(totals.others)
    first, layer_first = totals.table.names[totals.name][0], layer.names[totals.name][0]
    for place, count in zip(places.tolist(), by_code[places].tolist(), strict=True):
        value = layer.value(layer_first + place)
        code = totals.table.code(totals.name, value)
        if code is None:
            others[value] = others.get(value, 0) + count
        else:
            sums[code - first] += count
    return ValueTotals(totals.table, totals.name, sums, others)
