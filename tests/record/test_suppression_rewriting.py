"""Documents and texts without removed words."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.record.removal_marker import is_removal_marker, removal_marker
from kb.record.suppression.rewriting import (
    Replacer,
    initials,
    is_long_enough,
    part_words,
    with_runs,
    without_words,
)

DOCUMENT = {
    "id": "k3v9x2mq",
    "kind": "statement",
    "slug": "acme-on-the-ledger",
    "title": "Acme on the ledger",
    "text": "We keep the ledger.",
    "original": {"text": "我们保留账本", "language": "zh"},
    "override_reason": "",
    "citations": [{"exact": "We keep the ledger.", "note": "page one", "locator": ""}],
    "stances": [],
}


def test_words_of_a_part_go_and_the_rest_stays():
    words = part_words(DOCUMENT, "statement", "words")
    assert words == {"We keep the ledger.", "我们保留账本"}
    marker = removal_marker(date(2026, 11, 3))
    document = without_words(DOCUMENT, "words", marker)
    assert document["text"] == document["citations"][0]["exact"] == marker
    assert document["original"] == {"text": marker, "language": "zh"}
    assert document["override_reason"] == ""
    assert document["title"] == DOCUMENT["title"] and document["slug"] == DOCUMENT["slug"]
    assert document["citations"][0]["note"] == "page one"
    assert DOCUMENT["text"] == "We keep the ledger."


def test_address_goes_with_the_title():
    document = without_words(DOCUMENT, "title", "gone")
    assert (document["title"], document["slug"]) == ("gone", "removed-k3v9x2mq")


@given(st.dates())
def test_marker_is_recognised_on_any_day(day):
    assert is_removal_marker(removal_marker(day))
    assert not is_removal_marker(f"He said: {removal_marker(day)}")


@pytest.mark.parametrize(
    ("name", "short"),
    [("Ada Lovelace", "A. L."), ("jean-luc picard", "J. L. P."), ("王小明", "王某"), ("42", "")],
)
def test_initials_of_a_name(name, short):
    assert initials(name) == short


def test_whole_words_are_replaced_and_parts_of_words_are_not():
    replace = Replacer({"ledger": "[gone]", "abc": "[gone]"})
    assert replace("The ledger, ledgers and a ledger.") == "The [gone], ledgers and a [gone]."
    assert replace("abc") == "abc"  # too short to be looked for
    assert replace.whole("abc") == "[gone]"
    assert replace.in_value({"a": ["ledger", 1, None]}) == {"a": ["[gone]", 1, None]}


@given(st.text(), st.sets(st.text(min_size=1), max_size=4))
def test_covered_text_keeps_its_positions(text, words):
    assert len(Replacer(dict.fromkeys(words, "x")).covered(text)) == len(text)


@given(st.text(alphabet="abc ", min_size=5).filter(lambda word: is_long_enough(word.strip())))
def test_replaced_words_are_gone(word):
    word = word.strip()
    assert word not in Replacer({word: "_"})(f"({word}) {word}, {word}")


def test_runs_of_a_quotation_with_cuts_are_looked_for_too():
    runs = with_runs(["The ledger was kept for years … and then it was sold to them."])
    assert "and then it was sold to them." in runs
