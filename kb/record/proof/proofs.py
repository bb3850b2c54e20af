"""Proofs: what a reader needs to check one field of a version, or all of it, without this site."""

from __future__ import annotations

import json
from typing import Any, NotRequired, TypedDict

from kb.record.log_models import Commitments, LogLeaf
from kb.record.models import Revision
from kb.record.proof.checkpoint import checkpoint_note, checkpoint_of
from kb.record.proof.hashing import audit_path, split_hashes
from kb.record.proof.leaves import (
    QUOTED_FIELD,
    SaltedFields,
    commitments,
    committed_fields,
    text_of,
    tree_fields,
)
from kb.record.proof.tree import current_tree, path_to_root, tree_of_size


class FieldProof(TypedDict):
    """One field: what its commitment is made from, and the way to the root of the fields.

    ``index`` and ``path`` are absent for the field that stands in the leaf itself.
    """

    name: str
    salt: str
    index: NotRequired[int]
    path: NotRequired[str]


class VersionField(TypedDict, total=False):
    """A field of a whole version; of one that was forgotten there is the commitment alone."""

    name: str
    salt: str
    value: Any
    commitment: str


class ProvenParts(TypedDict):
    """One field, or all of a version with their values in the order of the tree.

    ``leaf`` is the leaf without what follows from the fields.
    """

    leaf: dict[str, str | int]
    field: NotRequired[FieldProof]
    fields: NotRequired[list[VersionField]]


class Proof(ProvenParts):
    """A proof, with the ``index`` of its leaf and the hashes from it to the root.

    The hashes of ``path`` are joined, in base64.
    """

    index: int
    path: str
    checkpoint: str


class NoProof(LookupError):
    """There is no such field to prove: it never was one, or it was forgotten."""


def salted_fields(row: Commitments) -> SaltedFields:
    """The fields of a stored row. Raises ValueError if its parts do not belong together."""
    names = row.names.split("\n")
    slots = split_hashes(bytes(row.slots))
    if len(names) != len(slots):
        raise ValueError("The names are not as many as the salts.")
    return SaltedFields(names, slots, frozenset(row.forgotten.split("\n")) - {""})


def field_proof(revision: Revision, name: str, size: int | None = None) -> Proof:
    """The proof of one field, which contains no value: whoever checks it has that already.

    It leads to the checkpoint of the log when it had ``size`` leaves, today's if None. Call it in a
    snapshot. Raises NoProof if the revision has no such field or no leaf, and ValueError if the log
    never had this size or did not contain the revision then.
    """
    leaf, salted, fields = _stored_parts(revision)
    if name not in salted.names or name in salted.forgotten:
        raise NoProof(name)
    index = salted.names.index(name)
    proof: FieldProof = {"name": name, "salt": text_of(salted.slots[index])}
    parts = json.loads(bytes(leaf.entry))
    if name == QUOTED_FIELD:
        del parts[QUOTED_FIELD]
    else:
        committed = commitments(salted, fields)
        names = tree_fields(salted.names)
        place = names.index(name)
        path = audit_path([committed[other] for other in names], place)
        proof |= {"index": place, "path": text_of(b"".join(path))}
        del parts["root"]
    return _proof(leaf, size, {"leaf": parts, "field": proof})


def version_proof(revision: Revision, size: int | None = None) -> Proof:
    """The proof of a whole version, with the values that were published.

    Otherwise as ``field_proof``.
    """
    leaf, salted, values = _stored_parts(revision)
    parts = json.loads(bytes(leaf.entry))
    del parts["root"], parts["fields"]
    fields: list[VersionField] = []
    for name, slot in zip(salted.names, salted.slots, strict=True):
        if name not in salted.forgotten:
            fields.append({"name": name, "salt": text_of(slot), "value": values[name]})
        elif name != QUOTED_FIELD:
            fields.append({"commitment": text_of(slot)})
    if QUOTED_FIELD not in salted.forgotten:
        parts.pop(QUOTED_FIELD, None)
    return _proof(leaf, size, {"leaf": parts, "fields": fields})


def _proof(leaf: LogLeaf, size: int | None, parts: ProvenParts) -> Proof:
    """The proof of these parts, with the way from the leaf to the root."""
    tree = current_tree()
    if size is not None:
        tree = tree_of_size(size, tree)
    return {
        **parts,
        "index": leaf.position,
        "path": text_of(b"".join(path_to_root(leaf.position, tree))),
        "checkpoint": checkpoint_note(checkpoint_of(tree)),
    }


def _stored_parts(revision: Revision) -> tuple[LogLeaf, SaltedFields, dict[str, Any]]:
    leaf = LogLeaf.objects.filter(revision=revision).first()
    row = Commitments.objects.filter(revision=revision).first()
    if leaf is None or row is None:
        raise NoProof(str(revision))
    return leaf, salted_fields(row), committed_fields(revision)
