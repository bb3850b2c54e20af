"""Leaves of the public log for earlier versions, as edition 1 of the log writes them.

A copy of what kb.record.proof did when the log began: a leaf that was written never changes.
"""

import hashlib
import json
import secrets
from base64 import b64encode
from datetime import UTC

BATCH_SIZE = 500


def log_revisions(apps, schema_editor):
    """Give a leaf to each version that was published before there was a log, in batches."""
    alias = schema_editor.connection.alias
    leaf, node, head, salts, revision = (
        apps.get_model("record", name)
        for name in ("LogLeaf", "LogNode", "LogHead", "Commitments", "Revision")
    )
    size, edge, last = 0, [], 0
    rows = revision.objects.using(alias).order_by("pk")
    while batch := list(rows.filter(pk__gt=last)[:BATCH_SIZE]):
        leaves, nodes, commitments = [], [], []
        for row in batch:
            names, slots, entry = leaf_of(row)
            digest = hashed(b"\0", entry)
            leaves.append(leaf(position=size, revision_id=row.pk, entry=entry, hash=digest))
            commitments.append(
                salts(revision_id=row.pk, names="\n".join(names), slots=b"".join(slots))
            )
            for height, subtree in grown(edge, size, digest):
                if height % 8 == 0:
                    nodes.append(node(level=height // 8, position=size >> height, hash=subtree))
            size += 1
        leaf.objects.using(alias).bulk_create(leaves)
        salts.objects.using(alias).bulk_create(commitments)
        node.objects.using(alias).bulk_create(nodes)
        last = batch[-1].pk
    if size:
        head.objects.using(alias).create(pk=1, size=size, edge=b"".join(edge))


def leaf_of(row):
    """The names of the fields of a version, a salt for each, and the leaf."""
    values = {**row.document, "change_note": row.note}
    fields = {}
    for name in sorted(values.keys() - {"id", "kind", "noindex"}):
        value = values[name]
        if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
            fields |= {f"{name}/{index}": item for index, item in enumerate(value)}
        else:
            fields[name] = value
    slots = [secrets.token_bytes(32) for _name in fields]
    made = {
        name: hashed(b"\0", salt, name.encode(), b"\0", canonical(value))
        for (name, value), salt in zip(fields.items(), slots, strict=True)
    }
    quoted = {"text": b64encode(made.pop("text")).decode()} if "text" in made else {}
    edge = []
    for size, commitment in enumerate(made.values()):
        grown(edge, size, commitment)
    root = edge.pop()
    while edge:
        root = hashed(b"\1", edge.pop(), root)
    leaf = {
        "change": row.change,
        "fields": len(made),
        "id": row.public_id,
        "kind": row.kind,
        "number": row.number,
        "root": b64encode(root).decode(),
        "time": row.published_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "v": 1,
        **quoted,
    }
    return list(fields), slots, canonical(leaf)


def grown(edge, size, digest):
    """Add a leaf to the right edge of a tree; return the subtrees that it completes."""
    completed, height = [], 0
    while size >> height & 1:
        digest, height = hashed(b"\1", edge.pop(), digest), height + 1
        completed.append((height, digest))
    edge.append(digest)
    return completed


def hashed(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def canonical(value):
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
