"""The typefaces of cards, and which texts they can draw.

A text is drawn in one typeface: its own, or the sans, or the one in ``KB_CARD_FONT``. A text that
none of them can draw is left out, so that no card has boxes in the place of letters.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Literal

from django.conf import settings
from PIL import ImageFont

Style = Literal["serif", "serif-bold", "sans", "sans-bold"]

FOLDER = Path(__file__).parent / "fonts"
FILES: dict[str, str] = {
    "serif": "vollkorn-regular.ttf",
    "serif-bold": "vollkorn-semibold.ttf",
    "sans": "inter-regular.ttf",
    "sans-bold": "inter-semibold.ttf",
}
_NO_CHARACTER = "\U0010ffff"  # never assigned: every font draws its sign for a missing letter
_JOINERS = "\u200c\u200d"
Letter = tuple[tuple[int, int], bytes]  # the size and the pixels of its picture
# A font is not safe in several threads at once.
_lock = Lock()


def plain_text(text: str) -> str:
    """The text in one line, without characters that are not drawn."""
    drawn = (
        character
        for character in " ".join(text.split())
        if character in _JOINERS or unicodedata.category(character) not in ("Cc", "Cf", "Co", "Cn")
    )
    return "".join(drawn)


def typeface(text: str, style: Style) -> str | None:
    """The file of the typeface in which a text is drawn; None if no typeface has its letters."""
    sans = "sans-bold" if style.endswith("bold") else "sans"
    paths = [str(FOLDER / FILES[style]), str(FOLDER / FILES[sans]), settings.CARD_FONT]
    characters = frozenset(text)
    return next((path for path in paths if path and _has_all(path, characters)), None)


def is_drawable(text: str) -> bool:
    """Whether some typeface has all letters of a text."""
    return typeface(plain_text(text), "serif") is not None


@lru_cache(maxsize=64)
def font(path: str, size: int) -> ImageFont.FreeTypeFont:
    """The typeface in a size in pixels. Raises OSError for a file that is no typeface."""
    return ImageFont.truetype(path, size)


def _has_all(path: str, characters: frozenset[str]) -> bool:
    return all(_has_letter(path, character) for character in characters)


@lru_cache(maxsize=50_000)
def _has_letter(path: str, character: str) -> bool:
    if character.isspace() or character in _JOINERS:
        return True
    try:
        return _picture(path, character) != _missing_letter(path)
    except OSError:
        return False


@lru_cache(maxsize=8)
def _missing_letter(path: str) -> Letter:
    return _picture(path, _NO_CHARACTER)


def _picture(path: str, character: str) -> Letter:
    with _lock:
        mask = _small_font(path).getmask(character)
        return mask.size, bytes(mask)


@lru_cache(maxsize=8)
def _small_font(path: str) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, 24, layout_engine=ImageFont.Layout.BASIC)
