"""Which words of a sentence report what somebody says or thinks, without quotation marks."""

from __future__ import annotations

from collections.abc import Sequence

from kb.text.attribution.certainty import is_certain_report
from kb.text.attribution.chinese import is_sure_speaker, report_in
from kb.text.attribution.content import MAX_LISTENER_WORDS, WITH_PREPOSITION, WITH_REQUEST
from kb.text.attribution.cue import Cue
from kb.text.attribution.proposal import Proposal, Reading, why_of
from kb.text.attribution.sentences import Word
from kb.text.attribution.speakers import is_plain
from kb.text.attribution.word_lists import PREPOSITIONS, word_set

MIN_INDIRECT_WORDS = 3
_CLAUSE_WORDS = frozenset(("that", "whether", "how", "why", "what", "if", "who"))
# Verbs that report without “that”, by how often they did in news.
_PLAIN = word_set(
    """say tell point note announce argue report suggest insist acknowledge explain deny warn
    predict believe hope fear complain conclude estimate allege contend concede recall admit
    declare ask urge demand accuse criticize praise cite question blame condemn denounce dismiss
    express mock reject describe propose reiterate reveal write imply disclose confirm assert
    show worry echo observe call lament hail credit indicate stress emphasize caution claim vow
    refuse decline intend discuss mention slam blast reference decry applaud assail dub bemoan
    think feel attack offer tout want know recall repeat consider
    tweet advocate compare challenge expect see voice quote recount remember wonder recognize remark
    promise lash brush name order highlight ignore expose learn favor demonstrate answer charge
    characterize portray admire love deride liken disavow threaten congratulate resist renew
    signal outline clarify speculate joke emphasise criticise laud chide rebuff scold ridicule
    rebut refute"""
)


_AIMS = word_set("""want seek decline plan promise vow intend refuse threaten hope agree""")


def propose_indirect(text: str, readings: Sequence[Reading]) -> list[Proposal]:
    """Return the indirect proposals of an article, in order. They do not overlap."""
    proposals: list[Proposal] = []
    ends = {reading.sentence.paragraph: reading.sentence.end for reading in readings}
    covered = 0  # up to where a line of an interview goes
    for reading in readings:
        if reading.is_chinese:
            proposals += _chinese_reports(text, reading)
            continue
        words = reading.sentence.words
        spans: list[tuple[int, int]] = []
        pairs = sorted(
            zip(reading.cues, reading.speakers, strict=True), key=lambda pair: _rank(pair[0])
        )
        for cue, speaker in pairs:
            for side in (cue.before, cue.after):
                if side is None or not _is_reported(words, cue, side):
                    continue
                start, stop = words[side[0]].start, words[side[1] - 1].end
                if cue.kind == "colon" and words[side[0]].kind != "run":
                    stop = covered = max(stop, ends[reading.sentence.paragraph])
                elif start < covered:
                    continue
                if any(start < last and first < stop for first, last in spans):
                    continue
                spans.append((start, stop))
                proposals.append(
                    Proposal(
                        "indirect",
                        text[start:stop],
                        start,
                        stop,
                        speaker if _is_sure(cue) and is_plain(speaker) else None,
                        speaker is not None
                        and is_certain_report(words, reading.cues, cue, speaker)
                        and is_plain(speaker),
                        text[reading.sentence.start : reading.sentence.end],
                        why_of(cue, side[0]),
                    )
                )
    return sorted(proposals, key=lambda proposal: proposal.start)


def _chinese_reports(text: str, reading: Reading) -> list[Proposal]:
    """Return what a Chinese sentence reports, if it is not only a quotation."""
    sentence = reading.sentence
    report = report_in(text, sentence.start, sentence.end)
    if report is None:
        return []
    start, end, speaker = report
    if any(run.opening <= start and end <= run.closing for run in sentence.runs):
        return []
    whole = text[sentence.start : sentence.end]
    words = text[start:end]
    is_sure = is_sure_speaker(speaker)
    return [Proposal("indirect", words, start, end, speaker, is_sure, whole, "verb-before")]


def _rank(cue: Cue) -> tuple[bool, int]:
    """Plain speech comes first, where two contents overlap; then what is first in the text."""
    is_main = cue.kind in ("according", "inverted") or cue.base in ("say", "tell", "report")
    return not is_main, cue.start


def _is_sure(cue: Cue) -> bool:
    return cue.speaker is not None and cue.speaker.is_sure


def _is_reported(words: Sequence[Word], cue: Cue, side: tuple[int, int]) -> bool:
    """Whether the content of a cue is worth a proposal of its own."""
    inner = words[side[0] : side[1]]
    if sum(word.kind == "word" for word in inner) < MIN_INDIRECT_WORDS:
        return False
    if cue.speaker is not None and words[cue.speaker.start].lower in ("i", "we", "you"):
        return False
    if cue.kind in ("according", "inverted", "colon", "impersonal") or side == cue.before:
        return True
    before = words[cue.verb - 1].lower if cue.verb else ""
    if inner[0].lower == "to" and cue.group == "aim":
        return cue.base in _AIMS and before != "to"
    if cue.speaker is not None and not cue.speaker.is_sure and cue.group not in ("speech", "tell"):
        return False
    if cue.group == "speech" and side == cue.after and cue.base in ("go", "begin"):
        return False
    if inner[0].lower in WITH_PREPOSITION.get(cue.base, ()):
        return before != "to"
    if cue.base in WITH_REQUEST and any(word.lower == "to" for word in inner[1:MAX_LISTENER_WORDS]):
        return True
    first = inner[0].lower
    if first in _CLAUSE_WORDS:
        return True
    if before == "to" or (first in PREPOSITIONS and cue.base != "call"):
        return False
    return cue.base in _PLAIN
