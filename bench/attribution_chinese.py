"""Measure the proposals on Chinese sentences: ``python -m bench.attribution_chinese``.

The sample, ``tests/samples/chinese_quotations.txt``, has 200 sentences as news writes them,
invented and marked by the author of the rules: ``{…}`` is who says it, ``⟦…⟧`` what is said.
A hash of the sentence divides them into two halves: rules are written with one.

- A quotation is right if its words are those that are marked.
- A speaker is right if the mention is the marked one, without spaces at its ends.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.attribution import Score, ScoredProposal, Tally
from bench.attribution_gold import Half, Span, half_of

SAMPLE = Path(__file__).resolve().parent.parent / "tests" / "samples" / "chinese_quotations.txt"
_MARK = re.compile("[{}⟦⟧]")


@dataclass(frozen=True)
class Marked:
    """A sentence without its marks, the spans of quotations, and those of speakers."""

    text: str
    quotations: tuple[Span, ...]
    speakers: tuple[Span, ...]


def read_sample(path: Path = SAMPLE, half: Half | None = None) -> Iterator[Marked]:
    """Yield the sentences of a half, or all of them."""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            marked = read_marked(line)
            if half is None or half_of(marked.text) == half:
                yield marked


def read_marked(line: str) -> Marked:
    """Return a sentence without its marks, with what they mark."""
    pieces: list[str] = []
    length, position = 0, 0
    opened = 0
    spans: dict[str, list[Span]] = {"}": [], "⟧": []}
    for match in _MARK.finditer(line):
        pieces.append(line[position : match.start()])
        length += match.start() - position
        position = match.end()
        if match[0] in spans:
            spans[match[0]].append((opened, length))
        else:
            opened = length
    pieces.append(line[position:])
    return Marked("".join(pieces), tuple(spans["⟧"]), tuple(spans["}"]))


def scores(marked: Marked, proposals: list[ScoredProposal]) -> Iterator[Score]:
    """Yield the name of a figure, the place and whether it is right, for each answer."""
    quotations = [proposal for proposal in proposals if proposal.kind == "quotation"]
    by_span = {(proposal.start, proposal.end): proposal for proposal in quotations}
    for span in by_span:
        yield "quotations: precision", span, span in marked.quotations
    for span in marked.quotations:
        proposal = by_span.get(span)
        yield "quotations: recall", span, proposal is not None
        if proposal is None or not marked.speakers:
            continue
        speaker = proposal.speaker
        mention = (speaker.start, speaker.end) if speaker else None
        yield "speaker: answered", span, mention is not None
        yield "speaker: right of all", span, mention in marked.speakers
        if speaker is not None:
            yield "speaker: right when answered", span, mention in marked.speakers
            if proposal.certain:
                yield "speaker: right when certain", span, mention in marked.speakers


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path, nargs="?", default=SAMPLE)
    parser.add_argument("--half", choices=("develop", "measure"), default="develop")
    parser.add_argument("--errors", action="store_true", help="print what is wrong")
    options = parser.parse_args()
    from django.conf import settings

    settings.configure(USE_I18N=False)
    from kb.text.attribution import propose

    tally = Tally()
    count = 0
    for marked in read_sample(options.path, options.half):
        count += 1
        for name, span, is_right in scores(marked, list(propose(marked.text))):
            tally.add(name, is_right)
            if options.errors and not is_right:
                print(f"{name}: {marked.text!r} → {marked.text[slice(*span)]!r}")
    print(f"{count} sentences of the {options.half} half")
    for name in sorted(tally.total):
        print(tally.line(name))
    return 0


if __name__ == "__main__":
    sys.exit(main())
