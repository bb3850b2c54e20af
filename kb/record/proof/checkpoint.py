"""The checkpoint: how large the log is and what its root is, as a signed note.

The formats are those of C2SP (tlog-checkpoint, signed-note): the name of the log, the size and the
root in base64 on lines of their own, and after an empty line the signature, if there is a key.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from kb.record.past.serving import served_time
from kb.record.proof.hashing import RightEdge
from kb.record.proof.leaves import text_of
from kb.record.proof.tree import current_tree
from kb.record.signing import signing_key

_ED25519 = b"\1"  # the type of signature in key ids and verifier keys
_KEY_ID_SIZE = 4


class Checkpoint(NamedTuple):
    """The state of the log: who keeps it, the number of its leaves, and its root."""

    origin: str
    size: int
    root: bytes

    @property
    def short(self) -> str:
        """Size and root in one line, for headers and the ends of files."""
        return f"{self.size} {text_of(self.root)}"

    @property
    def body(self) -> str:
        """The text that is signed."""
        return f"{self.origin}\n{self.size}\n{text_of(self.root)}\n"


def log_origin() -> str:
    """The permanent name of the log: the first address of the site, without a scheme."""
    parts = urlsplit(settings.FIRST_SITE_URL)
    return f"{parts.netloc}{parts.path}/record"


def checkpoint_of(tree: RightEdge) -> Checkpoint:
    """The checkpoint of a tree."""
    return Checkpoint(log_origin(), tree.size, tree.root())


def current_checkpoint() -> Checkpoint:
    """The checkpoint of the log as it is now. One query."""
    return checkpoint_of(current_tree())


def short_checkpoint(number: int, changed_at: datetime | None) -> str:
    """The checkpoint in one line; "" while the record of an earlier day is served, without a log.

    The arguments are ``current_version()`` of the same state of the record. One query, if it was
    not asked for this version before.
    """
    return "" if served_time() else _short_checkpoint(number, changed_at)


@lru_cache(maxsize=2)
def _short_checkpoint(number: int, changed_at: datetime | None) -> str:
    return current_checkpoint().short


def checkpoint_note(checkpoint: Checkpoint) -> str:
    """The checkpoint as a signed note; without ``KB_SIGNING_KEY`` its text alone, unsigned."""
    key = signing_key()
    if key is None:
        return checkpoint.body
    signature = _key_id(checkpoint.origin, key) + key.sign(checkpoint.body.encode())
    return f"{checkpoint.body}\n— {checkpoint.origin} {text_of(signature)}\n"


def verifier_key() -> str:
    """The public key in the form of signed notes, ``name+id+key``; "" if there is none."""
    key = signing_key()
    if key is None:
        return ""
    origin = log_origin()
    return f"{origin}+{_key_id(origin, key).hex()}+{text_of(_ED25519 + _public_bytes(key))}"


def _key_id(origin: str, key: Ed25519PrivateKey) -> bytes:
    named = origin.encode() + b"\n" + _ED25519 + _public_bytes(key)
    return hashlib.sha256(named).digest()[:_KEY_ID_SIZE]


def _public_bytes(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes_raw()
