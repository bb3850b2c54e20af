"""The arrays of a table take few bytes, and give back what went in."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import UTC, datetime
from itertools import starmap

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.reading import synthetic_entries, synthetic_facets
from kb.record.reading import build
from kb.record.reading.bitmaps import rows_in
from kb.record.reading.build import IndexedEntry, make_table
from kb.record.reading.code_lists import codes_of_rows, lists_of_codes
from kb.record.reading.counts import count_codes
from kb.record.reading.key_columns import KeyCollector, KeyColumns, key_numbers, key_text
from kb.record.reading.numbers import narrow, number_at, wide
from kb.record.reading.table import State

ROWS = 400
PLACES = ("000000000000.000000000000.000000", "063800000000.000000086400.000000",
          "063800000000.000000086400.000001", "063800000000.000000172800.000000",
          "999000000000.999999999999.000000")  # fmt: skip
IDS = st.text("0123456789abcdefghijklmnopqrstuvwxyz", min_size=12, max_size=12)
SHORT_IDS = st.text("ab1", min_size=1, max_size=8).map(lambda text: text.ljust(12, "0"))
CARRIERS = st.one_of(st.just("000000000000.000000"), IDS.map(lambda text: f"{text}.000003"))


def keys_with(ids):
    return st.builds("{}.{}.{}".format, st.sampled_from(PLACES), CARRIERS, ids)


KEYS = st.one_of(
    *(st.lists(keys_with(ids), unique=True, max_size=30) for ids in (IDS, SHORT_IDS))
).map(sorted)


def columns_of(keys):
    collector = KeyCollector()
    for key in keys:
        collector.add(key)
    return KeyColumns(collector.arrays())


@given(st.lists(st.integers(0, 2**64 - 1)))
@pytest.mark.parametrize("bits", [8, 16, 24, 32, 40, 48, 56, 64])
def test_numbers_take_no_more_bytes_than_the_greatest_and_are_the_same(bits, numbers):
    numbers = [number >> (64 - bits) for number in numbers]
    stored = narrow(np.array(numbers, dtype=np.uint64))
    assert stored.itemsize <= bits // 8
    assert wide(stored).tolist() == numbers
    assert [number_at(stored, place) for place in range(len(numbers))] == numbers


@given(KEYS)
def test_columns_of_keys_give_back_the_keys(keys):
    columns = columns_of(keys)
    assert len(columns) == len(keys)
    assert [key_text(columns[row]) for row in range(len(keys))] == keys


@given(KEYS, st.one_of(keys_with(IDS), keys_with(SHORT_IDS)))
def test_place_of_a_key_is_that_of_the_text(keys, other):
    columns = columns_of(keys)
    for key in (*keys, other):
        assert columns.place_of(key_numbers(key)) == bisect_left(keys, key)
        assert columns.place_of(key_numbers(key), after=True) == bisect_right(keys, key)


@given(KEYS, SHORT_IDS)
def test_rows_of_ids_are_found_without_the_zeros_at_their_ends(keys, other):
    columns = columns_of(keys)
    ids = {key[-12:] for key in keys[::2]} | {other}
    expected = [row for row, key in enumerate(keys) if key[-12:] in ids]
    assert columns.rows_of_ids({public_id.rstrip("0") for public_id in ids}) == expected


@given(st.lists(st.lists(st.integers(0, 70_000), max_size=40), max_size=50), st.data())
def test_lists_of_codes_give_back_the_codes_of_any_rows(lists, data):
    pairs = [(row, code) for row, codes in enumerate(lists) for code in codes]
    rows, codes = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    arrays = lists_of_codes("shown", rows, codes, len(lists))
    chosen = data.draw(st.lists(st.sampled_from(range(len(lists))))) if lists else []
    expected = [code for row in chosen for code in lists[row]]
    numbers = np.array(chosen, dtype=np.uint32)
    assert codes_of_rows(arrays, numbers, "shown").tolist() == expected


@pytest.fixture(params=[0, 16])
def table(request, monkeypatch):
    """A table of made rows, whose few values have codes by row, or have none."""
    monkeypatch.setattr(build, "FEW_VALUES", request.param)
    entries = starmap(IndexedEntry, synthetic_entries(ROWS))
    return make_table(entries, synthetic_facets(ROWS), State(1, datetime.now(UTC)))


def expected_rows():
    """By name and value, the rows of the made facets, of which each key is one more."""
    rows: dict[tuple[str, str], set[int]] = {}
    for pk, name, value in synthetic_facets(ROWS):
        rows.setdefault((name, value), set()).add(pk - 1)
    return rows


def test_rows_of_values_are_the_same_as_bitmaps_and_as_they_are(table):
    sizes = set()
    for (name, value), rows in expected_rows().items():
        code = table.code(name, value)
        sizes.add(len(rows))
        assert set(table.rows_with(code)) == rows, (name, value)
    assert min(sizes) == 1
    assert max(sizes) == ROWS


def test_counts_do_not_depend_on_which_facets_have_codes_by_row(table):
    rows = table.rows_with_name("actor")
    some = type(rows)(row for row in rows if row % 7 == 0)
    counts = count_codes(table, some, ["kind", "topic", "actor", "source", "standing"])
    chosen = set(rows_in(some).tolist())
    for (name, value), having in expected_rows().items():
        if name in counts:
            place = table.code(name, value) - table.names[name][0]
            assert counts[name][place] == len(having & chosen), (name, value)


def test_rows_of_entries_are_found_with_gaps_between_their_keys(table):
    keys = [0, 1, 2, ROWS, ROWS + 1, 2**40]
    assert table.rows_of_entries(keys).tolist() == [0, 1, ROWS - 1]
