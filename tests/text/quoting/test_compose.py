"""A displayed quotation consists of the exact words of its source, in order."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.text.quoting import QuotationError, compose
from kb.text.quoting.tokens import tokens_of

SOURCE = (
    "The company’s engineers said—on Friday—that they “did not” copy 2–3 million records, "
    "and the non-profit in the U.S. agreed. They left at 5%. We were sure. The end came."
)


def runs(text, exact=SOURCE):
    composition = compose(text, exact)
    return [exact[start:end] for start, end in composition.spans]


def error(text, exact=SOURCE):
    with pytest.raises(QuotationError) as problem:
        compose(text, exact)
    return problem.value


@pytest.mark.parametrize(
    "text",
    [
        "The company's engineers",
        "The  company’s\n engineers",
        "said-on Friday-that",
        "said–on Friday–that they did not copy",
        'they "did not" copy 2-3 million records',
        "the non‑profit in the U.S. agreed",
    ],
)
def test_other_ways_to_write_the_same_words_are_equal(text):
    assert len(runs(text)) == 1


def test_composed_and_decomposed_letters_are_equal():
    assert runs("cafe\u0301", "the caf\u00e9 closed") == ["caf\u00e9"]
    assert runs("caf\u00e9", "the cafe\u0301 closed") == ["cafe\u0301"]


def test_spans_are_those_of_the_runs():
    assert runs("engineers said … did not copy … They left") == [
        "engineers said",
        "did not” copy",
        "They left",
    ]


@pytest.mark.parametrize("text", ["[W]e were", "[w]e were", "[t]hey left", "[E]ngineers said"])
def test_changed_capital_in_a_bracket_replaces_the_letter(text):
    assert len(runs(text)) == 1


@pytest.mark.parametrize(
    "text", ["left … the end", "We were [saying] the end came", "… They “did not”"]
)
def test_capital_after_a_cut_or_a_bracket_is_free(text):
    assert runs(text)


def test_changed_capital_without_a_bracket_is_refused_with_the_way_to_write_it():
    problem = error("Engineers said")
    assert problem.code == "capital" and "“[E]ngineers said”" in str(problem)


def test_bracket_that_replaces_a_letter_leaves_out_nothing():
    assert error("They left [W]e were").code == "joined"
    assert runs("left at 5%. [w]e were") == ["left at 5%.", "We were"]


def test_bracket_replaces_words_up_to_a_sentence():
    assert runs("They [the engineers] were sure", "They were sure.") == ["They", "were sure"]
    assert runs("They left [and] were sure") == ["They left", "were sure"]
    assert error("The company's engineers [and] were sure").code == "joined"


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("They copied records", "not_in_source", ("“They copied records”", "“copied”")),
        ("They left at 6%", "not_in_source", ("“6”",)),
        ("We were sure … They left", "order", ("“We were sure”", "“They left”")),
        ("They left … engineers said", "order", ("“They left”", "“engineers said”")),
        ("They left The end", "joined", ("“They left”", "“The end”")),
        ("profit in the U.S.", "inside_word", ("“profit in the U.S.”",)),
        ("3 million records", "inside_word", ("“3 million records”",)),
        ("copy 2–3", "inside_word", ("“copy 2–3”",)),
        ("They left at 5", "inside_word", ("“They left at 5”",)),
        ("ompany", "not_in_source", ("“ompany”",)),
        ("S. agreed", "inside_word", ("“S. agreed”",)),
        ("They left, at 5%", "not_in_source", ("“,”",)),
        ("[a] " * 60 + "They left", "bracket", ("50",)),
    ],
)
def test_error_names_the_run_and_the_word(text, code, words):
    problem = error(text)
    assert problem.code == code
    assert all(word in str(problem) for word in words), str(problem)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("公司没有数据", "joined"),
        ("三千", "inside_word"),
        ("千万元", "inside_word"),
        ("5", "inside_word"),
        ("员工…公司", "order"),
    ],
)
def test_chinese_errors(text, code):
    assert error(text, "公司说，没有数据，损失三千万元，5万名员工离开。").code == code


def test_chinese_may_begin_at_any_character_and_ignores_spaces():
    assert runs("司说 ……没 有数据", "公司说，\n没有数据。") == ["司说", "没有数据"]
    assert runs("OpenAI的账户", "停用 OpenAI 的账户") == ["OpenAI 的账户"]


def test_cuts_and_the_whole_are_noted():
    exact = "“We… went home,” he said."
    assert not compose("We… went home", exact).has_cuts
    assert compose("We … home", exact).has_cuts
    assert compose("… went home", "We then went home").has_cuts
    assert not compose("We… went home", exact).is_whole
    assert compose("We went home", "“We went home.”").is_whole
    assert not compose("We went … home", "We went home").is_whole
    assert not compose("went home", "We went home").is_whole


def test_source_with_brackets_of_its_own_can_be_quoted():
    assert runs("[W]e won", "“[W]e won,” he said.") == ["[W]e won"]
    assert len(runs("we [the firm] won", "Then we [the firm] won.")) == 2


WORDS = st.lists(
    st.sampled_from(["we", "did", "not", "Use", "3.5", "it’s", "数", "据"]), min_size=1
)


@given(WORDS, st.data())
def test_runs_in_order_with_cuts_pass_and_spans_reproduce_them(words, data):
    exact = " ".join(words)
    count = data.draw(st.integers(0, min(6, len(words))))
    places = sorted(data.draw(st.sets(st.integers(0, len(words)), min_size=2, max_size=count + 2)))
    pieces = [words[a:b] for a, b in zip(places, places[1:], strict=False)][
        :: data.draw(st.sampled_from([1, 2]))
    ]
    text = " … ".join(" ".join(piece) for piece in pieces)
    spans = compose(text, exact).spans
    assert list(spans) == sorted(spans)
    assert [keys(exact[start:end]) for start, end in spans] == [
        keys(" ".join(piece)) for piece in pieces
    ]


def keys(text):
    return [token.key for token in tokens_of(text)]


def placements(pieces, links, exact, start=0):
    """Whether the runs can be placed, by trying every place of each. Every 。 ends a sentence."""
    if not pieces:
        return True
    for match in re.finditer(f"(?={pieces[0]})", exact):
        gap = exact[start : match.start()]
        is_linked = links[0] == "…" or gap.count("。") <= 1
        end = match.start() + len(pieces[0])
        is_possible = match.start() >= start and is_linked
        if is_possible and placements(pieces[1:], links[1:], exact, end):
            return True
    return False


@given(
    st.lists(st.text(alphabet="甲乙", min_size=1, max_size=4), min_size=1, max_size=6),
    st.lists(st.text(alphabet="甲乙", min_size=1, max_size=2), min_size=1, max_size=4),
    st.lists(st.sampled_from(["…", "[丙]"]), min_size=4, max_size=4),
)
def test_a_valid_order_is_discovered_if_there_is_one(sentences, pieces, links):
    exact = "。".join(sentences)
    text = pieces[0] + "".join(link + piece for link, piece in zip(links, pieces[1:], strict=False))
    try:
        compose(text, exact)
    except QuotationError:
        composes = False
    else:
        composes = True
    assert composes == placements(pieces, ["…", *links], exact)
