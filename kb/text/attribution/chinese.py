"""Cues and speakers in Chinese sentences.

Chinese has no spaces, so the clause beside a quotation is read as a whole: who, then where and to
whom, then a verb of speech. Quotation marks also mark names, slogans and irony; without a verb of
speech only a whole sentence is somebody's words.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from kb.text.attribution.runs import Run
from kb.text.attribution.speakers import MentionKind, Speaker

_HAN = re.compile(r"[\u3400-\u9fff]")
_LATIN = re.compile(r"[A-Za-z]")
_VERBS = (
    "回应称|回应说|回应道|表示|指出|强调|认为|透露|宣布|声称|坦言|补充说|补充道|补充|解释说|解释称|解释|"
    "写道|问道|答道|喊道|说道|告诉记者|介绍说|介绍|呼吁|承认|否认|警告|直言|回答|回应|重申|声明|宣称|"
    "(?:[说說説](?![服明法唱]))|(?:[称稱](?![为為呼号號赞讚]))|问"
)
# From where the clause no longer names the speaker: 在声明中, 对记者, 昨天.
_DETOUR = re.compile(
    r"(?:(?:在|对|對|向|就|于|於|通过|接受|援引|面对|针对|昨[天日]|今[天日早晚]|当[天日]|近日|日前|随后|随即|"
    r"周[一二三四五六日]|星期|上周|此前|稍早|\d{1,4}[年月日]|则|还|還|也|又|并|再次|曾|明确|公开|首次|进一步|"
    r"笑着|继续|接着|不断|多次|据此)).*"
)
_BEFORE_WHO = re.compile(
    r"^(?:据此|对此|對此|不过|不過|但是|但|而|然而|随后|随即|此外|同时|当时|据悉|其中|近日|日前|"
    r"昨[天日]|今[天日]|当[天日]|\d{1,4}[年月]?\d{0,2}[月日]?\d{0,2}日?|周[一二三四五六日])+"
)
_CLAUSE = re.compile(r"[，,。；;！？!?：:\n、]")
_LEAD = re.compile(rf"(?P<who>[^，,。；;！？!?：:\n“”「」]*?)(?P<verb>{_VERBS})\Z")
_TAIL = re.compile(
    rf"[，,]?(?P<who>[^，,。；;！？!?：:\n“”「」]{{1,40}}?)(?P<verb>{_VERBS})(?=[，,。；;：:\n]|\Z)"
)
_REPORT = re.compile(
    r"(?P<who>[^，,。；;！？!?：:\n“”「」]{1,40}?)"
    r"(?:表示|指出|强调|认为|透露|宣布|声称|坦言|[称稱](?![为為呼号號赞讚])|回应称|回应说|说(?![服明法唱]))"
    r"[，,：:]?(?P<content>.+)",
    re.DOTALL,
)
_PRONOUNS = frozenset(("他", "她", "他们", "她们", "我们", "它", "該公司", "该公司", "其"))
_OFFICE = re.compile(
    r"(?P<organisation>.*)(?P<role>(?:新闻|首席)?(?:发言人|發言人|执行官|执行长|首席执行官|CEO|总裁|董事长|"
    r"创始人|总经理|经理|部长|部長|主任|局长|教授|律师|律師|记者|負責人|负责人|主席|总统|總統|总理|研究员|"
    r"分析师|工程师|代表))(?P<name>.*)"
)
# The last character of offices whose beginning is not an organisation's name: 外交部长.
_OF_STATE = frozenset("长長理席统統")
_FULL_NAME = re.compile(r"[\u3400-\u9fff]{2,4}|[\u3400-\u9fff]+(?:·[\u3400-\u9fff]+)+")
_NOT_SPEAKERS = frozenset(
    ("据", "可以", "不", "没有", "所", "难", "可", "被", "总的来", "换句话", "也就是", "一般来")
)
_PREPOSITIONS = frozenset("从從到以把被据據由与與和")
_INNER_MARK = re.compile(r"[，。！？；,!?;]")
_PAUSES = frozenset("，。！？；,.!?;…")
_FULL_STOPS = frozenset("。！？")
_COLONS = frozenset("：:")
_ENDS = frozenset(("", "。", "！", "？", "，", "；", "\n"))
MIN_REPORT_LENGTH = 4
MIN_MENTION_LENGTH = 2
MAX_CLAUSE_LENGTH = 80


class ChineseCue(NamedTuple):
    """Who speaks beside a quotation, and whether the verb is before it."""

    speaker: Speaker | None
    is_before: bool


def is_mostly_chinese(text: str) -> bool:
    """Whether a text has more Chinese characters than Latin letters."""
    return len(_HAN.findall(text)) > len(_LATIN.findall(text))


def cue_beside(text: str, start: int, end: int, run: Run) -> ChineseCue | None:
    """Return the cue of a quotation in the sentence from ``start`` to ``end``; None without one."""
    begin = max(start, run.opening - MAX_CLAUSE_LENGTH)
    lead = text[begin : run.opening].rstrip("：:，, ")
    clause_start = begin
    for mark in _CLAUSE.finditer(lead):
        clause_start = begin + mark.end()
    match = _LEAD.search(text, clause_start, begin + len(lead))
    if match is not None and _is_introduced(text, run):
        return ChineseCue(read_chinese_speaker(text, clause_start, match.end("who")), True)
    tail = _TAIL.match(text, run.closing, min(end, run.closing + MAX_CLAUSE_LENGTH))
    if tail is not None and run.text[-1] in _PAUSES:
        return ChineseCue(read_chinese_speaker(text, tail.start("who"), tail.end("who")), False)
    return None


def _is_introduced(text: str, run: Run) -> bool:
    """Whether a quotation is all that is said, and not a name in it: 表示，“红船”是旧船."""
    before = text[max(0, run.opening - 2) : run.opening].rstrip()[-1:]
    return has_own_marks(run) or before in _COLONS or text[run.closing : run.closing + 1] in _ENDS


def is_sentence(run: Run) -> bool:
    """Whether a quotation is a sentence, and not a name or a slogan."""
    return run.text[-1] in _FULL_STOPS


def has_own_marks(run: Run) -> bool:
    """Whether a quotation has punctuation of its own, so that it is no name."""
    return _INNER_MARK.search(run.text) is not None


def report_in(text: str, start: int, end: int) -> tuple[int, int, Speaker] | None:
    """Return the span of what a sentence reports, and the speaker; None if it reports nothing."""
    match = _REPORT.match(text, start, end)
    if match is None:
        return None
    speaker = read_chinese_speaker(text, match.start("who"), match.end("who"))
    content = match["content"].rstrip("。！？!? \n")
    if speaker is None or len(content) < MIN_REPORT_LENGTH:
        return None
    first = match.start("content")
    return first, first + len(content), speaker


def read_chinese_speaker(text: str, start: int, end: int) -> Speaker | None:
    """Read the speaker in a clause, up to a verb of speech."""
    clause = text[start:end]
    match = _BEFORE_WHO.match(clause)
    start += match.end() if match else 0
    detour = _DETOUR.search(text, start, end)
    if detour is not None:
        end = detour.start()
    mention = text[start:end].strip()
    start += len(text[start:end]) - len(text[start:end].lstrip())
    if len(mention) < MIN_MENTION_LENGTH and mention not in _PRONOUNS:
        return None
    if mention in _NOT_SPEAKERS or mention[0] in _PREPOSITIONS:
        return None
    end = start + len(mention)
    kind: MentionKind = "description"
    if mention in _PRONOUNS:
        return Speaker(mention, start, end, "pronoun")
    office = _OFFICE.fullmatch(mention)
    if office is None:
        return Speaker(mention, start, end, kind)
    name = office["name"].strip("（(）) ")
    kind = "name" if name else "description"
    role, organisation = office["role"], office["organisation"]
    if role[-1] in _OF_STATE:
        role, organisation = organisation + role, ""
    resolved = name if _FULL_NAME.fullmatch(name) else ""
    return Speaker(mention, start, end, kind, name, resolved, role, organisation)
