"""Words that turn or limit what a sentence says, in English and Chinese.

Each family has one meaning: a bracket that has a word of it carries the others. A word is listed if
leaving it out makes a statement its contrary (not, without, deny, fail to) or makes it hold where
it did not (only, unless, except). Left out are words that weaken only (may, some, about) and words
that mostly have another use (few, little, but, if). The neutral expressions have such a word and do
not turn anything: “not only”, “no doubt”, 不仅, 非常, 是否.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from kb.text.quoting.tokens import APOSTROPHES

# Families whose words can be far before what they turn: not, he said, use it.
PREFIXED = frozenset(("not", "never", "without", "hardly", "only", "unless", "fail"))
# Words that are in many sentences that they do not turn. They are a warning everywhere.
WEAK = "weak"
# Families that say how somebody takes a statement, also in a clause after it: “…”, he denied.
DENIALS = frozenset(("deny", "refuse", "false"))

_NEUTRAL_ENGLISH = (
    r"not\s+(?:only|just|merely|simply|to\s+mention|least)|whether\s+or\s+not|no\s+(?:doubt|matter|"
    r"wonder|sooner|(?:later|fewer|less|more)\s+than)|no\.\s*\d+|"
    r"nothing\s+(?:but|less)|can(?:no|')t\s+help\s+(?:but|\w+ing)|not-for-profit|none\s*theless|"
    r"(?:last|first|second)\s+but\s+not\s+least|rather\s+than\s+later|"
    r"never\s+mind|non-?stop|stop(?:s|ped|ping)?\s+(?:by|in)|(?-i:Ban)(?!\s+on)|"
    r"(?:campaign|bus|diner|truck|train|tour|pit)\s+stops?|"
    r"(?:little|beyond|without)\s+(?:an?y?\s+)?doubt|"
    r"without\s+(?:further\s+comment|comment|elaborat\w+)|(?:declin|refus)(?:ed?|es|ing)\s+to\s+"
    r"(?:comment|elaborate|be\s+(?:named|identified|interviewed))"
)
_ENGLISH = {
    "not": r"not|cannot|\w+n't|nope|nay|ain't|no\s+longer|no\s+one|no|nobody|none|nothing|nowhere|"
    r"neither|nor|non(?=-)|far\s+from|anything\s+but|instead\s+of|rather\s+than|"
    r"lack(?:s|ed|ing)?|impossible|unlikely|unable|unwilling",
    "never": r"never",
    "without": r"without",
    "hardly": r"hardly|barely|scarcely|seldom|rarely",
    "deny": r"den(?:y|ies|ied|ying)|reject(?:s|ed|ing|ion)?|disput(?:es?|ed|ing)|"
    r"refut(?:es?|ed|ing)|rebut(?:s|ted|ting)?|dismiss(?:es|ed|ing)?|disavow(?:s|ed|ing)?|"
    r"disclaim(?:s|ed|ing)?|doubt(?:s|ed|ing|ful)?|contradict(?:s|ed|ing)?",
    "refuse": r"refus(?:es?|ed|ing)|declin(?:es?|ed|ing)\s+to",
    "fail": r"fail(?:s|ed|ing|ure)?\s+to|stop(?:s|ped|ping)?|ceas(?:es?|ed|ing)|halt(?:s|ed|ing)?|"
    r"prevent(?:s|ed|ing)?|refrain(?:s|ed|ing)?|avoid(?:s|ed|ing)?|neglect(?:s|ed|ing)?\s+to",
    "prohibit": r"prohibit(?:s|ed|ing|ions?)?|forbid(?:s|den|ding)?|forbade|bann(?:ed|ing)|bans?|"
    r"barr(?:ed|ing)|disallow(?:s|ed|ing)?|(?:illegal|unlawful)\s+(?:to|for)",
    "weak": r"(?:an|the|their|its|his|her|my|our|your|whose|'s)\s+only|refusals?|denials?",
    "only": r"only|solely|exclusively",
    "unless": r"unless|except|excluding|other\s+than",
    "false": r"false(?:ly)?|untrue|incorrect(?:ly)?|wrong(?:ly)?",
}
# Some are the beginning of another word, which does turn: 不同 (other), 不同意 (does not agree).
_NEUTRAL_CHINESE = (
    "不仅仅?|不僅僅?|不但|不单|不單|不断|不斷|不只|不光|不过(?![问滤度关])|不過(?![問濾度關])|"
    "不少|不同(?![意情步])|不久|不得不|不可避免|不禁|不妨|不愧|不料|不惜|不幸|不良|不错|不錯|"
    "不管(?![理控教用])|不论|不論|不知不觉|不约而同|毫不犹豫|不乏|不凡|不时|不時|不锈钢|不丹|不来梅|"
    "不可思议|不足为奇|不亚于|不亞於|不低于|不低於|不少于|不少於|不超过|不超過|不晚于|不晚於|"
    "无论|無論|无疑|無疑|无数(?![据字值])|無數(?![據字值])|无限|無限|无线|無線|无形|無形|无奈|無奈|"
    "无人机|無人機|无人驾驶|无锡|無錫|无非|无时无刻|无所谓|未来(?!得及)|未來(?!得及)|未婚|未成年|"
    "非常|非洲|[南北东東西]非|是非|非凡|非遗|非但|任正非|韩非|"
    "没收(?![到集取回])|沒收(?![到集取回])|没落(?![实地到下])|沉没|沉沒|淹没|淹沒|埋没|出没|吞没|"
    "别人|別人|别的|別的|特别|特別|分别|分別|个别|個別|区别|區別|类别|類別|差别|差別|级别|級別|"
    "性别|性別|识别|識別|鉴别|鑑別|辨别|告别|告別|离别|别墅|別墅|别名|国别|派别|别克|"
    "[一二两兩三四五六七八九十百千万几幾每船0-9]只|只好|仅次于|僅次於|"
    "是否|能否|可否|与否|與否|否则|否則|紫禁城|[删刪清解排消拆免开扣剔]除|除夕|除名"
)
_CHINESE = {
    "weak": "非法|违法|違法",
    "deny": "否认|否認|否定|驳斥|駁斥|反驳|反駁|反对|反對|质疑|質疑",
    "refuse": "拒绝|拒絕|拒不|婉拒",
    "fail": "停止|避免|防止|阻止|杜绝|杜絕|中止|终止|終止",
    "prohibit": "禁止|严禁|嚴禁|禁用|禁令|禁",
    "only": "仅仅?|僅僅?|只有|只能|只是|只",
    "unless": "除非|除了|除外|以外|除",
    "false": "虚假|虛假|不实|不實|谣言|謠言",
    # The last, as it has single characters with which longer words begin.
    "not": (
        "并非|並非|绝非|从未|從未|尚未|未曾|未经|未經|未能|未必|没有|沒有|毫无|毫無|并无|並無|"
        "无法|無法|无权|無權|不再|不能|不会|不會|不得|不可|不应|不應|不准|不许|不許|不用|不是|"
        "难以|難以|缺乏|不|没|沒|未|无|無|非|否|别|別|勿|切莫"
    ),
}


class TurningWord(NamedTuple):
    """A word that turns or limits a sentence: its family, and its position in the text."""

    family: str
    start: int
    end: int


def turning_words(text: str) -> list[TurningWord]:
    """Return the words of a text that turn or limit what it says, in order."""
    plain = text.translate(_PLAIN)
    return sorted(
        (
            TurningWord(match.lastgroup, *match.span())
            for pattern in (_ENGLISH_WORDS, _CHINESE_WORDS)
            for match in pattern.finditer(plain)
            if match.lastgroup and match.lastgroup != "neutral"
        ),
        key=lambda word: word.start,
    )


def _pattern(neutral: str, families: dict[str, str], before: str, after: str) -> re.Pattern[str]:
    groups = {"neutral": neutral, WEAK: families.get(WEAK, "(?!)"), **families}
    words = "|".join(f"(?P<{name}>{words})" for name, words in groups.items())
    return re.compile(f"{before}(?:{words}){after}", re.IGNORECASE)


_PLAIN = str.maketrans(dict.fromkeys(APOSTROPHES, "'"))
_ENGLISH_WORDS = _pattern(_NEUTRAL_ENGLISH, _ENGLISH, r"(?<![\w'])", r"(?![\w])")
_CHINESE_WORDS = _pattern(_NEUTRAL_CHINESE, _CHINESE, "", "")
