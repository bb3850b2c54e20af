"""Sentences that tell of a request for comment."""

from __future__ import annotations

import pytest

from kb.text.attribution import read_article, request_mentions
from tests.text.growth import assert_grows_linearly


def requests(text):
    article = read_article(text)
    return [
        (text[row.start : row.end], row.outcome, row.asked and row.asked.text)
        for row in request_mentions(text, article.sentences, article.people)
    ]


@pytest.mark.parametrize(
    ("text", "row"),
    [
        (
            "Harbour Lines did not immediately respond to a request for comment.",
            (
                "did not immediately respond to a request for comment",
                "no_reply",
                "Harbour Lines",
            ),
        ),
        (
            "Ann Bell didn’t return calls and emails seeking comment.",
            ("didn’t return calls and emails seeking comment", "no_reply", "Ann Bell"),
        ),
        (
            "Bell could not be reached for comment on Monday.",
            ("could not be reached for comment", "no_reply", "Bell"),
        ),
        (
            "A spokeswoman for Northgate declined to comment.",
            ("declined to comment", "declined", "A spokeswoman for Northgate"),
        ),
        (
            "Meridian, which declined to comment, owns the berth.",
            ("declined to comment", "declined", "Meridian"),
        ),
        (
            "The harbour office does not comment on accidents.",
            ("does not comment", "declined", "The harbour office"),
        ),
        (
            "Bell responded to The Kestrel’s request for comment on Friday.",
            ("responded to The Kestrel’s request for", "answered", "Bell"),
        ),
        ("海港公司未立即回应置评请求。", ("未立即回应置评请求", "no_reply", "海港公司")),
        ("对此，海港公司拒绝置评。", ("拒绝置评", "declined", "海港公司")),
        ("截至发稿，海港公司未回复记者。", ("未回复", "no_reply", "海港公司")),
        ("记者未能联系到李明。", ("未能联系到李明", "no_reply", "李明")),
        (
            "海港公司相关负责人回应了《红隼报》的置评请求。",
            ("回应了《红隼报》的置评请求", "answered", "海港公司相关负责人"),
        ),
    ],
)
def test_request_has_its_outcome_and_who_was_asked(text, row):
    assert requests(text) == [row]


@pytest.mark.parametrize(
    "text",
    [
        "Bell did not respond in kind.",
        "Bell commented on the tide.",
        "“He declined to comment,” Bell said.",
        "The captain asked for comments on the plan.",
        "海港公司表示，船晚点了。",
    ],
)
def test_other_sentences_are_no_request(text):
    assert requests(text) == []


def test_nobody_of_two_is_not_named():
    (row,) = requests("Neither Bell nor Ray responded to requests for clarification.")
    assert row[2] is None


@pytest.mark.slow
@pytest.mark.parametrize(
    "unit",
    ["did not respond to a request ", "declined to ", "respond to several ", "未回应", "拒绝对"],
)
def test_work_grows_linearly(unit):
    assert_grows_linearly(requests, unit, unit)
