"""Lines of cards: broken at spaces and between Chinese characters, never wider than they may be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.site.cards.lines import balanced_lines, cut_line, lines_of


def test_lines_break_at_spaces():
    assert lines_of("one two three", 7, len) == ["one two", "three"]


def test_lines_break_between_chinese_characters_but_not_before_a_full_stop():
    assert lines_of("字节跳动说。", 5, len) == ["字节跳动", "说。"]


def test_word_that_is_wider_than_a_line_is_broken():
    assert lines_of("a verylongword b", 5, len) == ["a", "veryl", "ongwo", "rd b"]


def test_balanced_lines_are_as_many_and_of_about_the_same_width():
    text = "aaaa " * 20 + "bb"
    lines = balanced_lines(text, 100, len)
    assert len(lines) == len(lines_of(text, 100, len)) == 2
    assert abs(len(lines[0]) - len(lines[1])) < 30


@pytest.mark.parametrize(("text", "line"), [("one two", "one two"), ("one two three", "one two…")])
def test_line_is_cut_between_words(text, line):
    assert cut_line(text, 9, len) == line


@given(st.text(max_size=80), st.integers(1, 20))
def test_no_line_is_too_wide_and_no_letter_is_lost(text, width):
    lines = lines_of(text, width, len)
    assert all(len(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())
