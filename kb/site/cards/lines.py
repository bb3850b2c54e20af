"""Break texts into lines of a width in pixels."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator

_NEVER_FIRST = "。，、；：！？”’）》」』…,.;:!?)]"
_NEVER_LAST = "“‘（《「『(["


def lines_of(text: str, width: float, length: Callable[[str], float]) -> list[str]:
    """The text in lines, broken at spaces and between Chinese characters.

    ``length`` measures a text. A word that is wider than a line is broken inside.
    """
    lines: list[str] = []
    line = ""
    for piece in _pieces(text):
        if length((line + piece).rstrip()) <= width:
            line += piece
            continue
        if line.strip():
            lines.append(line.rstrip())
        line = piece.lstrip()
        while line and length(line.rstrip()) > width:
            end = _fitting(line, width, length)
            lines.append(line[:end])
            line = line[end:]
    return [*lines, line.rstrip()] if line.strip() else lines


def balanced_lines(text: str, width: float, length: Callable[[str], float]) -> list[str]:
    """The text in as many lines as ``lines_of`` makes, of about the same width."""
    lines = lines_of(text, width, length)
    low, high = width / 2, width
    while len(lines) > 1 and high - low > 16:
        middle = (low + high) / 2
        narrow = lines_of(text, middle, length)
        if len(narrow) > len(lines):
            low = middle
        else:
            lines, high = narrow, middle
    return lines


def cut_line(text: str, width: float, length: Callable[[str], float]) -> str:
    """The text, or its beginning up to a space with an ellipsis if it is too wide."""
    if length(text) <= width:
        return text
    cut = text
    while cut and length(f"{cut}…") > width:
        cut = cut.rsplit(" ", 1)[0] if " " in cut else cut[:-1]
    return f"{cut.rstrip(' ,;:.')}…"


def _fitting(text: str, width: float, length: Callable[[str], float]) -> int:
    """How many characters fit a line, at least one."""
    low, high = 1, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if length(text[:middle]) <= width:
            low = middle
        else:
            high = middle - 1
    return low


def _pieces(text: str) -> Iterator[str]:
    """The parts between which a line may be broken."""
    start = 0
    for place in range(1, len(text)):
        if _may_break(text[place - 1], text[place]):
            yield text[start:place]
            start = place
    yield text[start:]


def _may_break(before: str, after: str) -> bool:
    if before == " ":
        return after != " "
    if after in _NEVER_FIRST or before in _NEVER_LAST:
        return False
    return _is_wide(before) or _is_wide(after)


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in ("W", "F")
