"""Ed25519 signatures (RFC 8032) with the key of the site, ``KB_SIGNING_KEY``.

The key is 32 random bytes in Base64. Each use signs its own context together with the message, so
a signature of one kind of text is none of another. Checkpoints of the public log have a format of
their own, without a context (``kb.record.proof.checkpoint``).
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

KEY_BYTES = 32
SIGNATURE_BYTES = 64


@dataclass(frozen=True)
class Signature:
    """A signature and the public key that it can be checked with, both in Base64."""

    public_key: str
    signature: str


def signing_key() -> Ed25519PrivateKey | None:
    """The private key of the settings; None if none is set.

    Raises ImproperlyConfigured if it is not such a key; the message does not repeat it.
    """
    if not settings.SIGNING_KEY:
        return None
    seed = _decoded(settings.SIGNING_KEY, KEY_BYTES)
    if seed is None:
        raise ImproperlyConfigured(
            "KB_SIGNING_KEY is not an Ed25519 key. It must be 32 random bytes in Base64, such as "
            "`openssl rand -base64 32` prints."
        )
    return Ed25519PrivateKey.from_private_bytes(seed)


def public_key_of(key: Ed25519PrivateKey) -> str:
    """The public key in Base64: 44 characters."""
    return base64.b64encode(key.public_key().public_bytes_raw()).decode("ascii")


def sign(key: Ed25519PrivateKey, context: bytes, message: bytes) -> Signature:
    """Sign a message for one use of the key, which ``context`` names."""
    signature = key.sign(_signed_bytes(context, message))
    return Signature(public_key_of(key), base64.b64encode(signature).decode("ascii"))


def is_signed(signature: Signature, context: bytes, message: bytes) -> bool:
    """Whether the signature is one of this message, in this context, by its public key."""
    public_key = _decoded(signature.public_key, KEY_BYTES)
    content = _decoded(signature.signature, SIGNATURE_BYTES)
    if public_key is None or content is None:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(
            content, _signed_bytes(context, message)
        )
    except (InvalidSignature, ValueError):
        return False
    return True


def _signed_bytes(context: bytes, message: bytes) -> bytes:
    return context + b"\n" + message


def _decoded(text: str, size: int) -> bytes | None:
    try:
        content = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        return None
    return content if len(content) == size else None
