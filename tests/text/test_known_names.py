"""Names of the record in a text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.text.known_names import KnownName, KnownNames
from tests.text.growth import assert_grows_linearly

NAMES = KnownNames(
    KnownName(key, name)
    for key, name in [
        ("bell", "Ann Bell"),
        ("bell", "A. Bell"),
        ("labs", "Bell Labs"),
        ("ship", "Tide"),
        ("film", "Tide"),
        ("obrien", "Pat O’Brien"),
        ("tower", "Zoë"),
        ("zijie", "字节跳动"),
        ("liming", "李明"),
        ("x", "X"),
    ]
)


def mentions(text):
    return [(row.text, row.keys) for row in NAMES.mentions(text)]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("Yesterday Ann Bell left.", [("Ann Bell", ("bell",))]),
        ("ANN BELL’s ship", [("ANN BELL", ("bell",))]),
        ("Ann\nBell left.", [("Ann\nBell", ("bell",))]),
        ("Ann Bell Labs", [("Ann Bell", ("bell",))]),
        ("The Bell Labs were closed.", [("Bell Labs", ("labs",))]),
        ("Pat O'Brien spoke.", [("Pat O'Brien", ("obrien",))]),
        ("Zoe spoke.", [("Zoe", ("tower",))]),
        ("字節跳動回应了。", [("字節跳動", ("zijie",))]),
        ("the tide rose", []),
        ("Ann, Bell", []),
        ("Annabel Bellamy", []),
        ("X", []),
        ("", []),
    ],
)
def test_names_are_found_as_whole_words(text, rows):
    assert mentions(text) == rows


def test_name_of_two_things_is_not_certain():
    (row,) = NAMES.mentions("The Tide arrived.")
    assert (row.keys, row.is_certain) == (("ship", "film"), False)


def test_two_chinese_characters_are_not_certain():
    assert [row.is_certain for row in NAMES.mentions("李明在字节跳动工作。")] == [False, True]


def test_whole_name_has_its_keys():
    assert NAMES.keys_of("ann bell") == ("bell",)
    assert NAMES.keys_of("Ann Bell Labs") == ()


@pytest.mark.slow
@given(
    st.text(max_size=80)
    | st.lists(st.sampled_from(["Ann ", "Bell", " Labs", "字节", "跳动"])).map("".join)
)
def test_mentions_are_the_exact_words_and_do_not_overlap(text):
    end = 0
    for row in NAMES.mentions(text):
        assert text[row.start : row.end] == row.text
        assert row.start >= end
        end = row.end


@pytest.mark.slow
@pytest.mark.parametrize("unit", ["Ann ", "Ann Bell ", "字"])
def test_work_grows_linearly(unit):
    assert_grows_linearly(NAMES.mentions, unit, unit)
