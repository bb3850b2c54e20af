"""Characters that no text may contain, and the Django validators that check for them.

Such a character is an error. It is not removed silently, because a pasted text may be a quotation:
the editor decides what replaces it.
"""

from __future__ import annotations

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from kb.text.links import LinkError, safe_url
from kb.text.words import MAX_COMBINING_MARKS

# The longest text of several lines: the desk compares, searches and shows each one whole.
MAX_TEXT_LENGTH = 200_000
# The first pattern that matches gives the reason. XML, the format of feeds, cannot contain
# noncharacters; PostgreSQL cannot store NUL; half a surrogate pair cannot be encoded.
_REFUSED = (
    (re.compile("[\u202a-\u202e\u2066-\u2069]"), "changes the direction of the text"),
    (re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]"), "is not allowed in text"),
    (re.compile("[\ufdd0-\ufdef\ufffe\uffff]"), "is not allowed in text"),
    (
        re.compile(
            "[\u00ad\u061c\u180e\u200b\u200e\u200f\u2060-\u2064\u206a-\u206f\ufeff\ufff9-\ufffb"
            "\U000e0000-\U000e007f]"
        ),
        "is invisible",
    ),
)
_REFUSED_AT_ALL = re.compile("|".join(pattern.pattern for pattern, _ in _REFUSED))
_JOINER = re.compile("[\u200c\u200d]")
_LINE_ENDS = re.compile("\r\n?|[\u2028\u2029]")


class TextError(ValueError):
    """A text contains a character that is not allowed. The message names it and its position."""


def clean_text(text: str) -> str:
    """Return the text in NFC, with plain line ends and nothing else changed.

    Raises TextError for control characters (line ends and tabs are allowed), half surrogate pairs,
    characters that change the direction of writing, and invisible characters. The zero-width
    joiner and non-joiner are allowed where scripts and emoji need them: between two characters of
    which neither is ASCII.
    """
    if text.isascii() and text.isprintable():
        return text
    text = _LINE_ENDS.sub("\n", text)
    if match := _REFUSED_AT_ALL.search(text):
        why = next(why for pattern, why in _REFUSED if pattern.match(match[0]))
        raise TextError(_refusal(text, match.start(), why))
    for joiner in _JOINER.finditer(text):
        if not _is_needed(text, joiner.start()):
            raise TextError(_refusal(text, joiner.start(), "is invisible"))
    if not text.isascii():
        _check_combining_marks(text)
    return unicodedata.normalize("NFC", text)


def clean_line(text: str) -> str:
    """Return the text as ``clean_text`` does, stripped. Several lines raise TextError."""
    cleaned = clean_text(text).strip()
    if "\n" in cleaned or "\t" in cleaned:
        raise TextError("Enter this on one line, without tabs.")
    return cleaned


def _is_needed(text: str, place: int) -> bool:
    """Whether a joiner stands between two letters, marks or emoji that are not ASCII."""
    around = (text[place - 1 : place], text[place + 1 : place + 2])
    return all(
        neighbour and not neighbour.isascii() and unicodedata.category(neighbour)[0] in "LMS"
        for neighbour in around
    )


def _check_combining_marks(text: str) -> None:
    marks = 0
    for place, character in enumerate(text):
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks > MAX_COMBINING_MARKS:
            raise TextError(
                _refusal(text, place, f"is one of more than {MAX_COMBINING_MARKS} accents in a row")
            )


def _refusal(text: str, place: int, why: str) -> str:
    return f"Remove the character U+{ord(text[place]):04X} at position {place + 1}: it {why}."


def length_problem(text: str, most: int = MAX_TEXT_LENGTH) -> str:
    """Return what to do with a text of more than ``most`` characters; "" if it has no more."""
    if len(text) <= most:
        return ""
    return _("This text has %(number)s characters. Shorten it to %(most)s or fewer.") % {
        "number": f"{len(text):,}",
        "most": f"{most:,}",
    }


def validate_text(value: str) -> None:
    """Django validator for texts of several lines, up to the longest that is stored."""
    if message := length_problem(value):
        raise ValidationError(message, code="max_length")
    try:
        clean_text(value)
    except TextError as problem:
        raise ValidationError(str(problem), code="text") from problem


def validate_line(value: str) -> None:
    """Django validator for texts of one line."""
    try:
        clean_line(value)
    except TextError as problem:
        raise ValidationError(str(problem), code="line") from problem


def validate_url(value: str) -> None:
    """Django validator for addresses that readers may follow."""
    try:
        safe_url(value)
    except LinkError as problem:
        raise ValidationError(str(problem), code="url") from problem
