"""What a card shows. Which words these are is decided in ``kb.site.pages.card``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from kb.record.documents import Date

CARD_WIDTH, CARD_HEIGHT = 1200, 630  # pixels
Shape = Literal["solid", "double", "dashed", "dotted"]


@dataclass(frozen=True)
class Words:
    """Somebody's words, with their kind.

    ``shape`` is that of the rule beside them, ``label`` says what kind of words they are, and
    ``note`` which turning words are left out.
    """

    text: str
    shape: Shape = "solid"
    is_serif: bool = True
    label: str = ""
    note: str = ""


@dataclass(frozen=True)
class Heading:
    """A title with what is said before and after it: whose account it is."""

    title: str
    before: str = ""
    after: str = ""
    summary: str = ""


@dataclass(frozen=True)
class Foot:
    """Two lines at the left and two at the right, the first of each in bold."""

    left: tuple[str, str] = ("", "")
    right: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class Card:
    """A card shows words, or else a heading. ``date`` is drawn below a heading."""

    site: str
    kind: str = ""
    words: Words | None = None
    heading: Heading | None = None
    date: Date | None = None
    mark: str = "event"  # the kind of entry, which colours the date
    foot: Foot = field(default_factory=Foot)
