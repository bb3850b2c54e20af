"""Run the commands of the guards and write docs/assurance.md: ``make assure`` runs this.

The short class is one run of pytest for each database. The commands of the long class run one
after another, and each is stored when it ends. ``--read`` takes the figures of the short class from
the JUnit file of an earlier run of all tests. The exit status is 1 if anything failed.
"""

from __future__ import annotations

import argparse
import os
import re
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from bench.assurance.figures import Case, Figures, cases_in, figures_of, in_words, is_green
from bench.assurance.guards import ENGINES, NAMES, Command, Engine, Guard
from bench.assurance.page import PAGE, page
from bench.assurance.results import FILE, Outcome, load_sheet, new_outcome, save_sheet
from bench.assurance.sheet import GUARDS
from tests import postgres
from tests.suite import processes

ROOT = Path(__file__).resolve().parent.parent.parent
BIN = Path(sys.executable).parent


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.assurance", description=__doc__)
    parser.add_argument("--class", dest="which", choices=("short", "long"), default="short")
    parser.add_argument("--guards", default="", help="such as G7,G9; all without it")
    parser.add_argument("--engines", default=",".join(ENGINES))
    parser.add_argument("--read", action="append", default=[], metavar="ENGINE=FILE")
    parser.add_argument("--results", type=Path, default=FILE, help="the JSON file")
    parser.add_argument("--page", type=Path, default=PAGE, help="the page to write")
    options = parser.parse_args()
    guards = chosen(options.guards)
    engines = [engine for engine in ENGINES if engine in options.engines.split(",")]
    sheet = load_sheet(options.results)
    started, failed = time.monotonic(), list[str]()
    if options.which == "short":
        files: dict[Engine, Path] = {}
        for text in options.read:
            name, _, path = text.partition("=")
            files |= {engine: Path(path) for engine in ENGINES if engine == name}
        outcomes = run_short(guards, [*files] if files else engines, files)
        if not files and not options.guards and len(engines) == len(ENGINES):
            sheet["seconds"] = round(time.monotonic() - started, 1)
        for id, outcome in outcomes.items():
            earlier = sheet["guards"].setdefault(id, {}).get("short")
            kept = earlier["engines"] if earlier else {}
            sheet["guards"][id]["short"] = outcome | {"engines": {**kept, **outcome["engines"]}}
            failed += report(id, outcome)
        save_sheet(sheet, options.results)
    else:
        for guard in guards:
            if guard.long is None:
                continue
            outcome = run_long(guard.id, guard.long, engines)
            sheet["guards"].setdefault(guard.id, {})["long"] = outcome
            save_sheet(sheet, options.results)
            failed += report(guard.id, outcome)
    options.page.write_text(page(sheet), encoding="utf-8")
    print(f"{time.monotonic() - started:.0f} s; wrote {options.page}")
    for line in failed:
        print(f"FAILED: {line}")
    return 1 if failed else 0


def chosen(names: str) -> list[Guard]:
    """The guards with these ids, separated by commas; all of them for ""."""
    ids = [name for name in names.upper().split(",") if name]
    unknown = sorted({*ids} - {guard.id for guard in GUARDS})
    if unknown:
        raise SystemExit(f"No guard {', '.join(unknown)} in bench/assurance/sheet.py.")
    return [guard for guard in GUARDS if not ids or guard.id in ids]


def run_short(
    guards: Sequence[Guard], engines: Iterable[Engine], files: Mapping[Engine, Path]
) -> dict[str, Outcome]:
    """Run the tests of the short class on each database, or read the file of an earlier run."""
    outcomes: dict[str, Outcome] = {}
    version = postgresql_version() if "postgres" in engines else ""
    for engine in engines:
        own = {guard.id: guard.short for guard in guards if guard.short is not None
               and engine in guard.short.engines}  # fmt: skip
        # Without a path, pytest would run all tests.
        if not own:
            continue
        if engine in files:
            cases = list(cases_in(files[engine]))
        else:
            selected = dict.fromkeys(test for command in own.values() for test in command.tests)
            # A function in a file that is there as a whole would run twice.
            whole = [test for test in selected if test.partition("::")[0] not in selected
                     or "::" not in test]  # fmt: skip
            options = ["--database-only"] if engine == "postgres" else []
            cases = run_tests(["pytest", *whole, *processes(), *options], engine, {})
        for id, command in own.items():
            outcome = outcomes.setdefault(id, new_outcome(version))
            outcome["engines"][engine] = figures_of(command, cases)
    return outcomes


def run_long(id: str, command: Command, engines: Iterable[Engine]) -> Outcome:
    """Run the command of a guard on each of its databases."""
    outcome = new_outcome(postgresql_version() if "postgres" in command.engines else "")
    for engine in (engine for engine in engines if engine in command.engines):
        print(f"--- {id} on {NAMES[engine]}: {command.line(engine)}", flush=True)
        words = shlex.split(command.words)
        if command.is_pytest:
            cases = run_tests([*words, "-n0"], engine, command.variables)
            outcome["engines"][engine] = figures_of(command, cases)
        else:
            outcome["engines"][engine] = run_program(words, engine, command)
    return outcome


def run_tests(
    words: Sequence[str], engine: Engine, variables: Mapping[str, str]
) -> list[Case]:  # fmt: skip
    """Run pytest and return its tests; what it prints is passed on."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "tests.xml")
        start([*words, "-q", f"--junitxml={file}"], engine, variables)
        return list(cases_in(file)) if file.exists() else []


def run_program(words: Sequence[str], engine: Engine, command: Command) -> Figures:
    """Run a program; its figure is the last line that it prints and that ``reads`` matches."""
    started = time.monotonic()
    process = start(words, engine, command.variables, stdout=subprocess.PIPE)
    print(process.stdout)
    lines = [line for line in process.stdout.splitlines() if re.search(command.reads, line)]
    return {
        "passed": int(process.returncode == 0),
        "failed": int(process.returncode != 0),
        "skipped": 0,
        "seconds": round(time.monotonic() - started, 1),
        "numbers": {},
        "printed": " ".join(lines[-1].split()) if lines else "",
    }


def start(
    words: Sequence[str], engine: Engine, variables: Mapping[str, str], stdout: int | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command with a database, and wait for its end."""
    arguments = [str(BIN / words[0]) if (BIN / words[0]).exists() else words[0], *words[1:]]
    environment = {**os.environ, **variables}
    if engine == "postgres":
        arguments = [sys.executable, "-m", "tests.postgres", "--", *arguments]
    else:
        environment["DATABASE_URL"] = ""
    return subprocess.run(arguments, cwd=ROOT, env=environment, stdout=stdout, text=True)


def postgresql_version() -> str:
    """The version of the PostgreSQL that the tests start, or ""."""
    binaries = postgres.system_binaries() or postgres.embedded_binaries()
    if binaries is None:
        return ""
    process = subprocess.run([binaries / "postgres", "--version"], capture_output=True, text=True)
    return (re.findall(r"\d+\.\d+", process.stdout) or [""])[0]


def report(id: str, outcome: Outcome) -> list[str]:
    """Print the figures of a guard; return a line for each database that is not green."""
    failed = []
    for engine, figures in outcome["engines"].items():
        print(f"{id:4} {NAMES[engine]}: {in_words(figures)}")
        if not is_green(figures):
            failed.append(f"{id} on {NAMES[engine]}: {in_words(figures)}")
    return failed


if __name__ == "__main__":
    sys.exit(main())
