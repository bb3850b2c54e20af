"""The negation guard reports words that turn a quotation and are not shown with it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.text.quoting import QuotationError, negation_guard
from kb.text.quoting.negation_words import turning_words


def refused(text, exact, language="en"):
    return [finding.word for finding in negation_guard(text, exact, language).refusals]


def warned(text, exact, language="en"):
    result = negation_guard(text, exact, language)
    assert result.refusals == ()
    return [finding.word for finding in result.warnings]


@pytest.mark.parametrize(
    ("text", "exact", "words"),
    [
        ("used it", "We never used it.", ["never"]),
        ("use it", "We can’t use it.", ["can’t"]),
        ("use it", "We do not, as a rule, use it.", ["not"]),
        ("We used it", "“We used it,” he denied.", ["denied"]),
        ("We used it", "He denied it: “We used it.”", ["denied"]),
        ("We pay", "We pay only if somebody asks.", ["only"]),
        ("We did", "We did not pay.", ["not"]),
        ("We … pay", "We, who promised it, will not pay.", ["not"]),
        ("comply", "They failed to comply.", ["failed to"]),
        ("to comply", "They failed to comply.", ["failed to"]),
        ("compliant", "The firm is non compliant, without doubt.", []),
        ("train models", "Output is far from able to train models.", ["far from"]),
        ("one of us knew", "No one of us knew.", ["No one"]),
        ("use it", "We do not never use it.", ["not", "never"]),
    ],
)
def test_word_in_the_clause_is_a_refusal(text, exact, words):
    assert refused(text, exact) == words


@pytest.mark.parametrize(
    ("text", "exact", "words"),
    [
        ("使用了数据", "该公司否认使用了数据。", ["否认"]),
        ("使用了数据", "该公司并未使用了数据。", ["未"]),
        ("公司…使用数据", "公司从未使用数据。", ["从未"]),
        ("公开", "会议非公开。", ["非"]),
        ("我们使用了", "“我们使用了！”他否认道。", ["否认"]),
        ("可以使用", "公司仅可以使用。", ["仅"]),
    ],
)
def test_chinese_word_in_the_clause_is_a_refusal(text, exact, words):
    assert refused(text, exact, "zh-hans") == words


@pytest.mark.parametrize(
    ("text", "exact"),
    [
        ("[cannot be] used", "It cannot be used."),
        ("[could not be] used", "It cannot be used."),
        ("We … [never] pay", "We, who promised it, will never pay."),
        ("We did [not]", "We did not pay."),
        ("[They deny that they] used it", "They denied that they used it."),
        ("[否认]使用了数据", "该公司否认使用了数据。"),
    ],
)
def test_bracket_carries_the_word(text, exact):
    assert refused(text, exact) == []


def test_bracket_elsewhere_or_with_another_word_carries_nothing():
    assert refused("use it [not]", "We do not use it.") == ["not"]
    assert refused("[only] use it", "We do not use it.") == ["not"]
    # The contrary of both together.
    assert refused("[do not] use it", "We do not not use it.") == ["not"]


@pytest.mark.parametrize(
    ("text", "exact", "words"),
    [
        ("we left", "Nobody came, and we left.", ["Nobody"]),
        ("we left", "As nobody came, so she told us, we left.", ["nobody"]),
        ("safe", "It is “safe” but not clean.", ["not"]),
        ("use it", "The only firms use it.", ["The only"]),
        ("we left", "She did not come. Then we left.", []),
        ("we left … Now we pay", "So we left. We did not sleep. Now we pay.", []),
    ],
)
def test_word_in_the_rest_of_the_sentence_is_a_warning(text, exact, words):
    assert warned(text, exact) == words


@pytest.mark.parametrize(
    ("text", "exact", "is_refused"),
    [
        ("We did not … pay", "We did not lie, and we pay.", True),
        ("We did not …", "We did not lie.", True),
        ("No, we did not", "“No, we did not,” he said.", False),
        ("We did not [lie]", "We did not knowingly lie.", False),
        ("We did not … lie", "We did not knowingly lie.", True),
        ("None … hide it", "None of us was told to hide it.", True),
        ("They denied … it", "They denied that they sold it.", True),
        ("我们没有…使用", "我们没有说谎，我们使用。", True),
    ],
)
def test_cut_directly_after_a_negation_is_refused(text, exact, is_refused):
    kinds = [finding.kind for finding in negation_guard(text, exact, "").refusals]
    assert ("dangling" in kinds) == is_refused


@pytest.mark.parametrize(
    "exact",
    [
        "Not only the firm, no doubt, but also the others",
        "whether or not, no later than May, no fewer than 5, No. 3, little doubt",
        "公司不仅不断增长，非常特别，未来无论是否区别，一只，莫斯科，删除，任正非",
    ],
)
def test_neutral_expressions_turn_nothing(exact):
    assert turning_words(exact) == []


@pytest.mark.parametrize(
    "exact",
    [
        "公司不同意",
        "公司无数据",
        "没收到信",
        "没落实",
        "未来得及",
        "不管理",
        "其中非公开",
        "这只用于",
    ],
)
def test_longer_words_that_begin_with_a_neutral_expression_turn(exact):
    assert len(turning_words(exact)) == 1


def test_neutral_expression_cut_in_two_is_read_without_the_run():
    assert refused("only the firm", "Not only the firm") == ["Not"]
    assert refused("常好", "这非常好。", "zh") == ["非"]


def test_findings_have_a_sentence_for_the_editor():
    (finding,) = negation_guard("We did not … pay", "We did not lie, and we pay.", "en").refusals
    assert "“not”" in finding.message and "We did not lie" in finding.message
    (finding,) = negation_guard("we left", "Nobody came, and we left.", "en").warnings
    assert "“Nobody”" in finding.message and "Nobody came, and we left." in finding.message


def test_abbreviations_do_not_end_a_sentence():
    assert refused("uses it", "We do not believe that Mr. Smith of Vale Inc. uses it.") == ["not"]


def test_languages_without_a_list_are_not_checked():
    assert not negation_guard("vient", "Il ne vient pas", "fr").is_checked
    assert negation_guard("use it", "We use it", "en-GB").is_checked


@given(st.text(alphabet="not 不非常,。. “”only\n", max_size=40))
def test_whole_source_is_never_refused(exact):
    try:
        result = negation_guard(exact, exact, "")
    except QuotationError:
        return
    assert result.refusals == result.warnings == ()
