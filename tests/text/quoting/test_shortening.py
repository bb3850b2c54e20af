"""A shortened quotation never leaves out a word that turns it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.text.quoting import negation_guard, shorten_quotation
from kb.text.quoting.negation import turning_words_around
from kb.text.quoting.tokens import tokens_of
from tests.text.growth import assert_grows_linearly
from tests.text.quoting.sentences import SENTENCES
from tests.text.quoting.test_quotation_growth import SHAPES

ENGLISH = [
    "not", "only", "never", "no", "doubt", "without", "denied", "he", "said", "that", "they",
    "used", "it", "for", "the", "models", ",", ";", ".", "?", "“", "”", "cannot", "Mr.", "U.S.",
    "non-profit", "3", "million", "except", "whether", "or",
]  # fmt: skip
CHINESE = [
    "不", "非常", "没有", "不仅", "用户", "数据", "禁止", "我们", "，", "。", "是否", "同意", "只",
    "表示", "：", "“", "”",
]  # fmt: skip


def texts(words, separator):
    return st.lists(st.sampled_from(words), min_size=1, max_size=60).map(separator.join)


def keys_of(text):
    return [token.key for token in tokens_of(text) if token.is_word]


def check_is_safe(words, part, language):
    inner = part.removeprefix("… ").removesuffix(" …")
    spans = [match.start() for match in re.finditer(f"(?={re.escape(inner)})", words)]
    spans = [(start, start + len(inner)) for start in spans]
    assert any(not turning_words_around(words, [span], [[], []]) for span in spans), part
    # The guard itself reads words that occur several times at their first place.
    keys, all_keys = keys_of(inner), keys_of(words)
    runs = [all_keys[place : place + len(keys)] for place in range(len(all_keys))]
    if keys and runs.count(keys) == 1:
        assert not negation_guard(part, words, language).refusals, part


@given(texts(ENGLISH, " "), st.integers(5, 80), st.integers(0, 200))
def test_no_english_part_loses_a_turning_word(words, max_length, place):
    part = shorten_quotation(words, max_length, language="en", place=min(place, len(words) - 1))
    check_is_safe(words, part, "en")


@given(texts(CHINESE, ""), st.integers(2, 40), st.integers(0, 100))
def test_no_chinese_part_loses_a_turning_word(words, max_length, place):
    part = shorten_quotation(words, max_length, language="zh", place=min(place, len(words) - 1))
    check_is_safe(words, part, "zh")


@pytest.mark.parametrize("sentence", SENTENCES)
@pytest.mark.parametrize("max_length", [5, 20, 40, 60, 80])
def test_news_sentences_keep_their_turning_words(sentence, max_length):
    part = shorten_quotation(sentence.exact, max_length, language=sentence.language)
    check_is_safe(sentence.exact, part, sentence.language)
    assert all(negation in part for negation in sentence.negations)


@given(texts(ENGLISH, " "), st.integers(5, 80), st.integers(0, 200))
def test_part_has_the_place_and_is_in_the_text(words, max_length, place):
    place = min(place, len(words) - 1)
    part = shorten_quotation(words, max_length, language="en", place=place)
    inner = part.removeprefix("… ").removesuffix(" …")
    assert inner in words
    starts = [start for start in range(len(words)) if words.startswith(inner, start)]
    assert any(start <= place + 1 and place <= start + len(inner) + 2 for start in starts)


@pytest.mark.parametrize(
    ("words", "max_length", "part"),
    [
        ("It is so.", 20, "It is so."),
        ("They used the models for years and years.", 20, "They used the models …"),
        ("They used the models that they did not pay for.", 25,
         "They used the models that they did not pay …"),
        ("We agree. We will use it only with a licence, as everyone knows.", 30, "We agree. …"),
        ("He said that it is [the model] that learns.", 24, "He said that it is …"),
        ("word " * 40, 22, "word word word word …"),
        ("数据" * 40, 10, "数据数据数据数据数据 …"),
    ],
)  # fmt: skip
def test_cut_is_at_the_last_safe_place(words, max_length, part):
    assert shorten_quotation(words, max_length, language="") == part


def test_other_languages_are_cut_between_sentences_only():
    words = "Wir haben das Modell benutzt, aber nicht so. Das ist alles."
    part = shorten_quotation(words, 20, language="de")
    assert part == "Wir haben das Modell benutzt, aber nicht so. …"


def test_part_begins_near_the_place():
    words = "Nobody knows. " + "They used many models " * 10 + "and one licence of ours."
    part = shorten_quotation(words, 60, language="en", place=words.index("licence"))
    assert part.startswith("… ") and part.endswith("licence of ours.")
    assert len(part) <= 60


@pytest.mark.slow
@pytest.mark.parametrize("shape", SHAPES)
def test_work_grows_linearly(shape):
    def shorten(text):
        return shorten_quotation(text, 240, language="", place=len(text) // 2)

    assert_grows_linearly(shorten, SHAPES[shape], f"shorten_quotation over {shape}")
