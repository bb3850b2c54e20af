"""Which tests run which lines of a module. Also the plugin of pytest that tells them apart."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Generator, Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import coverage
import pytest

# A file of arguments for pytest: the ids of tests can be too many for a command line.
ARGUMENTS = ".tests"
DATA = ".coverage.covering"
DURATIONS = ".durations.json"
SETTINGS = ".coveragerc.covering"
_durations: dict[str, float] = {}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Count the lines that run in a test, its fixtures too, as lines of this test."""
    running = coverage.Coverage.current()
    if running is not None:
        running.switch_context(item.nodeid)
    started = time.monotonic()
    outcome = yield
    _durations[item.nodeid] = time.monotonic() - started
    return outcome


def pytest_sessionfinish() -> None:
    Path(DURATIONS).write_text(json.dumps(_durations), encoding="utf-8")


class Coverage(NamedTuple):
    """The tests that run each line of a module, and the seconds that each test takes."""

    tests: Mapping[int, Sequence[str]]
    durations: Mapping[str, float]

    def tests_of(self, line: int) -> Sequence[str]:
        """The tests of a line, or of the nearest before it: a statement can have several."""
        return self.tests.get(max((n for n in self.tests if n <= line), default=0), ())

    def seconds(self, tests: Iterable[str]) -> float:
        return sum(self.durations[test] for test in tests)


def measured_coverage(folder: Path, module: str, tests: Sequence[str]) -> Coverage:
    """The coverage of a module by its tests, measured in a copy of the project.

    What runs once for several tests, such as an import, counts for the first of them, so that
    a line can have fewer tests than depend on it. Raises SystemExit if a test fails.
    """
    Path(folder, SETTINGS).write_text(f"[run]\ninclude = {module}\ndata_file = {DATA}\n")
    process = subprocess.run(
        [
            *(sys.executable, "-m", "coverage", "run", f"--rcfile={SETTINGS}", "-m", "pytest"),
            *("-q", "-n0", "--no-header", "-p", __name__, *tests),
        ],
        cwd=folder,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
    )
    if process.returncode:
        raise SystemExit(f"The tests of {module} fail without a change.")
    data = coverage.CoverageData(str(folder / DATA))
    data.read()
    (measured,) = (name for name in data.measured_files() if name.endswith(module))
    by_line = data.contexts_by_lineno(measured)
    return Coverage(
        {line: sorted(filter(None, contexts)) for line, contexts in by_line.items()},
        json.loads(Path(folder, DURATIONS).read_text(encoding="utf-8")),
    )
