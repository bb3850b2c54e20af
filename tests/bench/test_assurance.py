"""The sheet of guards is whole, its commands name what exists, and figures are read and written."""

from __future__ import annotations

import ast
import json
import re
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from bench.assurance import __main__ as runner
from bench.assurance.figures import cases_in, combined, figures_of, in_words, is_green
from bench.assurance.guards import ENGINES, POSTGRES, Command, Guard, selected
from bench.assurance.page import NOT_YET, PAGE, cell, page
from bench.assurance.results import FILE, load_sheet, new_outcome, save_sheet
from bench.assurance.sheet import GUARDS

ROOT = Path(__file__).resolve().parent.parent.parent
COMMANDS = [
    pytest.param(command, id=f"{guard.id} {which}")
    for guard in GUARDS
    for which in ("short", "long")
    if (command := guard.command(which))
]
JUNIT = """<?xml version="1.0"?>
<testsuites><testsuite name="pytest">
<testcase classname="tests.wall.test_wall" name="test_it" time="1.5"><properties>
<property name="pairs" value="300" /><property name="largest ratio" value="2.5" /></properties>
</testcase>
<testcase classname="tests.wall.test_wall.TestSQLite" name="test_it[a]" time="0.5"><properties>
<property name="pairs" value="200" /><property name="largest ratio" value="2" /></properties>
</testcase>
<testcase classname="tests.wall.test_wall" name="test_other" time="0"><skipped /></testcase>
<testcase classname="tests.test_head" name="test_it" time="9"><failure /></testcase>
</testsuite></testsuites>
"""


@pytest.fixture
def junit(tmp_path) -> Path:
    path = tmp_path / "tests.xml"
    path.write_text(JUNIT, encoding="utf-8")
    return path


def functions_in(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def variables_read() -> set[str]:
    """The variables that make tests larger."""
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("*.py")]
    return {name for text in texts for name in re.findall(r'environ\.get\("([A-Z_]+)"', text)}


def test_every_guard_is_listed_once_and_in_order():
    assert [guard.id for guard in GUARDS] == [f"G{number}" for number in range(1, 31)]


def test_guard_without_a_command_says_what_is_lacking():
    assert [guard.id for guard in GUARDS if not (guard.short or guard.long or guard.lacks)] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_command_names_what_exists(command):
    program, *words = command.words.split()
    assert set(command.variables) <= variables_read()
    for selection in command.tests:
        path, _, name = selection.partition("::")
        assert (ROOT / path).is_file(), path
        assert not name or name in functions_in(ROOT / path)
    if program == "python":
        assert find_spec(words[words.index("-m") + 1])
    elif program == "make":
        assert f"\n{words[0]}: " in (ROOT / "Makefile").read_text(encoding="utf-8")
    else:
        assert (program, list(command.tests)) == ("pytest", words)


def test_short_class_is_a_part_of_what_every_run_of_tests_has():
    """No variable makes it larger, and no test of it is in the run of the browser."""
    shorts = [guard.short for guard in GUARDS if guard.short]
    assert all(command.is_pytest and not command.variables for command in shorts)
    assert [test for command in shorts for test in command.tests if "browser" in test] == []


def test_figures_are_those_of_the_named_tests(junit):
    cases = list(cases_in(junit))
    whole = figures_of(selected("wall/test_wall.py"), cases)
    assert whole["numbers"] == {"pairs": 500, "largest ratio": 2.5}
    assert (whole["passed"], whole["skipped"], whole["seconds"]) == (2, 1, 2.0)
    assert is_green(whole)
    assert in_words(whole) == "pairs: 500; largest ratio: 2.5; 2 tests in 2 s; 1 skipped"
    one = figures_of(selected("wall/test_wall.py::test_other"), cases)
    assert (one["passed"], one["skipped"]) == (0, 1)
    assert not is_green(one)
    assert not is_green(figures_of(selected("test_head.py"), cases))


def test_least_counts_of_names_that_begin_with_least():
    assert combined([{"least score": 3}, {"least score": 2}, {"least score": 5}]) == {
        "least score": 2
    }


def test_figures_of_an_earlier_run_are_read_and_written(junit, tmp_path, monkeypatch, capsys):
    results, written = tmp_path / "results.json", tmp_path / "page.md"
    options = ["--guards", "G3", "--read", f"sqlite={junit}", "--results", str(results)]
    monkeypatch.setattr("sys.argv", ["assurance", *options, "--page", str(written)])
    assert runner.main() == 0
    stored = json.loads(results.read_text(encoding="utf-8"))
    assert stored["guards"]["G3"]["short"]["engines"]["sqlite"]["numbers"]["pairs"] == 500
    assert "pairs: 500" in written.read_text(encoding="utf-8")
    assert written.read_text(encoding="utf-8") == page(load_sheet(results))
    assert "G3   SQLite: pairs: 500" in capsys.readouterr().out


def test_failed_test_fails_the_run(tmp_path, junit, monkeypatch, capsys):
    junit.write_text(JUNIT.replace("<skipped />", "<failure />"), encoding="utf-8")
    options = ["--guards", "g3", "--read", f"sqlite={junit}", "--page", str(tmp_path / "p.md")]
    monkeypatch.setattr("sys.argv", ["a", *options, "--results", str(tmp_path / "results.json")])
    assert runner.main() == 1
    assert "FAILED: G3 on SQLite" in capsys.readouterr().out


def test_database_without_tests_of_the_chosen_guards_runs_none(monkeypatch):
    """Without a path, pytest would run all tests."""
    runs = []
    monkeypatch.setattr(runner, "run_tests", lambda words, engine, _: runs.append(engine) or [])
    outcomes = runner.run_short(runner.chosen("G23"), ENGINES, {})
    assert runs == ["sqlite"]
    assert list(outcomes["G23"]["engines"]) == ["sqlite"]


def test_unknown_guard_is_refused():
    with pytest.raises(SystemExit, match="No guard G99"):
        runner.chosen("G1,G99")


@pytest.mark.parametrize(("code", "expected"), [("print('a 1\\nb 2')", True), ("1/0", False)])
def test_figure_of_a_program_is_the_line_that_it_names(code, expected, monkeypatch):
    command = Command("python -c code", reads="^a")
    monkeypatch.setattr(runner, "BIN", Path(sys.executable).parent)
    figures = runner.run_program(["python", "-c", code], "sqlite", command)
    assert is_green(figures) is expected
    assert figures["printed"] == ("a 1" if expected else "")


def test_guard_that_was_not_measured_says_so():
    by_id = {guard.id: guard for guard in GUARDS}
    assert cell(by_id["G7"], "long", None) == NOT_YET
    assert cell(by_id["G30"], "short", None) == ""
    assert cell(Guard("G31", "…", "…", lacks="all"), "short", None) == "no test yet"
    outcome = new_outcome()
    assert NOT_YET in cell(by_id["G3"], "short", outcome)


def test_command_for_postgresql_starts_a_server():
    command = selected("wall/test_wall.py", engines=POSTGRES, EXAMPLES_EACH="9")
    assert command.line("postgres") == (
        "EXAMPLES_EACH=9 python -m tests.postgres -- pytest tests/wall/test_wall.py"
    )


def test_results_are_read_as_they_were_saved(tmp_path):
    sheet = {"seconds": 1.5, "guards": {"G10": {}, "G2": {"short": new_outcome()}}}
    save_sheet(sheet, tmp_path / "results.json")
    assert load_sheet(tmp_path / "results.json") == sheet
    assert [*load_sheet(tmp_path / "results.json")["guards"]] == ["G2", "G10"]


def test_page_is_what_the_sheet_writes():
    assert PAGE.read_text(encoding="utf-8") == page(load_sheet(FILE))
