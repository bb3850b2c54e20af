"""Runs of text between quotation marks.

Marks are paired within a paragraph. A quotation that a paragraph leaves open goes on in the next
one if that begins with an opening mark, which is the English convention. What a mark does follows
from the characters around it, because texts mix straight and typographic marks and confuse the
opening with the closing one. Marks inside a run belong to it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Role = Literal["open", "close", "either"]
OPENING = "“„‟«「『〝〝﹁﹃"
CLOSING = "”»」』〞〟﹂﹄"
_STRAIGHT = '"＂'
_DOUBLE = re.compile(f"[{OPENING}{CLOSING}{_STRAIGHT}]|''(?!')|``")
_SINGLES = "‘’'"
_SINGLE = re.compile("[‘’'`]")
_WORD = re.compile(r"[^\W_](?:[^\W_]|['’\-.](?=[^\W_]))*")
# A line that begins with a small letter goes on with the line before it.
_PARAGRAPH_BREAK = re.compile(r"\n(?:\s*\n\s*+|[^\S\n]*+(?![a-z\s]))")
_BEFORE_OPENING = frozenset("([{—–-/:;,…=|>")
_AFTER_CLOSING = frozenset(")]}.,;:!?—–-/…|<*")
# Words that begin with an apostrophe in place of letters.
_CUT_WORD = re.compile(
    r"['‘’](?:\d\ds?\b|tis\b|twas\b|em\b|n['’]?\b|til\b|cause\b|round\b|bout\b)", re.I
)
# A mark in a tag belongs to an attribute.
_TAG = re.compile(r"</?[A-Za-z][^<>\n]*>")
MAX_SINGLE_LENGTH = 600  # characters between two single marks


@dataclass(frozen=True)
class Run:
    """The words between two marks, without the marks, and their position in the text.

    ``opening`` and ``closing`` are the positions of the marks' outer sides, the same as ``start``
    and ``end`` where there is no mark. ``is_continued`` says that the quotation began in an
    earlier paragraph, ``is_open`` that it has no closing mark.
    """

    text: str
    start: int
    end: int
    opening: int
    closing: int
    is_continued: bool = False
    is_open: bool = False
    is_single: bool = False

    @property
    def word_count(self) -> int:
        """How many words the run has."""
        return count_words(self.text)


def count_words(text: str) -> int:
    """Return how many words a text has. Chinese characters without spaces are one word."""
    return sum(1 for _match in _WORD.finditer(text))


def paragraph_spans(text: str) -> list[tuple[int, int]]:
    """Return (start, end) of each paragraph that has any text, in order."""
    spans: list[tuple[int, int]] = []
    start = 0
    for match in _PARAGRAPH_BREAK.finditer(text):
        _add_paragraph(spans, text, start, match.start())
        start = match.end()
    _add_paragraph(spans, text, start, len(text))
    return spans


def _add_paragraph(spans: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    inner = text[start:end]
    stripped = inner.strip()
    if stripped:
        start += len(inner) - len(inner.lstrip())
        spans.append((start, start + len(stripped)))


def quotation_runs(text: str) -> list[Run]:
    """Return the outermost runs between quotation marks, in order. They do not overlap."""
    runs: list[Run] = []
    paragraphs = paragraph_spans(text)
    is_continued = False
    for place, (start, end) in enumerate(paragraphs):
        following = paragraphs[place + 1][0] if place + 1 < len(paragraphs) else len(text)
        can_go_on = _role_at(text, following) == "open"
        pairs, is_continued = _paragraph_runs(
            text, start, end, is_continued=is_continued, can_go_on=can_go_on
        )
        runs += pairs
    return runs


def _paragraph_runs(
    text: str, start: int, end: int, *, is_continued: bool, can_go_on: bool
) -> tuple[list[Run], bool]:
    """Return the runs of a paragraph, and whether the last one goes on in the next paragraph."""
    marks = _marks(text, start, end)
    runs: list[Run] = []
    opening: tuple[int, int] | None = None
    depth = 0
    for place, (first, last, role) in enumerate(marks):
        if opening is None:
            if role != "close":
                opening, depth = (first, last), 0
        elif role == "open" and _is_nested(marks, place):
            depth += 1
        elif role == "open":
            # The closing mark of the run before is missing, and nobody knows where it belongs.
            opening = (first, last)
        elif depth:
            depth -= 1
        else:
            goes_on = is_continued and opening[0] == start
            _add_run(runs, text, opening, (first, last), is_continued=goes_on)
            opening = None
    is_open = opening is not None
    if opening is not None and (can_go_on or _has_lead(text, start, opening[0])):
        goes_on = is_continued and opening[0] == start
        _add_run(runs, text, opening, (end, end), is_continued=goes_on, is_open=True)
        return runs, can_go_on
    if not is_open:
        runs = _with_single_runs(text, start, end, runs)
    return runs, False


def _is_nested(marks: list[tuple[int, int, Role]], place: int) -> bool:
    """Whether two closing marks follow this opening one, so that it is inside a run."""
    roles = [role for _first, _last, role in marks[place + 1 : place + 3]]
    return len(roles) == 2 and all(role == "close" for role in roles)


def _has_lead(text: str, start: int, opening: int) -> bool:
    """Whether a run without a closing mark is the paragraph, or follows a comma or a colon."""
    before = text[max(start, opening - 3) : opening].rstrip()
    return not before or before[-1] in ",:"


def _add_run(
    runs: list[Run],
    text: str,
    opening: tuple[int, int],
    closing: tuple[int, int],
    *,
    is_continued: bool = False,
    is_open: bool = False,
    is_single: bool = False,
) -> None:
    inner = text[opening[1] : closing[0]]
    start = opening[1] + len(inner) - len(inner.lstrip())
    stripped = inner.strip()
    if _WORD.search(stripped):
        run = Run(
            stripped,
            start,
            start + len(stripped),
            opening[0],
            closing[1],
            is_continued,
            is_open,
            is_single,
        )
        runs.append(run)


def _marks(text: str, start: int, end: int) -> list[tuple[int, int, Role]]:
    """Return the double marks of a paragraph as (start, end, role)."""
    marks: list[tuple[int, int, Role]] = []
    balance = 0
    tags = [match.span() for match in _TAG.finditer(text, start, end)]
    for match in _DOUBLE.finditer(text, start, end):
        if _is_inside(tags, match.start()):
            continue
        role = _role(text, match.start(), match.end(), start, end)
        if role == "either":
            role = "close" if balance else "open"
        if not balance and role == "close" and text[match.start() - 1 : match.start()].isdigit():
            continue  # inches, seconds
        balance = 1 if role == "open" else 0
        marks.append((match.start(), match.end(), role))
    return marks


def _is_inside(spans: list[tuple[int, int]], place: int) -> bool:
    index = bisect_right(spans, place, key=lambda span: span[0]) - 1
    return index >= 0 and place < spans[index][1]


def _role_at(text: str, place: int) -> Role | None:
    match = _DOUBLE.match(text, place)
    return _role(text, match.start(), match.end(), place, len(text)) if match else None


def _role(text: str, first: int, last: int, start: int, end: int) -> Role:
    """What a mark does, from the characters next to it and then from its own shape."""
    outer = first
    while outer > start and text[outer - 1] in _SINGLES:
        outer -= 1
    before = text[outer - 1] if outer > start else " "
    after = text[last] if last < end else " "
    can_open = not after.isspace() and (before.isspace() or before in _BEFORE_OPENING)
    can_close = not before.isspace() and (after.isspace() or after in _AFTER_CLOSING)
    mark = text[first]
    if mark in OPENING and not (can_close and not can_open):
        return "open"
    if mark in CLOSING and not (can_open and not can_close):
        return "close"
    if can_open != can_close:
        return "open" if can_open else "close"
    return "either"


def _with_single_runs(text: str, start: int, end: int, runs: list[Run]) -> list[Run]:
    """Add the runs between single marks that are outside the others."""
    added: list[Run] = []
    edges = [(run.opening, run.closing) for run in runs]
    position = start
    for first, last in [*edges, (end, end)]:
        added += _single_runs(text, position, first)
        position = last
    return sorted(runs + added, key=lambda run: run.start) if added else runs


def _single_runs(text: str, start: int, end: int) -> Iterator[Run]:
    opening: int | None = None
    candidate: int | None = None
    runs: list[Run] = []

    def close(place: int) -> None:
        if opening is not None and place - opening <= MAX_SINGLE_LENGTH:
            _add_run(runs, text, (opening, opening + 1), (place, place + 1), is_single=True)

    for match in _SINGLE.finditer(text, start, end):
        place = match.start()
        before = text[place - 1] if place > start else " "
        after = text[place + 1] if place + 1 < end else " "
        can_open = (before.isspace() or before in _BEFORE_OPENING) and after.isalnum()
        can_close = not before.isspace() and not after.isalnum() and before not in "([{"
        if can_open and not _CUT_WORD.match(text, place):
            if candidate is not None:
                close(candidate)
            opening, candidate = place, None
        elif can_close and opening is not None:
            # After an s it can be a genitive: the workers' rights.
            if before in "sS" and after.isspace() and text[place + 2 : place + 3].islower():
                candidate = place if candidate is None else candidate
            else:
                close(place)
                opening, candidate = None, None
    if candidate is not None:
        close(candidate)
    yield from runs
