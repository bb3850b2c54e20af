"""Reading the log: its tiles, and the path of a leaf to the root of today.

A tile has up to 256 hashes of one level. Those of level 0 are the hashes of leaves; one of level 1
is the hash of 256 leaves, and so on. A path takes one tile of each level: of a million leaves
three.
"""

from __future__ import annotations

from kb.record.log_models import LogHead, LogLeaf, LogNode
from kb.record.proof.appending import TILE_HEIGHT, TILE_WIDTH
from kb.record.proof.hashing import RightEdge, joined_root, tree_root


def current_tree() -> RightEdge:
    """The log as it is now: its size and its right edge."""
    row = LogHead.objects.values_list("size", "edge").first()
    return RightEdge(row[0], bytes(row[1])) if row else RightEdge()


def tree_of_size(size: int, tree: RightEdge) -> RightEdge:
    """The log as it was when it had ``size`` leaves; ``tree`` is that of today.

    Raises ValueError if it never had, or if the tiles lack a hash.
    """
    if size == tree.size:
        return tree
    if not 0 <= size < tree.size:
        raise ValueError(f"The log has {tree.size} leaves.")
    edge: list[bytes] = []
    tiles: dict[int, list[bytes]] = {}
    for height in range(size.bit_length())[::-1]:
        if size >> height & 1:
            level, below = divmod(height, TILE_HEIGHT)
            # The subtree ends where the size is cut off above its height.
            first = ((size >> height) - 1) << below
            if level not in tiles:
                tiles[level] = tile_hashes(level, first >> TILE_HEIGHT)
            start = first & TILE_WIDTH - 1
            edge.append(tree_root(tiles[level][start : start + (1 << below)]))
    return RightEdge(size, b"".join(edge))


def tile_hashes(level: int, number: int) -> list[bytes]:
    """The hashes of a tile, which has fewer than 256 at the right edge, and none beyond it."""
    bounds = number * TILE_WIDTH, (number + 1) * TILE_WIDTH
    rows = LogNode.objects.filter(level=level) if level else LogLeaf.objects.all()
    found = rows.filter(position__gte=bounds[0], position__lt=bounds[1]).order_by("position")
    return [bytes(value) for value in found.values_list("hash", flat=True)]


def tile_entries(number: int) -> list[bytes]:
    """The leaves themselves of a tile of level 0."""
    first = number * TILE_WIDTH
    leaves = LogLeaf.objects.filter(position__gte=first, position__lt=first + TILE_WIDTH)
    rows = leaves.order_by("position").values_list("entry", flat=True)
    return [bytes(entry) for entry in rows]


def path_to_root(position: int, tree: RightEdge) -> list[bytes]:
    """The hashes from the leaf at this position to the root of the tree, from the bottom up.

    ``tree`` is ``current_tree()`` of the same state of the database. Raises ValueError if the tree
    has no such leaf, and IndexError if the tiles lack a hash.
    """
    if not 0 <= position < tree.size:
        raise ValueError(f"There is no leaf {position} in a log of {tree.size}.")
    # The two numbers differ first in the binary one of the subtree that the leaf is in.
    height = (position ^ tree.size).bit_length() - 1
    place = (tree.size >> height + 1).bit_count()
    path = _path_in_subtree(position, height)
    right = tree.hashes[place + 1 :]
    if right:
        path.append(joined_root(right))
    return path + tree.hashes[:place][::-1]


def _path_in_subtree(position: int, height: int) -> list[bytes]:
    """The hashes from a leaf to the root of the complete subtree of this height that it is in."""
    path: list[bytes] = []
    tile: list[bytes] = []
    for step in range(height):
        level, below = divmod(step, TILE_HEIGHT)
        if below == 0:
            tile = tile_hashes(level, position >> (level + 1) * TILE_HEIGHT)
        first = (position >> step ^ 1) << below & TILE_WIDTH - 1
        hashes = tile[first : first + (1 << below)]
        if len(hashes) < 1 << below:
            raise IndexError(f"Tile of level {level} lacks hashes.")
        path.append(tree_root(hashes))
    return path
