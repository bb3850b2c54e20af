"""Characters that no text may contain."""

from __future__ import annotations

import unicodedata

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from kb.text.clean import (
    TextError,
    clean_line,
    clean_text,
    validate_line,
    validate_text,
    validate_url,
)


def test_text_is_normalised_and_line_is_stripped():
    assert clean_text("Cafe\u0301\r\nnext\tone\u2028last") == "Café\nnext\tone\nlast"
    assert clean_line("  one line ") == "one line"


@pytest.mark.parametrize(
    ("character", "why"),
    [
        *(
            (character, "is not allowed in text")
            for character in "\x00\x08\x0b\x1b\x7f\x85\x9f\ud800\udfff"
        ),
        *((character, "is not allowed in text") for character in "\ufffe\uffff\ufdd0"),
        *((character, "changes the direction") for character in "\u202a\u202e\u2066\u2069"),
        *((character, "is invisible") for character in "\u200b\u200e\u2060\ufeff\u00ad\U000e0041"),
        *((character, "is invisible") for character in "\u200c\u200d"),
    ],
    ids=ascii,
)
@pytest.mark.parametrize("clean", [clean_text, clean_line])
def test_forbidden_character_is_named(clean, character, why):
    with pytest.raises(TextError, match=rf"U\+{ord(character):04X} at position 3: it {why}"):
        clean(f"ab{character}cd")


@pytest.mark.parametrize(
    "text", ["می\u200cخواهم", "क\u094d\u200dष", "👩\u200d🚀", "❤\ufe0f\u200d🔥"]
)
def test_needed_joiners_are_allowed(text):
    assert clean_line(text) == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize("text", ["\u200dम", "म\u200d", "म\u200d ", "a\u200dम", "म\u200d\u200dम"])
def test_other_joiners_are_refused(text):
    with pytest.raises(TextError, match="is invisible"):
        clean_text(text)


@pytest.mark.parametrize("text", ["a\nb", "a\tb", "a\r\nb", "a\u2029b"])
def test_line_with_line_end_or_tab_is_refused(text):
    with pytest.raises(TextError, match="one line"):
        clean_line(text)


def test_too_many_accents_in_a_row_are_refused():
    assert clean_text("a" + "\u0301" * 30)
    with pytest.raises(TextError, match="accents in a row"):
        clean_text("a" + "\u0301\u0316" * 5000)


@given(st.text())
def test_clean_text_is_unchanged(text):
    for clean in (clean_text, clean_line):
        try:
            cleaned = clean(text)
        except TextError as problem:
            assert str(problem).endswith(".")
        else:
            assert clean(cleaned) == cleaned
            cleaned.encode()


@pytest.mark.parametrize(
    ("validate", "good", "bad"),
    [
        (validate_text, "a\nb", "a\x00b"),
        (validate_line, "a b", "a\nb"),
        (validate_url, "https://example.org/", "javascript:alert(1)"),
    ],
)
def test_validators_raise_validation_error(validate, good, bad):
    validate(good)
    with pytest.raises(ValidationError):
        validate(bad)
