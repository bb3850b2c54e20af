"""Propose the quotations and reported words of an article, each with its speaker and the reason.

The rules read the text alone and give the same answer every time. Where they are not sure who
speaks, a proposal has no speaker, or is not ``certain``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kb.text.attribution.chinese import is_mostly_chinese
from kb.text.attribution.cues import is_tag, sentence_cues
from kb.text.attribution.indirect import propose_indirect
from kb.text.attribution.people import LastSpeaker, People
from kb.text.attribution.proposal import Proposal, Reading
from kb.text.attribution.quotations import propose_quotations
from kb.text.attribution.runs import quotation_runs
from kb.text.attribution.sentences import Sentence, article_sentences
from kb.text.attribution.speakers import NOBODY, Speaker, read_speaker


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


@dataclass(frozen=True)
class Article:
    """A text as the rules have read it: its sentences, their cues, and the persons it names."""

    text: str
    readings: Sequence[Reading]
    people: People

    @property
    def sentences(self) -> list[Sentence]:
        """The sentences, in order."""
        return [reading.sentence for reading in self.readings]


def read_article(text: str) -> Article:
    """Read a text once for all proposals. Any text is accepted."""
    runs = quotation_runs(text)
    sentences = _joined(article_sentences(text, runs))
    people = People(sentences)
    readings: list[Reading] = []
    last_speaker, paragraph = NOBODY, -1
    offices: dict[str, tuple[str, str]] = {}
    for sentence in sentences:
        if is_mostly_chinese(text[sentence.start : sentence.end]):
            readings.append(Reading(sentence, (), (), is_chinese=True))
            continue
        cues = sentence_cues(sentence, is_first=sentence.paragraph != paragraph)
        paragraph = sentence.paragraph
        speakers: list[Speaker | None] = []
        for cue in cues:
            speaker = None
            if cue.speaker is not None:
                speaker = read_speaker(text, sentence, cue.speaker, people, last_speaker)
                speaker = _with_office(speaker, offices)
                # Whoever answers a question is not who asked it.
                name = speaker.resolved if cue.base != "ask" else ""
                last_speaker = LastSpeaker(name, sentence.paragraph)
            speakers.append(speaker)
        readings.append(Reading(sentence, cues, speakers))
    return Article(text, readings, people)


def _with_office(speaker: Speaker, offices: dict[str, tuple[str, str]]) -> Speaker:
    """Return a speaker with the office that the article stated before, and note a new one."""
    if speaker.role:
        offices.setdefault(speaker.resolved, (speaker.role, speaker.organisation))
        return speaker
    role, organisation = offices.get(speaker.resolved, ("", "")) if speaker.resolved else ("", "")
    return replace(speaker, role=role, organisation=organisation) if role else speaker


def propose(text: str) -> list[Proposal]:
    """Return the proposals for an article, in the order of the text.

    Two proposals of the same kind do not overlap. Any text is accepted.
    """
    return propose_in(read_article(text))


def propose_in(article: Article) -> list[Proposal]:
    """Return the proposals for an article that was read, as ``propose`` does."""
    text, readings = article.text, article.readings
    proposals = [
        *propose_quotations(text, readings, article.people),
        *propose_indirect(text, readings),
    ]
    return sorted(proposals, key=lambda proposal: (proposal.start, proposal.kind))
