"""A pasted article becomes paragraphs, sentences and words with their positions."""

import pytest

from kb.text.article_text import (
    article_paragraphs,
    article_words,
    paragraph_at,
    paragraph_sentences,
    stored_article,
)


def test_each_line_with_words_is_a_paragraph():
    text = stored_article("  One.\r\n\r\n\tTwo  words. \u2028Three.\n \n")
    assert text == "One.\nTwo words.\nThree."
    paragraphs = article_paragraphs(text)
    assert [text[start:end] for _number, start, end in paragraphs] == text.split("\n")
    assert [paragraph.number for paragraph in paragraphs] == [1, 2, 3]
    assert paragraph_at(paragraphs, text.index("words")).number == 2
    assert article_paragraphs("") == []


def test_storing_a_stored_text_changes_nothing():
    text = stored_article(
        "A\u00ad soft\u200b hy\u00adphen\ufeff, an\u00a0e\u0301 and a\u200fmark.\x07"
    )
    assert text == "A soft hyphen, an é and amark."
    assert stored_article(text) == text


def test_joiner_that_a_script_needs_stays():
    assert stored_article("می\u200cخواهم") == "می\u200cخواهم"


def test_sentences_are_in_the_paragraph_without_spaces_around():
    text = "First line.\n“One, he said. Two.” Three? 你好。再见。"
    paragraph = article_paragraphs(text)[1]
    sentences = [text[start:end] for start, end in paragraph_sentences(text, paragraph)]
    assert sentences[-1] == "再见。"
    assert "".join(sentences).replace(" ", "") == text[12:].replace(" ", "")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("“We did,” he said.", ["“We", "did,”", "he", "said."]),
        ("他说GPT好。", ["他", "说", "GPT", "好", "。"]),
    ],
)
def test_words_take_the_marks_that_touch_them(text, words):
    assert [text[start:end] for start, end in article_words(text, 0, len(text))] == words
