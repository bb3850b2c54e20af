"""Check that a displayed quotation consists of the exact words of its source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

from django.utils.translation import gettext as _

from kb.text.quoting.matching import (
    Link,
    Run,
    SourceWords,
    chains_of,
    longest_beginning,
    loose_capital,
)
from kb.text.quoting.parse import (
    Part,
    QuotationError,
    is_wordy,
    parse_quotation,
    refuse_quotation,
    written,
)
from kb.text.quoting.tokens import Token, tokens_of

# Each bracket may cost a pass over the source.
MAX_BRACKETS = 50


@dataclass(frozen=True)
class Composition:
    """A quotation that occurs in its source.

    ``spans`` are the (start, end) of each run in the source's exact words, ``text`` the quotation
    in its one way of writing. ``has_cuts``: a cut leaves out words (an ellipsis of the source's own
    is not a cut). ``is_whole``: one run without brackets that has all words of the source.
    """

    parts: tuple[Part, ...]
    runs: tuple[Run, ...]
    spans: tuple[tuple[int, int], ...]
    text: str
    has_cuts: bool
    is_whole: bool


def compose(text: str, exact: str) -> Composition:
    """Find the runs of a displayed quotation in ``exact``, in order and at word boundaries.

    Only white space, quotation marks, the shape of apostrophes and dashes, and composed letters may
    differ, and the capital after a cut or a bracket; elsewhere a changed capital is ``[W]e``.
    Raises QuotationError with the run and the word that is not in the source.
    """
    parts = parse_quotation(text)
    brackets = sum(part.kind == "bracket" for part in parts)
    if brackets > MAX_BRACKETS:
        message = _("The quotation has more than %(count)d brackets. Shorten it.")
        raise QuotationError(message % {"count": MAX_BRACKETS}, "bracket")
    runs = runs_of(parts)
    source = SourceWords(exact)
    places: list[int] = []
    for chain in chains_of(runs):
        start = places[-1] + len(runs[len(places) - 1].keys) if places else 0
        chain_places = source.chain(chain, start)
        if chain_places is None:
            _refuse_chain(source, runs, len(places), len(chain), start)
        places += chain_places
    spans = [
        (source.tokens[place].start, source.tokens[place + len(run.keys) - 1].end)
        for place, run in zip(places, runs, strict=True)
    ]
    has_cuts = any(part.kind == "cut" for part in parts) and _has_cuts(parts, runs, spans, exact)
    is_whole = len(runs) == 1 and not has_cuts and not brackets
    return Composition(
        parts=tuple(parts),
        runs=tuple(runs),
        spans=tuple(spans),
        text=written(parts, text),
        has_cuts=has_cuts,
        is_whole=is_whole and not _has_words_outside(source.tokens, places[0], len(runs[0].keys)),
    )


def runs_of(parts: Sequence[Part]) -> list[Run]:
    """Return the runs of a quotation with what is before each: ``[W]e`` is the run ``We``.

    A run without letters and digits is punctuation after a bracket or a cut, and left out.
    """
    runs: list[Run] = []
    link: Link = "nothing"
    for place, part in enumerate(parts):
        letter = _letter_before(parts, place)
        if part.kind == "cut":
            link = "cut"
        elif part.kind == "bracket":
            # A bracket that replaces a letter leaves out nothing.
            if link == "nothing" and not _replaces_letter(parts, place):
                link = "bracket"
        elif part.has_words:
            text = letter + part.text
            keys = tuple(token.key for token in tokens_of(text))
            is_free = bool(letter) or link != "nothing"
            runs.append(Run(text, keys, link, has_free_capital=is_free))
            link = "nothing"
    return runs


def _letter_before(parts: Sequence[Part], place: int) -> str:
    """Return the letter in a bracket that is the beginning of a run: W for ``[W]e``."""
    if place and parts[place].kind == "run" and _replaces_letter(parts, place - 1):
        return parts[place - 1].text
    return ""


def _replaces_letter(parts: Sequence[Part], place: int) -> bool:
    """Whether a bracket has one letter, and a word goes on after it."""
    if place + 1 == len(parts):
        return False
    bracket, run = parts[place], parts[place + 1]
    is_letter = bracket.kind == "bracket" and bracket.text.lower() != bracket.text.upper()
    touches = run.kind == "run" and bracket.end == run.start and run.text[0].isalnum()
    return is_letter and len(bracket.text) == 1 and touches


def _has_cuts(
    parts: Sequence[Part], runs: Sequence[Run], spans: Sequence[tuple[int, int]], exact: str
) -> bool:
    """Whether a cut leaves out words, or is where the source has no ellipsis of its own."""
    for place in range(1, len(runs)):
        gap = exact[spans[place - 1][1] : spans[place][0]]
        if runs[place].link == "cut" and (is_wordy(gap) or not _has_ellipsis(gap)):
            return True
    before, after = exact[: spans[0][0]], exact[spans[-1][1] :]
    begins = parts[0].kind == "cut" and not _has_ellipsis(before[-10:])
    return begins or (parts[-1].kind == "cut" and not _has_ellipsis(after[:10]))


def _has_ellipsis(gap: str) -> bool:
    keys = [token.key for token in tokens_of(gap) if token.is_word or token.key == "…"]
    return bool(keys) and "…" in (keys[0], keys[-1])


def _has_words_outside(tokens: Sequence[Token], start: int, length: int) -> bool:
    outside = [*tokens[:start], *tokens[start + length :]]
    return any(token.is_word for token in outside)


def _refuse_chain(
    source: SourceWords, runs: Sequence[Run], first: int, count: int, start: int
) -> NoReturn:
    """Raise QuotationError for the run of a chain that cannot be where it is."""
    for number in range(first, first + count):
        if next(source.places(runs[number]), None) is None:
            _refuse_run(source, runs[number])
    # Every run is in the source. Which is the first that does not fit?
    for length in range(1, count + 1):
        if source.chain(runs[first : first + length], start) is not None:
            continue
        number = first + length - 1
        run, before = runs[number], runs[max(0, number - 1)]
        # The run before may have several places: the run is out of order if it follows none.
        earliest = next(source.places(before)) + len(before.keys) if number else 0
        if next(source.places(run, max(start, earliest)), None) is None:
            message = _(
                "%(second)s is before %(first)s in the source. Put the words in the source's order."
            )
            refuse_quotation(message, "order", first=before.text, second=run.text)
        message = _(
            "%(second)s does not follow %(first)s directly in the source. Add “…” between them."
        )
        refuse_quotation(message, "joined", first=before.text, second=run.text)
    raise AssertionError("The chain has a place for each of its runs.")


def _refuse_run(source: SourceWords, run: Run) -> NoReturn:
    """Raise QuotationError for a run that is not in the source, with the word that departs."""
    if next(source.raw_places(run), None) is not None:
        message = _("%(text)s begins or ends inside a word or number of the source. Complete it.")
        refuse_quotation(message, "inside_word", run.text)
    keys = list(run.keys)
    if loose_capital(keys[0]) in map(loose_capital, source.keys):
        _refuse_capital(source, run)
    length = _matched_length(source, run)
    tokens = tokens_of(run.text)
    departing = tokens[length]
    if length:
        rest = Run(run.text[departing.start :], run.keys[length:], "cut", has_free_capital=False)
        if next(source.places(rest), None) is not None:
            message = _(
                "%(second)s does not follow %(first)s directly in the source. Add “…” where words "
                "are left out, and keep the source's order."
            )
            before = run.text[: tokens[length - 1].end]
            refuse_quotation(message, "joined", first=before, second=rest.text)
    message = _(
        "%(text)s is not in the source: it departs at %(word)s. Use the source's words, or put "
        "your own in square brackets."
    )
    word = run.text[departing.start : departing.end]
    refuse_quotation(message, "not_in_source", run.text, word=word)


def _matched_length(source: SourceWords, run: Run) -> int:
    """Return how many words of a run, from its first on, occur together in the source."""
    if not run.has_free_capital:
        return longest_beginning(run.keys, source.keys)
    large = run.keys[0][:1].upper() + run.keys[0][1:]
    forms = (loose_capital(run.keys[0]), large)
    return max(longest_beginning((form, *run.keys[1:]), source.keys) for form in forms)


def _refuse_capital(source: SourceWords, run: Run) -> None:
    """Raise QuotationError if only the capital of the first letter differs."""
    free = Run(run.text, run.keys, run.link, has_free_capital=True)
    if run.has_free_capital or next(source.places(free), None) is None:
        return
    message = _("%(text)s begins with another capital than the source. Write %(bracket)s.")
    bracket = f"[{run.text[0]}]{run.text[1:]}"
    refuse_quotation(message, "capital", run.text, bracket=bracket)
