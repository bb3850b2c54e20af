"""Slugs and public ids for addresses."""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Callable

# No vowels, so no words; of characters that look alike (0 o, 1 i l, 2 z, 5 s) at most the digit;
# lower case only, so an id can be read out. It begins with a letter, so no program reads it as a
# number. 17 × 25^7 is about 10^11 ids.
LETTERS = "bcdfghjkmnpqrtvwx"
ALPHABET = LETTERS + "23456789"
ID_LENGTH = 8
SLUG_LENGTH = 80

# Longer names are cut before anything else.
_MAX_NAME_LENGTH = 400
_NOT_IN_SLUGS = re.compile(r"[^a-z0-9]+")
# Letters that have no ASCII decomposition, with their usual spelling.
_SPELLED = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
    | dict.fromkeys("'’ʼ", "")
)


def slugify(text: str, fallback: str = "") -> str:
    """Return an ASCII slug of at most 80 characters, cut at a word.

    A name with letters of which none can be written in ASCII gets ``fallback``: of "2023年上半年"
    only the number would remain. "9/11" has no letters and becomes 9-11.
    """
    text = text[:_MAX_NAME_LENGTH]
    spelled = unicodedata.normalize("NFKC", text).lower().translate(_SPELLED)
    ascii_only = unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode()
    slug = _NOT_IN_SLUGS.sub("-", ascii_only).strip("-")
    has_letters = any("a" <= character <= "z" for character in slug)
    if not slug or (not has_letters and any(map(str.isalpha, text))):
        return fallback
    if len(slug) > SLUG_LENGTH:
        slug = slug[: SLUG_LENGTH + 1].rpartition("-")[0] or slug[:SLUG_LENGTH]
    return slug


def unique_slug(name: str, own_id: str, is_taken: Callable[[str], bool]) -> str:
    """A slug for what has this name and this public id, that nothing else has.

    The public id follows the name where its plain slug is taken, and stands alone where the name
    has no letters for a slug.
    """
    slug = slugify(name, fallback=own_id)
    if slug != own_id and is_taken(slug):
        slug = f"{slug[: SLUG_LENGTH - len(own_id) - 1].rstrip('-')}-{own_id}"
    return slug


def public_id() -> str:
    """Return a random id of eight characters. Store it in a unique column."""
    # From one random number of which far more bits are drawn than the letters need.
    number, place = divmod(secrets.randbits(128), len(LETTERS))
    letters = [LETTERS[place]]
    for _ in range(ID_LENGTH - 1):
        number, place = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[place])
    return "".join(letters)
