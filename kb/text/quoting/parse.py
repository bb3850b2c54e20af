"""Read a displayed quotation: runs of the carrier's words, cuts, and an editor's words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, NoReturn

from django.utils.translation import gettext as _

CUT = "…"
PartKind = Literal["run", "cut", "bracket"]
_MARK = re.compile(r"[\[\]]|[…⋯]+|\.(?:\s?\.){2,}")
_WORD = re.compile(r"[^\W_]")
_ONLY_CUT = re.compile(r"[…⋯.\s]+")
# What a message quotes of a long text.
_MAX_QUOTED_LENGTH = 80


class QuotationError(ValueError):
    """A quotation cannot be read or does not occur in its source. ``code`` names the reason."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Part:
    """A part of a displayed quotation, and its position there.

    ``text`` of a run is the carrier's words without space around them, of a bracket the editor's
    words without the brackets, of a cut ``…``.
    """

    kind: PartKind
    text: str
    start: int
    end: int

    @property
    def has_words(self) -> bool:
        """Whether the part has a letter or a digit. A run without one is punctuation."""
        return is_wordy(self.text)


def parse_quotation(text: str) -> list[Part]:
    """Return the parts of a displayed quotation, in order.

    A cut is ``…``, ``...``, ``[…]`` or ``[...]``. Raises QuotationError for an empty text, a
    bracket that is nested, empty or not closed, and a text without words outside brackets.
    """
    if not text.strip():
        refuse_quotation(
            _("The quotation is empty. Enter the words that the source uses."), "empty"
        )
    parts: list[Part] = []
    opening: int | None = None
    end = 0
    for match in _MARK.finditer(text):
        mark = match[0]
        if mark == "[":
            if opening is not None:
                message = _(
                    "%(text)s opens a second bracket inside the first. Close the first one."
                )
                refuse_quotation(message, "bracket", text[opening : match.end()])
            _add_run(parts, text, end, match.start())
            opening = match.start()
        elif mark == "]":
            if opening is None:
                message = _("%(text)s closes a bracket that is not open. Add “[” or remove “]”.")
                refuse_quotation(message, "bracket", text[end : match.end()])
            _add_bracket(parts, text, opening, match.end())
            opening = None
        elif opening is None:
            _add_run(parts, text, end, match.start())
            _add_cut(parts, match.start(), match.end())
        if opening is None or mark == "[":
            end = match.end()
    if opening is not None:
        message = _("%(text)s opens a bracket that is not closed. Add “]”.")
        refuse_quotation(message, "bracket", text[opening:])
    _add_run(parts, text, end, len(text))
    if not any(part.kind == "run" and part.has_words for part in parts):
        message = _("%(text)s has no words of the source. Add words outside the brackets.")
        refuse_quotation(message, "empty", text)
    return parts


def written(parts: list[Part], text: str) -> str:
    """Return the quotation in its one way of writing: cuts as ``…``, single spaces."""
    pieces: list[str] = []
    for place, part in enumerate(parts):
        if place and parts[place - 1].end < part.start and text[part.start - 1].isspace():
            pieces.append(" ")
        words = " ".join(part.text.split())
        pieces.append(f"[{words}]" if part.kind == "bracket" else words)
    return "".join(pieces)


def is_wordy(text: str) -> bool:
    """Whether a text has a letter or a digit."""
    return _WORD.search(text) is not None


def quoted(text: str) -> str:
    """Return a text in quotation marks, shortened for a message."""
    words = text[: _MAX_QUOTED_LENGTH * 2].split()
    short = " ".join(words)
    if len(short) > _MAX_QUOTED_LENGTH or len(text) > _MAX_QUOTED_LENGTH * 2:
        short = short[: _MAX_QUOTED_LENGTH - 1].rstrip() + CUT
    return f"“{short}”"


def refuse_quotation(message: str, code: str, text: str = "", **values: str) -> NoReturn:
    """Raise QuotationError with the values, each in quotation marks."""
    quotes = {name: quoted(value) for name, value in {"text": text, **values}.items()}
    raise QuotationError(message % quotes, code)


def _add_run(parts: list[Part], text: str, start: int, end: int) -> None:
    inner = text[start:end]
    stripped = inner.strip()
    if stripped:
        first = start + len(inner) - len(inner.lstrip())
        parts.append(Part("run", stripped, first, first + len(stripped)))


def _add_bracket(parts: list[Part], text: str, start: int, end: int) -> None:
    inner = text[start + 1 : end - 1].strip()
    if not inner:
        message = _("%(text)s is an empty bracket. Enter the editor's words or remove it.")
        refuse_quotation(message, "bracket", text[start:end])
    if _ONLY_CUT.fullmatch(inner) and _MARK.match(inner):
        _add_cut(parts, start, end)
    else:
        parts.append(Part("bracket", inner, start, end))


def _add_cut(parts: list[Part], start: int, end: int) -> None:
    if parts and parts[-1].kind == "cut":
        start = parts.pop().start
    parts.append(Part("cut", CUT, start, end))
