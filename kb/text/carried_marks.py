"""Carry marked passages over from one version of a text to the next.

A passage is only ever carried to the same words. If a text has them several times, the characters
around them decide; if these do not decide, the passage is lost, and an editor marks it again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from kb.text.article_text import Paragraph, article_paragraphs, paragraph_at

CarryStatus = Literal["same", "moved", "lost"]
CONTEXT_LENGTH = 32
MIN_CONTEXT = 4  # characters in common, counted on both sides


@dataclass(frozen=True)
class CarriedMark:
    """What became of a marked passage. ``start`` and ``end`` are in the new text; 0 if lost.

    It is ``same`` if its paragraph and the paragraph's number have not changed, else ``moved``.
    """

    status: CarryStatus
    start: int = 0
    end: int = 0


def context_before(text: str, start: int) -> str:
    """Return the characters before a passage that tell it from others with the same words."""
    return text[max(0, start - CONTEXT_LENGTH) : start]


def context_after(text: str, end: int) -> str:
    """Return the characters after a passage that tell it from others with the same words."""
    return text[end : end + CONTEXT_LENGTH]


def carry_marks(old: str, new: str, spans: Iterable[tuple[int, int]]) -> list[CarriedMark]:
    """Return what becomes of each (start, end) of the old text in the new one, in order.

    A passage whose words the new text has once is never lost. Spans must not be empty.
    """
    old_paragraphs, new_paragraphs = article_paragraphs(old), article_paragraphs(new)
    carried = []
    for start, end in spans:
        place = _new_place(old, new, start, end)
        if place is None:
            carried.append(CarriedMark("lost"))
            continue
        span = (place, place + end - start)
        is_same = (start - _beginning(old_paragraphs, start)) == (
            place - _beginning(new_paragraphs, place)
        ) and _around(old, old_paragraphs, start, end) == _around(new, new_paragraphs, *span)
        carried.append(CarriedMark("same" if is_same else "moved", *span))
    return carried


def _beginning(paragraphs: list[Paragraph], place: int) -> int:
    return paragraph_at(paragraphs, place).start


def _around(text: str, paragraphs: list[Paragraph], start: int, end: int) -> tuple[int, str]:
    """The number of the first paragraph of a passage, and the whole text of its paragraphs."""
    first, last = paragraph_at(paragraphs, start), paragraph_at(paragraphs, end - 1)
    return first.number, text[first.start : last.end]


def _new_place(old: str, new: str, start: int, end: int) -> int | None:
    """Return where the passage is in the new text; None if that is not certain."""
    places = list(_occurrences(old, new, start, end))
    if len(places) < 2:
        return places[0] if places else None
    before, after = context_before(old, start), context_after(old, end)
    scores = [
        (
            _common_length(before[::-1], context_before(new, place)[::-1])
            + _common_length(after, context_after(new, place + end - start)),
            place,
        )
        for place in places
    ]
    best, second = sorted(scores, reverse=True)[:2]
    is_certain = best[0] > second[0] and best[0] >= MIN_CONTEXT
    return best[1] if is_certain else None


def _occurrences(old: str, new: str, start: int, end: int) -> Iterator[int]:
    """Yield where the new text has the words, and not only as a part of longer words."""
    words = old[start:end]
    # A passage that begins or ends inside a word is looked for inside words.
    opening = "" if _is_inside_word(old, start) else r"(?<!\w)" if words[0].isalnum() else ""
    closing = "" if _is_inside_word(old, end) else r"(?!\w)" if words[-1].isalnum() else ""
    pattern = re.compile(f"(?={opening}{re.escape(words)}{closing})")
    for match in pattern.finditer(new):
        yield match.start()


def _is_inside_word(text: str, place: int) -> bool:
    sides = text[max(place - 1, 0) : place + 1]
    return len(sides) == 2 and sides[0].isalnum() and sides[1].isalnum()


def _common_length(first: str, second: str) -> int:
    length = 0
    for character, other in zip(first, second, strict=False):
        if character != other:
            break
        length += 1
    return length
