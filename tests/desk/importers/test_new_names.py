"""New names of a file, and the known ones that are near."""

from __future__ import annotations

import pytest

from kb.desk.importers.new_names import NameCounter
from kb.desk.importers.rows import ImportRow
from tests.make import make_actor

pytestmark = pytest.mark.django_db


def new_names(*names):
    counter = NameCounter()
    for number, name in enumerate(names):
        counter.add(ImportRow(number, str(number), actors=((name, "involved"),)))
    return {new["name"]: [near["name"] for near in new["nearest"]] for new in counter.new_names()}


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("Ann Bel", ["Ann Bell"]),
        ("Baz Parts Ltd", ["Baz Parts"]),
        ("Byte Dance", ["ByteDance"]),
        ("北京大学", ["北京大學"]),
        ("Zed Newname", []),
        ("Works", ["Foo Works"]),
    ],
)
def test_nearest_known_names_are_proposed(name, nearest):
    for known in ("Ann Bell", "Baz Parts", "ByteDance", "Foo Works", "北京大學"):
        make_actor(known)
    assert new_names(name) == {name: nearest}


def test_known_names_are_not_new_and_rows_are_counted():
    make_actor("Foo Works")
    assert new_names("foo works") == {}
    counter = NameCounter()
    for number in range(3):
        counter.add(ImportRow(number, str(number), speaker="Zed", to=("Zed", "Ann Bell")))
    assert [(new["name"], new["rows"], new["kind"]) for new in counter.new_names()] == [
        ("Ann Bell", 3, "organisation"), ("Zed", 3, "person"),
    ]  # fmt: skip


def test_names_cost_two_queries(django_assert_num_queries):
    with django_assert_num_queries(2):
        new_names(*(f"Actor {number}" for number in range(50)))
