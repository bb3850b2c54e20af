"""The work of the checks of quotations is linear in the length of the texts."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kb.text.quoting import compare, compose, negation_guard, parse_quotation
from tests.text.growth import assert_grows_linearly, seconds

SHAPES = {
    "spaces": " ",
    "dots": ".",
    "brackets": "[",
    "closing brackets": "]",
    "cuts": "a … ",
    "brackets and words": "[b] a ",
    "words": "The quick brown fox. ",
    "one word": "a",
    "quotes": '“「"',
    "accents": "\u0301\u0316",
    "negations": "not a ",
    "Chinese negations": "不非常",
    "numerals": "一",
    "sentences": "a. B, ",
}


def compare_words(shown: str, exact: str) -> object:
    return compare(
        shown, exact, shown_language="", language="", is_paraphrase=False, is_relayed=False
    )


FUNCTIONS: dict[str, Callable[[str], object]] = {
    "parse_quotation": parse_quotation,
    "compose": lambda text: compose(text, text),
    "compose a run": lambda text: compose("a [b] a", f"a {text} a"),
    "negation_guard": lambda text: negation_guard("a … quick", f"a {text} quick", "en"),
    "negation_guard over cuts": lambda text: negation_guard(text, text.replace("…", "not"), ""),
    "compare": lambda text: compare_words("a … quick", f"a {text} quick"),
    "compare cuts": lambda text: compare_words(text, text.replace("…", "not")),
    "compare other words": lambda text: compare_words(text, text[::-1]),
}


@pytest.mark.slow
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_work_on_quotations_grows_linearly(name, shape):
    assert_grows_linearly(FUNCTIONS[name], SHAPES[shape], f"{name} over {shape}")


@pytest.mark.parametrize("unit", [" ", "[", "]", ".", "…", "[ ", ". "])
def test_unreadable_quotation_is_refused_within_a_tenth_of_a_second(unit):
    text = (unit * 20_000)[:20_000]
    assert seconds(parse_quotation, text) < 0.1
    assert seconds(lambda quotation: compose(quotation, "a"), f"a {text} b") < 0.1
