"""Merkle trees as RFC 9162 (and RFC 6962) hashes them, as functions of bytes.

A tree of n leaves is split into the largest power of two below n and the rest. The hash of a leaf
begins with 0x00 and that of a node with 0x01, so that neither can be taken for the other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

HASH_SIZE = 32
# The hash of a tree without leaves.
EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """The hash of a leaf that holds these bytes."""
    return hashlib.sha256(b"\0" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of a node over two others."""
    return hashlib.sha256(b"\1" + left + right).digest()


def split_size(size: int) -> int:
    """The largest power of two below ``size``, which is at least 2."""
    return int(1 << ((size - 1).bit_length() - 1))


def tree_root(hashes: Sequence[bytes]) -> bytes:
    """The root of a tree with these hashes of leaves."""
    edge = RightEdge()
    for leaf in hashes:
        edge.append(leaf)
    return edge.root()


def audit_path(hashes: Sequence[bytes], index: int) -> list[bytes]:
    """The hashes that lead from the leaf at ``index`` to the root, from the bottom up."""
    path: list[bytes] = []
    start, stop = 0, len(hashes)
    while stop - start > 1:
        middle = start + split_size(stop - start)
        if index < middle:
            path.append(tree_root(hashes[middle:stop]))
            stop = middle
        else:
            path.append(tree_root(hashes[start:middle]))
            start = middle
    return path[::-1]


def root_from_path(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """The root that a path leads to (RFC 9162, 2.1.3.2).

    Raises ValueError if a path of a tree of this size has another length.
    """
    if not 0 <= index < size:
        raise ValueError(f"There is no leaf {index} in a tree of {size}.")
    node, last, root = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            raise ValueError("The path is too long.")
        if node & 1 or node == last:
            root = node_hash(sibling, root)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            root = node_hash(root, sibling)
        node, last = node >> 1, last >> 1
    if last:
        raise ValueError("The path is too short.")
    return root


class RightEdge:
    """A tree that grows by leaves, of which only its right edge is in memory.

    ``size`` is the number of leaves, ``hashes`` those of the complete subtrees that it consists of,
    the largest first.
    """

    def __init__(self, size: int = 0, edge: bytes = b"") -> None:
        """Continue a tree. Raises ValueError if ``edge`` is not one of a tree of this size."""
        self.size = size
        self.hashes = split_hashes(edge)
        if len(self.hashes) != size.bit_count():
            raise ValueError(f"A log of {size} leaves has another right edge.")

    def append(self, leaf: bytes) -> list[tuple[int, bytes]]:
        """Add the hash of a leaf; return the height and hash of each subtree that it completes."""
        completed: list[tuple[int, bytes]] = []
        node, height = leaf, 0
        while self.size >> height & 1:
            node, height = node_hash(self.hashes.pop(), node), height + 1
            completed.append((height, node))
        self.hashes.append(node)
        self.size += 1
        return completed

    def root(self) -> bytes:
        """The root of the tree as it is now."""
        return joined_root(self.hashes) if self.hashes else EMPTY_ROOT

    @property
    def edge(self) -> bytes:
        return b"".join(self.hashes)


def joined_root(subtrees: Sequence[bytes]) -> bytes:
    """The root of a tree that consists of these complete subtrees, the largest first."""
    root = subtrees[-1]
    for left in reversed(subtrees[:-1]):
        root = node_hash(left, root)
    return root


def split_hashes(joined: bytes) -> list[bytes]:
    """The hashes of 32 bytes of which these bytes consist. Raises ValueError for a rest."""
    if len(joined) % HASH_SIZE:
        raise ValueError("The bytes are not hashes of 32 bytes each.")
    return [joined[start : start + HASH_SIZE] for start in range(0, len(joined), HASH_SIZE)]
