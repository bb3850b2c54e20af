"""Patterns that run over texts from outside take linear time, whatever the text repeats."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest

from kb.desk.importers.csv_file import _with_role
from kb.desk.importers.file_kinds import _MARKWHEN_LINE
from kb.desk.importers.json_text import is_script, parse_script
from kb.desk.importers.markwhen_file import _EVENT, _RANGE
from kb.desk.importers.rows import FileRefused
from kb.desk.importers.spreadsheet import _CELL, _repeated
from kb.desk.webpage.page_text import PageWords
from kb.text.bylines import byline_names
from kb.text.cited_words import contains_words, place_of_words
from kb.text.known_names import KnownName, KnownNames
from kb.text.links import text_fragment
from tests.text.growth import assert_grows_linearly

SHAPES = [
    " ", "a", "a ", "[", "[ ", "]", "…", " … ", "a … ", "...", ". ", "\n", " \n", "\t", "(", " (",
    "[…", "[ …  ]", "-", " - ", "2023-", ":", ": ", ";", "; ", ",", "&", " and ", "\\", "中", "1",
    '"', "Ann Bell ", "Ann  ",
]  # fmt: skip
NAMES = KnownNames(KnownName(name, name) for name in ("Ann Bell", "a b", "a a a b"))


def read_script(text: str) -> None:
    with suppress(FileRefused):
        parse_script(text)


FUNCTIONS: dict[str, Callable[[str], object]] = {
    "text_fragment": lambda text: text_fragment("https://a.example/", f"a{text}b"),
    "contains_words": lambda text: contains_words(text, f"{text[: len(text) // 2]}b"),
    "contains_words in it": lambda text: contains_words(f"x{text}y", text[: len(text) // 2]),
    "contains_words with a gap": lambda text: contains_words("a b", f"a{text}b"),
    "place_of_words": lambda text: place_of_words(text, "a … a … a … b"),
    "place_of_words of a part": lambda text: place_of_words(text, f"{text[: len(text) // 2]}b"),
    "place_of_words of gaps": lambda text: place_of_words("a b", f"a{text}b"),
    "has_passage": lambda text: PageWords("<p>a b").has_passage(f"a{text}b"),
    "byline_names": lambda text: byline_names(f"a{text}b"),
    "markwhen_line": lambda text: _MARKWHEN_LINE.match(f"2023-01-02 {text}"),
    "markwhen_line of a period": lambda text: _MARKWHEN_LINE.match(f"2023 - {text}"),
    "markwhen event": lambda text: _EVENT.fullmatch(f"2023 {text}x"),
    "markwhen range": lambda text: _RANGE.sub("/", f"2023{text}x"),
    "role in brackets": lambda text: _with_role(f"a{text}b"),
    "is_script": lambda text: is_script(f"a{text}b"),
    "parse_script": lambda text: read_script(f"a = [1{text}2"),
    "known names": lambda text: NAMES.mentions(f"Ann{text}!Bell{text}"),
}


@pytest.mark.slow
@pytest.mark.parametrize("shape", SHAPES, ids=repr)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_pattern_takes_linear_time(name, shape, record_property):
    ratio = assert_grows_linearly(FUNCTIONS[name], shape, f"{name} over {shape!r}")
    record_property("largest ratio of times for four times the text", round(ratio, 1))


@pytest.mark.slow
@pytest.mark.parametrize(
    "shape", ["<c ", "<table:table-cell office:value ", "<table:table-row>", "9"]
)
def test_workbook_is_measured_in_linear_time(shape):
    assert_grows_linearly(lambda text: list(_CELL.finditer(f"<c {text}".encode())), shape, "cells")
    assert_grows_linearly(lambda text: _repeated(text.encode()), shape, "rows")
