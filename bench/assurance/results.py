"""The results of the sheet as they are stored: one JSON file with the last run of each command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TypedDict

from bench.assurance.figures import Figures
from bench.assurance.guards import Class, Engine
from bench.results import new_results

FILE = Path(__file__).resolve().parent / "results.json"


class Outcome(TypedDict):
    """The last run of one command of a guard, and the machine that it ran on."""

    date: str
    machine: str
    versions: dict[str, str]
    engines: dict[Engine, Figures]


class Sheet(TypedDict):
    """The outcomes by guard and class. ``seconds`` are those of the last whole short class."""

    seconds: float
    guards: dict[str, dict[Class, Outcome]]


def load_sheet(path: Path = FILE) -> Sheet:
    if not path.exists():
        return {"seconds": 0.0, "guards": {}}
    sheet: Sheet = json.loads(path.read_text(encoding="utf-8"))
    return sheet


def save_sheet(sheet: Sheet, path: Path = FILE) -> None:
    ordered = sorted(sheet["guards"].items(), key=lambda item: int(item[0][1:]))
    text = json.dumps(sheet | {"guards": dict(ordered)}, indent=1, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")


def new_outcome(postgresql: str = "") -> Outcome:
    """An outcome without figures, of this machine and of today."""
    results = new_results("")
    versions = dict(results["versions"])
    if postgresql:
        versions["PostgreSQL"] = postgresql
    return {
        "date": results["date"],
        "machine": results["machine"],
        "versions": versions,
        "engines": {},
    }
