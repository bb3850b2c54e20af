"""A displayed quotation is read into the carrier's words, cuts, and an editor's words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.text.quoting import QuotationError, compose, parse_quotation


def kinds(text):
    return [(part.kind, part.text) for part in parse_quotation(text)]


@pytest.mark.parametrize("cut", ["…", "...", "[…]", "[...]", "[ … ]", "……", ". . .", "⋯"])
def test_every_way_to_write_a_cut_is_read(cut):
    assert kinds(f"We {cut} did") == [("run", "We"), ("cut", "…"), ("run", "did")]


def test_parts_have_their_position():
    text = "… [The firm] did  it [...] …"
    parts = parse_quotation(text)
    assert [(part.kind, text[part.start : part.end]) for part in parts] == [
        ("cut", "…"),
        ("bracket", "[The firm]"),
        ("run", "did  it"),
        ("cut", "[...] …"),
    ]
    assert parts[1].text == "The firm"


def test_cut_inside_a_bracket_is_the_editors():
    assert kinds("[so … on] did")[0] == ("bracket", "so … on")


@pytest.mark.parametrize(
    ("text", "code", "quoted"),
    [
        ("", "empty", "empty"),
        (" \n ", "empty", "empty"),
        ("[The firm] … .", "empty", "“[The firm] … .”"),
        ("…", "empty", "“…”"),
        ("a [b [c] d]", "bracket", "“[b [”"),
        ("a [b", "bracket", "“[b”"),
        ("a b] c", "bracket", "“a b]”"),
        ("a [ ] c", "bracket", "“[ ]”"),
        ("]", "bracket", "“]”"),
    ],
)
def test_unreadable_quotation_is_refused_with_the_offending_part(text, code, quoted):
    with pytest.raises(QuotationError) as problem:
        parse_quotation(text)
    assert problem.value.code == code
    assert quoted in str(problem.value)


def test_message_shortens_a_long_part():
    with pytest.raises(QuotationError) as problem:
        parse_quotation("a [" + "word " * 5000)
    assert len(str(problem.value)) < 200


@given(st.text(alphabet="ab[]….  ", max_size=30))
def test_parts_are_in_order_and_never_touch_nothing(text):
    try:
        parts = parse_quotation(text)
    except QuotationError:
        return
    assert all(part.start < part.end for part in parts)
    assert all(a.end <= b.start for a, b in zip(parts, parts[1:], strict=False))
    assert all(not (a.kind == b.kind == "cut") for a, b in zip(parts, parts[1:], strict=False))


def test_one_way_of_writing_is_stable():
    text = "We  [...]  did [ the  work ]…"
    assert compose(text, "We then did so.").text == "We … did [the work]…"
    assert compose("We … did [the work]…", "We then did so.").text == "We … did [the work]…"
