"""Passwords that have leaked, in a file beside this module: no other machine is asked.

The file has four bytes of the SHA-256 of each, in lower case: the first two are the number of its
bucket. So one in some three thousand other passwords is refused as well, and cannot be told apart.
``bench/leaked_passwords.py`` writes it.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

FILE = Path(__file__).with_name("leaked_passwords.bin")
BUCKETS = 2**16
REST_BYTES = 2
# Shorter passwords are refused anyway, so the list has none.
LEAST_CHARACTERS = 12


def is_leaked(password: str) -> bool:
    """Return whether the password is in the list, in whatever letters, large or small."""
    bucket, rest = digest_of(password)
    with FILE.open("rb") as file:
        sizes = file.read(BUCKETS)
        file.seek(BUCKETS + REST_BYTES * sum(sizes[:bucket]))
        rests = file.read(REST_BYTES * sizes[bucket])
    return rest in (rests[at : at + REST_BYTES] for at in range(0, len(rests), REST_BYTES))


def digest_of(password: str) -> tuple[int, bytes]:
    """Return the bucket of a password and what the bucket has of it."""
    digest = hashlib.sha256(password.lower().encode("utf-8", "replace")).digest()
    return int.from_bytes(digest[:2]), digest[2 : 2 + REST_BYTES]
