"""Write docs/assurance.md from the results: ``python -m bench.assurance.page``."""

from __future__ import annotations

from pathlib import Path

from bench.assurance.figures import in_words
from bench.assurance.guards import NAMES, Class, Command, Guard
from bench.assurance.results import Outcome, Sheet, load_sheet
from bench.assurance.sheet import GUARDS

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "assurance.md"
HEAD = """\
# Assurance

What could go wrong, what guards against it, and the figure of the last run. `make assure` writes
this page from `bench/assurance/results.json`; do not edit it. A guard is a line in
`bench/assurance/sheet.py`.

The short class is a part of `make test`. The long class has larger numbers and is run by hand:

    make assure
    make assure CLASS=long GUARDS=G7,G13

To take the figures from a run of all tests instead of running them again:

    make test-sqlite ARGS=--junitxml=/tmp/sqlite.xml
    make assure ARGS="--read sqlite=/tmp/sqlite.xml"
"""
NOT_YET = "not yet measured"


def main() -> None:
    PAGE.write_text(page(load_sheet()), encoding="utf-8")


def page(sheet: Sheet) -> str:
    """The page as Markdown: the table of guards, what is lacking, the commands, the machines."""
    return "\n".join(
        [HEAD, *table(sheet), "", *lacking(), "", *commands(), "", *machines(sheet), ""]
    )


def table(sheet: Sheet) -> list[str]:
    rows = ["| Guard | Against | Goal | Short class | Long class |", "|---|---|---|---|---|"]
    for guard in GUARDS:
        outcomes = sheet["guards"].get(guard.id, {})
        short, long = (cell(guard, which, outcomes.get(which)) for which in ("short", "long"))
        rows.append(f"| {guard.id} | {guard.against} | {guard.goal} | {short} | {long} |")
    return rows


def cell(guard: Guard, which: Class, outcome: Outcome | None) -> str:
    """The figures of one command with their date; or why there are none."""
    command = guard.command(which)
    if command is None:
        return "" if guard.short or guard.long else "no test yet"
    if outcome is None:
        return NOT_YET
    figures = [
        f"{NAMES[engine]}: {in_words(outcome['engines'][engine])}"
        if engine in outcome["engines"]
        else f"{NAMES[engine]}: {NOT_YET}"
        for engine in command.engines
    ]
    return f"{'<br>'.join(figures)} ({outcome['date']})"


def lacking() -> list[str]:
    lines = [f"- {guard.id}: {guard.lacks}." for guard in GUARDS if guard.lacks]
    return ["## What no test has yet", "", *lines]


def commands() -> list[str]:
    """The command of each figure, in the folder of the project with its environment."""
    lines = ["## Commands", "", "With `.venv/bin` on `PATH`. `python -m tests.postgres --` in "
             "front starts a PostgreSQL for a command.", "", "```sh"]  # fmt: skip
    for guard in GUARDS:
        for which in ("short", "long"):
            command = guard.command(which)
            if command is not None:
                lines += [
                    f"# {guard.id}, {which}: {databases(command)}",
                    command.line(command.engines[0]),
                ]
    return [*lines, "```"]


def databases(command: Command) -> str:
    return " and ".join(NAMES[engine] for engine in command.engines)


def machines(sheet: Sheet) -> list[str]:
    """Where the figures come from: each machine with its versions and the days of its runs."""
    days: dict[str, set[str]] = {}
    for outcomes in sheet["guards"].values():
        for outcome in outcomes.values():
            versions = ", ".join(f"{name} {text}" for name, text in outcome["versions"].items())
            days.setdefault(f"{outcome['machine']}; {versions}", set()).add(outcome["date"])
    lines = [f"- {', '.join(sorted(dates))}: {machine}." for machine, dates in days.items()]
    took = sheet["seconds"]
    whole = [f"The short class took {took:,.0f} s on both databases.", ""] if took else []
    return ["## Machines", "", *whole, *lines]


if __name__ == "__main__":
    main()
