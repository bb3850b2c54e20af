"""Adding leaves to the log, in the transaction of the publication.

The row of ``Epoch`` that each publication locks first lets one transaction at a time do so. A
publication costs four queries more, and as many hashes as its documents have fields.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kb.record.log_models import Commitments, LogHead, LogLeaf, LogNode
from kb.record.models import Revision
from kb.record.proof.hashing import RightEdge, leaf_hash
from kb.record.proof.leaves import (
    LoggedRevision,
    commitments,
    committed_fields,
    leaf_entry,
    new_salts,
)

# Hashes in a tile, and the height of a tile in the tree.
TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT
BATCH_SIZE = 500


def append_leaves(revisions: Sequence[LoggedRevision]) -> None:
    """Add a leaf for each of up to 500 stored revisions, in this order.

    Runs in the caller's transaction, after ``bump_version``.
    """
    if not revisions:
        return
    head, _is_new = LogHead.objects.get_or_create(pk=1)
    edge = RightEdge(head.size, bytes(head.edge))
    leaves: list[LogLeaf] = []
    nodes: list[LogNode] = []
    salts: list[Commitments] = []
    for revision in revisions:
        fields = committed_fields(revision)
        salted = new_salts(list(fields))
        entry = leaf_entry(revision, commitments(salted, fields))
        digest = leaf_hash(entry)
        position = edge.size
        leaves.append(LogLeaf(position=position, revision_id=revision.pk, entry=entry, hash=digest))
        salts.append(
            Commitments(
                revision_id=revision.pk, names="\n".join(salted.names), slots=b"".join(salted.slots)
            )
        )
        for height, node in edge.append(digest):
            level, rest = divmod(height, TILE_HEIGHT)
            if not rest:
                nodes.append(LogNode(level=level, position=position >> height, hash=node))
    LogLeaf.objects.bulk_create(leaves)
    Commitments.objects.bulk_create(salts)
    if nodes:
        LogNode.objects.bulk_create(nodes)
    LogHead.objects.filter(pk=1).update(size=edge.size, edge=edge.edge)


def append_missing() -> Iterator[int]:
    """Add a leaf for each revision that has none, in the order of publication.

    Yields the number of leaves after each batch, and has one batch in memory. Runs in the caller's
    transaction.
    """
    missing = Revision.objects.filter(leaf=None).order_by("pk")
    count, last = 0, 0
    while batch := list(missing.filter(pk__gt=last)[:BATCH_SIZE]):
        append_leaves(batch)
        last, count = batch[-1].pk, count + len(batch)
        yield count
