"""Names for addresses: slugs that read, and public ids that last."""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Callable

# No vowels, so no words; of what looks alike (0 o, 1 i l, 2 z, 5 s) at most the digit; lower case
# alone, so an id survives being read out. It begins with a letter, so no program takes it for a
# number: 17 × 25^7, some 10^11 ids.
LETTERS = "bcdfghjkmnpqrtvwx"
ALPHABET = LETTERS + "23456789"
ID_LENGTH = 8
SLUG_LENGTH = 80

# Longer names are cut before anything else is done to them.
_MOST_READ = 400
_NOT_IN_SLUGS = re.compile(r"[^a-z0-9]+")
# Letters that no decomposition turns into ASCII, by the usual spelling without them.
_SPELLED = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
    | dict.fromkeys("'’ʼ", "")
)


def slugify(text: str, fallback: str = "") -> str:
    """An ASCII slug of at most 80 characters, cut at a word.

    A name that has letters, but none that ASCII can spell, gets ``fallback``: of "2023年上半年"
    only the number would be left. "9/11" has no letters, and is 9-11.
    """
    text = text[:_MOST_READ]
    spelled = unicodedata.normalize("NFKC", text).lower().translate(_SPELLED)
    ascii_only = unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode()
    slug = _NOT_IN_SLUGS.sub("-", ascii_only).strip("-")
    lost_all_letters = not any("a" <= one <= "z" for one in slug) and any(map(str.isalpha, text))
    if not slug or lost_all_letters:
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
    """A random id of eight characters. The column that holds it must be unique."""
    rest = "".join(secrets.choice(ALPHABET) for _ in range(ID_LENGTH - 1))
    return secrets.choice(LETTERS) + rest


def is_public_id(text: str) -> bool:
    """Whether ``public_id`` could have made this."""
    return len(text) == ID_LENGTH and text[0] in LETTERS and all(one in ALPHABET for one in text)
