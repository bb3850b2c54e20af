"""Sort keys in 32 bytes that sort as the text does (``kb.record.ordering.encode_key``)."""

from __future__ import annotations

PACKED_SIZE = 32
ID_SIZE = 8
# How many bytes each part takes, how many digits it has, and in which base.
_PARTS = ((5, 12, 10), (5, 12, 10), (3, 6, 10), (8, 12, 36), (3, 6, 10), (ID_SIZE, 12, 36))
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def pack_key(key: str) -> bytes:
    """The sort key in bytes. Raises ValueError for text that is no sort key."""
    parts = key.split(".")
    return b"".join(
        int(part, base).to_bytes(size, "big")
        for part, (size, _digits, base) in zip(parts, _PARTS, strict=True)
    )


def unpack_key(packed: bytes) -> str:
    """The sort key as text. Zero bytes at the end may be missing, as numpy leaves them out."""
    packed = packed.ljust(PACKED_SIZE, b"\0")
    parts, start = [], 0
    for size, digits, base in _PARTS:
        number = int.from_bytes(packed[start : start + size], "big")
        parts.append(f"{number:0{digits}d}" if base == 10 else _base36(number, digits))
        start += size
    return ".".join(parts)


def pack_id(public_id: str) -> bytes:
    """The bytes with which the packed key of this entry ends."""
    return int(public_id.ljust(12, "0"), 36).to_bytes(ID_SIZE, "big")


def packed_id(packed: bytes) -> bytes:
    """The end of a packed key, which is ``pack_id`` of its entry."""
    return packed.ljust(PACKED_SIZE, b"\0")[-ID_SIZE:]


def _base36(number: int, digits: int) -> str:
    text = ""
    while number:
        number, digit = divmod(number, 36)
        text = _DIGITS[digit] + text
    return text.rjust(digits, "0")
