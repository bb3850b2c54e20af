"""The table of ASVS 5.0 is complete, and what it points at exists."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from bench.assurance.asvs import PAGE, VERDICTS, page, requirements

ROOT = Path(__file__).resolve().parent.parent.parent
TABLE = requirements()
# The sections of the standard, and the level of each of their requirements in order.
LEVELS = {
    "1.1": "22", "1.2": "1111122223", "1.3": "112222222223", "1.4": "222", "1.5": "123",
    "2.1": "122", "2.2": "112", "2.3": "12223", "2.4": "23",
    "3.1": "3", "3.2": "113", "3.3": "12223", "3.4": "11222233", "3.5": "11122333", "3.6": "3",
    "3.7": "22333",
    "4.1": "12233", "4.2": "23333", "4.3": "22", "4.4": "1222",
    "5.1": "2", "5.2": "112333", "5.3": "113", "5.4": "222",
    "6.1": "122", "6.2": "111111112222", "6.3": "11223333", "6.4": "112233", "6.5": "22222333",
    "6.6": "2223", "6.7": "33", "6.8": "2222",
    "7.1": "222", "7.2": "1111", "7.3": "22", "7.4": "11222", "7.5": "223", "7.6": "22",
    "8.1": "1233", "8.2": "1123", "8.3": "133", "8.4": "23",
    "9.1": "111", "9.2": "1222",
    "10.1": "22", "10.2": "223", "10.3": "22223", "10.4": "1111122222233333", "10.5": "22222",
    "10.6": "22", "10.7": "222",
    "11.1": "2233", "11.2": "22233", "11.3": "11233", "11.4": "1222", "11.5": "23", "11.6": "23",
    "11.7": "33",
    "12.1": "12233", "12.2": "11", "12.3": "22223",
    "13.1": "2333", "13.2": "222223", "13.3": "2233", "13.4": "1222233",
    "14.1": "22", "14.2": "12223333", "14.3": "122",
    "15.1": "12233", "15.2": "12233", "15.3": "1222222", "15.4": "3333",
    "16.1": "2", "16.2": "22222", "16.3": "2222", "16.4": "222", "16.5": "2223",
    "17.1": "23", "17.2": "22223333", "17.3": "22",
}  # fmt: skip


def headings_in(path: Path) -> set[str]:
    """The anchors of the headings of a document, as the pages of repositories make them."""
    text = re.sub(r"^```.*?^```", "", path.read_text(encoding="utf-8"), flags=re.M | re.S)
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


def names_of_tests(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    return {name for name in names if name.startswith("test_")}


def test_every_requirement_is_listed_once_in_order_with_its_level():
    expected = [
        (f"{section}.{number}", int(level))
        for section, levels in LEVELS.items()
        for number, level in enumerate(levels, start=1)
        if level != "3"
    ]
    assert [(line.number, line.level) for line in TABLE] == expected
    assert len(expected) == 253


@pytest.mark.parametrize("line", TABLE, ids=lambda line: line.number)
def test_reason_is_pointers_or_a_sentence(line):
    assert line.text and line.reason
    is_path = [bool(re.match(r"[\w./-]+/[\w.-]|pyproject", word)) for word in line.reason.split()]
    if line.verdict == "holds":
        assert all(is_path), line.reason
    else:
        assert not is_path[0], line.reason
        assert "::" not in line.reason


POINTERS = sorted({pointer for line in TABLE for pointer in line.pointers})


@pytest.mark.parametrize("pointer", POINTERS)
def test_pointer_leads_to_something(pointer):
    path, mark, name = re.fullmatch(r"([^:#]+)(::|#|)(.*)", pointer).groups()
    assert (ROOT / path).is_file()
    if mark == "::":
        assert name in names_of_tests(ROOT / path)
    elif mark == "#":
        assert name in headings_in(ROOT / path)
    else:
        assert not name


def test_page_is_what_the_table_writes(record_property):
    assert PAGE.read_text(encoding="utf-8") == page(TABLE)
    names = {"holds": "that hold", "n/a": "that do not apply", "open": "that are open"}
    for verdict in VERDICTS:
        count = sum(line.verdict == verdict for line in TABLE)
        record_property(f"requirements {names[verdict]}", count)
