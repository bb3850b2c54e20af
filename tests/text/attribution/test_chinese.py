"""Quotations and speakers in Chinese."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.text.attribution import propose
from tests.text.growth import assert_grows_linearly

PIECES = st.sampled_from(
    list("海港公司发言人李明在中说称表示他，。：“”「」！道\n") + ["表示", "发言人"]
)


def quotations(text):
    return [
        (row.text, row.speaker and row.speaker.text, row.why)
        for row in propose(text)
        if row.kind == "quotation"
    ]


def reports(text):
    return [(row.text, row.speaker.text) for row in propose(text) if row.kind == "indirect"]


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("李明说：“船晚点了。”", ("船晚点了。", "李明", "verb-before")),
        ("他表示，“船晚点了”。", ("船晚点了", "他", "verb-before")),
        (
            "海港公司发言人李明在声明中表示：“船晚点了。”",
            ("船晚点了。", "海港公司发言人李明", "verb-before"),
        ),
        ("昨天，李明对记者说：“船晚点了。”", ("船晚点了。", "李明", "verb-before")),
        ("对此，海港公司回应称：「船晚点了。」", ("船晚点了。", "海港公司", "verb-before")),
        ("“船晚点了，”李明说。", ("船晚点了，", "李明", "verb-after")),
        ("“船晚点了。”李明表示。", ("船晚点了。", "李明", "verb-after")),
    ],
)
def test_quotation_has_its_speaker(text, row):
    assert quotations(text) == [row]


def test_office_and_organisation_are_read():
    (row,) = [
        row for row in propose("海港公司发言人李明表示：“船晚点了。”") if row.kind == "quotation"
    ]
    speaker = row.speaker
    assert (speaker.name, speaker.role, speaker.organisation) == ("李明", "发言人", "海港公司")


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        (
            "OpenAI 发言人 Niko Felix 表示：“船晚点了。”",
            ("Niko Felix", "发言人", "OpenAI"),
        ),
        ("海港公司總經理吳建昨日回應：「一切依法辦理。」", ("吳建", "總經理", "海港公司")),
        ("海港公司首席执行官安娜·贝尔说：“不。”", ("安娜·贝尔", "首席执行官", "海港公司")),
        ("红隼实验室首席科学家林远指出，“船晚点了”。", ("林远", "首席科学家", "红隼实验室")),
        ("李明笑着说：“船晚点了。”", ("李明", "", "")),
        ("法新社援引一名官员的话说：“船晚点了。”", ("", "官员", "一名")),
    ],
)
def test_name_role_and_organisation_are_read(text, speaker):
    (row,) = [row for row in propose(text) if row.kind == "quotation"]
    assert (row.speaker.name, row.speaker.role, row.speaker.organisation) == speaker


@pytest.mark.parametrize(
    ("text", "mention"),
    [
        ("该公司否认指控，称“从未使用过这些数据”。", "该公司"),
        ("孙浩说，这艘船“早就该退役了”。", "孙浩"),
        ("联合国秘书长周一呼吁各方“保持最大克制”。", "联合国秘书长"),
        ("张伟形容谈判过程“漫长而痛苦”。", "张伟"),
        ("李明：“船会准时到达。”", "李明"),
    ],
)
def test_quotation_inside_a_report_has_its_speaker(text, mention):
    (row,) = [row for row in propose(text) if row.kind == "quotation"]
    assert row.speaker.text == mention


def test_second_part_of_a_quotation_has_the_same_speaker():
    rows = quotations("“我不会走，”周敏说，“至少今天不会。”")
    assert [row[1] for row in rows] == ["周敏", "周敏"]


def test_only_a_name_a_pronoun_or_an_office_is_certain():
    def is_certain(text):
        return [row.certain for row in propose(text) if row.kind == "quotation"]

    assert is_certain("李明说：“船晚点了。”") == [True]
    assert is_certain("网友说：“船晚点了。”") == [False]
    assert is_certain("孙浩说，这艘船“早就该退役了”。") == [False]


def test_office_of_state_is_whole():
    (row,) = [
        row for row in propose("海国外交部长李明表示：“船晚点了。”") if row.kind == "quotation"
    ]
    assert (row.speaker.name, row.speaker.role, row.speaker.organisation) == (
        "李明",
        "海国外交部长",
        "",
    )


@pytest.mark.parametrize(
    "text",
    [
        "所谓“海港”已经很旧。",
        "这就是“红船”项目。",
        "李明表示，“红船”是旧船。",
        "主题为“共享海港，共谋发展”。",
        "他有“海港”之称。",
        "他总是自称“海的儿子”。",
        "刘芳表示，所谓“秘密协议”并不存在。",
        "门上贴着一张纸：“今日停航。”",
        "公司将项目命名为“蓝色港湾”。",
        "积极畅通“红船”沿线贸易通道。",
    ],
)
def test_name_in_marks_is_no_quotation(text):
    assert quotations(text) == []


def test_words_without_a_verb_of_speech_have_no_speaker():
    assert quotations("公告上有一句话“船晚点了，请等待。”") == [
        ("船晚点了，请等待。", None, "marks")
    ]


def test_reported_words_have_their_speaker():
    assert reports("海港公司表示，船在周五已经停航。") == [("船在周五已经停航", "海港公司")]


def test_quotation_alone_is_not_reported_twice():
    assert reports("李明说：“船晚点了。”") == []


@pytest.mark.slow
@given(st.lists(PIECES, max_size=60).map("".join))
def test_proposals_are_the_exact_words(text):
    for row in propose(text):
        assert text[row.start : row.end] == row.text != ""
        if row.speaker is not None:
            assert text[row.speaker.start : row.speaker.end] == row.speaker.text != ""


@pytest.mark.slow
@pytest.mark.parametrize(
    "unit", ["李明说：“船晚点了。”", "海", "海，", "说", "在", "“海", "李明表示", "昨天"]
)
def test_work_grows_linearly(unit):
    assert_grows_linearly(propose, unit, unit)
