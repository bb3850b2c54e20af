"""Propose the quotations and reported words of an article, each with its speaker and the reason.

The rules read the text alone and give the same answer every time. Where they are not sure who
speaks, a proposal has no speaker, or is not ``certain``.
"""

from __future__ import annotations

from collections.abc import Sequence

from kb.text.attribution.chinese import is_mostly_chinese
from kb.text.attribution.cues import is_tag, sentence_cues
from kb.text.attribution.indirect import propose_indirect
from kb.text.attribution.people import People
from kb.text.attribution.proposal import Proposal, Reading
from kb.text.attribution.quotations import propose_quotations
from kb.text.attribution.runs import quotation_runs
from kb.text.attribution.sentences import Sentence, article_sentences
from kb.text.attribution.speakers import Speaker, read_speaker


def _joined(sentences: Sequence[Sentence]) -> list[Sentence]:
    """Join a sentence that ends with a quotation and the one that names its speaker."""
    joined: list[Sentence] = []
    for sentence in sentences:
        last = joined[-1] if joined else None
        is_part = (
            last is not None
            and last.paragraph == sentence.paragraph
            and last.words[-1].kind == "run"
            and is_tag(sentence.words, is_strict=last.runs[-1].text.endswith("."))
        )
        if last is not None and is_part:
            joined[-1] = Sentence(
                last.start,
                sentence.end,
                last.paragraph,
                last.words + sentence.words,
                last.runs + sentence.runs,
            )
        else:
            joined.append(sentence)
    return joined


def propose(text: str) -> list[Proposal]:
    """Return the proposals for an article, in the order of the text.

    Two proposals of the same kind do not overlap. Any text is accepted.
    """
    runs = quotation_runs(text)
    sentences = _joined(article_sentences(text, runs))
    people = People(sentences)
    readings: list[Reading] = []
    last_speaker = ""
    for sentence in sentences:
        if is_mostly_chinese(text[sentence.start : sentence.end]):
            readings.append(Reading(sentence, (), (), is_chinese=True))
            continue
        cues = sentence_cues(sentence)
        speakers: list[Speaker | None] = []
        for cue in cues:
            speaker = None
            if cue.speaker is not None:
                speaker = read_speaker(text, sentence, cue.speaker, people, last_speaker)
                last_speaker = speaker.resolved
            speakers.append(speaker)
        readings.append(Reading(sentence, cues, speakers))
    proposals = [*propose_quotations(text, readings, people), *propose_indirect(text, readings)]
    return sorted(proposals, key=lambda proposal: (proposal.start, proposal.kind))
