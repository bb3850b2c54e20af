"""The negation guard: a quotation must not lose a word that turns it into something else.

Words of the source outside the runs of a quotation are in gaps: before the first run, between two
runs, after the last. A turning word in a gap is a refusal if it is in the clause that leads into a
run or follows it, or is cut between two runs of one sentence, and no bracket in that gap carries
it. In the rest of the sentence it is a warning.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from django.utils.translation import gettext as _

from kb.text.quoting.compose import compose
from kb.text.quoting.negation_words import (
    DENIALS,
    PREFIXED,
    WEAK,
    TurningWord,
    turning_words,
)
from kb.text.quoting.parse import Part, quoted
from kb.text.quoting.sentences import (
    following_clause,
    is_clause_end,
    leading_clause,
    sentence_at,
    sentence_spans,
)
from kb.text.quoting.tokens import QUOTATION_MARKS

# Languages with a list of words. Texts that state no language are read with both.
GUARDED_LANGUAGES = frozenset(("", "en", "zh"))
FindingKind = Literal["before", "between", "after", "dangling", "sentence"]
Span = tuple[int, int]
_NEW_CLAUSE = re.compile(r"\s*(?:and|so|or|then)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Finding:
    """A word that turns or limits a quotation and is not in it, with its sentence of the source.

    ``start`` and ``end`` are the word's position in the source. A ``dangling`` word is in the
    quotation, but what it refers to is cut.
    """

    word: str
    sentence: str
    start: int
    end: int
    kind: FindingKind

    @property
    def message(self) -> str:
        """A sentence for the editor."""
        values = {"word": quoted(self.word), "sentence": f"“{self.sentence}”"}
        if self.kind == "dangling":
            message = _(
                "The cut after %(word)s changes what it refers to. Quote the words after it. The "
                "source: %(sentence)s"
            )
        elif self.kind == "sentence":
            message = _(
                "The sentence of the source also has the word %(word)s. Check that the quotation "
                "keeps its meaning. The source: %(sentence)s"
            )
        else:
            message = _(
                "The quotation leaves out %(word)s, which changes its meaning. Quote the word or "
                "put it in square brackets. The source: %(sentence)s"
            )
        return message % values


@dataclass(frozen=True)
class GuardResult:
    """What the guard reports. ``is_checked`` is false for a language without a list of words."""

    refusals: tuple[Finding, ...] = ()
    warnings: tuple[Finding, ...] = ()
    is_checked: bool = True


def negation_guard(text: str, exact: str, language: str) -> GuardResult:
    """Return the words of ``exact`` that turn or limit the quotation and are not shown with it.

    Raises QuotationError if the quotation does not occur in ``exact``.
    """
    composition = compose(text, exact)
    if not is_guarded(language):
        return GuardResult(is_checked=False)
    gaps = _gap_parts(composition.parts, len(composition.spans))
    findings = list(_Guard(exact, composition.spans, gaps).findings())
    return GuardResult(
        refusals=tuple(finding for finding in findings if finding.kind != "sentence"),
        warnings=tuple(finding for finding in findings if finding.kind == "sentence"),
    )


def is_guarded(language: str) -> bool:
    """Whether there is a list of turning words for a language tag."""
    return language.lower().replace("_", "-").split("-")[0] in GUARDED_LANGUAGES


def turning_words_around(
    exact: str, spans: Sequence[Span], gap_parts: Sequence[Sequence[Part]]
) -> list[Finding]:
    """Return the words that turn what is in ``spans``, and that no bracket in their gap carries.

    ``gap_parts`` has the brackets of each gap: before the first span, between two, after the last.
    """
    findings = _Guard(exact, spans, gap_parts).findings()
    return [finding for finding in findings if finding.kind in ("before", "between", "after")]


class _Gap(NamedTuple):
    """Words of the source before a run, between two runs, or after the last one.

    ``before`` and ``after`` are the sentences of the runs around it, ``following`` the end of the
    clause after the run before, ``leading`` the beginning of the clause before the run after, and
    ``is_over`` whether the words of the run before ended at a mark.
    """

    start: int
    end: int
    before: int | None
    after: int | None
    following: int
    leading: int
    is_over: bool


class _Guard:
    """The turning words of a source around the runs of a quotation."""

    def __init__(
        self, exact: str, spans: Sequence[Span], gap_parts: Sequence[Sequence[Part]]
    ) -> None:
        self.exact = exact
        self.runs = spans
        self.sentences = sentence_spans(exact)
        self.words = turning_words(exact)
        self.gap_parts = gap_parts
        self._sentence_texts: dict[int, str] = {}

    def findings(self) -> Iterator[Finding]:
        for number in range(len(self.runs) + 1):
            yield from self._findings_in_gap(number)
            if number < len(self.runs):
                yield from self._dangling_word(number)

    def _findings_in_gap(self, number: int) -> Iterator[Finding]:
        gap = self._gap(number)
        words = self._words_in(gap.start, gap.end)
        kinds = [(word, self._kind(word, gap)) for word in words]
        carried = Counter(
            word.family
            for part in self.gap_parts[number]
            if part.kind == "bracket"
            for word in turning_words(part.text)
        )
        # The refusals first: a bracket carries those before words farther away.
        for word, kind in sorted(kinds, key=lambda pair: pair[1] == "sentence"):
            if kind is None:
                continue
            if carried[word.family]:
                carried[word.family] -= 1
            else:
                yield self._finding(word, kind)

    def _gap(self, number: int) -> _Gap:
        """Return the gap before a run, or after the last one."""
        start, before = 0, None
        end, after = len(self.exact), None
        if number:
            start = self.runs[number - 1][1]
            before = sentence_at(self.sentences, start - 1)
        if number < len(self.runs):
            end = self.runs[number][0]
            after = sentence_at(self.sentences, end)
        following, leading, is_over = start, end, True
        if before is not None and before != after:
            following, is_over = following_clause(
                self.exact, start, min(end, self.sentences[before][1])
            )
            is_over = is_over or self._closes_quotation(number - 1)
        if after is not None and before != after:
            leading = leading_clause(self.exact, max(start, self.sentences[after][0]), end)
        return _Gap(start, end, before, after, following, leading, is_over)

    def _words_in(self, start: int, end: int) -> list[TurningWord]:
        """Return the turning words that a gap contains at least in part.

        A neutral expression that a run cuts in two is read again without the words of the run.
        """
        first = bisect_left(self.words, start, key=lambda word: word.end - 1)
        last = bisect_left(self.words, end, key=lambda word: word.start)
        words = self.words[first:last]
        starts = [word.start for word in words]
        for family, word_start, word_end in turning_words(self.exact[start:end]):
            word = TurningWord(family, start + word_start, start + word_end)
            place = bisect_left(starts, word.end)
            if not place or words[place - 1].end <= word.start:
                words.append(word)
        return sorted(words, key=lambda word: word.start)

    def _kind(self, word: TurningWord, gap: _Gap) -> FindingKind | None:
        """Return how near a word in a gap is to the runs; None if in no sentence of theirs."""
        place = sentence_at(self.sentences, max(word.start, gap.start))
        if place not in (gap.before, gap.after):
            return None
        if word.family == WEAK:
            return "sentence"
        if gap.before == gap.after:
            return "between"
        if place == gap.after:
            is_near = word.end > gap.leading or self._leads_on(word, gap.leading)
            return "before" if is_near else "sentence"
        # After the speaker's words, only a denial refers to them: “…”, he denied.
        is_near = word.start < gap.following and (not gap.is_over or word.family in DENIALS)
        return "after" if is_near else "sentence"

    def _closes_quotation(self, number: int) -> bool:
        """Whether the source closes a quotation after a run that it opened before the run."""
        start, end = self.runs[number]
        inner_marks = sum(character in QUOTATION_MARKS for character in self.exact[start:end])
        return self.exact[end : end + 1] in tuple(QUOTATION_MARKS) and inner_marks % 2 == 0

    def _leads_on(self, word: TurningWord, clause: int) -> bool:
        """Whether a word is the last of the clause before: ``did not, he said, use it``."""
        is_last = not self.exact[word.end : clause].strip(" ,，")
        is_open = word.family in PREFIXED and not _NEW_CLAUSE.match(self.exact, clause)
        return is_last and is_open

    def _dangling_word(self, number: int) -> Iterator[Finding]:
        """Yield the last word of a run if it turns words that a cut leaves out."""
        start, end = self.runs[number]
        place = bisect_left(self.words, end, key=lambda word: word.end)
        if place == len(self.words) or self.words[place].end != end:
            return
        word = self.words[place]
        if word.start < start or word.family == WEAK:
            return
        next_start = self.runs[number + 1][0] if number + 1 < len(self.runs) else len(self.exact)
        is_continued = not self.exact[end:next_start].strip() and next_start < len(self.exact)
        is_over = is_clause_end(self.exact, end) or self._closes_quotation(number)
        has_bracket = any(part.kind == "bracket" for part in self.gap_parts[number + 1])
        if not (is_continued or is_over or has_bracket):
            yield self._finding(word, "dangling")

    def _finding(self, word: TurningWord, kind: FindingKind) -> Finding:
        place = sentence_at(self.sentences, word.start)
        if place not in self._sentence_texts:
            start, end = self.sentences[place]
            self._sentence_texts[place] = " ".join(self.exact[start:end].split())
        return Finding(
            word=self.exact[word.start : word.end],
            sentence=self._sentence_texts[place],
            start=word.start,
            end=word.end,
            kind=kind,
        )


def _gap_parts(parts: Sequence[Part], count: int) -> list[list[Part]]:
    """Return the cuts and brackets of each gap: before the first run, between two, after all."""
    gaps: list[list[Part]] = [[] for _number in range(count + 1)]
    number = 0
    for part in parts:
        if part.kind != "run":
            gaps[number].append(part)
        elif part.has_words:
            number += 1
    return gaps
