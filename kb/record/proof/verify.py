"""Whether the stored revisions are those of the log, and the log is what it was.

Every leaf is made again from its revision and its salts, and the tree from the leaves. Whoever can
change all tables alike can only be found out by a checkpoint that somebody else has kept.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.db import DatabaseError, connection, models
from django.db.models.functions import Cast

from kb.record.documents import digest
from kb.record.frozen.verify import all_view_errors
from kb.record.log_models import Commitments, LogHead, LogLeaf, LogNode
from kb.record.models import Revision
from kb.record.proof.appending import TILE_HEIGHT
from kb.record.proof.hashing import RightEdge, leaf_hash
from kb.record.proof.leaves import (
    SaltedFields,
    commitments,
    committed_fields,
    is_leaf_of,
    text_of,
)
from kb.record.proof.proofs import salted_fields
from kb.record.vocabulary import Change

CHUNK_SIZE = 200
Progress = Callable[[int], None]
_COLUMNS = ("pk", "public_id", "kind", "slug", "title", "number", "change", "note", "published_at",
            "sha256")  # fmt: skip


class _StoredRow(NamedTuple):
    """A leaf with all that it was made from."""

    position: int
    entry: bytes
    hash: bytes
    names: str | None
    slots: bytes | None
    forgotten: str | None
    stored: str
    pk: int
    public_id: str
    kind: str
    slug: str
    title: str
    number: int
    change: str
    note: str
    published_at: datetime
    sha256: str
    document: Mapping[str, Any]


def log_errors(
    checkpoints: Mapping[int, str] | None = None, progress: Progress | None = None
) -> Iterator[str]:
    """What is wrong with the record and its log, in English; nothing if nothing is.

    ``checkpoints`` are roots in base64 by the size of the log. Call it in a transaction that sees
    one state. ``progress`` is called with the number of leaves read so far. Memory is constant.
    """
    try:
        yield from _leaf_errors(dict(checkpoints or {}), progress)
        yield from _missing_leaf_errors()
        yield from _supersession_errors()
        for public_id, error in all_view_errors():
            yield f"frozen list {public_id}: {error}"
    except (DatabaseError, ValueError, TypeError) as error:
        yield f"the record cannot be read to its end: {error}"


def _leaf_errors(checkpoints: dict[int, str], progress: Progress | None) -> Iterator[str]:
    edge, nodes = RightEdge(), 0
    for row in _stored_rows():
        if row.position != edge.size:
            yield f"leaf {edge.size} is missing or has another position, {row.position}"
            return
        yield from (f"leaf {row.position}: {error}" for error in _row_errors(row))
        for height, node in edge.append(leaf_hash(row.entry)):
            level, rest = divmod(height, TILE_HEIGHT)
            if not rest:
                nodes += 1
                position = row.position >> height
                stored = LogNode.objects.filter(level=level, position=position).first()
                if stored is None or bytes(stored.hash) != node:
                    yield f"the hash {position} of level {level} is another one"
        root = checkpoints.pop(edge.size, None)
        if root is not None and root != text_of(edge.root()):
            yield f"the root of the first {edge.size} leaves is not that of the checkpoint"
        if progress:
            progress(edge.size)
    if LogNode.objects.count() != nodes:
        yield "the log has hashes that belong to no leaves"
    head = LogHead.objects.values_list("size", "edge").first() or (0, b"")
    if (head[0], bytes(head[1])) != (edge.size, edge.edge):
        yield f"the log ends with another leaf than its {edge.size} leaves say"
    yield from (f"the log has fewer than {size} leaves" for size in checkpoints)


def _row_errors(row: _StoredRow) -> Iterator[str]:
    """What is wrong with one leaf and its revision."""
    if leaf_hash(row.entry) != row.hash:
        yield "its hash is another one"
    if row.names is None or row.slots is None or row.forgotten is None:
        yield "its salts are missing"
        return
    try:
        document = json.loads(row.stored)
    except ValueError:
        yield f"the document of {row.public_id} is not JSON"
        return
    if connection.vendor == "sqlite" and json.dumps(document) != row.stored:
        yield f"the document of {row.public_id} was not stored by this program"
    if not isinstance(document, dict):
        yield f"the document of {row.public_id} is not a document"
        return
    yield from _column_errors(row, document)
    revision = row._replace(document=document)
    salts = Commitments(names=row.names, slots=row.slots, forgotten=row.forgotten)
    try:
        salted = salted_fields(salts)
        if "\n".join(name for name in salted.names if name in salted.forgotten) != row.forgotten:
            yield "the names of what was forgotten are others"
        fields = committed_fields(revision)
        yield from _added_field_errors(salted, fields, row.change)
        is_whole = is_leaf_of(revision, commitments(salted, fields), row.entry)
    except (KeyError, ValueError) as error:
        yield f"its salts do not belong to version {row.number} of {row.public_id} ({error!r})"
        return
    if not is_whole:
        yield f"version {row.number} of {row.kind} {row.public_id} is not what was published"


def _added_field_errors(
    salted: SaltedFields, fields: Mapping[str, Any], change: str
) -> Iterator[str]:
    """Fields that were not published. A list of which all was forgotten may have another length.

    A version that was removed as a whole has become a tombstone.
    """
    emptied = {name.partition("/")[0] for name in salted.forgotten}
    if change == Change.SUPPRESSION:
        emptied.add("tombstone")
    for name in fields.keys() - set(salted.names):
        if name.partition("/")[0] not in emptied:
            yield f"the field {name} was not published"


def _column_errors(row: _StoredRow, document: Any) -> Iterator[str]:
    """What of the columns beside a document is not as in the document."""
    columns = {"id": row.public_id, "kind": row.kind, "slug": row.slug, "title": row.title}
    for name, value in columns.items():
        if document.get(name) != value:
            yield f"the {name} of {row.public_id} is not that of its document"
    if digest(document) != row.sha256:
        yield f"the SHA-256 of the document of {row.public_id} is another one"


def _stored_rows() -> Iterator[_StoredRow]:
    """All leaves in order, each with its revision and salts. Documents are as they are stored."""
    leaves = LogLeaf.objects.order_by("position").annotate(
        stored=Cast("revision__document", models.TextField())
    )
    salts = [f"revision__commitments__{name}" for name in ("names", "slots", "forgotten")]
    columns = [f"revision__{name}" for name in _COLUMNS]
    values = leaves.values_list("position", "entry", "hash", *salts, "stored", *columns)
    for position, entry, digest_, *rest in values.iterator(chunk_size=CHUNK_SIZE):
        yield _StoredRow._make((position, bytes(entry), bytes(digest_), *rest, {}))


def _missing_leaf_errors() -> Iterator[str]:
    without = Revision.objects.filter(leaf=None).order_by("pk").values_list("public_id", "number")
    for public_id, number in without.iterator(chunk_size=CHUNK_SIZE):
        yield f"version {number} of {public_id} has no leaf"


def _supersession_errors() -> Iterator[str]:
    """Versions that do not end when the next one begins."""
    following = Revision.objects.filter(
        public_id=models.OuterRef("public_id"), number=models.OuterRef("number") + 1
    )
    rows = Revision.objects.order_by("pk").annotate(
        end=models.Subquery(following.values("published_at")[:1])
    )
    values = rows.values_list("public_id", "number", "superseded_at", "end")
    for public_id, number, superseded_at, end in values.iterator(chunk_size=CHUNK_SIZE):
        if superseded_at != end:
            yield f"version {number} of {public_id} does not end when the next one begins"
