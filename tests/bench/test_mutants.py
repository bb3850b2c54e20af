"""Changes of code: each is one place, and each kind is made."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from bench.mutants import MODULES, POSTGRESQL_ONLY, mutants

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


def test_code_for_postgresql_alone_can_be_left_out():
    code = "def _wait(a):\n    return not a\n_wait(1)\nb == c"
    assert len(list(mutants(code))) == 3
    (mutant,) = mutants(code, postgresql=False)
    assert mutant.code.endswith("b != c")


def test_names_of_functions_for_postgresql_exist():
    code = "".join((ROOT / module).read_text(encoding="utf-8") for module in MODULES)
    assert [name for name in POSTGRESQL_ONLY if f"def {name}(" not in code] == []


@pytest.mark.parametrize("module", MODULES)
def test_every_module_has_changes_and_tests_that_exist(module):
    code = (ROOT / module).read_text(encoding="utf-8")
    made = list(mutants(code))
    assert len(made) >= 5
    plain = ast.unparse(ast.parse(code))
    assert [mutant.line for mutant in made if mutant.code == plain] == []
    assert [test for test in MODULES[module] if not (ROOT / test).exists()] == []
