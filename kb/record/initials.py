"""The letter under which a list has a name, as an index of names in a book does."""

from __future__ import annotations

from string import ascii_lowercase

DIGITS = "0-9"
# Names that begin with a letter of another script.
OTHER = "other"
INITIALS = (*ascii_lowercase, DIGITS, OTHER)


def initial_of(folded_name: str) -> str:
    """The one of ``INITIALS`` for a name as ``fold_name`` returns it.

    Marks before the first letter or digit do not count. A name without any is under ``OTHER``.
    """
    first = next((letter for letter in folded_name if letter.isalnum()), "")
    if first and first in ascii_lowercase:
        return first
    return DIGITS if first.isdecimal() else OTHER
