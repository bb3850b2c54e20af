"""How the words of a carrier relate to the words that are shown."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from kb.text.quoting.compose import runs_of
from kb.text.quoting.matching import occurrences
from kb.text.quoting.negation import turning_words_around
from kb.text.quoting.parse import Part, QuotationError, parse_quotation
from kb.text.quoting.tokens import Token, tokens_of
from kb.text.quoting.word_diff import Change, Operation, OperationKind, word_changes

ComparisonVerdict = Literal[
    "same", "same_with_cuts", "differs", "other_language", "paraphrase", "no_words", "relayed"
]
Span = tuple[int, int]
_AMOUNT_SIGNS = re.compile("[%‰％$€£¥￥₹]")


@dataclass(frozen=True)
class Comparison:
    """The verdict, and for ``differs`` the operations and how many words differ.

    Chinese counts characters. ``is_coarse``: the texts differ so much that some operations replace
    a longer passage than necessary, so that the count is an upper bound.
    """

    verdict: ComparisonVerdict
    operations: tuple[Operation, ...] = ()
    differing_words: int = 0
    is_coarse: bool = False


@dataclass(frozen=True)
class _ShownWords:
    """The carrier's words of a displayed quotation, without brackets and cuts.

    ``runs`` are the words of each run, ``gaps`` the cuts and brackets before each run and at the
    end.
    """

    runs: list[list[str]]
    gaps: list[list[Part]]
    text: str
    tokens: list[Token]

    @property
    def words(self) -> list[str]:
        return [word for run in self.runs for word in run]


def compare(
    shown: str,
    exact: str,
    *,
    shown_language: str,
    language: str,
    is_paraphrase: bool,
    is_relayed: bool,
) -> Comparison:
    """Compare the quotation shown with the exact words of a citation.

    Capitals, white space, quotation marks and punctuation do not differ. ``same``: the carrier has
    the words in one piece, whatever is before and after. ``same_with_cuts``: the quotation or the
    carrier leaves out words. A word left out that turns the meaning is a difference.
    """
    if is_relayed:
        return Comparison("relayed")
    if not exact.strip() or not shown.strip():
        return Comparison("no_words")
    if is_paraphrase:
        return Comparison("paraphrase")
    languages = {_base_language(shown_language), _base_language(language)} - {""}
    if len(languages) == 2:
        return Comparison("other_language")
    shown_words, carrier = _shown_words(shown), _comparable(exact)
    places = _places(carrier, shown_words.runs)
    if places is not None:
        changes = _changes_around(places, shown_words.runs, len(carrier))
        spans = _spans(places, shown_words.runs, carrier)
        if turning_words_around(exact, spans, shown_words.gaps):
            return _difference(shown_words, exact, carrier, changes, is_coarse=False)
        return Comparison("same" if len(spans) == 1 else "same_with_cuts")
    if _is_excerpt(exact, shown_words):
        return Comparison("same_with_cuts")
    changes, is_coarse = word_changes(shown_words.words, [token.key for token in carrier])
    return _difference(shown_words, exact, carrier, changes, is_coarse=is_coarse)


def _base_language(language: str) -> str:
    return language.lower().replace("_", "-").split("-")[0]


def _comparable(text: str) -> list[Token]:
    """Return the words, each with its key for comparing: small letters, no comma in numbers."""
    words: list[Token] = []
    for token in tokens_of(text):
        if not token.is_word and not _AMOUNT_SIGNS.match(token.key):
            continue
        key = token.key.casefold()
        if key[0].isdecimal():
            key = key.replace(",", "")
        if words and _is_abbreviation(words[-1], key, text[words[-1].end : token.start]):
            words[-1] = Token(words[-1].key + key, words[-1].start, token.end, True)
        else:
            words.append(Token(key, token.start, token.end, True))
    return words


def _is_abbreviation(before: Token, key: str, between: str) -> bool:
    """Whether a letter continues an abbreviation: U.S. has the same key as US."""
    return between == "." and len(key) == 1 and key.isalpha() and len(before.key) < 4


# The carriers of one statement are compared one after another, with the same words.
@lru_cache(maxsize=16)
def _shown_words(shown: str) -> _ShownWords:
    try:
        parts = parse_quotation(shown)
    except QuotationError:
        # Words from elsewhere, such as an import: brackets are punctuation then.
        parts = [Part("run", shown, 0, len(shown))]
    runs = runs_of(parts)
    gaps: list[list[Part]] = [[]]
    for part in parts:
        if part.kind != "run":
            gaps[-1].append(part)
        elif part.has_words:
            gaps.append([])
    text = " ".join(run.text for run in runs)
    tokens = _comparable(text)
    words = [
        [token.key for token in (tokens if len(runs) == 1 else _comparable(run.text))]
        for run in runs
    ]
    return _ShownWords(words, gaps, text, tokens)


def _places(carrier: Sequence[Token], runs: Sequence[Sequence[str]]) -> list[int] | None:
    """Return the place of each run in the carrier's words, in order, or None."""
    keys = [token.key for token in carrier]
    places: list[int] = []
    start = 0
    for run in runs:
        place = next(occurrences(run, keys, start), None) if run else None
        if place is None:
            return None
        start = place + len(run)
        places.append(place)
    return places


def _spans(
    places: Sequence[int], runs: Sequence[Sequence[str]], carrier: Sequence[Token]
) -> list[Span]:
    return [
        (carrier[place].start, carrier[place + len(run) - 1].end)
        for place, run in zip(places, runs, strict=True)
    ]


def _changes_around(
    places: Sequence[int], runs: Sequence[Sequence[str]], length: int
) -> list[Change]:
    """Return the changes from the runs, which are all in the carrier, to its words."""
    changes = []
    left = right = 0
    for place, run in zip([*places, length], [*runs, []], strict=True):
        if place > right:
            changes.append(Change(False, left, left, right, place))
        if run:
            changes.append(Change(True, left, left + len(run), place, place + len(run)))
        left, right = left + len(run), place + len(run)
    return changes


def _is_excerpt(exact: str, shown: _ShownWords) -> bool:
    """Whether the carrier has only a part of the words shown, without a change of meaning."""
    carrier = _shown_words(exact)
    places = _places(shown.tokens, carrier.runs)
    if places is None:
        return False
    spans = _spans(places, carrier.runs, shown.tokens)
    return not turning_words_around(shown.text, spans, carrier.gaps)


def _difference(
    shown: _ShownWords,
    exact: str,
    carrier: Sequence[Token],
    changes: Sequence[Change],
    *,
    is_coarse: bool,
) -> Comparison:
    operations: list[Operation] = []
    count = 0
    for change, is_cut in _with_cuts(changes, shown, exact, carrier):
        was = _slice(shown.text, shown.tokens[change.left : change.left_end])
        now = _slice(exact, carrier[change.right : change.right_end])
        kind: OperationKind = "replace"
        if change.is_equal or is_cut:
            kind = "cut" if is_cut else "equal"
        else:
            count += max(change.left_end - change.left, change.right_end - change.right)
            if not was or not now:
                kind = "delete" if was else "insert"
        operations.append(Operation(kind, was, now))
    return Comparison("differs", tuple(operations), count, is_coarse)


def _with_cuts(
    changes: Sequence[Change], shown: _ShownWords, exact: str, carrier: Sequence[Token]
) -> Iterator[tuple[Change, bool]]:
    """Yield the changes, and whether each is a cut that turns nothing.

    A cut is an insertion where the quotation leaves out words: at a cut, a bracket or an end. At an
    end, the words farther away than the turning word are a cut of their own.
    """
    gaps, place = {}, 0
    for run, gap in zip([*shown.runs, []], shown.gaps, strict=True):
        gaps[place] = gap
        place += len(run)
    cuts = [
        change
        for change in changes
        if not change.is_equal and change.left == change.left_end and change.left in gaps
    ]
    turns = _turns(cuts, gaps, exact, carrier)
    starts = [token.start for token in carrier]
    places = [bisect_right(starts, turn) - 1 for turn in turns]
    candidates = set(cuts)
    for change in changes:
        inside = places[bisect_left(places, change.right) : bisect_left(places, change.right_end)]
        if change not in candidates or not inside:
            yield change, change in candidates
            continue
        begin = inside[0] if not change.right else change.right
        end = inside[-1] + 1 if change.right_end == len(carrier) else change.right_end
        if begin > change.right:
            yield change._replace(right_end=begin), True
        yield change._replace(right=begin, right_end=end), False
        if end < change.right_end:
            yield change._replace(right=end), True


def _turns(
    cuts: Sequence[Change], gaps: dict[int, list[Part]], exact: str, carrier: Sequence[Token]
) -> list[int]:
    """Return where words are that the cuts leave out and that turn the rest, in order."""
    spans: list[Span] = []
    span_gaps: list[list[Part]] = [[]]
    start = 0
    # What is between two cuts is shown, whether it is equal or not.
    for cut in cuts:
        if cut.right > start:
            spans.append((carrier[start].start, carrier[cut.right - 1].end))
            span_gaps.append([])
        span_gaps[-1] += gaps[cut.left]
        start = cut.right_end
    if start < len(carrier):
        spans.append((carrier[start].start, carrier[-1].end))
        span_gaps.append([])
    findings = turning_words_around(exact, spans, span_gaps) if spans else []
    return sorted(finding.start for finding in findings)


def _slice(text: str, tokens: Sequence[Token]) -> str:
    return " ".join(text[tokens[0].start : tokens[-1].end].split()) if tokens else ""
