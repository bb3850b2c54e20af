"""Forms of verbs of speech."""

from __future__ import annotations

import pytest

from kb.text.attribution.verbs import VERB_FORMS, verb_base, verb_forms, verb_groups


@pytest.mark.parametrize(
    ("word", "base", "form"),
    [
        ("said", "say", "past"),
        ("says", "say", "third"),
        ("saying", "say", "ing"),
        ("denied", "deny", "past"),
        ("denies", "deny", "third"),
        ("quipped", "quip", "past"),
        ("arguing", "argue", "ing"),
        ("agreeing", "agree", "ing"),
        ("confesses", None, None),
        ("wishes", "wish", "third"),
        ("wrote", "write", "past"),
        ("written", "write", "past"),
        ("tell", "tell", "base"),
    ],
)
def test_forms_of_a_verb_are_known(word, base, form):
    if base is None:
        assert word not in VERB_FORMS
    else:
        assert verb_base(word) == base
        assert form in verb_forms(word)


def test_other_words_have_no_forms():
    assert verb_forms("harbour") == frozenset()
    assert verb_groups("harbour") == frozenset()


def test_unknown_verb_has_no_base():
    with pytest.raises(KeyError):
        verb_base("harbour")
