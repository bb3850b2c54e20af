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
