"""What no text may hold, whoever wrote it, and the Django validators that say so."""

import unicodedata

from django.core.exceptions import ValidationError

from kb.text.links import LinkError, safe_url

# Characters that reorder what follows: a name could be made to read as another.
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Joiners that scripts such as Persian and Devanagari need.
_JOINERS = frozenset("\u200c\u200d")


class TextError(ValueError):
    """A text holds a character that cannot be kept; the message names it."""


def clean_text(text: str) -> str:
    """The text in NFC with plain line ends. Raises TextError for characters that hide or break."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    for place, character in enumerate(text):
        if character in "\n\t" or character in _JOINERS:
            continue
        if character in _BIDI:
            raise TextError(_refusal(character, place, "changes the direction of the text"))
        if unicodedata.category(character) in ("Cc", "Cs"):
            raise TextError(_refusal(character, place, "is not part of any text"))
    return unicodedata.normalize("NFC", text)


def clean_line(text: str) -> str:
    """As ``clean_text``, and in one line: line ends and tabs are refused."""
    cleaned = clean_text(text)
    if "\n" in cleaned or "\t" in cleaned:
        raise TextError("Write this in one line, without tabs.")
    return cleaned


def _refusal(character: str, place: int, why: str) -> str:
    return f"Remove the character U+{ord(character):04X} at position {place + 1}: it {why}."


def validate_text(value: str) -> None:
    """Django validator for texts of several lines."""
    try:
        clean_text(value)
    except TextError as problem:
        raise ValidationError(str(problem)) from problem


def validate_line(value: str) -> None:
    """Django validator for texts of one line."""
    try:
        clean_line(value)
    except TextError as problem:
        raise ValidationError(str(problem)) from problem


def validate_url(value: str) -> None:
    """Django validator for addresses that readers may follow."""
    try:
        safe_url(value)
    except LinkError as problem:
        raise ValidationError(str(problem)) from problem
