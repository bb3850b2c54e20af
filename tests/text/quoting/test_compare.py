"""The words of another carrier are compared with those shown."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.text.quoting import compare
from kb.text.quoting.tokens import tokens_of
from kb.text.quoting.word_diff import word_changes
from tests.text.growth import seconds


def compared(shown, exact, **options):
    settings = {
        "shown_language": "en",
        "language": "en",
        "is_paraphrase": False,
        "is_relayed": False,
    }
    return compare(shown, exact, **(settings | options))


def changes(shown, exact):
    comparison = compared(shown, exact, shown_language="", language="")
    assert comparison.verdict == "differs"
    return comparison.differing_words, [
        (step.kind, step.was, step.now) for step in comparison.operations if step.kind != "equal"
    ]


@pytest.mark.parametrize(
    ("shown", "exact", "verdict"),
    [
        ("We used it.", "we  “used” it", "same"),
        ("[W]e used it", "Then we used it.", "same"),
        ("3,000 U.S. firms", "3000 US firms", "same"),
        ("We … it", "We used it", "same_with_cuts"),
        ("We [the firm] used it", "We used it", "same_with_cuts"),
        ("We used it at home and at work", "“We used it … at work”", "same_with_cuts"),
        ("We used it at home and at work", "used it at home", "same_with_cuts"),
        ("used it", "We never used it", "differs"),
        ("[never] used it", "We never used it", "same"),
        ("We did not use it", "We did use it", "differs"),
        ("did not use it", "use it", "differs"),
        ("We used it", "", "no_words"),
        ("", "We used it", "no_words"),
        ("我们使用", "我们使用了。", "same"),
        ("a [b", "a b", "same"),
    ],
)
def test_verdict(shown, exact, verdict):
    assert compared(shown, exact).verdict == verdict


def test_verdict_of_what_is_not_compared():
    assert compared("a", "b", is_relayed=True).verdict == "relayed"
    assert compared("a", "b", is_paraphrase=True).verdict == "paraphrase"
    assert compared("a", "甲", language="zh-hans").verdict == "other_language"
    assert compared("a", "a", language="en-GB").verdict == "same"
    assert compared("a", "a", language="").verdict == "same"


@pytest.mark.parametrize(
    ("shown", "exact", "count", "steps"),
    [
        ("We use it", "We used it", 1, [("replace", "use", "used")]),
        ("We did it", "We did not do it", 2, [("insert", "", "not do")]),
        ("used it", "We never used it", 1, [("cut", "", "We"), ("insert", "", "never")]),
        (
            "A … C there",
            "He said: A then C here, B too",
            3,
            [("cut", "", "He said"), ("cut", "", "then"), ("replace", "there", "here, B too")],
        ),
        ("我们没有用", "我们用", 2, [("delete", "没有", "")]),
        ("5% of it", "6% of it", 1, [("replace", "5", "6")]),
    ],
)
def test_differing_words_are_counted(shown, exact, count, steps):
    assert changes(shown, exact) == (count, steps)


WORDS = st.lists(st.sampled_from("abcdef"), max_size=25)


@given(WORDS, WORDS)
def test_changes_lead_from_one_text_to_the_other(left, right):
    steps, is_coarse = word_changes(left, right)
    assert not is_coarse
    assert [word for step in steps for word in left[step.left : step.left_end]] == left
    assert [word for step in steps for word in right[step.right : step.right_end]] == right
    for step in steps:
        if step.is_equal:
            assert left[step.left : step.left_end] == right[step.right : step.right_end]
    # No two texts have more in common than the longest common subsequence.
    equal = sum(step.left_end - step.left for step in steps if step.is_equal)
    assert equal == common_length(left, right)


def common_length(left, right):
    row = [0] * (len(right) + 1)
    for word in left:
        before = row
        row = [0]
        for place, other in enumerate(right):
            row.append(before[place] + 1 if word == other else max(row[-1], before[place + 1]))
    return row[-1]


@given(st.lists(st.sampled_from(["not", "a", "b", "…", "[c]"]), max_size=12), WORDS)
def test_a_difference_has_at_least_one_differing_word(shown, exact):
    comparison = compared(" ".join(shown), " ".join(exact))
    assert (comparison.verdict == "differs") == (comparison.differing_words > 0)


@pytest.mark.slow
@pytest.mark.parametrize("share", [0, 0.02, 0.1, 1])
@pytest.mark.parametrize("script", ["words", "characters"])
def test_comparing_five_thousand_words_is_bounded_by_the_time_to_read_them(share, script):
    chance = random.Random(1)
    numbers = range(3000)
    vocabulary = [f"word{n}" if script == "words" else chr(0x4E00 + n) for n in numbers]
    left = [chance.choice(vocabulary) for _ in range(5000)]
    right = [chance.choice(vocabulary) if chance.random() < share else word for word in left]
    text = f"{' '.join(left)}\n{' '.join(right)}"
    reading = min(seconds(tokens_of, text) for _ in range(3))
    comparing = min(seconds(lambda text: compared(*text.split("\n")), text) for _ in range(3))
    # Usually 3 to 11 times. Comparing each word with each would be several hundred times.
    assert comparing < 30 * reading
    assert compared(*text.split("\n")).is_coarse == (share == 1)


def test_coarse_difference_keeps_passages_that_both_have():
    left = [f"a{n}" for n in range(600)] + ["the", "same", "four", "words"]
    right = [f"b{n}" for n in range(600)] + ["the", "same", "four", "words", "here"]
    steps, is_coarse = word_changes(left, right)
    assert is_coarse
    assert [step.is_equal for step in steps] == [False, True, False]
