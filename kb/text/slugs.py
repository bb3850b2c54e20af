"""Names for addresses: slugs that read, and public ids that last."""

import re
import secrets
import unicodedata

# No vowels, so no words; no 0, 1, l, o that look alike.
ALPHABET = "bcdfghjkmnpqrstvwxz23456789"
LETTERS = "bcdfghjkmnpqrstvwxz"
ID_LENGTH = 8
SLUG_LENGTH = 80


def slugify(text: str, fallback: str = "") -> str:
    """An ASCII slug of at most 80 characters, cut at a word; ``fallback`` when nothing is left."""
    folded = unicodedata.normalize("NFKD", text[:400]).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", folded).strip("-")
    if len(slug) > SLUG_LENGTH:
        cut = slug[: SLUG_LENGTH + 1].rpartition("-")[0]
        slug = cut or slug[:SLUG_LENGTH]
    return slug or fallback


def public_id() -> str:
    """A random id of eight characters that begins with a letter: some 2 × 10^11 of them."""
    rest = "".join(secrets.choice(ALPHABET) for _ in range(ID_LENGTH - 1))
    return secrets.choice(LETTERS) + rest


def is_public_id(text: str) -> bool:
    """Whether ``public_id`` could have made this."""
    return len(text) == ID_LENGTH and text[0] in LETTERS and all(one in ALPHABET for one in text)
