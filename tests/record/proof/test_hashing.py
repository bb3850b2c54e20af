"""Trees, their paths and their right edges agree with the definition in RFC 9162."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.record.proof.hashing import (
    EMPTY_ROOT,
    RightEdge,
    audit_path,
    leaf_hash,
    root_from_path,
    split_size,
    tree_root,
)
from kb.record.proof.verifier import climb

# The eight entries of the test data of certificate transparency, and the roots of their trees.
ENTRIES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOT_OF_8 = "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


def hashes(count: int) -> list[bytes]:
    return [leaf_hash(str(number).encode()) for number in range(count)]


def defined_root(leaves: list[bytes]) -> bytes:
    """MTH of RFC 9162, section 2.1.1, word for word."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    both = defined_root(leaves[:k]) + defined_root(leaves[k:])
    return hashlib.sha256(b"\1" + both).digest()


def test_root_is_that_of_certificate_transparency():
    assert tree_root([leaf_hash(entry) for entry in ENTRIES]).hex() == ROOT_OF_8
    assert RightEdge().root() == EMPTY_ROOT == hashlib.sha256(b"").digest()


@given(st.integers(1, 300), st.data())
def test_path_leads_to_the_root_of_every_tree(count, data):
    leaves = hashes(count)
    index = data.draw(st.integers(0, count - 1))
    root = tree_root(leaves)
    assert root == defined_root(leaves)
    path = audit_path(leaves, index)
    assert root_from_path(leaves[index], index, count, path) == root
    siblings = iter(path)
    assert climb(leaves[index], index, count, siblings) == root
    assert not any(siblings)


@given(st.integers(2, 70), st.data())
def test_path_of_another_length_or_leaf_is_refused(count, data):
    leaves = hashes(count)
    index = data.draw(st.integers(0, count - 1))
    path = audit_path(leaves, index)
    for wrong in (path[:-1], [*path, leaves[0]]):
        with pytest.raises(ValueError, match="path"):
            root_from_path(leaves[index], index, count, wrong)
    with pytest.raises(StopIteration):
        climb(leaves[index], index, count, iter(path[:-1]))
    other = data.draw(st.integers(0, count - 1).filter(lambda number: number != index))
    for index_outside in (-1, count):
        with pytest.raises(ValueError, match="leaf"):
            root_from_path(leaves[0], index_outside, count, path)
        with pytest.raises(ValueError, match="leaf"):
            climb(leaves[0], index_outside, count, iter(path))
    assert root_from_path(leaves[other], index, count, path) != tree_root(leaves)


@given(st.integers(0, 600))
def test_right_edge_goes_on_from_what_was_stored(count):
    leaves = hashes(count + 3)
    edge = RightEdge()
    for leaf in leaves[:count]:
        edge.append(leaf)
    stored = RightEdge(edge.size, edge.edge)
    assert stored.root() == tree_root(leaves[:count])
    for leaf in leaves[count:]:
        stored.append(leaf)
    assert stored.root() == tree_root(leaves)


def test_right_edge_of_another_size_is_refused():
    with pytest.raises(ValueError, match="right edge"):
        RightEdge(3, bytes(32))
    with pytest.raises(ValueError, match="32 bytes"):
        RightEdge(1, bytes(33))


def test_tree_is_split_at_the_largest_power_of_two():
    assert [split_size(size) for size in (2, 3, 4, 5, 8, 9)] == [1, 2, 2, 4, 4, 8]
