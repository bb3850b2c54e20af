"""Cues in Chinese sentences.

Chinese has no spaces, so the clause beside a quotation is read as a whole: who, then where and to
whom, then a verb of speech. Quotation marks also mark names, slogans and irony; without a verb of
speech only a whole sentence is somebody's words.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from kb.text.attribution.chinese_speakers import (
    SURE_PRONOUNS,
    read_chinese_speaker,
    simplified,
)
from kb.text.attribution.runs import Run
from kb.text.attribution.speakers import Speaker

_HAN = re.compile(r"[\u3400-\u9fff]")
_LATIN = re.compile(r"[A-Za-z]+")
MIN_HAN_SHARE = 2  # Chinese characters for each word in Latin letters
_TWO = (
    "回应|表示|指出|强调|认为|透露|宣布|声称|坦言|补充|解释|介绍|呼吁|承认|否认|警告|直言|回答|重申|声明|宣称|评论|"
    "抱怨|总结|分析|提醒|证实|通报|规定|反问|追问|质疑|批评|指责|感叹|感慨|嘲讽|讽刺|高喊|大喊|回复|回覆|答复|"
    "回忆|反驳|驳斥|预计|预测|建议|要求|主张|披露|发文|发帖|留言|致辞|辩称|写道|说道|问道|答道|喊道|笑道|"
    "告诉(?:记者|媒体|我们|本报|《[^》]{1,20}》)|(?:发布|发表|发出)了?(?:声明|公告|通告|消息)"
)
_SAY = r"(?:说(?![服明法唱])道?|(?<![自俗简统号堪被人尊])称(?![为呼号赞]))"
_VERB = rf"(?:(?:{_TWO})(?:{_SAY}|道|表示|指出)?|{_SAY}|问|喊|答|写|讲)"
# Verbs with somebody or something before the quotation: 呼吁各方“…”, 称这篇报道“…”.
_WITH_OBJECT = (
    "(?:告诉|告诫|提醒|呼吁|要求|敦促|指责|批评|形容|警告|质疑|嘲讽|(?<![自俗简统号堪被人尊])称(?![为呼号赞])|"
    "说(?=自己|他|她|对方|这|那))"
    "(?:(?![为作是叫做])[^，,。；;！？!?：:\n“”「」『』‘’]){1,14}"
)
_WHO = r"(?P<who>[^，,。；;！？!?：:\n“”「」『』]{1,60}?)"
_LEAD = re.compile(rf"{_WHO}(?P<verb>{_VERB}|{_WITH_OBJECT})\Z")
_BARE_LEAD = re.compile(rf"(?P<who>[并也还又且]?)(?P<verb>{_VERB}|{_WITH_OBJECT})\Z")
_TAIL = re.compile(rf"[，,]?{_WHO}(?P<verb>{_VERB})(?=[，,。；;：:\n“「]|\Z)")
_CLAUSE = re.compile(r"[，,。；;！？!?：:\n”」』]")
_REPORT = re.compile(rf"{_WHO}{_VERB}[，,：:]?(?P<content>.+)", re.DOTALL)
_SUBJECT = re.compile(rf"{_WHO}(?:{_VERB}|否认|拒绝|驳斥)")
# Before words that a quotation is the name of: 名为“…”, 所谓“…”, 墙上写着“…”.
_NAMING = re.compile(
    r"(?:[为是作叫称的成了以有用]|所谓|存在|[贴写印刻挂举]着[^，。]{0,6})[：:，, ]?\Z"
)
_INNER_MARK = re.compile(r"[，。！？；,!?;]")
_PAUSES = frozenset("，。！？；,.!?;…")
_FULL_STOPS = frozenset("。！？")
_COLONS = frozenset("：:")
_ENDS = frozenset(("", "。", "！", "？", "，", "；", "\n"))
MIN_REPORT_LENGTH = 4
MIN_PART_LENGTH = 4  # of a quotation inside somebody's reported words
MAX_CLAUSE_LENGTH = 80


class ChineseCue(NamedTuple):
    """Who speaks beside a quotation, whether the verb is before it, and whether that is sure."""

    speaker: Speaker | None
    is_before: bool
    is_sure: bool


def is_mostly_chinese(text: str) -> bool:
    """Whether a text has many more Chinese characters than words in Latin letters."""
    return len(_HAN.findall(text)) > MIN_HAN_SHARE * len(_LATIN.findall(text))


def cue_beside(text: str, start: int, end: int, run: Run) -> ChineseCue | None:
    """Return the cue of a quotation in the sentence from ``start`` to ``end``; None without one."""
    begin = max(start, run.opening - MAX_CLAUSE_LENGTH)
    lead = simplified(text[begin : run.opening]).rstrip("：:，, ")
    clause = max((mark.end() for mark in _CLAUSE.finditer(lead)), default=0)
    match = _LEAD.fullmatch(lead, clause) or (
        _BARE_LEAD.fullmatch(lead, clause) if clause else None
    )
    if match is not None and _is_introduced(text, run):
        speaker = read_chinese_speaker(text, begin + clause, begin + match.end("who"))
        if speaker is None:
            return ChineseCue(_subject_before(text, begin, lead[:clause]), True, False)
        return ChineseCue(speaker, True, is_sure_speaker(speaker))
    tail = _TAIL.match(simplified(text[run.closing : min(end, run.closing + MAX_CLAUSE_LENGTH)]))
    if tail is not None and (run.text[-1] in _PAUSES or has_own_marks(run)):
        first = run.closing
        speaker = read_chinese_speaker(text, first + tail.start("who"), first + tail.end("who"))
        if speaker is not None:
            return ChineseCue(speaker, False, is_sure_speaker(speaker))
    if match is None and text[run.opening - 1 : run.opening] in _COLONS:
        return _named_before_colon(text, begin + clause, begin + len(lead))
    if match is None and 0 < clause < len(lead) and _is_part(text, run, lead):
        speaker = _subject_before(text, begin, lead[:clause])
        return ChineseCue(speaker, True, False) if speaker is not None else None
    return None


def is_sure_speaker(speaker: Speaker) -> bool:
    """Whether a mention is a person's name, he or she, or an office."""
    return speaker.kind == "name" or speaker.text in SURE_PRONOUNS or bool(speaker.role)


def _named_before_colon(text: str, start: int, end: int) -> ChineseCue | None:
    """Return who is named before a colon: 李明：“…”."""
    speaker = read_chinese_speaker(text, start, end)
    if speaker is None or speaker.kind != "name" or speaker.end != end:
        return None
    return ChineseCue(speaker, True, True)


def _subject_before(text: str, start: int, clauses: str) -> Speaker | None:
    """Return who speaks in the clauses before: 该公司否认指控，称“…”."""
    position = 0
    for part in re.split(r"(?<=[，,；;])", clauses):
        match = _SUBJECT.match(part.rstrip("，,；;"))
        if match is not None:
            first = start + position
            return read_chinese_speaker(text, first, first + match.end("who"))
        position += len(part)
    return None


def _is_part(text: str, run: Run, lead: str) -> bool:
    """Whether a quotation ends what somebody says, and is no name: 他说，船“早就该退役了”."""
    is_end = text[run.closing : run.closing + 1] in _ENDS
    return is_end and len(run.text) >= MIN_PART_LENGTH and _NAMING.search(lead) is None


def _is_introduced(text: str, run: Run) -> bool:
    """Whether a quotation is all that is said, and not a name in it: 表示，“红船”是旧船."""
    before = text[max(0, run.opening - 2) : run.opening].rstrip()[-1:]
    return has_own_marks(run) or before in _COLONS or text[run.closing : run.closing + 1] in _ENDS


def is_sentence(text: str, run: Run) -> bool:
    """Whether a quotation is a sentence, and not a name, a slogan or what a sign has."""
    lead = simplified(text[max(0, run.opening - MAX_CLAUSE_LENGTH) : run.opening])
    return run.text[-1] in _FULL_STOPS and _NAMING.search(lead) is None


def follows_tag(text: str, previous: Run, run: Run) -> bool:
    """Whether only who spoke is between two quotations: “…”李明说。“…”."""
    between = simplified(text[previous.closing : run.opening]).strip()
    return not between or _TAIL.fullmatch(between.rstrip("。")) is not None


def has_own_marks(run: Run) -> bool:
    """Whether a quotation has punctuation of its own, so that it is no name."""
    return _INNER_MARK.search(run.text) is not None


def report_in(text: str, start: int, end: int) -> tuple[int, int, Speaker] | None:
    """Return the span of what a sentence reports, and the speaker; None if it reports nothing."""
    match = _REPORT.match(simplified(text[start:end]))
    if match is None:
        return None
    speaker = read_chinese_speaker(text, start, start + match.end("who"))
    content = match["content"].rstrip("。！？!? \n")
    if speaker is None or len(content) < MIN_REPORT_LENGTH:
        return None
    first = start + match.start("content")
    return first, first + len(content), speaker
