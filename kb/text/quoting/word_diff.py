"""Differences between two lists of words, in bounded time.

Myers' algorithm finds the fewest changes; its time grows with their square. Texts that differ more
than a limit are split at passages that occur once in both, and only what is between is compared.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

OperationKind = Literal["equal", "insert", "delete", "replace", "cut"]
MAX_CHANGES = 400
# Between two anchors, where there may be many such passages.
_MAX_CHANGES_BETWEEN = 60
_ANCHOR_LENGTH = 4


@dataclass(frozen=True)
class Operation:
    """A step from the words shown (``was``) to those of a carrier (``now``).

    ``cut``: the quotation shown leaves out ``now`` without a change of meaning.
    """

    kind: OperationKind
    was: str
    now: str


class Change(NamedTuple):
    """``left`` to ``left_end`` of the first list becomes ``right`` to ``right_end``."""

    is_equal: bool
    left: int
    left_end: int
    right: int
    right_end: int


Block = tuple[int, int, int]  # place in the first list, place in the second, length


def word_changes(left: Sequence[str], right: Sequence[str]) -> tuple[list[Change], bool]:
    """Return the changes, in order, and whether they are coarser than necessary."""
    blocks, is_coarse = _equal_blocks(left, right, MAX_CHANGES), False
    if blocks is None:
        blocks, is_coarse = _blocks_between_anchors(left, right)
    changes = []
    place = other = 0
    for start, other_start, length in [*blocks, (len(left), len(right), 0)]:
        if start > place or other_start > other:
            changes.append(Change(False, place, start, other, other_start))
        place, other = start + length, other_start + length
        if length:
            changes.append(Change(True, start, place, other_start, other))
    return changes, is_coarse


def _equal_blocks(left: Sequence[str], right: Sequence[str], limit: int) -> list[Block] | None:
    """Return what is equal in both, or None if more than ``limit`` words change."""
    shorter = min(len(left), len(right))
    first = next((n for n in range(shorter) if left[n] != right[n]), shorter)
    shorter -= first
    last = next((n for n in range(shorter) if left[-1 - n] != right[-1 - n]), shorter)
    middle = _fewest_changes(
        left[first : len(left) - last], right[first : len(right) - last], limit
    )
    if middle is None:
        return None
    blocks = [(0, 0, first), *((a + first, b + first, length) for a, b, length in middle)]
    return _merged_blocks([*blocks, (len(left) - last, len(right) - last, last)])


def _fewest_changes(left: Sequence[str], right: Sequence[str], limit: int) -> list[Block] | None:
    """Return the equal blocks of the shortest script of changes, by Myers' greedy algorithm."""
    reach, trace = {1: 0}, []
    for changes in range(min(limit, len(left) + len(right)) + 1):
        trace.append(dict(reach))
        for diagonal in range(-changes, changes + 1, 2):
            down = diagonal == -changes or (
                diagonal != changes and reach[diagonal - 1] < reach[diagonal + 1]
            )
            x = reach[diagonal + 1] if down else reach[diagonal - 1] + 1
            y = x - diagonal
            while x < len(left) and y < len(right) and left[x] == right[y]:
                x, y = x + 1, y + 1
            reach[diagonal] = x
            if x >= len(left) and y >= len(right):
                return _blocks_of_trace(trace, len(left), len(right))
    return None


def _blocks_of_trace(trace: list[dict[int, int]], x: int, y: int) -> list[Block]:
    blocks = []
    for changes in range(len(trace) - 1, -1, -1):
        reach, diagonal = trace[changes], x - y
        down = diagonal == -changes or (
            diagonal != changes and reach[diagonal - 1] < reach[diagonal + 1]
        )
        before = diagonal + 1 if down else diagonal - 1
        start = reach[before] if down else reach[before] + 1
        if x > start:
            blocks.append((start, start - diagonal, x - start))
        x = reach[before]
        y = x - before
    return blocks[::-1]


def _blocks_between_anchors(left: Sequence[str], right: Sequence[str]) -> tuple[list[Block], bool]:
    """Return equal blocks around passages that occur once in each list, in the same order."""
    passages = [_passages(left), _passages(right)]
    counts = [Counter(words) for words in passages]
    places = {words: place for place, words in enumerate(passages[1])}
    pairs = [
        (place, places[words])
        for place, words in enumerate(passages[0])
        if counts[0][words] == counts[1][words] == 1
    ]
    blocks: list[Block] = []
    place = other = 0
    is_coarse = False
    for anchor, other_anchor in [*_in_order(pairs), (len(left), len(right))]:
        if anchor < place or other_anchor < other:
            continue
        between = _equal_blocks(left[place:anchor], right[other:other_anchor], _MAX_CHANGES_BETWEEN)
        is_coarse |= between is None
        blocks += [(a + place, b + other, length) for a, b, length in between or ()]
        length = min(_ANCHOR_LENGTH, len(left) - anchor)
        blocks.append((anchor, other_anchor, length))
        place, other = anchor + length, other_anchor + length
    return _merged_blocks(blocks), is_coarse


def _passages(words: Sequence[str]) -> list[tuple[str, ...]]:
    stop = len(words) - _ANCHOR_LENGTH + 1
    return [tuple(words[place : place + _ANCHOR_LENGTH]) for place in range(stop)]


def _in_order(pairs: list[Block] | list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the longest list of pairs that is in order on both sides."""
    ends: list[int] = []  # the smallest last place of a list of each length
    last: list[int] = []  # the pair with that place
    before: list[int] = []
    for number, pair in enumerate(pairs):
        length = bisect_left(ends, pair[1])
        before.append(last[length - 1] if length else -1)
        if length == len(ends):
            ends.append(pair[1])
            last.append(number)
        else:
            ends[length], last[length] = pair[1], number
    chain, number = [], last[-1] if last else -1
    while number >= 0:
        chain.append((pairs[number][0], pairs[number][1]))
        number = before[number]
    return chain[::-1]


def _merged_blocks(blocks: list[Block]) -> list[Block]:
    merged: list[Block] = []
    for start, other, length in blocks:
        if not length:
            continue
        if (
            merged
            and merged[-1][0] + merged[-1][2] == start
            and merged[-1][1] + merged[-1][2] == other
        ):
            merged[-1] = (merged[-1][0], merged[-1][1], merged[-1][2] + length)
        else:
            merged.append((start, other, length))
    return merged
