"""How the index of the browser's search is split into files."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.mirror import search_index
from kb.mirror.search_index import piece_name, pieces

KEYS = st.lists(st.text(alphabet="abé字节跳动", min_size=1, max_size=4), unique=True, max_size=60)


@pytest.fixture(scope="module", autouse=True)
def _small_pieces():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search_index, "MAX_PIECE", 60)
        yield


def split(keys: list[str]) -> dict[str, list[str]]:
    names: dict[str, list[str]] = {}
    for piece in pieces(iter([(key, "[1]") for key in sorted(keys)])):
        assert piece.name not in names, "a second file would replace the first"
        names[piece.name] = [key for key, _value in piece.items]
    return names


@given(KEYS)
def test_every_key_is_in_one_piece_where_the_script_looks(keys):
    names = split(keys)
    assert sorted(key for listed in names.values() for key in listed) == sorted(keys)
    for name, listed in names.items():
        for key in listed:
            places = {piece_name(key, depth) for depth in range(len(key) + 1)}
            assert name in places | {f"{piece_name(key, len(key))}-"}


@given(KEYS)
def test_no_piece_is_too_large(keys):
    for listed in split(keys).values():
        assert len(listed) == 1 or sum(len(key) + 9 for key in listed) <= search_index.MAX_PIECE


@given(KEYS, st.text(alphabet="ab字", min_size=1, max_size=2))
def test_the_beginning_of_a_word_leads_to_all_pieces_with_it(keys, start):
    names = split(keys)
    places = {piece_name(start, depth) for depth in range(len(start) + 1)}
    longer = f"{piece_name(start, len(start))}-"
    looked_in = {name for name in names if name in places or name.startswith(longer)}
    for name, listed in names.items():
        if any(key.startswith(start) for key in listed):
            assert name in looked_in
