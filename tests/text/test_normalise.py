"""Normalised text for search, the terms of a query, and marked matches."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kb.text.normalise import (
    MAX_NORMALISED_LENGTH,
    MAX_QUERY_LENGTH,
    PART_MARK,
    Term,
    _other_spellings,
    _texts,
    matches,
    normalised_text,
    query_terms,
    search_query,
    search_text,
    split_at_matches,
)
from kb.text.words import MAX_WORD_LENGTH, text_words


def test_normalised_text_matches_a_query():
    folded = search_text("OpenAI’s Café", "字节跳动公司")
    assert folded == "openai s cafe ¶ 字节 节跳 跳动 动公 公司 司 ¶ openais"
    assert matches(folded, query_terms("café 跳动"))


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("ｏｐｅｎＡＩ ①", "openai 1"),
        ("Straße ﬁn", "strasse fin"),
        ("Müller café cafe\u0301 naïve Ångström", "muller cafe cafe naive angstrom"),
        ("Άλφα", "αλφα"),
        ("Чёрный йод", "черный йод"),
        ("שָׁלוֹם مُحَمَّد", "שלום محمد"),
        ("$1,000.50 a_b", "1 000 50 a b"),
        ("Łódź, Đoković, Ødegård, Işık ışık", "lodz dokovic odegard isik isik"),
        ("þæð ŋħ œuvre", "thaed nh oeuvre"),
        ("أحمد آل ٱلله مدرسة الهدى العـــربية ی", "احمد ال الله مدرسه الهدي العربيه ي"),
        ("臺灣 華為 馬雲", "台湾 湾 华为 为 马云 云"),
        ("１２ ١٢ १२", "12 12 12"),
        ("co\u00adoperate zero\u200bwidth a\u200db", "cooperate zerowidth ab"),
        ("人", "人"),
        ("人民 中国", "人民 民 中国 国"),
        ("2023年4月", "2023 年 4 月"),
        ("ByteDance字节", "bytedance 字节 节"),
        ("萨姆·奥特曼", "萨姆 姆奥 奥特 特曼 曼"),
        ("a.b 中·b a·中", "a b 中 b a 中 ¶ ab"),
        ("中··国", "中 国"),
        ("中·", "中"),
        ("ｶﾞﾝﾀﾞﾑ", "ガン ンダ ダム ム"),
        ("한국어", "한국 국어 어"),
        ("\u1112\u1161\u11ab\u1100\u116e\u11a8", "한국 국"),
        ("𠮷野", "𠮷野 野"),
        ("नमस्ते", "नमस्ते"),
        ("😀 — …", ""),
        ("\u0301 \u0301a", "a"),
        ("½", "1 2"),
        ("", ""),
    ],
)
def test_text_is_normalised(text, folded):
    assert search_text(text) == folded


@pytest.mark.parametrize(
    ("text", "spellings"),
    [
        ("don't don’t donʼt", ["dont"]),
        ("an e-mail, an e‑mail", ["email"]),
        ("GPT-4 or GPT 4", ["g p t", "gpt4"]),
        ("GPT4", ["gpt 4"]),
        ("gpt 4", []),
        ("the U.S. and the US", ["us", "u s"]),
        ("state-of-the-art", ["stateof", "ofthe", "theart", "stateoftheart"]),
        ("Byte Dance was there", ["bytedance"]),
        ("byte Dance. Was", []),
        ("DALL·E", ["d a l l", "dalle"]),
        ("AT&T", ["a t", "att"]),
        ("see 3.5 and example.org", []),
        ("字节-跳动", []),
        ("A B", []),
        ("a-b-c-d-e-f-g", ["ab", "bc", "cd", "de", "ef", "fg"]),
    ],
)
def test_other_spellings_of_words_are_searched_too(text, spellings):
    assert list(normalised_text(text).spellings) == spellings


def test_other_spellings_come_after_all_parts_and_once():
    assert search_text("GPT4", "An e-mail", "the e-mail") == (
        "gpt4 ¶ an e mail ¶ the e mail ¶ gpt 4 ¶ email"
    )


def test_empty_parts_have_no_separator():
    assert search_text("", "a", "!", "b", "") == "a ¶ b"
    assert search_text() == ""


@pytest.mark.parametrize(
    ("q", "terms"),
    [
        ("open ai", [Term(("open",)), Term(("ai",))]),
        ("ai AI ai", [Term(("ai",))]),
        ('"open ai"', [Term(("open", "ai"))]),
        ("“open ai” 「字节」 『a b』 «c d»",
         [Term(("open", "ai")), Term(("字节",)), Term(("a", "b")), Term(("c", "d"))]),
        ("gpt-4", [Term(("gpt", "4"))]),
        ("regul*", [Term(("regul",), prefix=True)]),
        ("gpt-4*", [Term(("gpt", "4"))]),
        ("a*", [Term(("a",))]),
        ('"open a*"', [Term(("open", "a"))]),
        ("字节跳动", [Term(("字节", "节跳", "跳动"))]),
        ("人", [Term(("人",), prefix=True)]),
        ("2023年", [Term(("2023", "年"), prefix=True)]),
        ("年4", [Term(("年", "4"))]),
        ('un"closed quote', [Term(("un",)), Term(("closed",)), Term(("quote",))]),
        ("a AND -b", [Term(("a",)), Term(("and",))]),
        ('" " !! 😀', []),
    ],
)  # fmt: skip
def test_query_becomes_terms(q, terms):
    assert [Term(term.words, term.prefix) for term in query_terms(q)] == terms


@pytest.mark.parametrize(
    ("q", "others"),
    [
        ("open ai", [["openai"], ["openai"]]),
        ('"open ai"', [["openai"]]),
        ("ByteDance", [["byte dance"]]),
        ("bytedance", [[]]),
        ("GPT-4", [["gpt4"]]),
        ("gpt4", [["gpt 4"]]),
        ("gpt-4-turbo", [["gpt4 turbo", "gpt 4turbo", "gpt4turbo"]]),
        ("U.S.", [[]]),
        ("a b", [[], []]),
        ("字节 跳动", [[], []]),
        ("open 字节 ai", [[], [], []]),
        ("byte dan*", [["bytedan*"], ["bytedan*"]]),
        ("regul* open", [[], []]),
        ("one one", [[]]),
        ("2023", [[]]),
        ("o’brien", [["obrien"]]),
    ],
)
def test_terms_have_other_spellings(q, others):
    assert [
        [" ".join(way.words) + "*" * way.prefix for way in term.others] for term in query_terms(q)
    ] == others


def test_only_the_first_200_characters_of_a_query_are_read():
    assert query_terms("a " * (MAX_QUERY_LENGTH // 2) + "b") == [Term(("a",))]


@pytest.mark.slow
def test_words_and_texts_are_cut_at_the_limit():
    assert search_text("x" * 3000) == "x" * MAX_WORD_LENGTH
    assert matches(search_text("x" * 3000), query_terms("x" * 150))
    assert (
        MAX_NORMALISED_LENGTH - MAX_WORD_LENGTH
        < len(search_text("word " * 100_000))
        <= MAX_NORMALISED_LENGTH
    )
    assert not search_text("word " * 100_000).endswith(("wor", " "))


@given(st.lists(st.text()))
def test_plain_tokenizer_finds_the_same_words(parts):
    folded = search_text(*parts)
    words = folded.split(" ") if folded else []
    assert all(words)
    for word in words:
        assert word == PART_MARK or all(
            unicodedata.category(character)[0] in "LMNC" for character in word
        )
        assert not any(character.isspace() or character in "\"'*\\\x00" for character in word)
        assert word.encode()


@given(st.text(alphabet="字节跳动·ab12 é\u0301年ガ゛", max_size=12))
@example("年4")
def test_any_part_of_a_text_is_found_in_it(text):
    folded = search_text(text)
    for start in range(len(text)):
        part = text[start:]
        # Only whole words match, so a part begins at a word or at a character of a pair.
        if start and text[start - 1].isascii() and text[start].isascii():
            continue
        if start and (unicodedata.combining(text[start]) or text[start - 1] in "é\u0301ab12"):
            continue
        assert matches(folded, query_terms(f'"{part}"')), part


@given(st.text(max_size=60), st.text(max_size=20))
def test_pieces_joined_are_the_text(text, q):
    pieces = split_at_matches(text, query_terms(q))
    assert "".join(piece for piece, _ in pieces) == text
    assert all(piece for piece, _ in pieces)


@given(st.text(max_size=40), st.text(max_size=12))
def test_text_is_marked_exactly_if_a_term_matches(text, q):
    terms = query_terms(q)
    is_any = any(matches(search_text(text), [term]) for term in terms)
    assert any(is_match for _, is_match in split_at_matches(text, terms)) == is_any


@pytest.mark.parametrize(
    ("text", "q", "marked"),
    [
        ("The Müller case", "muller", ["Müller"]),
        ("Cafe\u0301s <b>", "cafés b", ["Cafe\u0301s", "b"]),
        ("字节跳动公司", "跳动", ["跳动"]),
        ("字节跳动公司", "字", ["字"]),
        ("字节跳动公司", "司", ["司"]),
        ("2023年度", "2023年", ["2023年"]),
        ("Regulators regulate", "regul*", ["Regulators", "regulate"]),
        ("萨姆·奥特曼说", "萨姆奥特曼", ["萨姆·奥特曼"]),
        ("one two three", '"two three" one', ["one", "two three"]),
        ("aa bb aa", '"aa bb" "bb aa"', ["aa bb aa"]),
        ("ＯｐｅｎＡＩ", "openai", ["ＯｐｅｎＡＩ"]),
        ("Use GPT-4 now", "gpt4", ["GPT-4"]),
        ("Use GPT4 now", "gpt-4", ["GPT4"]),
        ("The U.S. said", "us", ["U.S"]),
        ("ByteDance’s account", "byte dance", ["ByteDance"]),
        ("Wałęsa w Łodzi", "walesa", ["Wałęsa"]),
        ("關於臺灣的", "台湾", ["臺灣"]),
        ("nothing", "else", []),
        ("nothing", "", []),
    ],
)
def test_matches_are_marked(text, q, marked):
    assert [
        piece for piece, is_match in split_at_matches(text, query_terms(q)) if is_match
    ] == marked


@given(
    st.text(
        st.sampled_from("aZ9 ._'`-&–—‘’“”…、。《》「」！（），：；？·一丁龥中国é\x7f\n¶"),
        max_size=20,
    )
)
@example("a" * (MAX_WORD_LENGTH + 50) + "中" * (MAX_WORD_LENGTH + 50))
def test_simple_text_has_the_same_words_as_any_other(text):
    words = text_words(text)
    assert normalised_text(text).words == " ".join(word.text for word in words)
    assert normalised_text(text).spellings == _texts(_other_spellings(text, words))


@pytest.mark.parametrize(
    ("q", "required", "excluded"),
    [
        ("openai -microsoft", ["openai"], ["microsoft"]),
        ("-microsoft", [], ["microsoft"]),
        ('checks -"terms of use"', ["checks"], ["terms of use"]),
        ("checks -“terms of use”", ["checks"], ["terms of use"]),
        ("GPT-4", ["gpt 4"], []),
        ("e-mail -e-mail", ["e mail"], ["e mail"]),
        ("openai - microsoft", ["openai", "microsoft"], []),
        ("-regulat* act", ["act"], ["regulat"]),
        ("- -- -", [], []),
        ("字节 -微软", ["字节"], ["微软"]),
        ('word"-other"', ["word", "other"], []),
    ],
)
def test_word_after_a_hyphen_is_excluded(q, required, excluded):
    query = search_query(q)
    assert [" ".join(term.words) for term in query.required] == required
    assert [" ".join(term.words) for term in query.excluded] == excluded


def test_excluded_word_is_left_out_in_each_of_its_spellings():
    query = search_query("openai -GPT4")
    assert query.finds(search_text("OpenAI said"))
    assert not query.finds(search_text("OpenAI said of GPT-4"))
    assert not query.finds(search_text("OpenAI said of GPT4"))
    assert not query.finds(search_text("Microsoft said"))


def test_starred_excluded_word_leaves_out_its_beginnings():
    query = search_query("-regulat*")
    assert not query.finds(search_text("The regulators"))
    assert query.finds(search_text("The irregular"))


@given(st.text(max_size=220))
def test_any_text_is_a_query(q):
    query = search_query(q)
    assert query.is_empty == (not query.required and not query.excluded)
    assert isinstance(query.finds(search_text(q)), bool)
