"""What a leaf of the log says about a revision, as bytes that never change.

The commitment to a field is the leaf hash of ``salt ‖ name ‖ 0x00 ‖ value``: a random salt of 32
bytes, the name in UTF-8, and the value as canonical JSON. Whoever has the salt can check a value;
without it, no value can be tried. The fields of a revision are those of its document and
``change_note``. A list of objects, such as the citations, has a commitment for each of its items
(``citations/0``, ``citations/1``, …), so that one can be forgotten alone. The commitment to
``text`` stands in the leaf itself, so that the proof of a quotation is short; ``root`` is that of
the tree of all others, in the order of their names.

``id`` and ``kind`` are no fields: they are parts of the leaf, as are number, time and the kind of
change. ``noindex`` is none either, because it can be added to a version later. These words and this
order are a format: a change of them would need another ``v``.
"""

from __future__ import annotations

import json
import secrets
from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple, Protocol

from kb.record.documents.field import stored_document
from kb.record.proof.hashing import HASH_SIZE, leaf_hash, split_hashes, tree_root
from kb.record.vocabulary import Change

LEAF_EDITION = 1
SALT_SIZE = HASH_SIZE
# The field whose commitment is in the leaf.
QUOTED_FIELD = "text"
NOTE_FIELD = "change_note"
_NOT_COMMITTED = frozenset(("id", "kind", "noindex"))


class LoggedRevision(Protocol):
    """What of a revision is in the log; ``kb.record.models.Revision``, also of a migration."""

    @property
    def pk(self) -> Any: ...

    @property
    def public_id(self) -> Any: ...

    @property
    def kind(self) -> Any: ...

    @property
    def number(self) -> Any: ...

    @property
    def document(self) -> Any: ...

    @property
    def change(self) -> Any: ...

    @property
    def note(self) -> Any: ...

    @property
    def published_at(self) -> Any: ...


class SaltedFields(NamedTuple):
    """The fields of one revision: their names in order, and the salt or commitment of each."""

    names: list[str]
    slots: list[bytes]
    forgotten: frozenset[str] = frozenset()


def canonical_json(value: object) -> bytes:
    """JSON with sorted keys and without space, in UTF-8: for documents the same as RFC 8785."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def committed_fields(revision: LoggedRevision) -> dict[str, Any]:
    """The values of a revision by the names of their commitments, in the order of the tree.

    Of a document of an earlier edition these are the values that were published.
    """
    document: Mapping[str, Any] = stored_document(revision.document)
    values = {**document, NOTE_FIELD: revision.note}
    fields: dict[str, Any] = {}
    for name in sorted(values.keys() - _NOT_COMMITTED):
        value = values[name]
        if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
            fields |= {f"{name}/{index}": item for index, item in enumerate(value)}
        else:
            fields[name] = value
    return fields


def new_salts(names: Sequence[str]) -> SaltedFields:
    """A random salt for each field."""
    return SaltedFields(list(names), split_hashes(secrets.token_bytes(SALT_SIZE * len(names))))


def commitment(salt: bytes, name: str, value: object) -> bytes:
    """The commitment to a value, 32 bytes. Raises ValueError for a salt of another size."""
    if len(salt) != SALT_SIZE:
        raise ValueError(f"A salt has {SALT_SIZE} bytes.")
    return leaf_hash(salt + name.encode() + b"\0" + canonical_json(value))


def commitments(salted: SaltedFields, fields: Mapping[str, Any]) -> dict[str, bytes]:
    """The commitment to each field. Raises KeyError for one that is gone and not forgotten."""
    return {
        name: slot if name in salted.forgotten else commitment(slot, name, fields[name])
        for name, slot in zip(salted.names, salted.slots, strict=True)
    }


def leaf_entry(revision: LoggedRevision, committed: Mapping[str, bytes]) -> bytes:
    """The leaf of a revision with these commitments, as bytes."""
    return canonical_json({**leaf_head(revision), **leaf_hashes(committed)})


def is_leaf_of(revision: LoggedRevision, committed: Mapping[str, bytes], entry: bytes) -> bool:
    """Whether this is the leaf of a stored revision.

    A version that was removed as a whole was published as another kind of change, which only its
    leaf still says.
    """
    head = leaf_head(revision)
    if revision.change == Change.SUPPRESSION:
        head["change"] = json.loads(entry)["change"]
    return canonical_json({**head, **leaf_hashes(committed)}) == entry


def leaf_head(revision: LoggedRevision) -> dict[str, str | int]:
    """The part of a leaf that needs no commitment."""
    return {
        "change": revision.change,
        "id": revision.public_id,
        "kind": revision.kind,
        "number": revision.number,
        "time": _moment(revision.published_at),
        "v": LEAF_EDITION,
    }


def leaf_hashes(committed: Mapping[str, bytes]) -> dict[str, str | int]:
    """The part of a leaf that is made from the commitments."""
    others = tree_fields(committed)
    quoted = {QUOTED_FIELD: text_of(committed[QUOTED_FIELD])} if QUOTED_FIELD in committed else {}
    root = tree_root([committed[name] for name in others])
    return {"fields": len(others), "root": text_of(root), **quoted}


def tree_fields(names: Mapping[str, object] | Sequence[str]) -> list[str]:
    """The names of the fields in the tree, which is all but the one in the leaf."""
    return [name for name in names if name != QUOTED_FIELD]


def text_of(data: bytes) -> str:
    """Bytes as base64."""
    return b64encode(data).decode()


def _moment(when: datetime) -> str:
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
