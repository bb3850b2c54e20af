"""Cards as pictures: their size, their letters, and what is left out."""

from __future__ import annotations

import io
import time
from pathlib import Path

import pytest
from PIL import Image

from kb.dates import FuzzyDate
from kb.site.cards import store
from kb.site.cards.card import Card, Foot, Heading, Words
from kb.site.cards.drawing import card_png
from kb.site.cards.store import drawn_card
from kb.site.cards.typefaces import is_drawable, plain_text, typeface

LETTERS = Path(__file__).parents[2] / "samples" / "letters.ttf"


def picture(card):
    return Image.open(io.BytesIO(card_png(card))).convert("RGB")


def ink(image, box):
    """The number of pixels in a box that are not paper."""
    return sum(count for count, colour in image.crop(box).getcolors(10_000) if sum(colour) < 600)


def words_card(text, **parts):
    return Card("On the Record", "Quotation", words=Words(text, **parts))


def test_card_is_a_small_png_of_the_usual_size():
    png = card_png(words_card("“We checked it.”"))
    image = Image.open(io.BytesIO(png))
    assert (image.format, image.size) == ("PNG", (1200, 630))
    assert len(png) < 100_000


@pytest.mark.parametrize("letter", ["W", "字", "i"])
@pytest.mark.parametrize("shape", ["solid", "double", "dashed", "dotted"])
def test_longest_words_stay_above_the_foot(settings, letter, shape):
    settings.CARD_FONT = str(LETTERS)
    text = (letter * 9 + " ") * 22
    image = picture(words_card(text, shape=shape, label="Translated by the carrier"))
    assert ink(image, (64, 200, 1136, 484)) > 1000
    assert ink(image, (64, 490, 1136, 504)) == 0
    assert ink(image, (1140, 20, 1200, 630)) == 0


def test_title_and_account_stay_above_the_foot():
    heading = Heading("A title of many words " * 13, after="according to somebody " * 4)
    when = FuzzyDate("2023-05~/2023-08~").to_json()
    image = picture(Card("On the Record", "Event", heading=heading, date=when))
    assert ink(image, (64, 490, 1136, 504)) == 0


def test_shapes_of_the_rule_differ():
    strips = {
        picture(words_card("“We checked it.”", shape=shape)).crop((64, 150, 80, 300)).tobytes()
        for shape in ("solid", "double", "dashed", "dotted")
    }
    assert len(strips) == 4


def test_letters_without_a_typeface_are_left_out(settings):
    settings.CARD_FONT = ""
    assert not is_drawable("字节跳动") and not is_drawable("OpenAI 与字节跳动")
    assert is_drawable("Wałęsa said: “naïve” — Ελλάδα, Москва")
    image = picture(Card("", "", foot=Foot(("字节跳动", "OpenAI"), ("", ""))))
    assert ink(image, (64, 525, 700, 556)) == 0
    assert ink(image, (64, 562, 700, 592)) > 0


def test_other_letters_are_drawn_in_the_font_of_the_setting(settings):
    settings.CARD_FONT = str(LETTERS)
    assert typeface("字节跳动", "serif") == str(LETTERS)
    assert typeface("OpenAI", "serif") != str(LETTERS)
    assert not is_drawable("字節 ☃")


def test_file_that_is_no_font_draws_nothing(settings, tmp_path):
    path = tmp_path / "font.ttf"
    path.write_bytes(b"not a font")
    settings.CARD_FONT = str(path)
    assert not is_drawable("字节跳动")
    card_png(words_card("字节跳动"))


def test_control_characters_are_not_drawn():
    assert plain_text("a\u202eb\u0000c\n d") == "abc d"


def test_same_card_is_drawn_once(monkeypatch):
    drawn = []
    monkeypatch.setattr(store, "card_png", lambda card: drawn.append(card) or b"png")
    monkeypatch.setattr(store, "MAX_CARDS", 2)
    cards = [words_card(f"“{number}”") for number in range(3)]
    for card in (cards[0], cards[0], cards[1], cards[2], cards[0]):
        assert drawn_card(card) == b"png"
    assert drawn == [cards[0], cards[1], cards[2], cards[0]]
    store._cards.clear()


def test_drawing_takes_little_processor_time():
    card = words_card("“" + "We checked it. " * 14 + "”", label="Translated by the carrier")
    card_png(card)
    times = []
    for _ in range(3):
        before = time.thread_time()
        card_png(card)
        times.append(time.thread_time() - before)
    assert min(times) < 0.15
