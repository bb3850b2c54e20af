"""Figures of a run: how many tests passed, how long they took, and what they recorded.

A test records a figure with pytest's ``record_property("pairs", 300)``, which is in the JUnit file
of the run. Numbers with the same name are added up; of names that begin with ``largest`` the
largest counts, of ``least`` the least.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypedDict
from xml.etree import ElementTree

from bench.assurance.guards import Command

Result = Literal["passed", "failed", "skipped"]


class Figures(TypedDict):
    """What a command found on one database. ``seconds`` are those of its tests, or of itself.

    ``numbers`` are what tests recorded; ``printed`` is the last line of a program.
    """

    passed: int
    failed: int
    skipped: int
    seconds: float
    numbers: dict[str, float]
    printed: str


@dataclass(frozen=True)
class Case:
    """A test of a JUnit file. ``path`` is that of its file, ``name`` begins with its function."""

    path: str
    name: str
    result: Result
    seconds: float
    numbers: dict[str, float]

    def is_in(self, selection: str) -> bool:
        """Whether pytest runs the test for this argument: a file, or a function in a file."""
        path, _, name = selection.partition("::")
        return self.path == path and name in ("", self.name.partition("[")[0])


def cases_in(file: Path) -> Iterator[Case]:
    """The tests of a JUnit file of pytest."""
    for element in ElementTree.parse(file).iter("testcase"):  # noqa: S314 - written by our own run
        tags = {child.tag for child in element}
        result: Result = "passed"
        if tags & {"failure", "error"}:
            result = "failed"
        elif "skipped" in tags:
            result = "skipped"
        yield Case(
            path=path_of(element.get("classname", "")),
            name=element.get("name", ""),
            result=result,
            seconds=float(element.get("time", 0)),
            numbers={
                child.get("name", ""): float(child.get("value", 0))
                for child in element.iter("property")
            },
        )


def path_of(module: str) -> str:
    """The file of a test, from the name of its module, which a test class may follow."""
    parts = module.split(".")
    while len(parts) > 1 and parts[-1][:1].isupper():
        parts.pop()
    return "/".join(parts) + ".py"


def figures_of(command: Command, cases: Iterable[Case]) -> Figures:
    """The figures of the tests that a command names."""
    own = [case for case in cases if any(case.is_in(selection) for selection in command.tests)]
    results = [case.result for case in own]
    return {
        "passed": results.count("passed"),
        "failed": results.count("failed"),
        "skipped": results.count("skipped"),
        "seconds": round(sum(case.seconds for case in own), 1),
        "numbers": combined(case.numbers for case in own),
        "printed": "",
    }


def combined(recorded: Iterable[dict[str, float]]) -> dict[str, float]:
    """All numbers by their names: their sum, the largest or the least."""
    numbers: dict[str, float] = {}
    for name, value in (item for case in recorded for item in case.items()):
        if name not in numbers:
            numbers[name] = value
        elif name.startswith("largest "):
            numbers[name] = max(numbers[name], value)
        elif name.startswith("least "):
            numbers[name] = min(numbers[name], value)
        else:
            numbers[name] += value
    return numbers


def is_green(figures: Figures) -> bool:
    """Whether something ran, and nothing failed."""
    return not figures["failed"] and bool(figures["passed"])


def in_words(figures: Figures) -> str:
    """The figures as one phrase of the page."""
    tests = []
    if not figures["printed"]:
        noun = "test" if figures["passed"] == 1 else "tests"
        tests.append(f"{figures['passed']:,} {noun} in {figures['seconds']:,.0f} s")
    if figures["failed"]:
        tests.append(f"**{figures['failed']} failed**")
    if figures["skipped"]:
        tests.append(f"{figures['skipped']} skipped")
    numbers = [f"{name}: {value:,g}" for name, value in figures["numbers"].items()]
    return "; ".join([*numbers, *filter(None, [figures["printed"]]), *tests])
