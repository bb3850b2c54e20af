"""Slugs and public ids for addresses."""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Callable

from kb.text.letters import APOSTROPHES, PLAIN_APOSTROPHES, PLAIN_LATIN

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
# Letters that have no ASCII decomposition, as search spells them, and no apostrophes.
_SPELLED = PLAIN_LATIN | str.maketrans(dict.fromkeys(APOSTROPHES, ""))


def slugify(text: str, fallback: str = "") -> str:
    """Return an ASCII slug of at most 80 characters, cut at a word.

    A name with a letter or digit that cannot be written in ASCII gets ``fallback``: of a Chinese
    title with "AI" in it only ``ai`` would remain, which is the slug of something else.
    """
    slug, is_complete = _ascii_slug(text)
    return slug if slug and is_complete else fallback


def partial_slug(text: str) -> str:
    """Return the slug of what ASCII has of a name; "" if that has no letters.

    Other names have the same one, so it finds records and names none.
    """
    slug, is_complete = _ascii_slug(text)
    return slug if is_complete or any("a" <= character <= "z" for character in slug) else ""


def _ascii_slug(text: str) -> tuple[str, bool]:
    """Return the slug of what ASCII has of a name, and whether that is all of its letters."""
    text = text[:_MAX_NAME_LENGTH].translate(PLAIN_APOSTROPHES)
    spelled = unicodedata.normalize("NFKC", text).lower().translate(_SPELLED)
    # What is in ASCII, as most names, is the same when it is decomposed.
    decomposed = spelled if spelled.isascii() else unicodedata.normalize("NFKD", spelled)
    ascii_only = spelled if spelled.isascii() else "".join(map(_in_ascii, decomposed))
    slug = _NOT_IN_SLUGS.sub("-", ascii_only).strip("-")
    if len(slug) > SLUG_LENGTH:
        slug = slug[: SLUG_LENGTH + 1].rpartition("-")[0] or slug[:SLUG_LENGTH]
    is_complete = spelled.isascii() or all(
        character.isascii() or not character.isalnum() for character in decomposed
    )
    return slug, is_complete


def _in_ascii(character: str) -> str:
    """The character, nothing for an accent or a joiner, and a space for every other one."""
    if character.isascii():
        return character
    return "" if unicodedata.category(character) in ("Mn", "Mc", "Me", "Cf") else " "


def unique_slug(name: str, own_id: str, is_taken: Callable[[str], bool]) -> str:
    """A slug for what has this name and this public id, that nothing else has.

    The public id follows the slug if it is taken, or if it has only a part of the name's letters:
    ``ai-k3v9x2mq`` for a Chinese title with "AI" in it. It stands alone where the name has no
    letters for a slug.
    """
    slug = slugify(name)
    if slug and not is_taken(slug):
        return slug
    beginning = partial_slug(name)[: SLUG_LENGTH - len(own_id) - 1].rstrip("-")
    return f"{beginning}-{own_id}" if beginning else own_id


def public_id() -> str:
    """Return a random id of eight characters. Store it in a unique column."""
    # From one random number of which far more bits are drawn than the letters need.
    return _id_of_number(secrets.randbits(128), ID_LENGTH)


def id_from_digest(digest: str, length: int) -> str:
    """Return the id of a digest in hexadecimal digits: the same one each time.

    A longer id of the same digest begins with the shorter one.
    """
    return _id_of_number(int(digest, 16), length)


def _id_of_number(number: int, length: int) -> str:
    number, place = divmod(number, len(LETTERS))
    letters = [LETTERS[place]]
    for _ in range(length - 1):
        number, place = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[place])
    return "".join(letters)
