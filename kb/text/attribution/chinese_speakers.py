"""Who speaks in a Chinese clause: 海港公司发言人李明昨天在声明中 before a verb of speech.

Traditional characters are read as simplified ones, one for one, so that places stay the same.
"""

from __future__ import annotations

import re

from kb.text.attribution.speakers import MentionKind, Speaker
from kb.text.attribution.word_lists import word_set
from kb.text.han_variants import SIMPLIFIED

_TO_SIMPLIFIED = str.maketrans(SIMPLIFIED | {"著": "着"})
_DATE = (
    r"(?:[今昨前明当去][天日年晚晨早]|[上本这下]?个?(?:周|星期|礼拜)[一二三四五六日天末]|"
    r"[上本这下]个?(?:周|星期|月)|"
    r"\d{1,4}[年月日号]|近日|日前|此前|稍早|不久前|早些时候|凌晨|清晨|早上|早间|上午|中午|下午|傍晚|晚上|晚间|深夜)"
)
_BEFORE_WHO = re.compile(
    rf"(?:{_DATE}|但是|但|不过|然而|而|对此|此外|另外|随后|随即|同时|与此同时|其中|据悉|据此|当时|因此|后来|最终|并且|并|且|"
    r"[早晚间上中下午曾还也又则]|[，,、 ])+"
)
# From where the clause no longer names the speaker: 在声明中, 对记者, 昨天, 笑着.
_DETOUR = re.compile(
    rf"{_DATE}|在|(?<![反针面])对(?![外华])|向|就(?!业)|于|通过|透过|接受|面对|针对|当着|代表[^，。]{{1,12}}向|"
    r"则|还|也|又|并|再次|再度|曾|明确|公开|首次|进一步|继续|接着|不断|多次|反复|随后|随即|最后|普遍|纷纷|一致|"
    r"均|都|只|仍|据此|否认|驳斥|[低大轻高厉]声|[\u4e00-\u9fff][着]|[激愤感平冷简坦严][\u4e00-\u9fff]地|"
    r"[\u4e00-\u9fff]{2}地(?=\Z)|[摇点叹皱耸摆挥][\u4e00-\u9fff]{1,3}\Z|们?在?回[信函]|发布|发表|发出|撰文|率先"
)
_RELAY = re.compile(r"(?:援引|引述|转引)(?P<who>[^，。]{2,30}?)(?:的话|的说法|称|\Z)")
_PRONOUNS = frozenset(("他", "她", "他们", "她们", "它", "该公司", "其"))
SURE_PRONOUNS = frozenset(("他", "她"))
_ROLES = (
    "(?:新闻|首席|联合|副|总|代理|前|高级|执行|财务|技术|运营|法律|研究)*"
    "(?:发言人|执行官|执行长|科学家|CEO|CFO|CTO|COO|总裁|董事长|创始人|创办人|总经理|经理|总监|部长|主任|局长|司长|"
    "市长|省长|州长|县长|校长|院长|所长|行长|会长|社长|处长|科长|组长|队长|船长|机长|厂长|站长|秘书长|秘书|书记|教授|"
    "讲师|律师|法官|检察官|检察长|记者|编辑|主编|负责人|主席|总统|总理|首相|大臣|国务卿|议员|立委|委员|研究员|"
    "分析师|工程师|设计师|经济学家|专家|学者|代表|顾问|助理|医生|医师|老师|教练|导演|演员|作家|主持人|员工|官员)"
)
_OFFICE = re.compile(rf"(?P<organisation>.*?)(?P<role>{_ROLES})(?P<name>.*)")
# Offices whose beginning is not an organisation's name: 外交部长.
_OF_STATE = ("部长", "省长", "市长", "州长", "县长", "总统", "总理", "首相", "大臣", "国务卿")
_SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏窦章苏潘葛范彭郎鲁韦马苗方俞任袁柳"
    "鲍史唐费岑薛雷贺倪汤滕罗毕郝安常乐于傅卞齐康伍余顾孟黄穆萧尹姚邵汪祁毛狄臧戴宋庞熊纪舒屈项祝董梁杜阮蓝闵"
    "季贾江童颜郭梅盛林钟徐邱骆高夏蔡田胡凌霍万柯卢莫房解应宗丁邓洪包左石崔吉龚程邢裴陆荣翁段侯宁仇祖武符刘景龙"
    "叶黎乔温庄晏柴瞿阎连习艾容向古易廖耿匡国文欧沃蔺涂岳白"
)
_PERSON = re.compile(
    rf"(?:[{_SURNAMES}]|欧阳|司马|诸葛|上官|司徒|东方)[\u4e00-\u9fff]{{1,2}}|[\u4e00-\u9fff]+(?:[·・][\u4e00-\u9fff]+)+"
    r"|[A-Z][\w.'’-]*(?: [A-Z][\w.'’-]*)+"
)
# Words that begin like a name.
_NO_PERSONS = word_set(
    """方面 高层 马上 于是 白宫 金砖 程序 安全 常委 周边 毛利 黄金
    国家 国会 国防 国防部 文章 文件 安排 应该 高喊 连线 向外 任何
    段落 华人 石油 江湖 万一 古人 高官 平台 条款 网友 国务院 经济部
    华尔街 高校 连锁 解放军 任务 施工方 应急 盛会 荣誉 文书 白皮书 金融
    安保 方案"""
)
_NOT_SPEAKERS = frozenset(
    (
        "据",
        "可以",
        "不",
        "没有",
        "所",
        "难",
        "可",
        "被",
        "总的来",
        "换句话",
        "也就是",
        "一般来",
        "有人",
        "人们",
        "大家",
        "自",
        "俗",
    )
)
_PREPOSITIONS = frozenset("从到以把被据由与和在当")
MIN_MENTION_LENGTH = 2


def simplified(text: str) -> str:
    """Return a text with simplified characters, of the same length."""
    return text.translate(_TO_SIMPLIFIED)


def read_chinese_speaker(text: str, start: int, end: int) -> Speaker | None:
    """Read the speaker in a clause, up to a verb of speech; None if it names nobody."""
    clause = simplified(text[start:end])
    relay = _RELAY.search(clause)
    if relay is not None:
        start, end = start + relay.start("who"), start + relay.end("who")
        clause = relay["who"]
    first = 0
    lead = _BEFORE_WHO.match(clause)
    if lead is not None:
        first = lead.end()
    last = len(clause)
    detour = _DETOUR.search(clause, first + 1)
    if detour is not None:
        last = detour.start()
    mention = clause[first:last]
    first += len(mention) - len(mention.lstrip())
    mention = mention.strip()
    if not _can_speak(mention):
        return None
    return _speaker(text, start + first, mention)


def _can_speak(mention: str) -> bool:
    if mention in _PRONOUNS:
        return True
    if len(mention) < MIN_MENTION_LENGTH or mention in _NOT_SPEAKERS:
        return False
    return mention[0] not in _PREPOSITIONS and not mention.startswith(("所谓", "有人"))


def _speaker(text: str, start: int, mention: str) -> Speaker:
    end = start + len(mention)
    words = text[start:end]
    if mention in _PRONOUNS:
        return Speaker(words, start, end, "pronoun")
    office = _OFFICE.fullmatch(mention)
    if office is None and is_person(mention):
        return Speaker(words, start, end, "name", words, words)
    if office is None:
        return Speaker(words, start, end, "description")
    # The last office of several, and the name after it.
    while office is not None and (later := _OFFICE.fullmatch(office["name"])) is not None:
        middle = len(mention) - len(office["name"])
        office = re.fullmatch(
            rf"(?P<organisation>.{{{middle + len(later['organisation'])}}})"
            rf"(?P<role>.{{{len(later['role'])}}})(?P<name>.*)",
            mention,
        )
    if office is None:
        return Speaker(words, start, end, "description")
    name = text[start + office.start("name") : start + office.end("name")].strip("（(）) ")
    organisation = text[start : start + office.end("organisation")].strip()
    role = text[start + office.start("role") : start + office.end("role")]
    if office["role"].endswith(_OF_STATE) and organisation:
        role, organisation = text[start : start + office.end("role")], ""
    kind: MentionKind = "name" if name else "description"
    resolved = name if is_person(simplified(name)) else ""
    return Speaker(words, start, end, kind, name, resolved, role, organisation)


def is_person(mention: str) -> bool:
    """Whether simplified characters or Latin words look like a person's full name."""
    return mention not in _NO_PERSONS and _PERSON.fullmatch(mention) is not None
