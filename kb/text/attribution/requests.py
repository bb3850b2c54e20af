"""Sentences in which somebody was asked for comment: who, and what became of it.

The wordings are those of news: “did not immediately respond to a request for comment”, “declined to
comment”, “could not be reached”, 拒绝置评, 未回应置评请求. Silence is no statement, so these are
proposals of their own kind.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from kb.text.attribution.chinese import is_mostly_chinese
from kb.text.attribution.chinese_speakers import read_chinese_speaker
from kb.text.attribution.mentions import phrase_before
from kb.text.attribution.people import People
from kb.text.attribution.sentences import Sentence
from kb.text.attribution.speakers import Speaker, is_plain, read_speaker
from kb.text.attribution.subjects import leading_subject

Outcome = Literal["answered", "declined", "no_reply"]
_NOT = (
    r"(?:(?:did|do|does|had|has|have|was|were|would|could) ?(?:not|n[’']t)|never|could not|"
    r"(?:did|have|has) yet to|failed to)"
)
_SOON = r"(?: (?:immediately|directly|also|yet|previously))*"
_ASKED = (
    r"(?:(?:requests?|inquir(?:y|ies)|enquir(?:y|ies)|calls?|messages?|e-?mails?|questions?|attempts?)"
    r"\b[^.;:“”\"]{0,60}?\b(?:comments?|interviews?|reach|response|reporters?|contact(?:ed)?|call(?:s|ed)?)"
    r"|(?:(?:several|multiple|numerous|repeated) )?(?:requests?|questions|inquiries|e-?mails?)\b"
    r"|interview requests?)"
)
_LINK = (
    r"(?: to)? (?:(?:a|an|the|any|our|my|his|her|their|several|multiple|numerous|repeated|recent|"
    r"[A-Z][\w.’']*) ){0,4}"
)
_ENGLISH: tuple[tuple[re.Pattern[str], Outcome], ...] = (
    (
        re.compile(
            rf"\b{_NOT}{_SOON} (?:respond(?:ed)?|repl(?:y|ied)|return(?:ed)?|answer(?:ed)?){_SOON}"
            rf"{_LINK}{_ASKED}"
        ),
        "no_reply",
    ),
    (
        re.compile(
            rf"\b{_NOT}{_SOON} (?:be|been){_SOON} (?:reached|contacted|available)(?: immediately)?"
            r"(?: for (?:comment|an interview))?"
        ),
        "no_reply",
    ),
    (
        re.compile(rf"\bw(?:as|ere) not{_SOON} (?:available|reachable) for (?:a )?comment"),
        "no_reply",
    ),
    (
        re.compile(rf"\b(?:(?:does|do|would|will) ?(?:not|n[’']t)|won[’']t){_SOON} comment\b"),
        "declined",
    ),
    (re.compile(rf"\b{_NOT}{_SOON} comment(?:ed)?\b"), "no_reply"),
    (
        re.compile(
            r"\b(?:declined?|refused?|would not agree|was unwilling)(?: \w+){0,2}? "
            r"(?:(?:to )?(?:publicly )?comment|to (?:be interviewed|answer questions)|an interview|"
            r"(?:requests? for comment|interview requests?))\b"
        ),
        "declined",
    ),
    (re.compile(r"\bhad no (?:immediate |further )?comment\b"), "declined"),
    (
        re.compile(
            r"\bresponded(?: on \w+)?(?: in a statement)? to (?:\w+[’']?\w* ){0,3}?"
            r"(?:requests?|questions?|inquir(?:y|ies)) (?:for|from|about)\b"
            r"|\b(?:in response to|when asked|asked) (?:a request )?for comment\b"
        ),
        "answered",
    ),
)
_CHINESE: tuple[tuple[re.Pattern[str], Outcome], ...] = (
    (
        re.compile(
            "(?:拒绝|拒絕|不愿|婉拒|謝絕|谢绝)(?:对此|就此|对[^，。；]{0,20}|就[^，。；]{0,20})?"
            "(?:置评|置評|评论|評論|发表评论|發表評論|回应|回應|接受[^，。；]{0,8}采访|作出评论|作出回应)"
            "|(?:对此)?(?:不予|不作|不做|暂不|無可|无可)(?:置评|置評|评论|評論|奉告|回应|回應)"
        ),
        "declined",
    ),
    (
        re.compile(
            "(?:尚未|没有|沒有|并未|未能|未有|未)(?:立即|立刻|马上|及时|就此|对此|即时)*"
            "(?:回应|回應|回复|回覆|答复|答覆|作出回应|做出回应|作出回復)"
            "(?:[^，。；]{0,20}(?:请求|請求|采访|提问|问询|邮件))?"
            "|(?:无法|未能|没能)(?:立即)?联系[上到](?P<asked>[^，。；]{2,20})?"
        ),
        "no_reply",
    ),
    (
        re.compile(
            "(?:回应|回應|回复|回覆|答复)(?:了)?[^，。；]{0,16}(?:置评请求|采访请求|提问|问询|询问)"
        ),
        "answered",
    ),
)
_CLAUSE_MARK = re.compile("[，,。；;：:、\n]")
MAX_LEAD = 80  # characters between who was asked and the words of the request, in Chinese


@dataclass(frozen=True)
class RequestMention:
    """The words that tell of a request for comment, and who was asked, where that is plain."""

    start: int
    end: int
    outcome: Outcome
    asked: Speaker | None


def request_mentions(
    text: str, sentences: Sequence[Sentence], people: People
) -> list[RequestMention]:
    """Return the requests for comment of an article, at most one a sentence, in order.

    Words inside quotations are not looked at.
    """
    mentions: list[RequestMention] = []
    for sentence in sentences:
        is_chinese = is_mostly_chinese(text[sentence.start : sentence.end])
        masked = _without_quotations(text, sentence)
        for pattern, outcome in _CHINESE if is_chinese else _ENGLISH:
            match = pattern.search(masked)
            if match is not None:
                start, end = sentence.start + match.start(), sentence.start + match.end()
                if not is_chinese:
                    asked = _asked(text, sentence, start, people)
                elif match.groupdict().get("asked"):
                    first, last = match.span("asked")
                    asked = read_chinese_speaker(
                        text, sentence.start + first, sentence.start + last
                    )
                else:
                    begin = max(sentence.start, start - MAX_LEAD)
                    asked = _asked_in_chinese(text, begin, start)
                mentions.append(RequestMention(start, end, outcome, asked))
                break
    return mentions


def _without_quotations(text: str, sentence: Sentence) -> str:
    pieces, position = [], sentence.start
    for run in sentence.runs:
        pieces.append(text[position : run.opening])
        pieces.append("\0" * (min(run.closing, sentence.end) - run.opening))
        position = run.closing
    pieces.append(text[position : sentence.end])
    return "".join(pieces)


def _asked(text: str, sentence: Sentence, start: int, people: People) -> Speaker | None:
    """Return who was asked: the subject before the words of the request."""
    place = next(
        (spot for spot, word in enumerate(sentence.words) if word.end > start), len(sentence.words)
    )
    phrase = phrase_before(sentence.words, place)
    if phrase is None or not phrase.is_sure:
        phrase = leading_subject(sentence.words, place) or phrase
    if phrase is None:
        return None
    speaker = read_speaker(text, sentence, phrase, people)
    is_nobody = phrase.start > 0 and sentence.words[phrase.start - 1].lower in ("neither", "nor")
    return speaker if is_plain(speaker) and not is_nobody else None


def _asked_in_chinese(text: str, start: int, end: int) -> Speaker | None:
    """Return who was asked: what the clause before the words of the request has."""
    begin = start
    for mark in _CLAUSE_MARK.finditer(text, start, end):
        begin = mark.end()
    return read_chinese_speaker(text, begin, end)
