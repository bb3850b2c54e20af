"""Change the code that decides what readers see, one place at a time: ``python -m bench.mutants``.

Each change is made in a copy of the project. There the tests of the module that run the changed
line come first, then, if they pass, all tests of the module. DATABASE_URL chooses PostgreSQL;
without it, code for PostgreSQL alone stays as it is. A change that no test notices is printed
with its line. The exit status is 1 if fewer than 95 % are noticed, or if one is missed that
drops a filter. ``--sample 20`` makes only so many, chosen by ``--seed``. ``--processes`` copies
are worked on at once; on PostgreSQL one, for there is one database for tests.
"""

from __future__ import annotations

import argparse
import ast
import copy
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from queue import Queue
from typing import Any, NamedTuple

from bench.covering import ARGUMENTS, Coverage, measured_coverage
from bench.databases import ROOT

LEAST_SHARE = 0.95
MIN_SECONDS = 30
# Each module, and the tests that are about what it lets through.
MODULES: Mapping[str, tuple[str, ...]] = {
    "kb/record/wall.py": (
        "tests/wall",
        "tests/test_logs.py",
        "tests/test_middleware.py",
        "tests/test_settings.py",
    ),
    "kb/record/reader_writes.py": ("tests/wall/test_reader_writes.py",),
    "kb/record/history.py": (
        "tests/record/test_history.py",
        "tests/site/http/test_problems.py",
        "tests/desk/test_merging.py",
    ),
    "kb/record/past_records.py": (
        "tests/record/test_past_records.py",
        "tests/site/http/test_past.py",
    ),
}
POSTGRESQL_ONLY = ("_limit_postgresql", "limit_desk_role", "prepare_postgresql", "_wait")
FILTERS = ("filter", "exclude", "live", "current")
OPPOSITES: Mapping[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot,
    ast.IsNot: ast.Is, ast.Lt: ast.GtE, ast.GtE: ast.Lt, ast.Gt: ast.LtE, ast.LtE: ast.Gt,
}  # fmt: skip
LEFT_OUT = (".git", ".venv", "var", "node_modules", ".mypy_cache", ".ruff_cache", "__pycache__")


class Mutant(NamedTuple):
    """A module with one change: its line, what was done, and the whole code."""

    line: int
    change: str
    code: str

    @property
    def drops_filter(self) -> bool:
        return self.change.startswith("without .")


def mutants(code: str, *, postgresql: bool = True) -> Iterator[Mutant]:
    """The module with each change in turn. Its comments are lost, which changes nothing.

    Without ``postgresql``, functions for PostgreSQL alone, and calls of them, are left out.
    """
    tree = ast.parse(code)
    left_out = set[ast.AST]() if postgresql else for_postgresql(tree)
    for number, node in enumerate(ast.walk(tree)):
        if node in left_out:
            continue
        for change, apply in changes(node):
            other = copy.deepcopy(tree)
            place = list(ast.walk(other))[number]
            replacement = apply(place)
            if replacement is not place:
                other = Replacer(place, replacement).visit(other)
            yield Mutant(getattr(node, "lineno", 0), change, ast.unparse(other))


def for_postgresql(tree: ast.AST) -> set[ast.AST]:
    """Everything in functions for PostgreSQL alone, and each statement that calls one."""
    nodes = set[ast.AST]()
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) if name in POSTGRESQL_ONLY:
                nodes |= set(ast.walk(node))
            case ast.Expr(value=ast.Call(func=ast.Name(id=name))) if name in POSTGRESQL_ONLY:
                nodes |= set(ast.walk(node))
    return nodes


class Replacer(ast.NodeTransformer):
    """Puts another node in the place of one."""

    def __init__(self, place: ast.AST, replacement: ast.AST) -> None:
        self.place, self.replacement = place, replacement

    def visit(self, node: ast.AST) -> ast.AST:
        return self.replacement if node is self.place else self.generic_visit(node)


def changes(node: ast.AST) -> Iterator[tuple[str, Callable[[Any], ast.AST]]]:
    """What can be changed at a node: in words, and a function from the node to the new one."""
    match node:
        case ast.Compare(ops=[operator]) if type(operator) in OPPOSITES:
            yield "opposite comparison", _with_opposite
        case ast.BoolOp(op=operator):
            yield ("or for and" if isinstance(operator, ast.And) else "and for or"), _other_junction
        case ast.UnaryOp(op=ast.Not()):
            yield "without not", _operand
        case ast.Constant(value=bool()):
            yield f"{not node.value}", lambda _place: ast.Constant(not node.value)
        case ast.Call(func=ast.Attribute(attr=name)) if name in FILTERS:
            yield f"without .{name}()", _without_filter
        case ast.Expr(value=ast.Call()):
            yield "without the call", lambda _place: ast.Pass()
        case ast.Raise():
            yield "without raise", lambda _place: ast.Pass()


def _operand(place: Any) -> ast.AST:
    operand: ast.expr = place.operand
    return operand


def _with_opposite(place: Any) -> ast.AST:
    place.ops = [OPPOSITES[type(place.ops[0])]()]
    node: ast.Compare = place
    return node


def _other_junction(place: Any) -> ast.AST:
    place.op = ast.Or() if isinstance(place.op, ast.And) else ast.And()
    node: ast.BoolOp = place
    return node


def _without_filter(place: Any) -> ast.AST:
    """The rows without the filter; those of ``objects`` are all rows."""
    rows: ast.expr = place.func.value
    is_manager = isinstance(rows, ast.Attribute) and rows.attr == "objects"
    all_rows = ast.Call(ast.Attribute(rows, "all", ast.Load()), [], [])
    return all_rows if is_manager else rows


def passes(folder: Path, tests: Sequence[str], seconds: float) -> bool:
    """Whether all tests pass in this copy; if not within so many seconds, they do not."""
    Path(folder, ARGUMENTS).write_text("\n".join(tests), encoding="utf-8")
    try:
        process = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-x", "-n0", "--no-header", f"@{ARGUMENTS}"],
            cwd=folder,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            timeout=seconds,
        )
    except subprocess.TimeoutExpired:
        return False
    return process.returncode == 0


def is_missed(folder: Path, module: str, mutant: Mutant, unchanged: Coverage) -> bool:
    """Whether all tests of the module pass with this change."""
    path = folder / module
    original = path.read_text(encoding="utf-8")
    path.write_text(mutant.code, encoding="utf-8")
    try:
        return all(
            passes(folder, tests, MIN_SECONDS + 4 * unchanged.seconds(tests))
            for tests in (unchanged.tests_of(mutant.line), list(unchanged.durations))
            if tests
        )
    finally:
        path.write_text(original, encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--modules", nargs="*", default=list(MODULES))
    parser.add_argument("--sample", type=int, default=0, help="only so many changes; 0 is all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    postgresql = bool(os.environ.get("DATABASE_URL"))
    planned = [
        (module, mutant)
        for module in options.modules
        for mutant in mutants((ROOT / module).read_text(encoding="utf-8"), postgresql=postgresql)
    ]
    if options.sample:
        planned = random.Random(options.seed).sample(planned, min(options.sample, len(planned)))
    processes = 1 if postgresql else options.processes
    with tempfile.TemporaryDirectory(prefix="kb-mutants-") as name:
        copies = Queue[Path]()
        for number in range(processes):
            folder = Path(name, str(number), "project")
            shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(*LEFT_OUT), symlinks=True)
            copies.put(folder)

        @contextmanager
        def project() -> Iterator[Path]:
            folder = copies.get()
            try:
                yield folder
            finally:
                copies.put(folder)

        def measure(module: str) -> Coverage:
            with project() as folder:
                return measured_coverage(folder, module, MODULES[module])

        def missed(planned: tuple[str, Mutant]) -> bool:
            module, mutant = planned
            with project() as folder:
                outcome = is_missed(folder, module, mutant, coverages[module])
            if outcome:
                print(f"missed: {module}:{mutant.line}: {mutant.change}", flush=True)
            return outcome

        modules = list(dict.fromkeys(module for module, _ in planned))
        with ThreadPoolExecutor(processes) as pool:
            coverages = dict(zip(modules, pool.map(measure, modules), strict=True))
            outcomes = list(pool.map(missed, planned))
    return report([mutant for _, mutant in planned], outcomes)


def report(planned: Sequence[Mutant], outcomes: Sequence[bool]) -> int:
    """Print how many of the changes were noticed. The exit status: 1 if too few."""
    filters = [
        missed for mutant, missed in zip(planned, outcomes, strict=True) if mutant.drops_filter
    ]
    share = 1 - sum(outcomes) / len(planned)
    print(
        f"{len(planned)} changes: {len(planned) - sum(outcomes)} noticed ({share:.0%}); of "
        f"{len(filters)} dropped filters {len(filters) - sum(filters)} noticed"
    )
    return 1 if share < LEAST_SHARE or any(filters) else 0


if __name__ == "__main__":
    sys.exit(main())
