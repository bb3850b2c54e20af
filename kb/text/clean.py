"""What no text may hold, whoever wrote it, and the Django validators that say so.

Refused, and not silently taken out, because a text that somebody pasted is a quotation: the
editor decides what stands in the place of a character that cannot be kept.
"""

from __future__ import annotations

import re
import unicodedata

from django.core.exceptions import ValidationError

from kb.text.links import LinkError, safe_url

# The first of these that fits names the reason. XML, which feeds are made of, cannot hold the
# noncharacters; PostgreSQL cannot hold NUL, and nothing can encode half a surrogate pair.
_REFUSED = (
    (re.compile("[\u202a-\u202e\u2066-\u2069]"), "changes the direction of the text"),
    (re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]"), "is not part of any text"),
    (re.compile("[\ufdd0-\ufdef\ufffe\uffff]"), "is not part of any text"),
    (
        re.compile(
            "[\u00ad\u061c\u180e\u200b\u200e\u200f\u2060-\u2064\u206a-\u206f\ufeff\ufff9-\ufffb"
            "\U000e0000-\U000e007f]"
        ),
        "cannot be seen",
    ),
)
_REFUSED_AT_ALL = re.compile("|".join(pattern.pattern for pattern, _ in _REFUSED))
_JOINER = re.compile("[\u200c\u200d]")
_LINE_ENDS = re.compile("\r\n?|[\u2028\u2029]")
# Unicode's own limit for a stream-safe text. Composing longer runs takes quadratic time.
_MOST_MARKS = 30


class TextError(ValueError):
    """A text holds a character that cannot be kept; the message names it and its place."""


def clean_text(text: str) -> str:
    """The text in NFC, with plain line ends and nothing else changed.

    Raises TextError for control characters (line ends and tabs may stay), half surrogate pairs,
    characters that turn the direction of writing, and such as cannot be seen. The zero-width
    joiner and non-joiner may stand where scripts and emoji need them: between two characters of
    which neither is ASCII.
    """
    text = _LINE_ENDS.sub("\n", text)
    if found := _REFUSED_AT_ALL.search(text):
        why = next(why for pattern, why in _REFUSED if pattern.match(found[0]))
        raise TextError(_refusal(text, found.start(), why))
    for joiner in _JOINER.finditer(text):
        if not _is_needed(text, joiner.start()):
            raise TextError(_refusal(text, joiner.start(), "cannot be seen"))
    if not text.isascii():
        _refuse_towers(text)
    return unicodedata.normalize("NFC", text)


def clean_line(text: str) -> str:
    """As ``clean_text``, without space at its ends; a line end or tab inside is refused."""
    cleaned = clean_text(text).strip()
    if "\n" in cleaned or "\t" in cleaned:
        raise TextError("Write this in one line, without tabs.")
    return cleaned


def _is_needed(text: str, place: int) -> bool:
    """Whether a joiner has something to join: a letter, mark or emoji of its kind on each side."""
    around = (text[place - 1 : place], text[place + 1 : place + 2])
    return all(
        one and not one.isascii() and unicodedata.category(one)[0] in "LMS" for one in around
    )


def _refuse_towers(text: str) -> None:
    marks = 0
    for place, character in enumerate(text):
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks > _MOST_MARKS:
            raise TextError(_refusal(text, place, f"is one of over {_MOST_MARKS} accents in a row"))


def _refusal(text: str, place: int, why: str) -> str:
    return f"Remove the character U+{ord(text[place]):04X} at position {place + 1}: it {why}."


def validate_text(value: str) -> None:
    """Django validator for texts of several lines."""
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
