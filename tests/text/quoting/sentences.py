"""Invented news sentences for the tests of quotations, and what can be changed in them."""

from __future__ import annotations

from typing import NamedTuple


class Sentence(NamedTuple):
    """A sentence of a source, its negations, names and numbers, and a quotation that is correct."""

    language: str
    exact: str
    negations: tuple[str, ...]
    names: tuple[str, ...]
    numbers: tuple[str, ...]
    quotation: str


SENTENCES = (
    Sentence(
        "en",
        "Harbour Lines said on Tuesday that it had not shared the records of 4,200 passengers "
        "with Northgate Analytics.",
        ("not",),
        ("Harbour", "Northgate"),
        ("4,200",),
        "it had not shared the records of 4,200 passengers … with Northgate Analytics.",
    ),
    Sentence(
        "en",
        "Our contract says that the archive of the Meridian Library cannot be used to train any "
        "system that competes with its 12 partners.",
        ("cannot",),
        ("Meridian",),
        ("12",),
        "[the archive] cannot be used to train any system",
    ),
    Sentence(
        "en",
        "The ministry never approved the bridge at Kestrel Bay, the inspector wrote in 2019.",
        ("never",),
        ("Kestrel",),
        ("2019",),
        "The ministry never approved the bridge … the inspector wrote in 2019.",
    ),
    Sentence(
        "en",
        "“We didn’t lower the water below 3.5 metres without telling the mayor of Oldbrook,” the "
        "operator said.",
        ("didn’t", "without"),
        ("Oldbrook",),
        ("3.5",),
        "We didn't lower the water below 3.5 metres without telling the mayor",
    ),
    Sentence(
        "en",
        "Ruth Calloway denied that the fund paid 7 million to the brothers of Otto Brandt.",
        ("denied",),
        ("Calloway", "Brandt"),
        ("7",),
        "[She] denied that the fund paid 7 million",
    ),
    Sentence(
        "en",
        "The council may sell the Elm Street depot only if 60 residents agree.",
        ("only",),
        ("Elm",),
        ("60",),
        "[T]he council may sell the Elm Street depot only if 60 residents agree.",
    ),
    Sentence(
        "en",
        "None of the 31 engineers at Vale Robotics was told to hide the fault.",
        ("None",),
        ("Vale",),
        ("31",),
        "None of the 31 engineers … was told to hide the fault.",
    ),
    Sentence(
        "en",
        "The club refused to play in Sandwick after the 15 fans were banned from entering.",
        ("refused", "banned"),
        ("Sandwick",),
        ("15",),
        "The club refused to play in Sandwick … fans were banned from entering.",
    ),
    Sentence(
        "en",
        "Unless the court objects, Tidewater Energy will close 2 of its plants in May.",
        ("Unless",),
        ("Tidewater",),
        ("2",),
        "Unless the court objects, Tidewater Energy will close 2 of its plants",
    ),
    Sentence(
        "en",
        "The airline failed to refund 90 families, and neither Dorsey nor Pike has apologised.",
        ("failed", "neither", "nor"),
        ("Dorsey", "Pike"),
        ("90",),
        "The airline failed to refund 90 families",
    ),
    Sentence(
        "en",
        "The doctors at Saint Orla hardly used the 48 machines that the state prohibited.",
        ("hardly", "prohibited"),
        ("Orla",),
        ("48",),
        "The doctors … hardly used the 48 machines that the state prohibited.",
    ),
    Sentence(
        "en",
        "Nobody at Quill Press asked the 5 authors to change a line, except for the title.",
        ("Nobody", "except"),
        ("Quill",),
        ("5",),
        "Nobody at Quill Press asked … authors to change a line, except for the title.",
    ),
    Sentence(
        "zh",
        "青岭科技表示,公司没有把3200名用户的记录交给南湾银行。",
        ("没有",),
        ("青岭", "南湾"),
        ("3200",),
        "公司没有把3200名用户的记录交给南湾银行",
    ),
    Sentence(
        "zh",
        "合同规定,图书馆的档案禁止用于训练与其12家伙伴竞争的系统。",
        ("禁止",),
        ("图书馆",),
        ("12",),
        "图书馆的档案禁止用于训练……系统",
    ),
    Sentence(
        "zh",
        "陈岚否认基金向周启明支付了七百万元。",
        ("否认",),
        ("陈岚", "周启明"),
        ("七百万",),
        "[她]否认基金向周启明支付了七百万元",
    ),
    Sentence(
        "zh",
        "该部从未批准鹭湾大桥的工程，检查员在2019年写道。",
        ("从未",),
        ("鹭湾",),
        ("2019",),
        "该部从未批准鹭湾大桥的工程",
    ),
    Sentence(
        "zh",
        "除非法院反对，潮汐能源不会在五月关闭2座电厂。",
        ("除非", "不会"),
        ("潮汐",),
        ("2",),
        "除非法院反对，潮汐能源不会在五月关闭2座电厂",
    ),
    Sentence(
        "zh",
        "俱乐部拒绝在沙维克比赛，因为15名球迷未获准入场。",
        ("拒绝", "未"),
        ("沙维克",),
        ("15",),
        "俱乐部拒绝在沙维克比赛",
    ),
    Sentence(
        "zh",
        "市议会仅在60名居民同意后才能出售榆街车库。",
        ("仅",),
        ("榆街",),
        ("60",),
        "市议会仅在60名居民同意后才能出售榆街车库。",
    ),
    Sentence(
        "zh",
        "这并非谷川机器人的31名工程师的错误，他们无权修改设计。",
        ("并非", "无权"),
        ("谷川",),
        ("31",),
        "这并非谷川机器人的31名工程师的错误…他们无权修改设计",
    ),
)
