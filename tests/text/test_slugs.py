"""Slugs and public ids."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.text.slugs import ALPHABET, SLUG_LENGTH, partial_slug, public_id, slugify, unique_slug


def test_name_becomes_a_slug():
    assert slugify("OpenAI suspends ByteDance’s account") == "openai-suspends-bytedances-account"


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Ångström & Łódź, Straße", "angstrom-lodz-strasse"),
        ("Þórður Æsir", "thordur-aesir"),
        ("ＯｐｅｎＡＩ", "openai"),
        ("字节跳动 (ByteDance)", "spare"),
        ("人工智能（AI）安全声明", "spare"),
        ("Заявление OpenAI", "spare"),
        ("Əliyev", "aliyev"),
        ("Win ๒๕๖๖", "spare"),
        ("Hawaiʻi – it’s “here” 🎉", "hawaii-its-here"),
        ("№ 5 ½", "no-5-1-2"),
        ("up—and…down", "up-and-down"),
        ("9/11", "9-11"),
        ("  --a--  ", "a"),
        ("字节跳动", "spare"),
        ("2023年上半年", "spare"),
        ("Яндекс 24", "spare"),
        ("!!!", "spare"),
        ("", "spare"),
        ("\x00\ud800a", "a"),
    ],
)
def test_slug_of_a_name(text, slug):
    assert slugify(text, fallback="spare") == slug


def test_long_name_is_cut_at_a_word():
    slug = slugify("seventeen letters " * 20)
    assert SLUG_LENGTH - 20 < len(slug) <= SLUG_LENGTH
    assert slug.endswith(("letters", "seventeen"))
    assert slugify("x" * 300) == "x" * SLUG_LENGTH


@given(st.text())
def test_any_text_gives_a_valid_slug(text):
    assert re.fullmatch(r"([a-z0-9]+(-[a-z0-9]+)*)?", slugify(text))
    assert len(slugify(text)) <= SLUG_LENGTH
    assert slugify(slugify(text)) == slugify(text)


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Free name", "free-name"),
        ("Taken", "taken-k3v9x2mq"),
        ("字节跳动", "k3v9x2mq"),
        ("人工智能（AI）安全声明", "ai-k3v9x2mq"),
        ("字节跳动 (ByteDance)", "bytedance-k3v9x2mq"),
        ("2023年上半年", "k3v9x2mq"),
        ("!!!", "k3v9x2mq"),
        ("x" * 80, "x" * 71 + "-k3v9x2mq"),
    ],
)
def test_unique_slug_ends_with_the_id_where_the_name_is_taken(name, slug):
    taken = {"taken", "x" * 80}
    assert unique_slug(name, "k3v9x2mq", taken.__contains__) == slug


@given(st.text(), st.booleans())
def test_unique_slug_is_valid_and_not_taken(name, is_taken):
    taken = {slugify(name)} if is_taken else set()
    slug = unique_slug(name, "k3v9x2mq", taken.__contains__)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug)
    assert slug not in taken
    assert len(slug) <= SLUG_LENGTH


@given(st.text(alphabet="aé1 ıßø-字я٣々가", max_size=20))
def test_plain_slug_has_every_letter_of_its_name(name):
    letters = [character for character in name if character.isalnum()]
    if slugify(name):
        assert not set(letters) & set("字я٣々가")
        assert partial_slug(name) == slugify(name)


@pytest.mark.parametrize(
    ("text", "slug"), [("字节跳动-bytedance", "bytedance"), ("字节-24", ""), ("9/11", "9-11")]
)
def test_partial_slug_has_what_ascii_has(text, slug):
    assert partial_slug(text) == slug


def test_public_ids_have_unambiguous_characters():
    public_ids = {public_id() for _ in range(500)}
    assert len(public_ids) == 500
    assert all(len(public_id) == 8 and public_id[0].isalpha() for public_id in public_ids)
    assert all(set(public_id) <= set(ALPHABET) for public_id in public_ids)
    assert not set("aeiouy01lsz") & set(ALPHABET)
    assert all(public_id == public_id.lower() for public_id in public_ids)
