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
  acts too, with thousands of different cues; further figures for recall count verbs of saying,
  and “said” and the like, only.
- A full name for a surname is right if the sources of the file have that one for it. The file does
  not say whom a pronoun stands for.
- A certain speaker who is wrong is printed, with the reason if the file is at fault (see
  ``attribution_faults``).

Every share has its 95 % bounds (Wilson).
"""

from __future__ import annotations

import argparse
import math
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

from bench.attribution_baselines import baseline_lines
from bench.attribution_faults import GOLD_FAULTS
from bench.attribution_gold import (
    Article,
    Gold,
    Span,
    gold_of,
    gold_runs,
    overlap,
    read_articles,
)

MIN_LONG = 5  # words of a long run
MIN_RUN_SHARE = 0.8  # of the characters of two runs that are the same
INDIRECT_SHARES = (0.3, 0.5, 0.8)
MARKS = '“”"«»„'
NARROWING = re.compile(r"(?:\b(?:of|for|from|with|to|at|by)\s|['’]s?\s)", re.IGNORECASE)
# The commonest cues of reported speech, for a second figure.
PLAIN_CUE = re.compile(
    r"(?:(?:has|have|had|also|later)\s)*(?:said|says?|told|tells?|added|adds|noted|notes|argued|argues"
    r"|announced|wrote|writes|reported|reports|suggested|according to)",
    re.IGNORECASE,
)
# Cues with a verb of saying, whatever else they have.
SPEECH_CUE = re.compile(
    r"(?i).*?\b(?:sa(?:y|ys|id|ying)|t(?:ell|ells|old|elling)|according|add(?:s|ed|ing)|announc\w+"
    r"|argu\w+|assert\w*|claim\w*|confirm\w*|declar\w+|den(?:y|ies|ied|ying)|explain\w*|insist\w*"
    r"|not(?:es|ed|ing)|predict\w*|promis\w+|report(?:s|ed|ing)?|suggest\w*|tweet\w*|urg(?:e|es|ed"
    r"|ing)|vow\w*|warn\w*|wr(?:ite|ites|ote|iting)|acknowledg\w+|admit\w*|agre\w+|ask(?:s|ed|ing)?"
    r"|call(?:s|ed|ing)? (?:for|on)|complain\w*|conced\w+|conclud\w+|disclos\w+|pledg\w+|recall\w*"
    r"|repeat\w*|respond\w*|reveal\w*|stat(?:es|ed|ing)|stress\w*|talk\w*)\b.*"
)
# What stands before a name in a source: “Senator Ann Bell” is Ann Bell.
TITLE = re.compile(
    r"^(?:(?:[A-Z]\w*\.? )*(?:Mr|Mrs|Ms|Dr|Sen|Rep|Gov|Gen|Col|Justice|President|Senator"
    r"|Governor|Secretary|Representative|Congressman|Mayor|Judge|Director|Chairman|Speaker)\.? )+"
)
WORD = re.compile(r"[^\W_]+")


def mention_matches(text: str, mention: Span, source: Span) -> bool:
    """Whether a mention and a source name the same: “Bell” and “Anna Bell, a lawyer” do."""
    if not overlap(mention, source):
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
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)


class AnsweredSpeaker(Protocol):
    """What is scored of a speaker."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def name(self) -> str: ...
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
        full_name = _full_name(text, attributions, speaker)
        if full_name and speaker.resolved:
            yield "resolved name: right, of surnames", span, speaker.resolved == full_name
        if speaker.kind != "description":
            yield f"speaker: {speaker.kind} with a full name", span, bool(speaker.resolved)


def _full_name(text: str, attributions: Sequence[Gold], speaker: AnsweredSpeaker) -> str:
    """Return the one full name that the sources of the file have for a surname; "" otherwise."""
    if speaker.kind != "name" or " " in speaker.name or not speaker.name:
        return ""
    pattern = re.compile(rf"(?:[A-Z][\w’'-]+ (?:[A-Z]\. )?)+{re.escape(speaker.name)}(?!\w)")
    names = set()
    for gold in attributions:
        for source in gold.sources:
            match = pattern.search(text, *source)
            if match is not None:
                names.add(TITLE.sub("", match[0]))
    return names.pop() if len(names) == 1 else ""


def _indirect_scores(
    text: str, attributions: Sequence[Gold], proposals: Sequence[ScoredProposal]
) -> Iterator[Score]:
    yield from _indirect_speaker_scores(text, attributions, proposals)
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
            if SPEECH_CUE.fullmatch(gold.cue):
                name = f"indirect, {limit:.0%} of the words: recall, verbs of saying"
                yield name, content, share >= limit


def _indirect_speaker_scores(
    text: str, attributions: Sequence[Gold], proposals: Sequence[ScoredProposal]
) -> Iterator[Score]:
    """Score the speakers of proposals that are the content of an attribution with a source."""
    for proposal in proposals:
        span = proposal.start, proposal.end
        sources = [
            source
            for gold in attributions
            if word_share(text, span, gold.envelope) >= INDIRECT_SHARES[0]
            for source in gold.sources
        ]
        speaker = proposal.speaker
        if not sources or speaker is None:
            continue
        mention = speaker.start, speaker.end
        is_right = any(mention_matches(text, mention, source) for source in sources)
        yield "indirect speaker: mention right when answered", span, is_right
        if proposal.certain:
            yield "indirect speaker: mention right when certain", span, is_right


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


class CertainSpeakers:
    """The certain speakers who are wrong, and whether the file or the rules are at fault."""

    def __init__(self) -> None:
        self.total = 0
        self.faults: list[str] = []
        self.errors: list[str] = []

    def add(self, article: Article, name: str, span: Span, is_right: bool) -> None:
        """Count an answer, if it is a speaker marked certain."""
        if not name.endswith("right when certain"):
            return
        self.total += 1
        reason = GOLD_FAULTS.get((article["id"], span[0]))
        line = f"  {article['id']} {span[0]}: {article['text'][slice(*span)][:60]!r}"
        if not is_right and reason:
            self.faults.append(f"{line}: {reason}")
        elif not is_right:
            self.errors.append(line)

    def lines(self) -> list[str]:
        """Return what is to be printed."""
        low, high = wilson(len(self.errors), self.total)
        return [
            f"Certain speakers who are wrong, without faults of the file: {len(self.errors)} of "
            f"{self.total}  [{low:.4f}, {high:.4f}]",
            *self.errors,
            f"Faults of the file: {len(self.faults)}",
            *self.faults,
        ]


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
    certain = CertainSpeakers()
    seconds: list[float] = []
    for article in read_articles(options.path, options.half):
        started = time.perf_counter()
        proposals = propose(article["text"])
        seconds.append(time.perf_counter() - started)
        for name, span, is_right in scores(article, proposals):
            tally.add(name, is_right)
            certain.add(article, name, span, is_right)
            if options.errors and not is_right and name.startswith(options.errors):
                text = article["text"]
                print(f"{name}: {text[max(0, span[0] - 150) : span[1] + 120]!r}")
                print("   →", text[span[0] : span[1]][:150])
    print(f"{len(seconds)} articles of the {options.half} half")
    for name in sorted(tally.total):
        print(tally.line(name))
    print("\n".join(certain.lines()))
    print("Published figures, each on its own texts:")
    print("\n".join(baseline_lines()))
    print(f"{1e3 * sum(seconds) / max(1, len(seconds)):.1f} ms an article on average, ", end="")
    print(f"{1e3 * max(seconds, default=0):.1f} ms at most")
    return 0


if __name__ == "__main__":
    sys.exit(main())
