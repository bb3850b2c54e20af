"""The results of a run as they are stored: one JSON file, with the machine and the versions."""

from __future__ import annotations

import json
import os
import platform
import sqlite3
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import NotRequired, TypedDict

from bench.peers import Peers
from bench.timing import TimingFields

FILE = Path(__file__).resolve().parent / "results.json"


class PageResult(TimingFields):
    address: str


class Generation(TypedDict):
    seconds: float
    cpu_seconds: float


class Run(TypedDict):
    """What was measured on one engine at one size."""

    engine: str
    entries: int
    load_average: float
    generation: Generation
    database_mb: float
    pages: dict[str, PageResult]
    bare: TimingFields
    peers: NotRequired[Peers]


class Results(TypedDict):
    date: str
    command: str
    machine: str
    versions: dict[str, str]
    runs: list[Run]


def new_results(command: str) -> Results:
    """Results without a run, of this machine and of today."""
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "command": command,
        "machine": f"{_processor()}, {os.cpu_count()} processors, {_memory_gb():.0f} GB of memory",
        "versions": {
            "Python": platform.python_version(),
            "Django": version("django"),
            "SQLite": sqlite3.sqlite_version,
        },
        "runs": [],
    }


def load_results(path: Path) -> Results:
    results: Results = json.loads(path.read_text(encoding="utf-8"))
    return results


def save_results(results: Results, path: Path) -> None:
    text = json.dumps(results, indent=1, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")


def add_run(results: Results, run: Run) -> None:
    """Add a run in place of an earlier one on the same engine and of the same size."""
    same = (run["engine"], run["entries"])
    others = [other for other in results["runs"] if (other["engine"], other["entries"]) != same]
    results["runs"] = sorted([*others, run], key=lambda run: (run["engine"], run["entries"]))


def runs_of(results: Results, engine: str) -> dict[int, Run]:
    """The runs on an engine, by their number of entries, the smallest first."""
    runs: Iterable[Run] = (run for run in results["runs"] if run["engine"] == engine)
    return {run["entries"]: run for run in sorted(runs, key=lambda run: run["entries"])}


def _processor() -> str:
    lines = Path("/proc/cpuinfo")
    if lines.exists():
        for line in lines.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _memory_gb() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
