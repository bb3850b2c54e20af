"""The work of each text function is linear in the length of the text, not quadratic."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kb.text.clean import clean_line, clean_text
from kb.text.links import canonical_url, text_fragment
from kb.text.markdown import MAX_MARKDOWN_LENGTH, markdown_to_text, render_markdown
from kb.text.normalise import query_terms, search_text, split_at_matches
from kb.text.slugs import slugify
from tests.text.growth import assert_grows_linearly, seconds

SHAPES = {
    "words": "The quick brown fox. ",
    "one word": "a",
    "chinese": "字节跳动",
    "dots": "中·",
    "accents": "\u0301\u0316",
    "hangul": "\u1100\u1161\u11a8",
    "joiners": "م\u200c",
    "brackets": "[",
    "links": "[a](",
    "stars": "*a **b ",
    "quotes": '“「"',
    "lists": "- > ",
    "spaces": " ",
    "escapes": "%41",
    "dots and slashes": "/../.",
    "ligatures": "ﷺ",
}
FUNCTIONS: dict[str, Callable[[str], object]] = {
    "search_text": search_text,
    "query_terms": query_terms,
    "mark": lambda text: split_at_matches(text, query_terms('quick "brown fox" 字节跳动 a 中 a*')),
    "render": render_markdown,
    "plain": markdown_to_text,
    "slugify": slugify,
    "clean_text": clean_text,
    "clean_line": clean_line,
    "canonical_url": lambda text: canonical_url("https://a.example/" + text),
    "text_fragment": lambda text: text_fragment("https://a.example/", text),
}


@pytest.mark.slow
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_work_grows_linearly_with_the_text(name, shape, record_property):
    ratio = assert_grows_linearly(FUNCTIONS[name], SHAPES[shape], f"{name} over {shape}")
    record_property("largest ratio of times for four times the text", round(ratio, 1))


@pytest.mark.parametrize("shape", SHAPES)
def test_longest_text_renders_in_less_than_a_second(shape):
    unit = SHAPES[shape]
    assert seconds(render_markdown, (unit * MAX_MARKDOWN_LENGTH)[:MAX_MARKDOWN_LENGTH]) < 1
    assert (
        seconds(
            render_markdown, (unit * MAX_MARKDOWN_LENGTH)[:400] + "a" * (MAX_MARKDOWN_LENGTH - 400)
        )
        < 1
    )
