"""Runs of text between quotation marks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.text.attribution.runs import count_words, paragraph_spans, quotation_runs

MARKED = st.text(alphabet="ab .,!?s'’‘\"“”«»「」\n-—(<>=1", max_size=120)


def runs(text):
    return [run.text for run in quotation_runs(text)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("“We shall build it,” she said.", ["We shall build it,"]),
        ('"We shall build it," she said.', ["We shall build it,"]),
        ("''We shall build it,'' she said.", ["We shall build it,"]),
        ("«We shall build it», she said.", ["We shall build it"]),
        ("She said: „We shall build it.”", ["We shall build it."]),
        ("他说：「我们会建。」", ["我们会建。"]),
        ("“One,” he said, “and two.”", ["One,", "and two."]),
        ('“One," he said, "and two.”', ["One,", "and two."]),
        ("She wrote:“One.”Then she left.", ["One."]),
        ("”One,” he said.", ["One,"]),
        ("“One,“ he said.", ["One,"]),
    ],
)
def test_words_between_marks_of_each_kind_are_a_run(text, words):
    assert runs(text) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("“He told me ‘no’ twice,” she said.", ["He told me ‘no’ twice,"]),
        ("“He told me “no” twice,” she said.", ["He told me “no” twice,"]),
        ("''He told me 'no','' she said.", ["He told me 'no',"]),
        ("'' 'We'll win it,''' said Bell.", ["'We'll win it,'"]),
    ],
)
def test_marks_inside_a_run_belong_to_it(text, words):
    assert runs(text) == words


@pytest.mark.parametrize(
    "text",
    [
        "The workers' rights and the readers' letters matter.",
        "It’s the ’90s, don’t you know, ’tis so.",
        "A pipe 6\" wide and a board 2' long.",
        "Rock 'n' roll isn't dead.",
        '<a href="https://example.org/a">the report</a>',
        "No marks at all.",
        "““””",
        "",
    ],
)
def test_apostrophes_inches_and_attributes_are_no_runs(text):
    assert runs(text) == []


def test_single_marks_make_a_run():
    (run,) = quotation_runs("Harbour Lines 'will not pay' the fee.")
    assert (run.text, run.is_single) == ("will not pay", True)


def test_genitive_in_single_marks_does_not_end_the_run():
    assert runs("She wrote 'the readers' letters are gone' on Monday.") == [
        "the readers' letters are gone"
    ]


def test_quotation_goes_on_in_the_next_paragraph():
    first, second = quotation_runs("Bell said: “One.\n\n“Two,” and left.")
    assert (first.text, first.is_open, first.is_continued) == ("One.", True, False)
    assert (second.text, second.is_open, second.is_continued) == ("Two,", False, True)


def test_paragraph_without_closing_mark_is_a_run_to_its_end():
    (run,) = quotation_runs("“We shall build it.\n\nThe harbour is old.")
    assert run.text == "We shall build it."


def test_mark_without_a_partner_inside_a_sentence_is_left_out():
    assert runs("It is a “ship of some age.\n\nThe harbour is old.") == []


def test_line_that_begins_small_belongs_to_the_paragraph():
    text = "“We shall\nbuild it,” she said.\nThe end."
    assert runs(text) == ["We shall\nbuild it,"]
    assert len(paragraph_spans(text)) == 2


def test_words_with_apostrophes_and_hyphens_count_once():
    assert count_words("We don’t re-open it at 3.5 – ever") == 7


@pytest.mark.slow
@given(MARKED)
def test_runs_are_the_exact_words_in_order(text):
    position = 0
    for run in quotation_runs(text):
        assert position <= run.opening <= run.start < run.end <= run.closing <= len(text)
        assert text[run.start : run.end] == run.text == run.text.strip()
        position = run.closing


@given(MARKED)
def test_paragraphs_hold_all_the_text(text):
    position = 0
    for start, end in paragraph_spans(text):
        assert not text[position:start].strip()
        assert text[start:end].strip() == text[start:end] != ""
        position = end
    assert not text[position:].strip()
