"""Changes of code: each is one place, and each kind is made."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from bench.mutants import MODULES, mutants

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.mark.parametrize(
    ("code", "changed"),
    [
        ("a == b", ["a != b"]),
        ("a not in b", ["a in b"]),
        ("a and b", ["a or b"]),
        ("a or not b", ["a and (not b)", "a or b"]),
        ("x = True", ["x = False"]),
        ("x = rows.filter(a=1).exclude(b=2)", ["x = rows.filter(a=1)", "x = rows.exclude(b=2)"]),
        ("x = M.objects.filter(a=1)", ["x = M.objects.all()"]),
        ("lock(a)", ["pass"]),
        ("raise Error", ["pass"]),
        ("a + b", []),
    ],
)
def test_each_change_is_one_place(code, changed):
    assert [mutant.code for mutant in mutants(code)] == changed


def test_dropped_filters_are_told_apart():
    found = {mutant.change: mutant.drops_filter for mutant in mutants("x = r.live()\nf(x)")}
    assert found == {"without .live()": True, "without the call": False}


@pytest.mark.parametrize("module", MODULES)
def test_every_module_has_changes_and_tests_that_exist(module):
    code = (ROOT / module).read_text(encoding="utf-8")
    made = list(mutants(code))
    assert len(made) >= 5
    plain = ast.unparse(ast.parse(code))
    assert [mutant.line for mutant in made if mutant.code == plain] == []
    assert [test for test in MODULES[module] if not (ROOT / test).exists()] == []
