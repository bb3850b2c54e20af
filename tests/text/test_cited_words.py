"""Words are recognised in a text as whole words, whatever its case, spaces and quotation marks."""

import pytest

from kb.text.cited_words import comparable_text, contains_words, place_of_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("It was tested in mid-2023.", "mid-2023"),
        ("In  April\n2023, the firm", "in April 2023"),
        ("in ‘the summer’ of 2023", "“the summer”"),
        ("于2023年4月发布", "2023年4月"),
        ("the week of 3 April, early", "the week … early"),
        ("MID–2023", "mid-2023"),
        ("no maybe, but May", "May"),
    ],
)
def test_words_of_the_text_are_found(text, words):
    assert contains_words(text, words)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("It may be so, maybe.", "be so, may"),
        ("They maybe did it.", "May"),
        ("于14月", "4月"),
        ("in 2023", "202"),
        ("early, the week of", "the week … early"),
        ("in April", ""),
        ("in April", " … "),
        ("", "in April"),
    ],
)
def test_parts_of_words_and_other_words_are_not_found(text, words):
    assert not contains_words(text, words)


def test_comparable_text_has_one_case_and_single_spaces():
    assert comparable_text(" “The  Day\nBefore”. ") == "the day before"


@pytest.mark.parametrize(
    ("text", "words", "place"),
    [
        ("She said: “We did not.”", '"we  did not."', "“We did not.”"),
        ("The firm, it says, spoke.", "the firm … spoke", "The firm, it says, spoke"),
        ("公司昨天表示道歉。", "昨天表示", "昨天表示"),
        ("We did, and we did.", "we did", None),
        ("We did nothing.", "we did not", None),
        ("A" + "x" * 3_000 + " b", "A … b", None),
        ("We did.", " … ", None),
        ("In  the\n\nend, we  DID\tso.", "the end … did so", "the\n\nend, we  DID\tso"),
        ("A b. A" + " x" * 1_500 + " b c.", "A … b … c", None),
        ("A b" + " b x" * 2_500 + " b c.", "A … b … c", None),
        (
            "A b" + " x" * 400 + " b" + " y" * 900 + " c.",
            "a … b … c",
            "A b" + " x" * 400 + " b" + " y" * 900 + " c",
        ),
        ("ΟΔΟΣ και ΟΔΟΥ", "οδος", "ΟΔΟΣ"),
        ("İ said it. ß", "said it", "said it"),
        ("a b", "a" + " … a" * 30, None),
    ],
)
def test_words_have_a_place_only_where_they_stand_once(text, words, place):
    span = place_of_words(text, words)
    assert (text[slice(*span)] if span else None) == place
