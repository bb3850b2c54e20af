"""Differences read well on screen, aloud and as copied text."""

import re

import pytest
from django.utils.translation import override

from kb.record.diff_html import difference_html
from kb.record.document_diff import diff_pieces

LONG = "The ministry said that the pump was {} checked in April and that nobody was hurt at all."


def copied(html):
    """What a screen reader says, and what is copied."""
    return re.sub(r"<[^>]*>", "", html)


def seen(html):
    return copied(re.sub(r'<span class="vh">.*?</span>', "", html))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("not stated", "stated", "was not stated, is now stated"),
        ("4 March 2023", "5 March 2023", "was 4 March 2023, is now 5 March 2023"),
        ("It did not stop.", "It did stop.", "It did [removed: not] stop."),
        ("", "stated", "[added: stated]"),
        ("stated", "", "[removed: stated]"),
        ("否认", "证实", "was 否认, is now 证实"),
    ],
)
def test_short_value_is_written_whole_and_a_sentence_is_not(old, new, words):
    assert copied(difference_html(diff_pieces(old, new))) == words


def test_changed_words_of_a_long_text_are_bracketed_for_listeners():
    html = difference_html(diff_pieces(LONG.format("not"), LONG.format("twice")))
    assert "the pump was [removed: not] [added: twice] checked in" in copied(html)
    assert seen(html) == LONG.format("not twice")
    assert re.findall(r"<(?:del|ins)>", html) == ["<del>", "<ins>"]


def test_added_line_leaves_the_line_before_it_unchanged():
    html = difference_html(diff_pieces("The first source.", "The first source.\nA second source."))
    assert copied(html) == "The first source.\n[added: A second source.]"


def test_words_are_translated():
    with override("zh-hans"):
        assert copied(difference_html(diff_pieces("4", "5"))) == "原为4，现为5"


def test_markup_in_a_text_is_escaped():
    html = difference_html(diff_pieces("<b>", "<i>" * 3))
    assert "<del>&lt;b&gt;</del>" in html
    assert "<i>" not in html
