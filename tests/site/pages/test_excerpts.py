"""Excerpts of long statements: the most relevant whole sentences, with cuts marked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.site.pages.excerpts import relevant_passage

FELIX = (
    "All API customers must comply with our usage policies to ensure that our technology is used "
    "for good. While their use of our API was minimal, we have suspended their account while we "
    "further investigate. If we discover that their use does not follow these policies, we will "
    "ask them to make necessary changes or terminate their account."
)


@pytest.mark.parametrize(
    ("question", "begins"),
    [
        ("Was the use minimal?", "… While their use of our API was minimal"),
        ("Must customers comply?", "All API customers must comply"),
        ("Will accounts be terminated, or changes be necessary?", "… If we discover"),
    ],
)
def test_most_relevant_sentence_is_included(question, begins):
    passage = relevant_passage(FELIX, question, 140)
    assert passage.startswith(begins)
    assert len(passage) <= 140 + len("…  …")


def test_adjacent_sentences_are_included_while_they_fit():
    passage = relevant_passage(FELIX, "Was the use minimal?", 240)
    assert passage.startswith("… While their use")
    assert passage.endswith("terminate their account.")
    before = relevant_passage(FELIX, "Will accounts be terminated, or changes be necessary?", 250)
    assert before.startswith("… While their use")


def test_short_text_is_unchanged():
    assert relevant_passage("It is so.", "Is it not?", 140) == "It is so."


def test_chinese_is_cut_at_full_stops():
    text = "我们遵守条款。" * 20 + "字节跳动的使用量很小。" + "我们会继续调查。" * 20
    assert "字节跳动的使用量很小。" in relevant_passage(text, "字节跳动的使用量小吗？", 60)


@given(st.text(alphabet="ab .!?。”\n", max_size=400), st.text(alphabet="ab ", max_size=20))
def test_passage_is_part_of_text(text, about):
    passage = relevant_passage(text, about, 50)
    assert passage.removeprefix("… ").removesuffix(" …") in text


@given(st.lists(st.sampled_from(["a", "bb", "ab.", "b!", "a。"]), max_size=200).map(" ".join))
def test_passage_of_short_words_is_short(text):
    assert len(relevant_passage(text, "", 50)) <= 50 + len("…  …")


def test_cut_of_a_long_sentence_keeps_its_negation():
    text = "Other things. The models that were licensed to the company were not used for training."
    passage = relevant_passage(text, "Were models licensed?", 40)
    assert "not used" in passage
