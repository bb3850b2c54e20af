"""Measure the proposals on marked news: ``python -m bench.attribution FILE --half develop``.

FILE has one article a line, as JSON: ``id``, ``text``, and ``attributions`` with ``source``,
``cue`` and ``content``, each a list of ``{"span": "12 40;52 60"}``. A hash of the id divides the
articles into two halves: rules are written with one, and measured with the other.

- A run between quotation marks is right if it lies in the content of an attribution. Recall counts
  the runs in contents, without what the marks of sources and cues cut out.
- A speaker is right if the mention and a source of that content overlap, and the words by which
  one is longer do not make the other a part of a description (Bell, a lawyer for Bell).
- Indirect words are right if they and a content have so many of the words of either in common.
  Recall counts the contents without quotation marks. The file marks views, feelings, intentions and
  acts too, with thousands of different cues; a second recall counts “said” and the like only.

Every share has its 95 % bounds (Wilson).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol, TypedDict

from bench.quotations import spans

Half = Literal["develop", "measure"]
Span = tuple[int, int]
MIN_LONG = 5  # words of a long run
MIN_RUN_SHARE = 0.8  # of the characters of two runs that are the same
INDIRECT_SHARES = (0.3, 0.5, 0.8)
MAX_TAG = 300  # characters
MARKS = '“”"«»„'
# The scorer pairs marks by itself; it must not repeat a fault of the rules.
GOLD_RUN = re.compile(r"(?:[“\"]|'')((?:(?!'')[^“”\"\n])+)(?:[”\"]|''|(?=\n)|$)")
NARROWING = re.compile(r"(?:\b(?:of|for|from|with|to|at|by)\s|['’]s?\s)", re.IGNORECASE)
# The commonest cues of reported speech, for a second figure.
PLAIN_CUE = re.compile(
    r"(?:(?:has|have|had|also|later)\s)*(?:said|says?|told|tells?|added|adds|noted|notes|argued|argues"
    r"|announced|wrote|writes|reported|reports|suggested|according to)",
    re.IGNORECASE,
)
WORD = re.compile(r"[^\W_]+")


class GoldPart(TypedDict):
    span: str


class GoldAttribution(TypedDict):
    source: list[GoldPart]
    cue: list[GoldPart]
    content: list[GoldPart]


class Article(TypedDict):
    id: str
    text: str
    attributions: list[GoldAttribution]


@dataclass(frozen=True)
class Gold:
    """An attribution of the marked file: spans of its content and sources, and the cut parts."""

    contents: tuple[Span, ...]
    sources: tuple[Span, ...]
    cuts: tuple[Span, ...]
    cue: str = ""

    @property
    def envelope(self) -> Span:
        """From the first character of the content to the last."""
        return self.contents[0][0], self.contents[-1][1]


def half_of(identifier: str) -> Half:
    """Return the half of an article. The split stays the same on every machine."""
    digest = hashlib.sha256(identifier.encode()).digest()
    return "develop" if digest[0] % 2 == 0 else "measure"


def read_articles(path: Path, half: Half) -> Iterator[Article]:
    """Yield the articles of one half."""
    for line in path.read_text(encoding="utf-8").splitlines():
        article: Article = json.loads(line)
        if half_of(article["id"]) == half:
            yield article


def gold_of(article: Article) -> list[Gold]:
    """Return the attributions of an article that have a content."""
    attributions = []
    for row in article["attributions"]:
        contents = _part_spans(row["content"])
        if contents:
            sources = _part_spans(row["source"])
            cuts = sources + _part_spans(row["cue"])
            cue = " ".join(article["text"][slice(*span)] for span in _part_spans(row["cue"]))
            gold = Gold(tuple(contents), tuple(sources), tuple(cuts), cue)
            attributions.append(gold)
    return attributions


def _part_spans(parts: Sequence[GoldPart]) -> list[Span]:
    return sorted(span for part in parts for span in spans(part["span"]))


def gold_runs(text: str, attributions: Sequence[Gold]) -> list[Span]:
    """Return the runs between quotation marks in contents, without sources and cues."""
    runs: dict[Span, None] = {}
    for gold in attributions:
        start, end = gold.envelope
        for match in GOLD_RUN.finditer(text, start, end):
            span = match.span(1)
            if not _is_in_tag(text, span) and not any(_overlap(span, cut) for cut in gold.cuts):
                runs[span] = None
    return list(runs)


def _is_in_tag(text: str, span: Span) -> bool:
    """Whether a mark before or after a span belongs to an attribute in a tag."""
    before = text[max(0, span[0] - MAX_TAG) : span[0]]
    return before.rfind("<") > before.rfind(">")


def mention_matches(text: str, mention: Span, source: Span) -> bool:
    """Whether a mention and a source name the same: “Bell” and “Anna Bell, a lawyer” do."""
    if not _overlap(mention, source):
        return False
    outer, inner = (
        (source, mention) if source[1] - source[0] >= mention[1] - mention[0] else (mention, source)
    )
    before = text[outer[0] : max(outer[0], inner[0])]
    return NARROWING.search(before) is None


def word_share(text: str, span: Span, other: Span) -> float:
    """Return how many words of two spans are in both, as a share of the words of either."""
    common = max(span[0], other[0]), min(span[1], other[1])
    if common[0] >= common[1]:
        return 0.0
    joined = min(span[0], other[0]), max(span[1], other[1])
    return count_words(text, common) / max(1, count_words(text, joined))


def count_words(text: str, span: Span) -> int:
    """Return the number of words in a span."""
    return sum(1 for _match in WORD.finditer(text, *span))


def wilson(count: int, total: int) -> tuple[float, float]:
    """Return the 95 % bounds of a share."""
    if not total:
        return 0.0, 1.0
    z = 1.959964
    share = count / total
    middle = share + z * z / (2 * total)
    spread = z * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    scale = 1 + z * z / total
    return (middle - spread) / scale, (middle + spread) / scale


def _overlap(span: Span, other: Span) -> bool:
    return span[0] < other[1] and other[0] < span[1]


class AnsweredSpeaker(Protocol):
    """What is scored of a speaker."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def resolved(self) -> str: ...


class ScoredProposal(Protocol):
    """What is scored of a proposal."""

    @property
    def kind(self) -> str: ...
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def certain(self) -> bool: ...
    @property
    def speaker(self) -> AnsweredSpeaker | None: ...


Score = tuple[str, Span, bool]


def scores(article: Article, proposals: Sequence[ScoredProposal]) -> Iterator[Score]:
    """Yield the name of a figure, the place and whether it is right, for each answer."""
    attributions = gold_of(article)
    quotations = [proposal for proposal in proposals if proposal.kind == "quotation"]
    yield from _run_scores(article["text"], attributions, quotations)
    yield from _speaker_scores(article["text"], attributions, quotations)
    indirect = [proposal for proposal in proposals if proposal.kind == "indirect"]
    yield from _indirect_scores(article["text"], attributions, indirect)


def _run_scores(
    text: str, attributions: Sequence[Gold], quotations: Sequence[ScoredProposal]
) -> Iterator[Score]:
    for proposal in quotations:
        span = proposal.start, proposal.end
        yield f"runs, {_length(text, span)}: precision", span, bool(_around(attributions, span))
    for span in gold_runs(text, attributions):
        is_right = any(
            _character_share((proposal.start, proposal.end), span) >= MIN_RUN_SHARE
            for proposal in quotations
        )
        yield f"runs, {_length(text, span)}: recall", span, is_right


def _speaker_scores(
    text: str, attributions: Sequence[Gold], quotations: Sequence[ScoredProposal]
) -> Iterator[Score]:
    for proposal in quotations:
        span = proposal.start, proposal.end
        sources = [gold.sources for gold in _around(attributions, span) if gold.sources]
        if not sources:
            continue
        speaker = proposal.speaker
        yield "speaker: answered", span, speaker is not None
        if speaker is None:
            continue
        mention = speaker.start, speaker.end
        is_right = any(
            mention_matches(text, mention, source) for group in sources for source in group
        )
        yield "speaker: mention right when answered", span, is_right
        if proposal.certain:
            yield "speaker: mention right when certain", span, is_right
        if speaker.kind != "description":
            yield f"speaker: {speaker.kind} with a full name", span, bool(speaker.resolved)


def _indirect_scores(
    text: str, attributions: Sequence[Gold], proposals: Sequence[ScoredProposal]
) -> Iterator[Score]:
    placed = sorted((proposal.start, proposal.end) for proposal in proposals)
    contents = [gold.envelope for gold in attributions]
    for span in placed:
        share = max((word_share(text, span, content) for content in contents), default=0.0)
        for limit in INDIRECT_SHARES:
            yield f"indirect, {limit:.0%} of the words: precision", span, share >= limit
    for gold in attributions:
        content = gold.envelope
        if any(mark in text[content[0] : content[1]] for mark in (*MARKS, "''")):
            continue
        share = max((word_share(text, span, content) for span in placed), default=0.0)
        for limit in INDIRECT_SHARES:
            yield f"indirect, {limit:.0%} of the words: recall", content, share >= limit
            if PLAIN_CUE.fullmatch(gold.cue):
                name = f"indirect, {limit:.0%} of the words: recall, said and the like"
                yield name, content, share >= limit


def _length(text: str, span: Span) -> str:
    return "5 words and more" if count_words(text, span) >= MIN_LONG else "shorter"


def _around(attributions: Sequence[Gold], span: Span) -> list[Gold]:
    """Return the attributions whose content has a span, give or take a mark."""
    return [
        gold
        for gold in attributions
        if gold.envelope[0] <= span[0] + 1 and span[1] - 1 <= gold.envelope[1]
    ]


def _character_share(span: Span, other: Span) -> float:
    common = min(span[1], other[1]) - max(span[0], other[0])
    return common / max(1, max(span[1], other[1]) - min(span[0], other[0]))


class Tally:
    """Right answers and all answers, by name."""

    def __init__(self) -> None:
        self.right: Counter[str] = Counter()
        self.total: Counter[str] = Counter()

    def add(self, name: str, is_right: bool) -> None:
        self.right[name] += is_right
        self.total[name] += 1

    def line(self, name: str) -> str:
        count, total = self.right[name], self.total[name]
        low, high = wilson(count, total)
        share = count / total if total else 0.0
        return f"{name:<44}{share:7.4f}  [{low:.4f}, {high:.4f}]  {count} of {total}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path)
    parser.add_argument("--half", choices=("develop", "measure"), default="develop")
    parser.add_argument("--errors", default="", help="print the errors of figures with this name")
    options = parser.parse_args()
    from django.conf import settings

    settings.configure(USE_I18N=False)
    from kb.text.attribution import propose

    tally = Tally()
    seconds: list[float] = []
    for article in read_articles(options.path, options.half):
        started = time.perf_counter()
        proposals = propose(article["text"])
        seconds.append(time.perf_counter() - started)
        for name, span, is_right in scores(article, proposals):
            tally.add(name, is_right)
            if options.errors and not is_right and name.startswith(options.errors):
                text = article["text"]
                print(f"{name}: {text[max(0, span[0] - 150) : span[1] + 120]!r}")
                print("   →", text[span[0] : span[1]][:150])
    print(f"{len(seconds)} articles of the {options.half} half")
    for name in sorted(tally.total):
        print(tally.line(name))
    print(f"{1e3 * sum(seconds) / max(1, len(seconds)):.1f} ms an article on average, ", end="")
    print(f"{1e3 * max(seconds, default=0):.1f} ms at most")
    return 0


if __name__ == "__main__":
    sys.exit(main())
