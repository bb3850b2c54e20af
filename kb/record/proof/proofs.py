"""Proofs: what a reader needs to check one field of a version, or all of it, without this site."""

from __future__ import annotations

import json
from base64 import b85encode
from typing import Any, NotRequired, TypedDict

from kb.record.log_models import Commitments, LogLeaf
from kb.record.models import Revision
from kb.record.proof.hashing import audit_path, split_hashes, tree_root
from kb.record.proof.leaves import (
    QUOTED_FIELD,
    SaltedFields,
    commitments,
    committed_fields,
    tree_fields,
)
from kb.record.proof.tree import current_tree, path_to_root, tree_of_size

# What of a leaf a proof states. The rest follows from the field and from the hashes.
LEAF_HEAD = ("change", "fields", "id", "kind", "number", "time")


class Proof(TypedDict):
    """The proof of one field, for the checkpoint of the log when it had ``size`` leaves.

    ``hashes`` are all that the verifier needs, in its order, joined, in base85: the salt; the way
    from the field to the leaf; and the hashes from the leaf at ``index`` to the root. For the field
    that is in the leaf itself, the way is the root of all others. For another field it is the path
    in their tree, where it has ``place``, and, with ``has_text``, the commitment in the leaf.
    """

    leaf: list[str | int]
    index: int
    size: int
    field: str
    place: NotRequired[int]
    has_text: NotRequired[bool]
    hashes: str
    value: NotRequired[Any]


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
    version = _ProvenVersion(revision, size)
    if name not in version.provable:
        raise NoProof(name)
    return version.proof(name)


def version_proof(revision: Revision, size: int | None = None) -> list[Proof]:
    """A proof with the value for each field of a version that was not suppressed.

    Otherwise as ``field_proof``.
    """
    version = _ProvenVersion(revision, size)
    return [{**version.proof(name), "value": version.values[name]} for name in version.provable]


class _ProvenVersion:
    """What the proofs of all fields of a version are made from; errors as of ``field_proof``."""

    def __init__(self, revision: Revision, size: int | None) -> None:
        leaf = LogLeaf.objects.filter(revision=revision).first()
        row = Commitments.objects.filter(revision=revision).first()
        if leaf is None or row is None:
            raise NoProof(str(revision))
        tree = current_tree()
        if size is not None:
            tree = tree_of_size(size, tree)
        self._size, self._index = tree.size, leaf.position
        self._path = path_to_root(leaf.position, tree)
        self._leaf = json.loads(bytes(leaf.entry))
        self._salted = salted_fields(row)
        self.values = committed_fields(revision)
        self._committed = commitments(self._salted, self.values)
        self._tree_fields = tree_fields(self._salted.names)

    @property
    def provable(self) -> list[str]:
        """The names of the fields that were not forgotten, in order."""
        return [name for name in self._salted.names if name not in self._salted.forgotten]

    def proof(self, name: str) -> Proof:
        """The proof of a provable field, without its value."""
        hashes = [self._salted.slots[self._salted.names.index(name)]]
        proof: Proof = {
            "leaf": [self._leaf[key] for key in LEAF_HEAD],
            "index": self._index,
            "size": self._size,
            "field": name,
            "hashes": "",
        }
        others = [self._committed[other] for other in self._tree_fields]
        if name == QUOTED_FIELD:
            hashes.append(tree_root(others))
        else:
            proof["place"] = self._tree_fields.index(name)
            hashes += audit_path(others, proof["place"])
            proof["has_text"] = QUOTED_FIELD in self._committed
            if proof["has_text"]:
                hashes.append(self._committed[QUOTED_FIELD])
        proof["hashes"] = b85encode(b"".join(hashes + self._path)).decode()
        return proof
