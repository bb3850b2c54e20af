"""Where the sentences and clauses of a text begin and end."""

from __future__ import annotations

import re
from bisect import bisect_right

from kb.text.quoting.tokens import APOSTROPHES, QUOTATION_MARKS

_CLOSING = re.escape(QUOTATION_MARKS + APOSTROPHES + ")]）】》")
_OPENING = re.escape(QUOTATION_MARKS + APOSTROPHES + "([（【《")
_END = re.compile(rf"[。！？]+[{_CLOSING}]*|(?<![.!?…])[.!?…]+[{_CLOSING}]*(?=\s|$)|\n[^\S\n]*\n")
_NEXT = re.compile(rf"\s*[{_OPENING}]*(\S?)")
_LAST_WORD = re.compile(r"[^\s(\[“\"‘']*\Z")
# Where in doubt, a sentence goes on: a negation that is too far away is better than one not found.
_ABBREVIATIONS = re.compile(
    r"mrs?|ms|dr|prof|st|[js]r|sen|rep|gov|gen|col|lt|sgt|capt|hon|rev|pres|supt|inc|ltd|co|corp|"
    r"nos?|vs?|jan|feb|mar|apr|ju[nl]|aug|sept?|oct|nov|dec|e\.g|i\.e|cf|al|fig|vol|art|sec|approx|"
    r"dept|est|u\.[skn]|d\.c|[ap]\.m|ph\.d"
)
# Between two clauses. A comma between digits is part of a number, a dash in a word part of it.
_CLAUSE_MARK = re.compile(
    r"[;；:：，—()（）]|,(?!\d)|(?<=\s)[-–]{1,2}(?=\s)|--"
    r"|\b(?:but|although|though|while|because)\b"
    r"|\band\s+(?:that|sa(?:id|ys|ying)|add(?:ed|s|ing)|called|told)\b|但是?|不过|不過"
)
_SPACES_AND_MARKS = " \t\n\u3000" + QUOTATION_MARKS
_SKIPPED = re.compile(rf"[\s,;:，；：—–()（）{_CLOSING}{_OPENING}-]*")


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Return (start, end) of each sentence, in order. They cover the whole text."""
    spans, start = [], 0
    for match in _END.finditer(text):
        if _is_sentence_end(text, match):
            spans.append((start, match.end()))
            start = match.end()
    if start < len(text) or not spans:
        spans.append((start, len(text)))
    return spans


def sentence_at(spans: list[tuple[int, int]], place: int) -> int:
    """Return the index of the sentence that contains a position."""
    return max(0, bisect_right(spans, place, key=lambda span: span[0]) - 1)


def leading_clause(text: str, start: int, end: int) -> int:
    """Return where the clause begins that leads to ``end``, at ``start`` at the earliest.

    Marks between the clause and ``end`` are part of it: ``he said: “``.
    """
    stop = end - _skipped_length(text[start:end][::-1])
    begin = start
    for match in _CLAUSE_MARK.finditer(text, start, stop):
        begin = match.end()
    return begin


def following_clause(text: str, start: int, end: int) -> tuple[int, bool]:
    """Return the end of the clause that follows ``start``, and whether a mark is before it."""
    skipped = _skipped_length(text[start:end])
    has_mark = _CLAUSE_MARK.search(text, max(0, start - 1), start + skipped) is not None
    match = _CLAUSE_MARK.search(text, start + skipped, end)
    return (match.start() if match else end), has_mark


def is_clause_end(text: str, place: int) -> bool:
    """Whether a clause or the sentence ends at a position."""
    rest = text[place : place + 20].lstrip(_SPACES_AND_MARKS)
    return not rest or rest[0] in ".!?。！？…" or _CLAUSE_MARK.match(rest) is not None


def _skipped_length(text: str) -> int:
    match = _SKIPPED.match(text)
    return len(match[0]) if match else 0


def _is_sentence_end(text: str, match: re.Match[str]) -> bool:
    mark = match[0][0]
    following = _NEXT.match(text, match.end())
    character = following[1] if following else ""
    if mark == "\n":
        return True
    if mark in "。！？":
        # A quoted sentence can be the beginning of another: “好！”他说。
        is_quoted = match[0][-1] not in "。！？"
        return not (is_quoted and text[match.end() : match.end() + 1].isalnum())
    if character.islower():
        return False
    if mark != ".":
        return True
    before = _LAST_WORD.search(text, max(0, match.start() - 20), match.start())
    word = before[0].lower() if before else ""
    is_initial = len(word) == 1 and word.isalpha() and word != "i"
    return not (is_initial or _ABBREVIATIONS.fullmatch(word)) or not character
