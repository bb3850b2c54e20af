"""Read marked news: ``bench.attribution`` measures with it.

A file has one article a line, as JSON. A hash of the id divides the articles into two halves.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypedDict

from bench.quotations import spans

Half = Literal["develop", "measure"]
Span = tuple[int, int]
MAX_TAG = 300  # characters
# The scorer pairs marks by itself; it must not repeat a fault of the rules.
GOLD_RUN = re.compile(r"(?:[“\"]|'')((?:(?!'')[^“”\"\n])+)(?:[”\"]|''|(?=\n)|$)")


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
            if not _is_in_tag(text, span) and not any(overlap(span, cut) for cut in gold.cuts):
                runs[span] = None
    return list(runs)


def _is_in_tag(text: str, span: Span) -> bool:
    """Whether a mark before or after a span belongs to an attribute in a tag."""
    before = text[max(0, span[0] - MAX_TAG) : span[0]]
    return before.rfind("<") > before.rfind(">")


def overlap(span: Span, other: Span) -> bool:
    return span[0] < other[1] and other[0] < span[1]
