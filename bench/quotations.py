"""Measure the checks of quotations on real news: ``python -m bench.quotations FILE``.

FILE has one article a line, as JSON: ``text``, and ``attributions`` whose ``content`` are spans of
the text ("12 40;52 60"). What is between quotation marks in such a span is a quotation, and the
sentence or sentences around it are its source. Every quotation occurs in its source, so each error
is a false one. Prints them, and how often the negation guard refuses and warns.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

# Straight marks and typographic ones. A mark without a partner is left out.
QUOTED = re.compile(r'“([^“”"\n]+)”|"([^“”"\n]+)"')
BOUNDARY = re.compile(r"[.!?][”\"’')]*\s+(?=[“\"‘'(]*[A-Z])|\n+")
MIN_WORDS = 2


class Pair(NamedTuple):
    """A quotation and the sentences of the article around it."""

    quotation: str
    source: str


def pairs(path: Path) -> Iterator[Pair]:
    """Yield each quotation of the articles."""
    for line in path.read_text(encoding="utf-8").splitlines():
        article = json.loads(line)
        text = article["text"]
        for attribution in article["attributions"]:
            for content in attribution["content"]:
                for start, end in spans(content["span"]):
                    yield from quotations(text, start, end)


def spans(text: str) -> list[tuple[int, int]]:
    """Read "12 40;52 60"."""
    pairs_of_numbers = (piece.split() for piece in text.split(";"))
    return [(int(start), int(end)) for start, end in pairs_of_numbers]


def quotations(text: str, start: int, end: int) -> Iterator[Pair]:
    """Yield what is between quotation marks in a span, with its sentences."""
    for match in QUOTED.finditer(text, start, end):
        quotation = match[1] or match[2]
        if len(quotation.split()) < MIN_WORDS:
            continue
        # Sentences are found without the project's own code, which is what is measured.
        before = [boundary.end() for boundary in BOUNDARY.finditer(text, 0, match.start())]
        after = BOUNDARY.search(text, match.end() - 2)
        last = after.end() if after else len(text)
        yield Pair(quotation, text[before[-1] if before else 0 : last].strip())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path)
    parser.add_argument("--pairs", type=int, default=500, help="how many; 0 for all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=int, default=0, help="print so many sentences of each kind")
    options = parser.parse_args()
    from django.conf import settings

    settings.configure(USE_I18N=False)
    from kb.text.quoting import QuotationError, compose, negation_guard

    every_pair = list(pairs(options.path))
    random.Random(options.seed).shuffle(every_pair)
    sample = every_pair[: options.pairs or None]
    counts: Counter[str] = Counter()
    started = time.perf_counter()
    for pair in sample:
        try:
            compose(pair.quotation, pair.source)
        except QuotationError as problem:
            counts["false " + problem.code] += 1
            print(f"FALSE {problem}\n  {pair.source!r}")
            continue
        guard = negation_guard(pair.quotation, pair.source, "en")
        kind = "refused" if guard.refusals else "warned" if guard.warnings else "passed"
        counts[kind] += 1
        if kind != "passed" and counts[kind] <= options.show:
            words = [(finding.kind, finding.word) for finding in guard.refusals or guard.warnings]
            print(f"{kind} {words}\n  “{pair.quotation}”\n  {pair.source!r}")
    seconds = time.perf_counter() - started
    false = sum(count for name, count in counts.items() if name.startswith("false"))
    any_finding = counts["refused"] + counts["warned"]
    print(
        f"{len(sample)} of {len(every_pair)} pairs: {false} refused falsely for order or wording\n"
        f"guard: refused {counts['refused']} ({counts['refused'] / len(sample):.1%}), "
        f"word in the sentence at all {any_finding} ({any_finding / len(sample):.1%})\n"
        f"{1e3 * seconds / len(sample):.2f} ms each"
    )
    return 1 if false else 0


if __name__ == "__main__":
    sys.exit(main())
