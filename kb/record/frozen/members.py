"""The members of a frozen list as bytes: four for each revision, in the order of the list.

Fixed sizes, so that a page reads only its own part.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Sequence
from hashlib import sha256

MEMBER_SIZE = 4
# The greatest primary key of a revision that four bytes can hold.
MAX_KEY = 2 ** (8 * MEMBER_SIZE) - 1
_TYPE = next(code for code in "IL" if array(code).itemsize == MEMBER_SIZE)


def pack_members(keys: Sequence[int]) -> bytes:
    """Primary keys of revisions as bytes. Raises OverflowError for one above ``MAX_KEY``."""
    return _little_endian(array(_TYPE, keys)).tobytes()


def unpack_members(members: bytes) -> Sequence[int]:
    """The primary keys, in the order of the list."""
    keys = array(_TYPE)
    keys.frombytes(members)
    return _little_endian(keys)


def page_of_members(members: bytes, start: int, stop: int) -> Sequence[int]:
    """The primary keys from one place of the list to another."""
    return unpack_members(members[start * MEMBER_SIZE : stop * MEMBER_SIZE])


def members_digest(members: bytes) -> str:
    """The SHA-256 of the members, in hexadecimal digits."""
    return sha256(members).hexdigest()


def _little_endian(keys: array[int]) -> array[int]:
    """The same keys with the order of bytes changed on machines that have the other one."""
    if sys.byteorder == "big":
        keys.byteswap()
    return keys
