"""Letters that are written in several ways have one spelling in search, names and slugs."""

import unicodedata

import pytest

from kb.text.han_variants import SIMPLIFIED
from kb.text.letters import APOSTROPHES, PLAIN_LATIN
from kb.text.normalise import fold_name, search_text
from kb.text.slugs import slugify


def test_latin_letters_become_plain_letters():
    assert all(plain.isascii() and plain.isalpha() for plain in PLAIN_LATIN.values())
    assert all(not unicodedata.decomposition(chr(letter)) for letter in PLAIN_LATIN)


@pytest.mark.parametrize("name", ["Wałęsa", "Ødegård", "Đoković", "Ħal Għaxaq", "Æsir", "Þór ŋ"])
def test_search_names_and_slugs_spell_letters_alike(name):
    folded = search_text(name).partition(" ¶ ")[0]
    assert folded.isascii()
    assert fold_name(name) == folded
    assert slugify(name) == folded.replace(" ", "-")


@pytest.mark.parametrize("mark", APOSTROPHES)
def test_each_apostrophe_is_the_same(mark):
    assert search_text(f"O{mark}Brien") == "o brien ¶ obrien"
    assert slugify(f"O{mark}Brien") == "obrien"
    assert fold_name(f"O{mark}Brien") == "o'brien"


def test_simplified_characters_are_not_changed_again():
    assert len(SIMPLIFIED) > 2_500
    assert not SIMPLIFIED.keys() & set(SIMPLIFIED.values())
    assert all(len(simple) == 1 for simple in SIMPLIFIED.values())
    traditional = "國語體發髮後於麼臺裏裡機動節躍係繫網爲衆"
    assert "".join(map(SIMPLIFIED.__getitem__, traditional)) == (
        "国语体发发后于么台里里机动节跃系系网为众"
    )
