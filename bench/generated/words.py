"""Texts of the generated record: sentences in English and Chinese, with their search text ready.

A ``Text`` has what is shown, the same as a JSON string, and what the search finds it by. Texts that
are put together from others need no normalising of their own: between them is always a space or
a punctuation mark.
"""

from __future__ import annotations

import json
import random
from typing import NamedTuple, TypeVar

from kb.text.normalise import NormalisedText, normalised_text

HOSTILE = (
    "=1+1", "+SUM(A1)", "-2", "@cmd", "'quoted", '"quotes", and more', "a;b;c", "a\\;b\\n",
    "C:\\new", "two\nlines", "two\r\nlines", "tab\there", "</script><b>&amp;", "]]>", "<!-- -->",
    "{brace} }{", "%25 100%", "~tilde^", "$money$ #hash _under_", "*stars* `ticks` [link](x)",
    "1. list", "# heading", "\u202eabc", "\u2028line", "\u00a0space", "\ufeffmark", "naïve façade",
    "中文，标题；引号“是”", "😀 emoji 👩‍👩‍👧", "ｆｕｌｌ＝width", "BEGIN:VEVENT", "TY  - JOUR",
    "@misc{x,}", "&#60;", "%0D%0A", "e\u0301", "שלום", "x" * 200,
)  # fmt: skip

_SUBJECTS = (
    "The ministry", "A spokesperson", "The regulator", "One of the founders", "The board",
    "A former employee", "The newspaper", "An internal memo", "The court", "The union",
    "A second source", "The research group",
)  # fmt: skip
_VERBS = (
    "said that", "denied that", "confirmed on Tuesday that", "wrote in a letter that",
    "told reporters that", "announced that", "did not rule out that", "reported that",
)  # fmt: skip
_OBJECTS = (
    "the account was suspended", "the model was trained on outside data",
    "no customer data had left the country", "the agreement had been signed",
    "the inquiry would be closed", "the shipment was held at the border",
    "the figures had been revised", "the licence would not be renewed",
    "the transcript was incomplete", "the payment was made in three parts",
)  # fmt: skip
_ENDS = (
    "before the end of the quarter.", "after a review by the committee.",
    "although two documents say otherwise.", "in a sentence of some length.",
    "as the exact words of the notice show.", "without naming anybody.",
    "for the second time in a year.", "and asked for more time.",
)  # fmt: skip
_CHINESE_SUBJECTS = ("公司发言人", "监管部门", "一位前雇员", "该报", "法院", "研究小组", "董事会")
_CHINESE_VERBS = ("表示", "否认", "周二确认", "在信中写道", "对记者说", "宣布")
_CHINESE_OBJECTS = (
    "该账户已被暂停", "模型使用了外部数据", "没有用户数据离开中国", "协议已经签署",
    "调查将会结束", "货物在边境被扣留", "数字已经修订", "许可证不再续期",
)  # fmt: skip
_CHINESE_ENDS = ("在季度结束之前", "经委员会审查之后", "但两份文件说法不同", "没有点名任何人")
_SYLLABLES = ("ba", "cor", "den", "fi", "gol", "hu", "jen", "ka", "lor", "mi", "nes", "por", "qui",
              "ra", "sol", "ti", "vor", "wen", "xa", "zu")  # fmt: skip

T = TypeVar("T")


class Text(NamedTuple):
    """A text as it is shown, as a JSON string, and as the search has it."""

    shown: str
    json: str
    folded: NormalisedText


def text_of(words: str) -> Text:
    """The text of these words, however strange they are."""
    return Text(words, json.dumps(words, ensure_ascii=False), normalised_text(words))


EMPTY = text_of("")


def joined(first: Text, second: Text, separator: str = " ") -> Text:
    """Two texts as one, with a separator that no word goes across."""
    if first.shown[-1:].isalnum() and second.shown[:1].isalnum():
        # The words beside the separator may have another spelling together.
        return text_of(first.shown + separator + second.shown)
    return Text(
        first.shown + separator + second.shown,
        first.json[:-1] + separator + second.json[1:],
        join_folded(first.folded, second.folded),
    )


def join_folded(first: NormalisedText, second: NormalisedText) -> NormalisedText:
    """The normalised words of two texts that are one part."""
    spellings = dict.fromkeys((*first.spellings, *second.spellings))
    return NormalisedText(f"{first.words} {second.words}", tuple(spellings))


def rare_word(number: int) -> str:
    """A word that no language has, of three syllables or more."""
    syllables = [_SYLLABLES[number % 20], _SYLLABLES[number // 20 % 20]]
    number //= 400
    while number:
        syllables.append(_SYLLABLES[number % 20])
        number //= 20
    return "".join(syllables) + "th"


class Words:
    """The texts that a record is made of. The same seed and size give the same texts."""

    def __init__(self, seed: int, size: int, *, hostile: bool = False) -> None:
        self.hostile = hostile
        draw = random.Random(f"{seed}/words")
        count = max(40, min(2_000, size // 10))
        self.english = [self.text(_english(draw), draw) for _ in range(count)]
        self.chinese = [self.text(_chinese(draw), draw) for _ in range(max(20, count // 4))]
        self.sentences = {"en": self.english, "zh": self.chinese}
        # Each is used about as often as a word of its rank in a language.
        rare = [text_of(rare_word(number)) for number in range(max(40, min(20_000, size // 10)))]
        self.rare = spread(rare, 1.0, min(65_536, 8 * max(size, 128)))

    def text(self, words: str, draw: random.Random) -> Text:
        """The words, with hostile characters before or after them in hostile mode."""
        if not self.hostile:
            return text_of(words)
        nasty = draw.choice(HOSTILE)
        return text_of(f"{nasty} {words}" if draw.random() < 0.5 else f"{words} {nasty}")


def spread(values: list[T], exponent: float, slots: int) -> list[T]:
    """The values by Zipf's law: a list in which the value of rank n stands 1/n^exponent often.

    A random place in the list draws one of them. The last ones may be missing in a short list.
    """
    weights = [1 / (rank + 1) ** exponent for rank in range(len(values))]
    total, sum_of_weights = sum(weights), 0.0
    table: list[T] = []
    for value, weight in zip(values, weights, strict=True):
        sum_of_weights += weight
        table += [value] * (round(sum_of_weights / total * slots) - len(table))
    return table


def _english(draw: random.Random) -> str:
    parts = [draw.choice(part) for part in (_SUBJECTS, _VERBS, _OBJECTS, _ENDS)]
    return " ".join(parts)


def _chinese(draw: random.Random) -> str:
    subject, verb, claim, end = (
        draw.choice(part)
        for part in (_CHINESE_SUBJECTS, _CHINESE_VERBS, _CHINESE_OBJECTS, _CHINESE_ENDS)
    )
    return f"{subject}{verb}，{claim}，{end}。"
