"""Encodings that texts from outside may state: their names, and how bytes are read with them."""

from __future__ import annotations

import codecs

MAX_NAME_LENGTH = 60
# Codecs of Python that read text but are no encoding of a file or page: they fail for some bytes
# whatever the error handling, make half surrogate pairs, or hide ASCII (the HTML standard refuses
# UTF-7 for that).
_NOT_FOR_FILES = frozenset(
    ("charmap", "idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape", "utf-7")
)


def text_codec(name: str) -> str:
    """Return Python's name of the encoding with any of its names; "" if there is none.

    Names come from outside, so that codecs which are not for text, such as "hex" and "idna", and
    names that no encoding can have are unknown. Never raises.
    """
    name = name.strip()
    if len(name) > MAX_NAME_LENGTH or not name.isascii() or not name.isprintable():
        return ""
    try:
        codec = codecs.lookup(name).name
        b"a".decode(codec, "replace")  # raises LookupError for a codec that is not for text
    except (LookupError, ValueError):
        return ""
    return "" if codec.replace("_", "-") in _NOT_FOR_FILES else codec
