"""What the text of a source proposes: statements, dates, requests for comment, known names.

``propose_facts`` reads the text by rules and gives the same answer every time. A proposal decides
nothing: it shows its words, their place, the sentence and a code for the reason, and an editor
accepts, changes or dismisses it. Codes become sentences for people where they are shown.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Literal

from kb.dates import FuzzyDate
from kb.dates.mentions import MentionBasis, date_mentions
from kb.text.attribution import (
    Article,
    Outcome,
    Speaker,
    Why,
    propose_in,
    read_article,
    request_mentions,
)
from kb.text.attribution.sentences import Sentence
from kb.text.known_names import KnownNames

# A line that is not blank, from its first character that is no space.
_LINE = re.compile(r"\S[^\n]*")
FactKind = Literal["quotation", "report", "date", "request", "name"]
FACT_KINDS: tuple[FactKind, ...] = ("quotation", "report", "date", "request", "name")
FactWhy = Why | MentionBasis | Outcome | Literal["known-name"]


@dataclass(frozen=True)
class FactProposal:
    """Words of a text that can become something in the record.

    ``start`` and ``end`` count the characters of the text, ``paragraph`` its lines that are not
    blank, from 1. ``why`` is a code; for a request for comment
    it is what became of it. ``is_certain`` is False where another reading is possible.

    - ``quotation`` and ``report`` (words without quotation marks) have a ``speaker``, or None where
      nobody can be named; ``speaker_keys`` and ``organisation_keys`` are the keys of the known
      names of the speaker, and of whom the speaker is for.
    - ``date`` has ``when``, with the words as its phrase; None if they depend on the day of the
      source and that is unknown.
    - ``request`` has whoever was asked as its ``speaker``.
    - ``name`` is the first mention of a known name, with its keys in ``name_keys``.
    """

    kind: FactKind
    text: str
    start: int
    end: int
    sentence: str
    paragraph: int
    why: FactWhy
    is_certain: bool
    speaker: Speaker | None = None
    when: FuzzyDate | None = None
    speaker_keys: tuple[str, ...] = ()
    organisation_keys: tuple[str, ...] = ()
    name_keys: tuple[str, ...] = ()


def propose_facts(
    text: str,
    source_day: FuzzyDate | None = None,
    names: KnownNames | None = None,
    *,
    kinds: Collection[FactKind] = FACT_KINDS,
) -> list[FactProposal]:
    """Return the proposals of some kinds for the text of a source, in order of their place.

    ``source_day`` is the date of the source, which can be exact or not, or unknown; ``names`` are
    those of the record. Proposals of one kind do not overlap. Any text is accepted.
    """
    article = read_article(text)
    places = _Places(article)
    known = names or KnownNames(())
    proposals: list[FactProposal] = []
    if "quotation" in kinds or "report" in kinds:
        proposals += (row for row in _statements(article, places, known) if row.kind in kinds)
    if "date" in kinds:
        proposals += _dates(article, places, source_day)
    if "request" in kinds:
        proposals += _requests(article, places, known)
    if "name" in kinds:
        proposals += _names(article, places, known)
    return sorted(proposals, key=lambda proposal: (proposal.start, proposal.end, proposal.kind))


class _Places:
    """The sentence around a place of a text."""

    def __init__(self, article: Article) -> None:
        self._text = article.text
        self._sentences = article.sentences
        self._starts = [sentence.start for sentence in self._sentences]
        self._lines = [match.start() for match in _LINE.finditer(article.text)]

    def sentence_at(self, place: int) -> Sentence | None:
        """Return the sentence that a place is in, or the last one before it."""
        index = bisect_right(self._starts, place) - 1
        return self._sentences[index] if index >= 0 else None

    def is_quoted(self, place: int) -> bool:
        """Whether a place is between quotation marks."""
        sentence = self.sentence_at(place)
        return sentence is not None and any(
            run.opening <= place < run.closing for run in sentence.runs
        )

    def sentence_and_paragraph(self, place: int) -> tuple[str, int]:
        """Return the words of the sentence at a place, and the number of the place's paragraph."""
        sentence = self.sentence_at(place)
        words = self._text[sentence.start : sentence.end] if sentence else ""
        return words, bisect_right(self._lines, place)


def _statements(article: Article, places: _Places, names: KnownNames) -> Iterator[FactProposal]:
    for proposal in propose_in(article):
        speaker = proposal.speaker
        yield FactProposal(
            "quotation" if proposal.kind == "quotation" else "report",
            proposal.text,
            proposal.start,
            proposal.end,
            proposal.sentence,
            places.sentence_and_paragraph(proposal.start)[1],
            proposal.why,
            proposal.certain,
            speaker,
            speaker_keys=_speaker_keys(speaker, names),
            organisation_keys=names.keys_of(speaker.organisation) if speaker else (),
        )


def _dates(
    article: Article, places: _Places, source_day: FuzzyDate | None
) -> Iterator[FactProposal]:
    for mention in date_mentions(article.text, source_day):
        # In somebody's words “yesterday” is the day before they spoke.
        is_quoted = mention.basis != "absolute" and places.is_quoted(mention.start)
        yield FactProposal(
            "date",
            mention.text,
            mention.start,
            mention.end,
            *places.sentence_and_paragraph(mention.start),
            mention.basis,
            mention.is_certain and not is_quoted,
            when=mention.when,
        )


def _requests(article: Article, places: _Places, names: KnownNames) -> Iterator[FactProposal]:
    for mention in request_mentions(article.text, article.sentences, article.people):
        asked = mention.asked
        yield FactProposal(
            "request",
            article.text[mention.start : mention.end],
            mention.start,
            mention.end,
            *places.sentence_and_paragraph(mention.start),
            mention.outcome,
            asked is not None and mention.outcome != "answered",
            asked,
            speaker_keys=_speaker_keys(asked, names),
            organisation_keys=names.keys_of(asked.organisation) if asked else (),
        )


def _names(article: Article, places: _Places, names: KnownNames) -> Iterator[FactProposal]:
    seen_keys: set[tuple[str, ...]] = set()
    for mention in names.mentions(article.text):
        if mention.keys in seen_keys:
            continue
        seen_keys.add(mention.keys)
        yield FactProposal(
            "name",
            mention.text,
            mention.start,
            mention.end,
            *places.sentence_and_paragraph(mention.start),
            "known-name",
            mention.is_certain,
            name_keys=mention.keys,
        )


def _speaker_keys(speaker: Speaker | None, names: KnownNames) -> tuple[str, ...]:
    """Return the keys of a speaker: of the full name, or else of the words of the mention."""
    if speaker is None:
        return ()
    for name in (speaker.resolved, speaker.name, speaker.text.removeprefix("the ")):
        if name and (keys := names.keys_of(name)):
            return keys
    return ()
