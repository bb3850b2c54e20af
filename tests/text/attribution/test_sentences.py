"""Sentences of an article, with its quotations as single words."""

from __future__ import annotations

from kb.text.attribution.runs import quotation_runs
from kb.text.attribution.sentences import MAX_WORDS, article_sentences


def sentences(text):
    spans = article_sentences(text, quotation_runs(text))
    return [text[sentence.start : sentence.end] for sentence in spans]


def test_sentence_inside_a_quotation_does_not_end_the_one_around_it():
    text = "“One. Two! Three,” she said. He left."
    assert sentences(text) == ["“One. Two! Three,” she said.", "He left."]


def test_full_stop_in_the_marks_ends_the_sentence():
    assert sentences("She said, “One.” He left.") == ["She said, “One.”", "He left."]


def test_abbreviation_does_not_end_a_sentence():
    assert sentences("Mr. Bell of Kestrel Bay left. Dr. Ray stayed.") == [
        "Mr. Bell of Kestrel Bay left.",
        "Dr. Ray stayed.",
    ]


def test_each_line_is_a_paragraph():
    text = "One.\nTwo.\n\nThree."
    spans = article_sentences(text, [])
    assert [sentence.paragraph for sentence in spans] == [0, 1, 2]


def test_quotation_is_one_word():
    text = "She called it “a fine old ship” twice."
    (sentence,) = article_sentences(text, quotation_runs(text))
    assert [word.text for word in sentence.words] == [
        "She",
        "called",
        "it",
        "“a fine old ship”",
        "twice",
        ".",
    ]


def test_very_long_sentence_is_read_in_parts():
    text = "word " * (MAX_WORDS + 5)
    assert [len(sentence.words) for sentence in article_sentences(text, [])] == [MAX_WORDS, 5]
